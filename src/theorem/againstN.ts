/** How a measured quantity changes with the number of particles, over runs at several N. */
import { fitPowerLaw } from "../converge/powerLaw.ts";
import type { System } from "../model/system.ts";
import { type Estimate, estimate } from "../observe/statistics.ts";
import type { Comparison } from "./statement.ts";

/** The exponent p of mean ~ N^p, with its error; nothing where fewer than two N set none. */
export function exponentRow(
  what: string,
  runs: readonly { system: System }[],
  estimates: readonly Estimate[],
  theory: number | null,
): Comparison[] {
  const points = estimates.map(({ mean, se }, k) => ({
    x: runs[k].system.particles,
    y: mean,
    se: se ?? Number.POSITIVE_INFINITY,
  }));
  const law = fitPowerLaw(points);
  if (law === null || law.low === null || law.high === null) return [];
  return [{ what, mean: law.order, se: (law.high - law.low) / (2 * 1.96), theory }];
}

/** The mean size of a quantity that a run misses its limit by, and how much of that is the spread of the runs: null for a single one. */
export interface Miss {
  whole: Estimate;
  noise: Estimate | null;
}

/**
 * @param size A size of each replica's difference from the limit, and from another centre: the replicas' mean.
 */
export function missOf(replicas: number, fromLimit: readonly number[], fromMean: readonly number[]): Miss {
  // As in a standard deviation: the mean lies among the runs.
  const unbiased = Math.sqrt(replicas / (replicas - 1));
  return {
    whole: estimate(fromLimit),
    noise: replicas < 2 ? null : estimate(fromMean.map((value) => unbiased * value)),
  };
}

/** A miss at the largest N, and the exponents with which it and its noise fall. */
export function missRows(
  what: string,
  runs: readonly { system: System }[],
  misses: readonly Miss[],
): Comparison[] {
  const { whole, noise } = misses[misses.length - 1];
  const noises = misses.map(({ noise }) => noise).filter((noise) => noise !== null);
  const { particles } = runs[runs.length - 1].system;
  return [
    { what: `${what}, N = ${particles}`, ...whole, theory: null },
    ...(noise ? [{ what: "  of it the noise of a run", ...noise, theory: null }] : []),
    ...exponentRow(
      "  exponent in N",
      runs,
      misses.map(({ whole }) => whole),
      null,
    ),
    ...exponentRow("  exponent of the noise", runs, noises, -0.5),
  ];
}

/** The order of what a mean differs by from its limit: eps in d = 3 (docs/convergence.md). */
function biasOrder({ dimension, weight, eps }: System): number {
  if (dimension === 4) return weight * Math.abs(Math.log(eps));
  return dimension === 5 ? eps * eps : weight;
}

/** The mean where eps -> 0, on a straight line in the order of the bias by weighted least squares; null with fewer than two errors. */
export function extrapolate(
  runs: readonly { system: System }[],
  estimates: readonly Estimate[],
): Estimate | null {
  let [s, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  let used = 0;
  for (const [k, { mean, se }] of estimates.entries()) {
    if (!se) continue;
    const x = biasOrder(runs[k].system);
    const w = se ** -2;
    s += w;
    sx += w * x;
    sy += w * mean;
    sxx += w * x * x;
    sxy += w * x * mean;
    used++;
  }
  if (used < 2) return null;
  const determinant = s * sxx - sx * sx;
  return { mean: (sxx * sy - sx * sxy) / determinant, se: Math.sqrt(sxx / determinant) };
}
