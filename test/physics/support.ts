/**
 * What the stochastic tests share: an engine for large runs, and statistics with a stated false-alarm rate.
 */
import { expect, onTestFinished } from "vitest";
import type { Engine } from "../../src/engine.ts";
import { inverseNormalTail } from "../../src/exact/elementary.ts";
import { openDevice } from "../../src/gpu/device.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import type { ScenarioInput } from "../../src/model/scenario.ts";
import type { System } from "../../src/model/system.ts";
import type { Estimate } from "../../src/observe/statistics.ts";
import { type Observation, type SimulationResult, simulate } from "../../src/simulate.ts";

/** The GPU engine, which is the faster one even on a software adapter; released when the test ends. */
export async function openEngine(system: System): Promise<Engine> {
  const open = await openDevice();
  if (open === null) throw new Error("There is no WebGPU adapter; `npm test` says how to get one.");
  const engine = await GpuEngine.create(system, open);
  onTestFinished(() => {
    engine.dispose();
    open.release();
  });
  return engine;
}

/** A run on the reference, whose trajectories are the GPU's: there is one answer. */
export async function playOnReference(scenario: ScenarioInput): Promise<SimulationResult> {
  return simulate(scenario, { engine: "cpu" }).result;
}

/**
 * The probability that a test of a right program fails, for a seed drawn at random; seeds are fixed, so a
 * pass stays one.
 */
export const falseAlarm = 5e-5;

/**
 * Fails if one of the statistics, each standard normal if the program is right, is further from 0 than
 * happens in a share `falseAlarm` of all seeds: by Bonferroni's inequality, whatever the dependence between
 * them.
 */
export function expectStandardNormal(scores: Record<string, number>): void {
  const all = Object.entries(scores);
  const bound = inverseNormalTail(falseAlarm / (2 * all.length));
  const beyond = all.filter(([, z]) => !(Math.abs(z) < bound));
  expect(beyond, `|z| must be below ${bound.toFixed(2)}`).toEqual([]);
}

/**
 * From two runs of one scenario, of which the fine one has twice the particles and so half the eps: the count and the masses at each
 * time k as f + (f - c), where the term of order eps has cancelled, with its standard error.
 */
export function extrapolated(coarse: readonly Observation[], fine: readonly Observation[]) {
  const quantities = ({ count, masses }: Observation) => [count, ...masses];
  return fine.flatMap((observation, k) =>
    quantities(observation).map((f, q) => {
      const c = quantities(coarse[k])[q];
      const name = `${q === 0 ? "count" : `mass ${q}`} at ${observation.time}`;
      const se = Math.hypot(2 * f.se!, c.se!);
      return { name, f, k, q, mean: 2 * f.mean - c.mean, se, move: f.mean - c.mean };
    }),
  );
}

/**
 * How unlikely it is that so many of independent trials succeed with this probability each, as a standard
 * normal deviation: beyond it lies as much of the normal law as lies of the binomial law at `hits` and
 * beyond, exactly. So rates hold for few hits too.
 */
export function binomialScore(hits: number, trials: number, probability: number): number {
  const mode = Math.floor((trials + 1) * probability);
  const odds = probability / (1 - probability);
  // The law's weights relative to its mode's, as far as they count.
  const weights = new Map<number, number>();
  for (let k = mode, w = 1; k <= trials && w > 1e-40; w *= (odds * (trials - k)) / (k + 1), k++)
    weights.set(k, w);
  for (let k = mode, w = 1; k >= 0 && w > 1e-40; w *= k / (odds * (trials - k + 1)), k--) weights.set(k, w);
  const side = hits < mode ? -1 : 1;
  let [beyond, all] = [0, 0];
  for (const [k, w] of weights) {
    all += w;
    if (side * (k - hits) >= 0) beyond += w;
  }
  const tail = Math.min(beyond / all, 0.5);
  return side * (tail < 2 ** -40 ? Number.POSITIVE_INFINITY : inverseNormalTail(tail));
}

/**
 * A mean minus what it should be, over its estimated standard error, as a standard normal deviation:
 * Wallace's transformation of Student's t, since an error estimated from few replicas can be too small.
 * `replicas`: the fewest that one of the errors in it comes from.
 */
export function studentScore(difference: number, se: number, replicas: number): number {
  const n = replicas - 1;
  return (
    (Math.sign(difference) * (8 * n + 1) * Math.sqrt(n * Math.log1p((difference / se) ** 2 / n))) /
    (8 * n + 3)
  );
}

/** The difference of two independent estimates, as a standard normal deviation. */
export function twoSampleScore(a: Estimate, b: Estimate, replicas: number): number {
  return studentScore(a.mean - b.mean, Math.hypot(a.se!, b.se!), replicas);
}

/** The same of the count and of every mass at every time of two runs. */
export function twoSampleScores(
  a: readonly Observation[],
  b: readonly Observation[],
  replicas: number,
): Record<string, number> {
  const scores = a.flatMap(({ time, count, masses }, k) => [
    [`count at ${time}`, twoSampleScore(count, b[k].count, replicas)],
    ...masses.map((mass, m) => [`mass ${m + 1} at ${time}`, twoSampleScore(mass, b[k].masses[m], replicas)]),
  ]);
  return Object.fromEntries(scores);
}

/**
 * The Kolmogorov-Smirnov distance sqrt(n) sup |F_n - F| of samples from a continuous law. It exceeds x in a
 * share below 2 exp(-2 x^2) of all samples (Massart).
 */
export function kolmogorovDistance(samples: readonly number[], distribution: (x: number) => number): number {
  const n = samples.length;
  const distances = samples
    .toSorted((a, b) => a - b)
    .map((x, k) => {
      const F = distribution(x);
      return Math.max(F - k / n, (k + 1) / n - F);
    });
  return Math.sqrt(n) * distances.reduce((a, b) => Math.max(a, b), 0);
}

/** What `kolmogorovDistance` exceeds in a share `falseAlarm` of all samples. */
export const kolmogorovBound = Math.sqrt(Math.log(2 / falseAlarm) / 2);
