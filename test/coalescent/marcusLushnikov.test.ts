import { describe, expect, test } from "vitest";
import { type Kernel, kernels, powerKernel, tableKernel } from "../../src/coalescent/kernels.ts";
import { kingmanLaw, kingmanMoments } from "../../src/coalescent/kingman.ts";
import { type CoalescentState, marcusLushnikov } from "../../src/coalescent/marcusLushnikov.ts";
import { UserError } from "../../src/errors.ts";
import { estimate } from "../../src/observe/statistics.ts";
import { integrate } from "../../src/oracle/dopri5.ts";
import { homogeneousLimit } from "../../src/oracle/smoluchowski.ts";
import { binomialScore, expectStandardNormal, studentScore } from "../physics/support.ts";

const seed = 20n;

/** One state for each replica, at one time. */
function sample(kernel: Kernel, blocks: number, time: number, replicas: number, masses = blocks) {
  return Array.from({ length: replicas }, (_, replica): CoalescentState => {
    const [state] = marcusLushnikov({ kernel, blocks, times: [time], masses, seed, replica });
    return state;
  });
}

/** All ways to cut `total` into counts of blocks by mass, as the entries of `masses`. */
function partitions(total: number, largest = total): number[][] {
  if (largest === 1) return [[total]];
  return Array.from({ length: Math.floor(total / largest) + 1 }, (_, many) =>
    partitions(total - many * largest, largest - 1).map((rest) => [...rest, many]),
  ).flat();
}

/** The law over all partitions at a time, from Kolmogorov's forward equation. */
function forwardLaw(kernel: Kernel, blocks: number, time: number): Map<string, number> {
  const states = partitions(blocks);
  const index = new Map(states.map((state, i) => [state.join(), i]));
  const jumps: { from: number; to: number; rate: number }[] = [];
  for (const [from, state] of states.entries()) {
    for (let n = 1; n <= blocks; n++) {
      for (let m = 1; m <= n; m++) {
        const pairs = n === m ? (state[n - 1] * (state[n - 1] - 1)) / 2 : state[n - 1] * state[m - 1];
        if (pairs === 0) continue;
        const next = state.slice();
        next[n - 1]--;
        next[m - 1]--;
        next[n + m - 1]++;
        jumps.push({ from, to: index.get(next.join())!, rate: (pairs * kernel(n, m)) / blocks });
      }
    }
  }
  const start = states.map((state) => (state[0] === blocks ? 1 : 0));
  const [law] = integrate(
    (_t, p, change) => {
      change.fill(0);
      for (const { from, to, rate } of jumps) {
        change[from] -= rate * p[from];
        change[to] += rate * p[from];
      }
    },
    start,
    [time],
    { rtol: 1e-10, atol: 1e-12 },
  );
  return new Map(states.map((state, i) => [state.join(), law[i]]));
}

/** Only pairs of twos are eager: once they are gone, the bound of their octave is 10^4 times too high. */
const eagerTwos: Kernel = (n, m) => (n === 2 && m === 2 ? 1e4 : 1);
const wild: Kernel = (n, m) => 0.2 + ((3 * n + 3 * m + n * m) % 5);
const onlyEven: Kernel = (n, m) => (n % 2 === m % 2 ? 1 : 0);
const table = tableKernel([
  [1, 0.1, 3],
  [0.1, 2, 0.5],
  [3, 0.5, 0.2],
]);

describe("the law of all masses is that of the forward equation", () => {
  test.each<[string, Kernel, number, number]>([
    ["product", kernels.product.rate, 6, 1.2],
    ["sum", kernels.sum.rate, 6, 0.8],
    ["n^0.5 m^-1 + n^-1 m^0.5", powerKernel(0.5, -1), 7, 1.5],
    ["a table", table, 7, 1],
    ["no structure", wild, 8, 0.7],
    ["bounds made anew", eagerTwos, 9, 2],
    ["some pairs never merge", onlyEven, 7, 3],
  ])("%s", (_name, kernel, blocks, time) => {
    const replicas = 4000;
    const hits = new Map<string, number>();
    for (const { masses } of sample(kernel, blocks, time, replicas)) {
      hits.set(masses.join(), (hits.get(masses.join()) ?? 0) + 1);
    }
    const scores: Record<string, number> = {};
    let sum = 0;
    for (const [state, probability] of forwardLaw(kernel, blocks, time)) {
      sum += probability;
      if (probability < 1e-9) expect(hits.get(state) ?? 0).toBe(0);
      else scores[state] = binomialScore(hits.get(state) ?? 0, replicas, probability);
    }
    expect(sum).toBeCloseTo(1, 8);
    expectStandardNormal(scores);
  });
});

describe("what is known at every N", () => {
  const blocks = 2000;
  const replicas = 200;
  const scoreOf = (values: number[], { mean, variance }: { mean: number; variance: number }) =>
    (estimate(values).mean - mean) / Math.sqrt(variance / values.length);

  test("constant: the count is Kingman's, in mean, and the sum of squares as its equation says", () => {
    const time = 1.3;
    const states = sample(kernels.constant.rate, blocks, time, replicas, 0);
    const squares = estimate(states.map((state) => state.squares));
    const expected = kernels.constant.expectedSquares!(blocks, time);
    expectStandardNormal({
      count: scoreOf(
        states.map(({ count }) => count),
        kingmanMoments(blocks, time / blocks),
      ),
      squares: studentScore(squares.mean - expected, squares.se!, replicas),
    });
  });

  test("constant: the count follows Kingman's law when few are left", () => {
    const few = 200;
    const many = 2000;
    const counts = sample(kernels.constant.rate, few, 0.3 * few, many, 0).map(({ count }) => count);
    const law = kingmanLaw(few, 0.3, few);
    const scores = law.slice(0, 14).map((probability, i) => {
      const hits = counts.filter((count) => count === i + 1).length;
      return [`${i + 1} blocks`, binomialScore(hits, many, probability)];
    });
    expectStandardNormal(Object.fromEntries(scores));
  });

  test("sum: the count less one is binomial", () => {
    const time = 0.7;
    const left = Math.exp(-time);
    const counts = sample(kernels.sum.rate, blocks, time, replicas, 0).map(({ count }) => count);
    const mean = kernels.sum.expectedCount!(blocks, time);
    const variance = (blocks - 1) * left * (1 - left);
    expectStandardNormal({ count: scoreOf(counts, { mean, variance }) });
    // The sample variance over the true one is nearly normal around 1, with variance 2 / (replicas - 1).
    const spread = estimate(counts).se! ** 2 * replicas;
    expectStandardNormal({ variance: (spread / variance - 1) / Math.sqrt(2 / (replicas - 1)) });
  });

  test("product: singles are the isolated vertices of a random graph", () => {
    const time = 0.9;
    const stays = Math.exp(-time / blocks);
    const singles = sample(kernels.product.rate, blocks, time, replicas, 1).map(({ masses }) => masses[0]);
    const mean = kernels.product.expectedSingles!(blocks, time);
    const variance = mean + blocks * (blocks - 1) * stays ** (2 * blocks - 3) - mean * mean;
    expectStandardNormal({ singles: scoreOf(singles, { mean, variance }) });
  });
});

test("product: the largest block becomes the giant component, 1 - exp(-t g)", () => {
  const blocks = 100_000;
  const replicas = 6;
  const time = 1.5;
  const giant = kernels.product.gel!(time);
  expect(giant).toBeCloseTo(0.5828116438658114, 14);
  const largest = sample(kernels.product.rate, blocks, time, replicas, 0).map((state) => state.largest);
  // Its variance is N g (1 - g) / (1 - t (1 - g))^2 (Stepanov 1970).
  const variance = (blocks * giant * (1 - giant)) / (1 - time * (1 - giant)) ** 2;
  const z = (estimate(largest).mean - blocks * giant) / Math.sqrt(variance / replicas);
  expectStandardNormal({ largest: z });
});

test("densities are those of the Smoluchowski equation, for a kernel without a closed form", () => {
  const blocks = 100_000;
  const replicas = 10;
  const time = 1;
  const kernel = kernels.brownian.rate;
  const [limit] = homogeneousLimit({
    model: "coagulation",
    initial: [1],
    beta: kernel,
    times: [time],
    masses: 6,
  });
  const states = sample(kernel, blocks, time, replicas, 6);
  const scores = limit.masses.map((density, i) => {
    const { mean, se } = estimate(states.map(({ masses }) => masses[i] / blocks));
    return [`mass ${i + 1}`, studentScore(mean - density, se!, replicas)];
  });
  expectStandardNormal(Object.fromEntries(scores));
});

test("mass is conserved, and every observable agrees with the counts by mass", () => {
  const blocks = 3000;
  const path = marcusLushnikov({
    kernel: wild,
    blocks,
    times: [0, 0.5, 2, 400],
    masses: blocks,
    seed,
    replica: 0,
  });
  for (const { count, masses, squares, largest } of path) {
    const sum = (power: number) => masses.reduce((all, many, i) => all + many * (i + 1) ** power, 0);
    expect([sum(0), sum(1), sum(2)]).toEqual([count, blocks, squares]);
    expect(masses.findLastIndex((many) => many > 0) + 1).toBe(largest);
  }
});

test("a seed and a replica fix the path, to the bit", () => {
  const at = (someSeed: bigint, replica: number) => {
    const problem = { kernel: kernels.brownian.rate, blocks: 1000, times: [0.5, 2], masses: 2 };
    return [...marcusLushnikov({ ...problem, seed: someSeed, replica })].map(({ squares }) => squares);
  };
  expect(at(7n, 0)).toEqual([3232, 8978]);
  expect(new Set([at(7n, 0), at(8n, 0), at(7n, 1), at(7n + 2n ** 32n, 0)].map(String)).size).toBe(4);
});

test("one block stays what it is, and blocks that never merge stay apart", () => {
  expect(sample(kernels.product.rate, 1, 1e6, 1)[0]).toMatchObject({ count: 1, masses: [1], largest: 1 });
  expect(sample(() => 0, 10, 1e6, 1)[0]).toMatchObject({ count: 10, squares: 10 });
});

test("tells what is out of range", () => {
  const good = { kernel: kernels.sum.rate, blocks: 4, times: [1], masses: 1, seed, replica: 0 };
  const complaint = (changes: object) => () => [...marcusLushnikov({ ...good, ...changes })];
  expect(complaint({ blocks: 0 })).toThrow(
    new UserError("blocks is 0, but must be an integer from 1 to 16777216."),
  );
  expect(complaint({ times: [2, 1] })).toThrow("times has 1 after 2");
  expect(complaint({ masses: -1 })).toThrow("masses is -1");
  expect(complaint({ kernel: (n: number, m: number) => (n + m > 2 ? -1 : 1), times: [9] })).toThrow(
    "kernel is -1 for the masses 2 and 1; it must be finite and not negative.",
  );
});
