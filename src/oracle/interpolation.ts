import type { EquationSolution } from "./solution.ts";

/** Adds `weight` times the densities at a place, given by the coordinates that matter, to `out`. */
export type Interpolate = (
  fields: readonly Float64Array[],
  place: readonly number[],
  weight: number,
  out: Float64Array,
) => void;

/**
 * Between the cells of a solution: cubic, through the four nearest along each coordinate. Around a torus; even around the centre of a ball;
 * 0 outside what is solved for in a space.
 */
export function interpolation({ method, places }: EquationSolution, isTorus: boolean): Interpolate {
  const axes = places.map((along) => {
    const width = along[1] - along[0];
    return { count: along.length, from: along[0], width };
  });
  const wrap = (i: number, count: number): number => {
    if (isTorus) return ((i % count) + count) % count;
    if (method === "radial" && i < 0) return -1 - i;
    return i < 0 || i >= count ? -1 : i;
  };
  const near = 4 ** axes.length;
  const cells = new Int32Array(near);
  const weights = new Float64Array(near);
  const cubic = new Float64Array(4);
  return (fields, place, weight, out) => {
    cells.fill(0);
    weights.fill(weight);
    for (const [k, { count, from, width }] of axes.entries()) {
      const s = (place[k] - from) / width;
      const below = Math.floor(s);
      const t = s - below;
      cubic[0] = (-t * (t - 1) * (t - 2)) / 6;
      cubic[1] = ((t + 1) * (t - 1) * (t - 2)) / 2;
      cubic[2] = (-(t + 1) * t * (t - 2)) / 2;
      cubic[3] = ((t + 1) * t * (t - 1)) / 6;
      for (let c = 0; c < near; c++) {
        const j = (c >> (2 * k)) & 3;
        const at = wrap(below - 1 + j, count);
        cells[c] = cells[c] * count + Math.max(0, at);
        weights[c] *= at < 0 ? 0 : cubic[j];
      }
    }
    for (const [n, field] of fields.entries()) {
      let sum = 0;
      for (let c = 0; c < near; c++) sum += weights[c] * field[cells[c]];
      out[n] += sum;
    }
  };
}
