/** Coagulation and fragmentation in equilibrium (Hammond's survey §8.3.4): Poisson numbers, as many events either way, and fluctuations that relax. */
import type { Scenario, TestFunctionSpec } from "../model/scenario.ts";
import { interactionStrength, type System } from "../model/system.ts";
import { replay } from "../observe/genealogy.ts";
import { type Estimate, estimate, ratio } from "../observe/statistics.ts";
import {
  countsGivenMass,
  type EquilibriumCount,
  fluctuationCovariance,
  scenarioEquilibrium,
} from "../oracle/equilibrium.ts";
import { isHomogeneous } from "../oracle/geometry.ts";
import { formatShort } from "../report/table.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";

/** Whether particles split, from an even start: all is looked at from the first observation on, when it should be in equilibrium. */
export const hasEquilibrium = (scenario: Scenario) =>
  scenario.fragmentation !== undefined && isHomogeneous(scenario);

export function equilibrium(runs: readonly ObservedRun[]): Statement | null {
  const run = runs[runs.length - 1];
  const { system } = run;
  if (!hasEquilibrium(system.scenario)) return null;
  const covariances = covariancesOf(run);
  return {
    key: "equilibrium",
    title:
      "Coagulation and fragmentation balance each other, and fluctuations relax as the linearised equation says",
    reference: "S §8.3.4",
    rows: [...countRows(run), ...balanceRows(run), ...covariances.flatMap(({ rows }) => rows)],
    remark: `From the first observation, t = ${system.scenario.observe.times[0]}, on; errors from ${system.replicas} replicas. Numbers of particles are those of independent Poisson processes, given the mass. In equilibrium a pair reacts at the naive rate alpha, a little less in steps of a finite length: there is no repulsion, since the halves of a particle that has just split are near each other. Covariances are of Σ cos(k x) over the particles, as fractions of that at lag 0 in theory, and relax at the recipe's rates in the limit.`,
    figure: figureOf(covariances),
  };
}

/** In the means over all observations, of each mass that is observed one by one. */
function countRows({ system, observables: { counts } }: ObservedRun): Comparison[] {
  const { particles, replicas, scenario } = system;
  const { masses } = scenario.observe;
  const laws = countLaws(system).slice(0, masses);
  const last = counts.length - 1;
  const ofReplica = (k: number, r: number, n: number) => counts[k][r * (masses + 1) + n];
  const replicaRange = Array.from({ length: replicas }, (_, r) => r);
  return laws.flatMap(({ mean, variance }, n) => {
    const values = replicaRange.map((r) => ofReplica(last, r, n));
    const what = `at the end, N = ${particles}, particles of mass ${n + 1}`;
    const squares = values.map((value) => (value - mean) ** 2);
    return [
      { what, ...estimate(values), theory: mean },
      { what: "  their variance", ...estimate(squares), theory: variance },
    ];
  });
}

/** Means and variances given the mass, which is N as all begin at mass 1. */
export function countLaws(system: System): EquilibriumCount[] {
  const { scenario, weight, side, dimension, particles } = system;
  const means = scenarioEquilibrium(scenario).map((f) => (f * side ** dimension) / weight);
  return countsGivenMass(means, particles);
}

/** By the mass that a coagulation makes and a splitting ends: how often both happened. */
function balanceRows({ system, events }: ObservedRun): Comparison[] {
  const { scenario, replicas, dimension, observeAt, particles, dt } = system;
  const heaviest = scenario.fragmentation!.weights.length;
  const width = 5 + dimension;
  const { before } = replay(system, events);
  const together = countTable(replicas, heaviest);
  const apart = countTable(replicas, heaviest);
  for (let e = 0; e * width < events.length; e++) {
    const [replica, step] = events.subarray(e * width, e * width + 2);
    if (step < observeAt[0]) continue;
    const [survivor, vanished] = before.subarray(2 * e, 2 * e + 2);
    (vanished === 0 ? apart : together)[survivor + vanished - 1][replica]++;
  }
  const time = (observeAt[observeAt.length - 1] - observeAt[0]) * dt;
  if (time === 0) return [];
  const rates = naiveRates(system);
  return together.flatMap((events, k) => {
    if (k === 0 || events.every((count) => count === 0)) return [];
    const rate = estimate(events.map((count) => count / time / particles));
    return [
      { what: `coagulations to mass ${k + 1}, over N, per time`, ...rate, theory: rates[k] },
      { what: "  splittings of it, for each", ...ratio(apart[k], events), theory: 1 },
    ];
  });
}

const countTable = (replicas: number, heaviest: number) =>
  Array.from({ length: heaviest }, () => new Array<number>(replicas).fill(0));

/** By the mass made, over N: Σ alpha(n, m) f_n f_m / 2, where a step's hazard h has come down to 1 - exp(-h). */
function naiveRates(system: System): number[] {
  const { scenario, particles, weight, side, dimension, rate, potential } = system;
  const f = scenarioEquilibrium(scenario);
  const perNumber = side ** dimension / weight / particles;
  const inSteps = (n: number, m: number) => {
    const hazard = rate.table[(n - 1) * rate.size + m - 1] * potential[0];
    return hazard === 0 ? 0 : interactionStrength(scenario.alpha, n, m) * (-Math.expm1(-hazard) / hazard);
  };
  return f.map((_, k) => {
    let sum = 0;
    for (let n = 1; n <= k; n++) sum += inSteps(n, k + 1 - n) * f[n - 1] * f[k - n];
    return (sum / 2) * perNumber;
  });
}

interface Covariance {
  name: string;
  rows: Comparison[];
  points: { x: number; y: number; se: number | null }[];
  curve: { x: number; y: number }[];
}

/** Of the particles of mass 1 and of all, for the cosines of each number of waves, along whatever axes. */
function covariancesOf(run: ObservedRun): Covariance[] {
  const { scenario } = run.system;
  const cosines = (scenario.observe.testFunctions ?? []).flatMap((J, j) =>
    J !== "constant" && "cosine" in J ? [{ j, waves: J.cosine.waves }] : [],
  );
  const K = scenario.observe.masses;
  return [...new Set(cosines.map(({ waves }) => waves))].flatMap((waves) => {
    const functions = cosines.filter((one) => one.waves === waves).map(({ j }) => j);
    return [0, K].map((row) => covarianceOf(run, waves, functions, row));
  });
}

function covarianceOf(run: ObservedRun, waves: number, functions: number[], row: number): Covariance {
  const { system } = run;
  const { scenario, side, dimension, weight, dt, observeAt } = system;
  const K = scenario.observe.masses;
  const name = `${row === K ? "all masses" : `mass ${row + 1}`}, k = ${waves === 1 ? "" : waves} 2π / L`;
  const k = (2 * Math.PI * waves) / side;
  const a = scenario.fragmentation!.weights.map((_, n) => (row === K || n === row ? 1 : 0));
  const at = lagsOf(observeAt);
  const covariances = (lags: readonly number[]) => fluctuationCovariance(scenario, { a, k, lags });
  const [variance, ...theory] = covariances([0, ...at.map(({ lag }) => lag * dt)]);
  // From Σ weight cos(k x) to the field of the theory, per volume.
  const unit = 1 / (weight * side ** dimension * variance);
  const points = at.map(({ lag, pairs }) => ({
    x: lag * dt,
    ...meanProduct(run, functions, row, pairs, unit),
  }));
  const end = points[points.length - 1].x;
  const grid = Array.from({ length: 61 }, (_, i) => (end * i) / 60);
  return {
    name,
    rows: points.map(({ x, mean, se }, i) => ({
      what: `covariance at lag ${formatShort(x)}, ${name}`,
      ...{ mean, se },
      theory: theory[i] / variance,
    })),
    points: points.map(({ x, mean, se }) => ({ x, y: mean, se })),
    curve: end === 0 ? [] : covariances(grid).map((value, i) => ({ x: grid[i], y: value / variance })),
  };
}

/** Each distance of two observations, in ticks, with the pairs of observations that have it. */
function lagsOf(observeAt: readonly number[]): { lag: number; pairs: [number, number][] }[] {
  const lags = new Map<number, [number, number][]>();
  for (const [j, late] of observeAt.entries()) {
    for (const [i, early] of observeAt.slice(0, j + 1).entries()) {
      lags.set(late - early, [...(lags.get(late - early) ?? []), [i, j]]);
    }
  }
  return [...lags].map(([lag, pairs]) => ({ lag, pairs })).sort((a, b) => a.lag - b.lag);
}

/** The mean over replicas of the products of two observations of a field, times `unit`. */
function meanProduct(
  { system, observables }: ObservedRun,
  functions: readonly number[],
  row: number,
  pairs: readonly [number, number][],
  unit: number,
): Estimate {
  const { observe } = system.scenario;
  const [columns, count] = [observe.masses + 1, (observe.testFunctions as TestFunctionSpec[]).length];
  const value = (k: number, r: number, j: number) =>
    observables.pairings![k][(r * count + j) * columns + row];
  return estimate(
    Array.from({ length: system.replicas }, (_, r) => {
      let sum = 0;
      for (const j of functions) for (const [i, l] of pairs) sum += value(i, r, j) * value(l, r, j);
      return (sum * unit) / functions.length / pairs.length;
    }),
  );
}

function figureOf(covariances: readonly Covariance[]): StatementFigure | null {
  if (covariances.length === 0 || covariances[0].points.length < 2) return null;
  return {
    title: "Fluctuations in equilibrium",
    subtitle:
      "Covariance of Σ cos(k x) over the particles with itself after a lag; bars: two standard errors; lines: the linearised equation",
    x: { title: "lag", type: "linear" },
    y: { title: "of that at lag 0", type: "linear" },
    series: covariances.flatMap(({ name, points, curve }) => [
      { name, kind: "points" as const, data: points },
      { name, kind: "line" as const, data: curve },
    ]),
  };
}
