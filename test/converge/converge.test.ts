import { beforeAll, describe, expect, test } from "vitest";
import type { Chunk } from "../../src/converge/chunk.ts";
import type { Convergence } from "../../src/converge/conclusion.ts";
import {
  type ConvergeOptions,
  type ConvergeProgress,
  converge,
  makeStudy,
} from "../../src/converge/converge.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { interactionRange } from "../../src/model/system.ts";
import { estimate } from "../../src/observe/statistics.ts";
import { simulate } from "../../src/simulate.ts";

const scenario: ScenarioInput = {
  name: "small",
  model: "annihilation",
  particles: 240,
  Z: 10,
  alpha: { constant: 50 },
  observe: { times: [0.001, 0.002], masses: 1 },
  engine: "multirate",
  seed: 81,
};

/** Without what a clock tells. */
const withoutTime = ({ work, ...rest }: Convergence) => ({ ...rest, particleSteps: work.particleSteps });

/** Seed 81. */
describe("a study of convergence (stochastic)", () => {
  const options: ConvergeOptions = { engine: "cpu", n: [120, 60, 240], replicas: 40 };
  const chunks: Chunk[] = [];
  const progress: ConvergeProgress[] = [];
  let study: Convergence;
  beforeAll(async () => {
    study = await converge(scenario, {
      ...options,
      onChunk: (chunk) => void chunks.push(chunk),
      onProgress: (now) => void progress.push(now),
    });
  });

  test("has, for each N in order, what simulate gives for as many replicas at once", async () => {
    expect(study.levels.map(({ particles, eps, replicas }) => [particles, eps, replicas])).toEqual(
      [60, 120, 240].map((n) => [n, interactionRange(3, n, 10), 40]),
    );
    const run = await simulate({ ...scenario, particles: 120, replicas: 40 }, { engine: "cpu" }).result;
    for (const [k, { time, count }] of run.observations.entries()) {
      const { mean, se, limit, ...seen } = study.levels[1].observations[k];
      expect(seen.time).toBe(time);
      expect(mean).toBeCloseTo(count.mean, 12);
      expect(se).toBeCloseTo(count.se!, 12);
      expect(limit).toBe(count.theory);
      expect(seen.difference).toBe(mean - limit);
    }
  });

  // Tens of standard errors: false alarms are out of sight. Replicas are few, so that the order itself is only bounded.
  test("rejects the naive limit, shows the bias of finite eps, and fits its order", () => {
    expect(study.naive).toMatchObject({ rejected: true });
    expect(study.naive.apart!).toBeGreaterThan(20);
    const last = study.levels.map(({ observations }) => observations[1]);
    for (const { difference, correction, se, mean } of last) {
      expect(difference / se!).toBeLessThan(-4);
      expect(difference / correction!).toBeGreaterThan(0.3);
      expect(mean).toBeGreaterThan(study.naive.limit);
    }
    expect(study.fit!.coefficient).toBeLessThan(0);
    expect(study.fit!.low!).toBeGreaterThan(0);
    expect(study.fit!.high!).toBeLessThan(2);
  });

  test("tells of its progress, with a falling estimate of the time left in the end", () => {
    expect(progress[0]).toMatchObject({ fraction: 0, secondsLeft: null, particles: 60, done: 0, wanted: 40 });
    const estimates = progress.map(({ secondsLeft }) => secondsLeft).filter((left) => left !== null);
    expect(estimates.length).toBeGreaterThan(2);
    expect(estimates.at(-1)!).toBeLessThan(Math.max(...estimates));
    expect(progress.at(-1)!.particles).toBe(240);
    expect(progress.every(({ fraction }) => fraction >= 0 && fraction <= 1)).toBe(true);
  });

  test("goes on from any of its chunks, and gives the same", async () => {
    expect(chunks.length).toBeGreaterThan(5);
    for (const kept of [chunks.slice(0, 3), chunks]) {
      let played = 0;
      const finished: Chunk[] = JSON.parse(JSON.stringify(kept));
      const again = await converge(scenario, { ...options, finished, onChunk: () => void played++ });
      expect(withoutTime(again)).toEqual(withoutTime(study));
      expect(played === 0).toBe(kept === chunks);
    }
  });

  test("asked for more N and fewer replicas, plays only what is not there", async () => {
    const played: Chunk[] = [];
    const more = await converge(scenario, {
      ...options,
      n: [80, 240],
      replicas: 25,
      finished: chunks,
      onChunk: (chunk) => void played.push(chunk),
    });
    expect(new Set(played.map(({ particles }) => particles))).toEqual(new Set([80]));
    const own = chunks.filter(({ particles }) => particles === 240).flatMap(({ left }) => left);
    const first = own.slice(0, 25).map(([, count]) => count / 240);
    expect(more.levels[1]).toMatchObject({ replicas: 25 });
    expect(more.levels[1].observations[1].mean).toBe(estimate(first).mean);
  });

  test("plays until the standard error is the wanted one, whatever the chunks", async () => {
    const wanted = { engine: "cpu", n: [60, 120], se: 0.008 } as const;
    const first = await converge(scenario, wanted);
    for (const { wantedSe, observations, replicas } of first.levels) {
      expect(wantedSe).toBe(0.008);
      expect(observations[1].se!).toBeLessThan(1.1 * 0.008);
      expect(replicas).toBeGreaterThan(32);
    }
    const again = await converge(scenario, { ...wanted, finished: chunks });
    expect(again.levels).toEqual(first.levels);
  });

  test("ends when it is aborted, and what onChunk was given is complete", async () => {
    const interrupt = new AbortController();
    const kept: Chunk[] = [];
    const onChunk = (chunk: Chunk) => {
      kept.push(chunk);
      if (kept.length === 3) interrupt.abort();
    };
    const ended = converge(scenario, { ...options, onChunk, signal: interrupt.signal });
    await expect(ended).rejects.toMatchObject({ name: "AbortError" });
    expect(kept).toHaveLength(3);
    const again = await converge(scenario, { ...options, finished: kept });
    expect(withoutTime(again)).toEqual(withoutTime(study));
  });
});

describe("what a study will do", () => {
  const study = (changes: Partial<ScenarioInput>, options: ConvergeOptions = {}) =>
    makeStudy(parseScenario({ ...scenario, ...changes }), options);
  const particlesOf = (changes: Partial<ScenarioInput>, options: ConvergeOptions = {}) =>
    study(changes, options).levels.map(({ system }) => system.particles);

  test("by default takes an eighth, a quarter, a half and all of the scenario's N", () => {
    expect(particlesOf({ particles: 2000 })).toEqual([250, 500, 1000, 2000]);
    // An eighth of 240 would make eps 1/3.
    expect(particlesOf({})).toEqual([60, 120, 240]);
  });

  test("from eps takes the N that comes nearest, in every dimension, and tells the real eps", () => {
    expect(particlesOf({}, { eps: [0.01, 0.03] })).toEqual([333, 1000]);
    expect(study({}, { eps: [0.01, 0.03] }).levels.map(({ system }) => system.eps)).toEqual([10 / 333, 0.01]);
    expect(particlesOf({ dimension: 4 }, { eps: [0.1, 0.05] })).toEqual([1000, 4000]);
    expect(particlesOf({ dimension: 5 }, { eps: [0.2, 0.1] })).toEqual([1250, 10000]);
    const plane = study({ dimension: 2, Z: 30 }, { eps: [1e-2, 1e-4] }).levels;
    expect(plane.map(({ system }) => system.particles)).toEqual([138, 276]);
    expect(plane.map(({ smallness }) => smallness)).toEqual([30 / 138, 30 / 276]);
  });

  test("by default wants a twentieth of the leading correction where that is known, in bounded work", () => {
    const { levels, correction } = study({ particles: 2000 });
    for (const { goal, system } of levels) {
      expect(goal).toEqual({
        se: Math.abs(correction![1]) * system.eps * 0.05,
        most: Math.round(131072 / system.particles),
      });
    }
    expect(study({ dimension: 4, particles: 4000 }).levels[0].goal).toMatchObject({ se: 0.001 });
  });

  test("holds the naive limit, the same equation with alpha in the place of beta", () => {
    const { naive, limit } = study({});
    for (const { time, count } of naive) expect(count).toBeCloseTo(1 / (1 + 50 * 10 * time), 8);
    for (const [k, { count }] of limit.entries()) expect(count).toBeGreaterThan(1.1 * naive[k].count);
    const plane = study({ dimension: 2, Z: 30, particles: 276, alpha: { constant: 3 } }, { n: [138, 276] });
    expect(plane.naive[1].count).toBeCloseTo(1 / (1 + 3 * 30 * 0.002), 8);
    expect(plane.limit[1].count).toBeGreaterThan(plane.naive[1].count);
  });

  test.each<[string, Partial<ScenarioInput>, ConvergeOptions, RegExp]>([
    [
      "half a particle",
      {},
      { n: [100, 250.5] },
      /^n has 250\.5, but must be a list of integers from 2 to 134217728\.$/,
    ],
    ["one N", {}, { n: [100] }, /^n has 1 value, but must have at least 2/],
    ["no N", {}, { n: [] }, /^n has 0 values/],
    ["an N twice", {}, { n: [100, 200, 100] }, /^n has N = 100 more than once/],
    ["n and eps", {}, { n: [100, 200], eps: [0.1, 0.2] }, /^n and eps are both given/],
    [
      "an eps too large for the box",
      {},
      { n: [20, 200] },
      /^n leads to N = 20: Z is 10.*at most 0\.2 of the side 1/,
    ],
    [
      "an eps that is none",
      {},
      { eps: [0.1, -1] },
      /^eps has -1, but must be a list of numbers from 7\.45e-8 to 5\.00/,
    ],
    ["an eps of too many particles", {}, { eps: [0.1, 1e-9] }, /^eps has 1e-9, but must be/],
    ["two eps of one N", {}, { eps: [0.1, 0.1001] }, /^eps has N = 100 more than once/],
    ["an se of 0", {}, { se: 0 }, /^se is 0, but must be a number above 0 and below 1\.$/],
    ["one replica", {}, { replicas: 1 }, /^replicas is 1, but must be an integer from 2 to 65536\.$/],
    ["se and replicas", {}, { se: 0.1, replicas: 5 }, /^se and replicas are both given/],
    ["a study of the start", { observe: { times: [0] } }, {}, /^observe\.times ends at 0/],
    [
      "a start that varies along three axes",
      { initial: [{ mass: 1, density: { product: Array(3).fill({ cosine: { amplitude: 0.5 } }) } }] },
      {},
      /^converge compares with the limit, which is not solved for this start/,
    ],
  ])("refuses %s", async (_, changes, options, sentence) => {
    expect(() => study(changes, options)).toThrow(sentence);
    await expect(converge({ ...scenario, ...changes }, options)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(sentence),
    });
  });
});
