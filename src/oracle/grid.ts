/** Cells of space, and how what is in them spreads. */
export interface Grid {
  /** Of each cell; every density is an array of one number for each of them. */
  volumes: Float64Array;
  /**
   * What a density becomes by the heat equation, f_t = d Δf, in the time t, with `spread` = d t. Positive densities stay positive, and the
   * integral is kept to rounding. `field` and `out` may be the same.
   */
  diffuse(spread: number, field: Float64Array, out: Float64Array): void;
}

/** The integral of a density over all cells. */
export function integral({ volumes }: Grid, field: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < field.length; c++) sum += volumes[c] * field[c];
  return sum;
}
