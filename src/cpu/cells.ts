/** The grid of cells: 2^bits[k] along axis k, numbered row by row. Twin: `shaders/shared/cells.wgsl`. */

/** Which of 2^bits equal cells of an axis a coordinate lies in; two shifts, since a shift by 32 does nothing. */
export const cellCoordinate = (x: number, bits: number) => (x >>> 1) >>> (31 - bits);

/** The cell of particle i. `place`: u32[particles, dimension], in lattice units. */
export function cellOf(place: Uint32Array, i: number, bits: readonly number[]): number {
  let cell = 0;
  for (let k = 0; k < bits.length; k++) {
    cell = (cell << bits[k]) | cellCoordinate(place[bits.length * i + k], bits[k]);
  }
  return cell;
}
