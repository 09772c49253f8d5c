import { unitSphereArea } from "../model/potential.ts";
import type { Grid } from "./grid.ts";
import { tridiagonalSpectrum } from "./tridiagonal.ts";

export interface RadialGrid extends Grid {
  /** The middle of each shell, as a distance from the centre. */
  radii: Float64Array;
}

/**
 * Shells of equal width that fill a ball of R^dimension, for densities that depend on the distance from its centre. Nothing leaves the
 * ball. Heat spreads by conservative finite volumes, of second order in the width, and exactly in time: by the spectrum of their matrix, whose
 * exponential is positive; what rounding makes negative is set to 0.
 */
export function makeRadialGrid(dimension: number, radius: number, count: number): RadialGrid {
  const width = radius / count;
  const area = (i: number) => unitSphereArea(dimension) * (i * width) ** (dimension - 1);
  const ball = (i: number) => (unitSphereArea(dimension) * (i * width) ** dimension) / dimension;
  const volumes = Float64Array.from({ length: count }, (_, i) => ball(i + 1) - ball(i));
  const roots = volumes.map(Math.sqrt);
  // Between shells i and i + 1 flows area / width times the difference of their densities.
  const flow = (i: number) => (i >= 0 && i + 1 < count ? area(i + 1) / width : 0);
  const { values, vectors } = tridiagonalSpectrum(
    volumes.map((volume, i) => -(flow(i - 1) + flow(i)) / volume),
    roots.subarray(1).map((root, i) => flow(i) / (roots[i] * root)),
  );
  const scaled = new Float64Array(count);
  const sum = new Float64Array(count);
  return {
    radii: Float64Array.from({ length: count }, (_, i) => (i + 0.5) * width),
    volumes,
    diffuse(spread, field, out) {
      let before = 0;
      for (let i = 0; i < count; i++) {
        before += volumes[i] * field[i];
        scaled[i] = roots[i] * field[i];
      }
      sum.fill(0);
      for (let k = 0; k < count; k++) {
        const left = Math.exp(spread * Math.min(0, values[k]));
        if (left < 1e-20) continue;
        const vector = vectors.subarray(k * count, (k + 1) * count);
        let part = 0;
        for (let i = 0; i < count; i++) part += vector[i] * scaled[i];
        part *= left;
        for (let i = 0; i < count; i++) sum[i] += part * vector[i];
      }
      let after = 0;
      for (let i = 0; i < count; i++) {
        out[i] = Math.max(0, sum[i] / roots[i]);
        after += volumes[i] * out[i];
      }
      if (after > 0) for (let i = 0; i < count; i++) out[i] *= before / after;
    },
  };
}
