import { cellCoordinate } from "./cells.ts";
import { isNear } from "./pair.ts";
import { read } from "./strict.ts";

/**
 * Calls `visit` for every j != i in the cube of half-width `reach` (lattice units) around i. `bits`, `start` and `order` are the cell list: the
 * cube's cells are walked, row by row.
 */
export function makeNeighbours(
  place: Uint32Array,
  bits: readonly number[],
  start: Uint32Array,
  order: Uint32Array,
  reach: number,
): (i: number, visit: (j: number) => void) => void {
  const d = bits.length;
  const mask = Int32Array.from(bits, (b) => (1 << b) - 1);
  const first = new Int32Array(d);
  const count = new Int32Array(d);
  return (i, visit) => {
    let nCells = 1;
    for (let k = 0; k < d; k++) {
      const x = place[d * i + k];
      first[k] = cellCoordinate((x - reach) >>> 0, bits[k]);
      count[k] = ((cellCoordinate((x + reach) >>> 0, bits[k]) - first[k]) & mask[k]) + 1;
      nCells *= count[k];
    }
    for (let c = 0; c < nCells; c++) {
      let cell = 0;
      let rest = c;
      for (let k = 0; k < d; k++) {
        cell = (cell << bits[k]) | ((first[k] + (rest % count[k])) & mask[k]);
        rest = (rest / count[k]) | 0;
      }
      const end = read(start, cell + 1);
      for (let slot = start[cell]; slot < end; slot++) {
        const j = read(order, slot);
        if (j !== i && isNear(place, d, reach, i, j)) visit(j);
      }
    }
  };
}
