import type { Candidate } from "./pair_search.ts";

/**
 * Which of the candidates coagulate: greedy in the order of ring times (ties by the lower id, then the higher), so that nobody
 * takes part in two. `id` gives the particles' ids. Returns them in that order.
 */
export function merge_resolve(candidates: Candidate[], id: Uint32Array): Candidate[] {
  const inOrder = candidates.toSorted((a, b) => a.time - b.time || id[a.i] - id[b.i] || id[a.j] - id[b.j]);
  const taken = new Set<number>();
  return inOrder.filter(({ i, j }) => {
    if (taken.has(i) || taken.has(j)) return false;
    taken.add(i).add(j);
    return true;
  });
}
