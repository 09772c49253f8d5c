import { read } from "./strict.ts";

/**
 * Lists particles by cell: order[start[c] .. start[c + 1]) are those in cell c. `cell`: each particle's cell.
 * `next` is scratch of the length of `start`.
 */
export function cell_scatter(
  cell: Uint32Array,
  living: number,
  start: Uint32Array,
  next: Uint32Array,
  order: Uint32Array,
): void {
  next.set(start);
  for (let i = 0; i < living; i++) {
    const slot = read(next, cell[i]);
    if (slot >= start[cell[i] + 1]) throw new RangeError(`Cell ${cell[i]} overflows.`);
    order[slot] = i;
    next[cell[i]] = slot + 1;
  }
}
