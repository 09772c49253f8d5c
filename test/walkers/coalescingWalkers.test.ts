import { describe, expect, test } from "vitest";
import { kingmanLaw } from "../../src/coalescent/kingman.ts";
import { UserError } from "../../src/errors.ts";
import { RandomWords } from "../../src/exact/randomWords.ts";
import { streams } from "../../src/exact/streams.ts";
import { estimate } from "../../src/observe/statistics.ts";
import { integrate } from "../../src/oracle/dopri5.ts";
import {
  coalescingWalkers,
  type WalkersProblem,
  type WalkersState,
} from "../../src/walkers/coalescingWalkers.ts";
import { Crowd } from "../../src/walkers/crowd.ts";
import { placeMany } from "../../src/walkers/fromOneSite.ts";
import { Lattice } from "../../src/walkers/lattice.ts";
import { binomialScore, expectStandardNormal, studentScore } from "../physics/support.ts";

const seed = 20n;

type Situation = Omit<WalkersProblem, "times" | "seed" | "replica">;

/** One state for each replica, at one time. */
function sample(situation: Situation, time: number, replicas: number): WalkersState[] {
  return Array.from({ length: replicas }, (_, replica) => {
    const [state] = coalescingWalkers({ ...situation, times: [time], seed, replica });
    return state;
  });
}

const nameOf = (count: number, occupied: number) => `${count} walkers on ${occupied} sites`;

/** The law of the numbers of walkers and of occupied sites, from Kolmogorov's forward equation over all occupations of a tiny torus. */
function forwardLaw({ dimension, side, rate }: Situation, start: Map<string, number>, time: number) {
  const volume = side ** dimension;
  const atOnce = rate === Number.POSITIVE_INFINITY;
  const index = new Map<string, number>();
  const jumps: { from: number; to: number; rate: number }[] = [];
  const number = (state: number[]): number => {
    const key = state.join();
    const known = index.get(key);
    if (known !== undefined) return known;
    const from = index.size;
    index.set(key, from);
    for (let site = 0; site < volume; site++) {
      if (state[site] === 0) continue;
      const pairs = (state[site] * (state[site] - 1)) / 2;
      if (pairs > 0) {
        const next = state.slice();
        next[site]--;
        jumps.push({ from, to: number(next), rate: rate * pairs });
      }
      for (let axis = 0; axis < dimension; axis++) {
        const x = Math.floor(site / side ** axis) % side;
        for (const step of [1, side - 1]) {
          const next = state.slice();
          const to = site + (((x + step) % side) - x) * side ** axis;
          next[site]--;
          next[to] = atOnce ? 1 : next[to] + 1;
          jumps.push({ from, to: number(next), rate: state[site] / (2 * dimension) });
        }
      }
    }
    return from;
  };
  for (const key of start.keys()) number(key.split(",").map(Number));
  const states = [...index.keys()];
  const [law] = integrate(
    (_t, p, change) => {
      change.fill(0);
      for (const jump of jumps) {
        change[jump.from] -= jump.rate * p[jump.from];
        change[jump.to] += jump.rate * p[jump.from];
      }
    },
    states.map((key) => start.get(key) ?? 0),
    [time],
    { rtol: 1e-10, atol: 1e-12 },
  );
  const grouped = new Map<string, number>();
  for (const [i, key] of states.entries()) {
    const state = key.split(",").map(Number);
    const name = nameOf(
      state.reduce((a, b) => a + b, 0),
      state.filter((walkers) => walkers > 0).length,
    );
    grouped.set(name, (grouped.get(name) ?? 0) + law[i]);
  }
  return grouped;
}

const atOnce = Number.POSITIVE_INFINITY;
const onOne = (walkers: number, sites: number) =>
  new Map([[[walkers, ...new Array(sites - 1).fill(0)].join(), 1]]);

describe("the law of walkers and occupied sites is that of the forward equation", () => {
  test.each<[string, Situation, Map<string, number>, number]>([
    [
      "one on each of 3 x 3 sites, at once",
      { dimension: 2, side: 3, start: "sites", walkers: 0, rate: atOnce },
      new Map([[new Array(9).fill(1).join(), 1]]),
      0.8,
    ],
    [
      "one on each of 2 x 2 x 2 sites, at once",
      { dimension: 3, side: 2, start: "sites", walkers: 0, rate: atOnce },
      new Map([[new Array(8).fill(1).join(), 1]]),
      1.5,
    ],
    [
      "six on one of 4 sites, at rate 0.7",
      { dimension: 1, side: 4, start: "origin", walkers: 6, rate: 0.7 },
      onOne(6, 4),
      0.6,
    ],
    [
      "nine on one of 3 sites, at rate 0.1",
      { dimension: 1, side: 3, start: "origin", walkers: 9, rate: 0.1 },
      onOne(9, 3),
      1.1,
    ],
    [
      "two on uniform of 3 sites, at rate 2",
      { dimension: 1, side: 3, start: "uniform", walkers: 2, rate: 2 },
      new Map([
        ["2,0,0", 1 / 3],
        ["1,1,0", 2 / 3],
      ]),
      0.5,
    ],
  ])("%s", (_name, situation, start, time) => {
    const replicas = 4000;
    const hits = new Map<string, number>();
    for (const { count, occupied } of sample(situation, time, replicas)) {
      const name = nameOf(count, occupied);
      hits.set(name, (hits.get(name) ?? 0) + 1);
    }
    const scores: Record<string, number> = {};
    let sum = 0;
    for (const [name, probability] of forwardLaw(situation, start, time)) {
      sum += probability;
      if (probability < 1e-9) expect(hits.get(name) ?? 0).toBe(0);
      else scores[name] = binomialScore(hits.get(name) ?? 0, replicas, probability);
    }
    expect(sum).toBeCloseTo(1, 8);
    expectStandardNormal(scores);
  });
});

test("on a single site walkers are Kingman's coalescent", () => {
  const walkers = 300;
  const replicas = 2000;
  const situation: Situation = { dimension: 3, side: 1, start: "origin", walkers, rate: 0.5 };
  const counts = sample(situation, 0.8, replicas).map(({ count }) => count);
  const scores = kingmanLaw(walkers, 0.4, 12).map((probability, i) => {
    const hits = counts.filter((count) => count === i + 1).length;
    return [`${i + 1} walkers`, binomialScore(hits, replicas, probability)];
  });
  expectStandardNormal(Object.fromEntries(scores));
});

test.each([1, 2, 3, 4, 5])("walkers that never merge spread by 1 in unit time on Z^%i", (dimension) => {
  const replicas = 200;
  const situation: Situation = {
    dimension,
    side: Number.POSITIVE_INFINITY,
    start: "origin",
    walkers: 50,
    rate: 0,
  };
  const states = sample(situation, 4, replicas);
  expect(new Set(states.map(({ count }) => count))).toEqual(new Set([50]));
  const { mean, se } = estimate(states.map(({ squaredDistance }) => squaredDistance!));
  expectStandardNormal({ spread: studentScore(mean - 4, se!, replicas) });
});

test("as many are left whether all are followed from the first on, or the last 2^10 at the origin", () => {
  const ln = Math.log(2 ** 13);
  const [rate, time, replicas] = [2, 0.5, 200];
  const situation = {
    dimension: 3,
    side: Number.POSITIVE_INFINITY,
    start: "origin",
    walkers: 2 ** 13,
    rate,
  } as const;
  const all = estimate(sample(situation, time, replicas).map(({ count }) => count));
  const short = estimate(
    Array.from({ length: replicas }, (_, replica) => {
      const random = new RandomWords(seed, replica, streams.walkers);
      const lattice = new Lattice(3, Number.POSITIVE_INFINITY);
      const crowd = new Crowd(lattice, 64, false);
      placeMany(crowd, lattice, ln, rate, random, 2 ** 10);
      for (let now = 0; ; ) {
        const total = crowd.count + rate * crowd.pairs;
        now += random.exponential() / total;
        if (now > time) return crowd.count;
        if (random.uniform() * total < crowd.count) crowd.jump(random);
        else crowd.merge(random);
      }
    }),
  );
  // The 2^10 come a thousandth of the time too late.
  expectStandardNormal({ count: (all.mean - short.mean) / Math.hypot(all.se!, short.se!) });
  const [many] = coalescingWalkers({ ...situation, walkers: { ln: 1000 }, times: [0.001], seed, replica: 0 });
  expect(many.count).toBeGreaterThan(1000);
});

test("a seed and a replica fix the path, to the bit", () => {
  const at = (someSeed: bigint, replica: number) => {
    const problem = {
      dimension: 3,
      side: 8,
      start: "sites",
      walkers: 0,
      rate: atOnce,
      times: [1, 9],
    } as const;
    return [...coalescingWalkers({ ...problem, seed: someSeed, replica })].map(({ count }) => count);
  };
  expect(at(7n, 0)).toEqual([256, 57]);
  expect(new Set([at(7n, 0), at(8n, 0), at(7n, 1), at(7n + 2n ** 32n, 0)].map(String)).size).toBe(4);
});

test("tells what is out of range", () => {
  const good: WalkersProblem = {
    ...{ dimension: 3, side: 4, start: "sites", walkers: 5, rate: 1, times: [1], seed, replica: 0 },
  };
  const complaint = (changes: Partial<WalkersProblem>) => () => [
    ...coalescingWalkers({ ...good, ...changes }),
  ];
  expect(complaint({ side: 257 })).toThrow(
    new UserError("side is 257, but must be an integer from 1 to 256, or infinity."),
  );
  expect(complaint({ side: atOnce })).toThrow(
    'side is infinity, but must be an integer for the start "sites".',
  );
  expect(complaint({ dimension: 6 })).toThrow("dimension is 6, but must be an integer from 1 to 5.");
  expect(complaint({ start: "uniform", walkers: 0 })).toThrow(
    "walkers is 0, but must be an integer from 1 to 16777216.",
  );
  const origin = { start: "origin", side: atOnce } as const;
  expect(complaint({ ...origin, walkers: { ln: 5 } })).toThrow(
    "walkers is e^5, but must be from e^20 to e^10000000.",
  );
  expect(complaint({ ...origin, side: 4, walkers: { ln: 50 } })).toThrow(
    "walkers is e^50, but must be an integer unless",
  );
  expect(complaint({ ...origin, walkers: { ln: 50 }, rate: 0.01 })).toThrow(
    "rate is 0.01, but must be from 0.1 on",
  );
  expect(complaint({ rate: -1 })).toThrow("rate is -1, but must be from 0 on, or infinity.");
  expect(complaint({ start: "origin", rate: atOnce })).toThrow("rate is infinity, but must be finite");
  expect(complaint({ times: [2, 1] })).toThrow("times has 1 after 2");
  expect(complaint({ seed: 2n ** 64n })).toThrow("an integer from 0 to 2^64 - 1");
  const far = { dimension: 5, side: atOnce, start: "origin", walkers: 30, rate: 0, times: [1e6] } as const;
  expect(complaint(far)).toThrow("times end too late: a walker came");
});
