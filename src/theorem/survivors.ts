/** How many are left, and the rate that this tells of: 1 / h grows by the rate times the density, where all pairs have one. */
import { type Estimate, estimate } from "../observe/statistics.ts";
import type { ObservedRun } from "./statement.ts";

/** Particles of all masses left at observation k, over N, by replica. */
export function survivors({ system, observables }: ObservedRun, k: number): number[] {
  const { replicas, particles } = system;
  const columns = observables.counts[k].length / replicas;
  return Array.from({ length: replicas }, (_, r) => {
    const row = observables.counts[k].subarray(r * columns, (r + 1) * columns);
    return row.reduce((a, b) => a + b) / particles;
  });
}

/** What the inverse of a mean has grown by, over `scale`. Its error is that of the inverses on their tangents, replica by replica. */
export function growth(before: readonly number[], after: readonly number[], scale: number): Estimate {
  const [from, to] = [estimate(before).mean, estimate(after).mean];
  const tangent = (x: number, mean: number) => (2 - x / mean) / mean;
  return estimate(after.map((h, r) => (tangent(h, to) - tangent(before[r], from)) / scale));
}

/** Of all particles at the start, per unit of volume, times their weight. */
export function densityOf({ system: { scenario, side, dimension } }: ObservedRun): number {
  return scenario.Z / side ** dimension;
}
