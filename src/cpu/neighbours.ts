import { cellCoordinate } from "./cells.ts";
import { isNear } from "./distance.ts";
import { read } from "./strict.ts";

/**
 * Calls `visit` for every j != i in the cube of half-width `reachOf(i)` (lattice units) around i. `bits`, `start` and `order` are the cell list: the
 * cube's cells are walked, row by row.
 */
export function makeNeighbours(
  place: Uint32Array,
  bits: readonly number[],
  start: Uint32Array,
  order: Uint32Array,
  reachOf: (i: number) => number,
): (i: number, visit: (j: number) => void) => void {
  const d = bits.length;
  const mask = Int32Array.from(bits, (b) => (1 << b) - 1);
  const first = new Int32Array(d);
  const count = new Int32Array(d);
  /** Visits those of the cells from one to before another. */
  const piece = (i: number, reach: number, from: number, to: number, visit: (j: number) => void) => {
    const end = read(start, to);
    for (let slot = start[from]; slot < end; slot++) {
      const j = read(order, slot);
      if (j !== i && isNear(place, d, reach, i, j)) visit(j);
    }
  };
  return (i, visit) => {
    const reach = reachOf(i);
    for (let k = 0; k < d; k++) {
      const x = place[d * i + k];
      first[k] = cellCoordinate((x - reach) >>> 0, bits[k]);
      count[k] = ((cellCoordinate((x + reach) >>> 0, bits[k]) - first[k]) & mask[k]) + 1;
    }
    // The cells of a row, along the last axis, follow one another; over the seam it goes on with the row's first.
    const last = d - 1;
    const [begin, until, cellsOfRow] = [first[last], first[last] + count[last], 1 << bits[last]];
    let nRows = 1;
    for (let k = 0; k < last; k++) nRows *= count[k];
    for (let r = 0; r < nRows; r++) {
      let row = 0;
      let rest = r;
      for (let k = 0; k < last; k++) {
        row = (row << bits[k]) | ((first[k] + (rest % count[k])) & mask[k]);
        rest = (rest / count[k]) | 0;
      }
      row <<= bits[last];
      piece(i, reach, row + begin, row + Math.min(until, cellsOfRow), visit);
      if (until > cellsOfRow) piece(i, reach, row, row + until - cellsOfRow, visit);
    }
  };
}
