/** Clusters for the tests of the stages that find and follow them, and how the GPU lists them. */
import { clusterCapacity } from "../../src/model/pace.ts";
import { counters } from "../../src/stages.ts";
import { shuffled } from "./clouds.ts";

/** In `rank`: there is no next member. */
export const lastMember = 0x7fffffff;

/** The slots of the first of each cluster of two, and of each larger one. */
export interface Firsts {
  pairs: number[];
  larger: number[];
}

/**
 * What the GPU has listed in `proposers`: behind the candidates the firsts of clusters of two, and from the end down those of larger ones.
 * `counter`: the buffer `counters`.
 */
export function listedFirsts(proposers: Uint32Array, counter: Uint32Array): Firsts {
  const [candidates, nPairs, nLarger] = (["firsts", "pairs", "larger"] as const).map(
    (name) => counter[counters.indexOf(name)],
  );
  return {
    pairs: Array.from({ length: nPairs }, (_, k) => proposers[candidates + k]),
    larger: Array.from({ length: nLarger }, (_, k) => proposers[proposers.length - 1 - k]),
  };
}

/** The same list for the GPU, in any order, among rests of what stood there before. */
export function listOf(
  { pairs, larger }: Firsts,
  { slots, candidates }: { slots: number; candidates: number },
  next: () => number,
): Uint32Array {
  const proposers = Uint32Array.from({ length: slots }, next);
  for (const [at, k] of shuffled(pairs.length, next).entries()) proposers[candidates + at] = pairs[k];
  for (const [at, k] of shuffled(larger.length, next).entries()) proposers[slots - 1 - at] = larger[k];
  return proposers;
}

/** Chains the members of a cluster, slots in the order of their ids, through `rank`. */
export function chain(rank: Uint32Array, members: readonly number[]): void {
  members.forEach((slot, at) => {
    rank[slot] = members[at + 1] ?? lastMember;
  });
}

/** How many members the chain of a cluster has. */
export function lengthOf(rank: Uint32Array, first: number): number {
  let length = 1;
  for (let slot = first; rank[slot] !== lastMember; slot = rank[slot]) length++;
  return length;
}

/** 0..living-1 in clusters of 2 to `most` members, each in increasing order; who would be alone is left out. */
export function anyClusters(living: number, next: () => number, most = clusterCapacity): number[][] {
  const rest = shuffled(living, next);
  const clusters: number[][] = [];
  while (rest.length > 0) {
    const members = rest.splice(0, 1 + (next() % (next() % 2 === 0 ? 3 : most)));
    if (members.length > 1) clusters.push(members.sort((a, b) => a - b));
  }
  return clusters;
}
