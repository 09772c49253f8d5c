import { cellOf } from "./cells.ts";
import type { Particles } from "./particles.ts";

/** The cell of every living particle into `cell`, and how many each cell of the grid has into `count`, u32[cells]. */
export function cell_count(
  { place, living }: Particles,
  bits: readonly number[],
  cell: Uint32Array,
  count: Uint32Array,
): void {
  count.fill(0);
  for (let i = 0; i < living; i++) {
    cell[i] = cellOf(place, i, bits);
    count[cell[i]]++;
  }
}
