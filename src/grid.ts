/**
 * The grid of cells for a number of particles. It decides nothing but speed: a pair is found whatever the grid, so engines
 * may choose and change theirs freely.
 */
export interface Grid {
  /** Axis k has 2^bits[k] cells: `base`, and one more for the last `extra` axes, since a row of cells is walked at once. */
  bits: number[];
  base: number;
  extra: number;
  /** The sum of `bits`. */
  total: number;
  /** Cells in all, for one replica: 2^total. */
  cells: number;
}

/** About one cell a particle, none narrower than `reach` lattice units, so that a search walks at most 3 cells an axis. */
export function makeGrid(dimension: number, particles: number, reach: number): Grid {
  const widest = Math.clz32(reach);
  const wanted = 31 - Math.clz32(Math.max(1, particles));
  const total = Math.min(wanted, dimension * widest);
  const base = Math.floor(total / dimension);
  const extra = total % dimension;
  const bits = Array.from({ length: dimension }, (_, k) => base + (k >= dimension - extra ? 1 : 0));
  return { bits, base, extra, total, cells: 2 ** total };
}
