/** No build-up of particles or of pairs (Hammond's survey, Proposition 6.2). */
import { diffusivity, type System } from "../model/system.ts";
import { estimate } from "../observe/statistics.ts";
import { formatShort } from "../report/table.ts";
import { completeShells, livedIn, massPairs, recordsOf, spanOf } from "./livingPairs.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";

/** Where pairs are asked for, on a torus, from a start whose densities are even or waves: of the largest N. */
export function concentration(runs: readonly ObservedRun[]): Statement | null {
  const run = runs[runs.length - 1];
  const { system, observables } = run;
  const { pairs, particles, scenario, dimension, side } = system;
  const bound = pairs && densityBound(system);
  if (pairs === null || bound === null) return null;
  const { from, to } = spanOf(run);
  const records = recordsOf(run);
  const rows: Comparison[] = [];
  const points: StatementFigure["series"][number]["data"] = [];
  let lived = records.map(() => 0);
  let volume = 0;
  for (const shell of completeShells(run).octaves) {
    const each = massPairs(pairs.masses + 1).map(([n, m]) => livedIn(records, n, m, shell));
    lived = lived.map((time, r) => each.reduce((sum, times) => sum + 2 * times[r], time));
    volume += shell.volume;
    const even = particles ** 2 * (to - from) * volume;
    const density = estimate(lived.map((time) => time / even));
    points.push({ x: shell.to, y: density.mean, se: density.se });
    rows.push({
      what: `pairs up to ${formatShort(shell.to)} eps apart, over N^2 |B| T`,
      ...density,
      theory: bound ** 2,
      bound: true,
    });
  }
  if (observables.densities !== undefined) {
    const { grid, values } = observables.densities;
    const K = scenario.observe.masses;
    for (const [k, time] of scenario.observe.times.entries()) {
      const at = (r: number, cell: number) => values[k][(r * (K + 1) + K) * grid.size + cell] / scenario.Z;
      const all = Array.from({ length: grid.size }, (_, cell) =>
        estimate(records.map((_, r) => at(r, cell))),
      );
      const largest = all.reduce((a, b) => (b.mean > a.mean ? b : a));
      rows.push({
        what: `largest density over Z, t = ${formatShort(time)}`,
        ...largest,
        theory: bound,
        bound: true,
      });
    }
  }
  return {
    key: "concentration",
    title: "Particles and pairs do not build up",
    reference: "S Proposition 6.2, k = 1 and 2",
    rows,
    remark:
      `N = ${particles}, d = ${dimension}, side ${side}, from t = ${formatShort(from)} to ${formatShort(to)}. A joint density of k given particles is at most the k-th power of sup_m m^-1 d(m)^(-d/2) times the largest value of ` +
      "Σ m d(m)^(d/2) h_m at the start, h normalised to 1. Pairs are counted in both orders, and living ones only. The largest of many mean densities lies above what it estimates by its noise.",
    figure: {
      title: "Pairs do not build up",
      subtitle: `Joint density of two particles, over all in a ball of radius r eps; N = ${particles}; bars of two standard errors`,
      x: { title: "r, in eps", type: "log" },
      y: { title: "pairs within r eps, over N² |B| T", type: "log" },
      series: [
        { name: "measured", kind: "points", data: points },
        { name: "bound", kind: "dashed", data: points.map(({ x }) => ({ x, y: bound ** 2 })) },
      ],
    },
  };
}

/**
 * sup_m m^-1 d(m)^(-d/2) sup_x Σ_m m d(m)^(d/2) h_m(x), with Σ ∫ h = 1: what the density of one particle is at most. Null where the start is no wave, its masses vary, or
 * d falls so fast that there is no such bound.
 */
export function densityBound({ scenario, dimension, side, annihilation, particles }: System): number | null {
  const { initial, diffusion, domain } = scenario;
  if ("space" in domain) return null;
  const power = dimension / 2;
  const weightOf = (m: number) => m * diffusivity(diffusion, m) ** power;
  const all = initial.reduce((sum, { weight }) => sum + weight, 0);
  let start = 0;
  for (const { mass, spread, weight, density } of initial) {
    if (spread !== undefined) return null;
    if (density !== "uniform" && !("cosine" in density)) return null;
    const peak = density === "uniform" ? 1 : 1 + Math.abs(density.cosine.amplitude);
    start += ((weight / all) * peak * weightOf(mass)) / side ** dimension;
  }
  // Masses that can occur: multiples and sums of those at the start, at most all of it in one.
  const heaviest = annihilation ? 0 : particles * Math.max(...initial.map(({ mass }) => mass));
  const masses = [
    ...initial.map(({ mass }) => mass),
    ...Array.from({ length: 64 }, (_, m) => m + 1),
    heaviest,
  ].filter((m) => m > 0 && (!annihilation || initial.some(({ mass }) => mass === m)));
  const least = masses.reduce((low, m) => Math.min(low, weightOf(m)), Number.POSITIVE_INFINITY);
  return start / least;
}
