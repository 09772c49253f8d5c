/** What the stochastic tests share: an engine for large runs, and statistics with a stated false-alarm rate. */
import { expect, onTestFinished } from "vitest";
import type { Engine } from "../../src/engine.ts";
import { inverseNormalTail } from "../../src/exact/elementary.ts";
import { openDevice } from "../../src/gpu/device.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import type { System } from "../../src/model/system.ts";

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

/** The probability that a test of a right program fails, for a seed drawn at random; seeds are fixed, so a pass stays one. */
export const falseAlarm = 5e-5;

/**
 * Fails if one of the statistics, each standard normal if the program is right, is further from 0 than happens in a share
 * `falseAlarm` of all seeds: by Bonferroni's inequality, whatever the dependence between them.
 */
export function expectStandardNormal(scores: Record<string, number>): void {
  const all = Object.entries(scores);
  const bound = inverseNormalTail(falseAlarm / (2 * all.length));
  const beyond = all.filter(([, z]) => !(Math.abs(z) < bound));
  expect(beyond, `|z| must be below ${bound.toFixed(2)}`).toEqual([]);
  if (process.env.SCORES) console.log(bound.toFixed(2), scores);
}

/** How many standard deviations `hits` out of `trials` is from its mean when each has this probability. */
export function binomialScore(hits: number, trials: number, probability: number): number {
  return (hits - trials * probability) / Math.sqrt(trials * probability * (1 - probability));
}

/**
 * The Kolmogorov-Smirnov distance sqrt(n) sup |F_n - F| of samples from a continuous law. It exceeds x in a share below
 * 2 exp(-2 x^2) of all samples (Massart).
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

/** What `kolmogorovDistance` exceeds in a share `falseAlarm` of `tests` independent tests. */
export const kolmogorovBound = (tests: number) => Math.sqrt(Math.log((2 * tests) / falseAlarm) / 2);
