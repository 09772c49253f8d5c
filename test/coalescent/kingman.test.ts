import { describe, expect, test } from "vitest";
import { giantComponent } from "../../src/coalescent/kernels.ts";
import { kingmanLaw, kingmanMoments } from "../../src/coalescent/kingman.ts";
import { integrate } from "../../src/oracle/dopri5.ts";

/** P(A = 1), ..., P(A = blocks) from the forward equation of a pure death process. */
function forwardLaw(blocks: number, time: number): Float64Array {
  const start = new Float64Array(blocks);
  start[blocks - 1] = 1;
  const [law] = integrate(
    (_t, p, change) => {
      change.fill(0);
      for (let k = 2; k <= blocks; k++) {
        const flow = ((k * (k - 1)) / 2) * p[k - 1];
        change[k - 1] -= flow;
        change[k - 2] += flow;
      }
    },
    start,
    [time],
    { rtol: 1e-12, atol: 1e-15 },
  );
  return law;
}

const momentsOf = (law: ArrayLike<number>) => {
  let [mean, square] = [0, 0];
  for (let i = 0; i < law.length; i++) {
    mean += law[i] * (i + 1);
    square += law[i] * (i + 1) ** 2;
  }
  return { mean, variance: square - mean * mean };
};

describe("from finitely many blocks", () => {
  test.each([
    [2, 0.7],
    [3, 0.02],
    [17, 0.3],
    [60, 0.05],
    [60, 3],
  ])("%i at %f: mean, variance and law are those of the forward equation", (blocks, time) => {
    const exact = forwardLaw(blocks, time);
    const { mean, variance } = kingmanMoments(blocks, time);
    expect(mean / momentsOf(exact).mean).toBeCloseTo(1, 10);
    expect(variance).toBeCloseTo(momentsOf(exact).variance, 8);
    const law = kingmanLaw(blocks, time, blocks);
    for (const [i, probability] of law.entries()) expect(probability).toBeCloseTo(exact[i], 10);
  });

  test("of a million, in the clock of the Smoluchowski equation: N x and N (x - x^4) / 3 with x = 1 / (1 + t / 2)", () => {
    const blocks = 1e6;
    for (const t of [0.1, 1, 10]) {
      const x = 1 / (1 + t / 2);
      const { mean, variance } = kingmanMoments(blocks, t / blocks);
      // x' = -x^2 / 2, and v' = x^2 / 2 - 2 x v for the noise; corrections are of order 1.
      expect(Math.abs(mean - blocks * x)).toBeLessThan(1);
      expect(Math.abs(variance - (blocks * (x - x ** 4)) / 3)).toBeLessThan(1);
    }
  });

  test("begins with all blocks and has no more than it has", () => {
    expect(kingmanMoments(5, 0)).toEqual({ mean: 5, variance: 0 });
    expect(kingmanLaw(2, 1, 4)).toEqual([
      expect.closeTo(1 - Math.exp(-1), 15),
      expect.closeTo(Math.exp(-1), 15),
      0,
      0,
    ]);
  });
});

describe("coming down from infinity", () => {
  test("leaves 2 / t + 1/3 + t / 30 blocks, variance 2 / (3 t) + 1/45, on either side of where the sum takes over", () => {
    for (const time of [1e-12, 0.999e-5, 1.001e-5, 1e-4, 1e-3]) {
      const { mean, variance } = kingmanMoments(Number.POSITIVE_INFINITY, time);
      expect(Math.abs(mean * time - 2 - time / 3 - time ** 2 / 30)).toBeLessThan(1e-14 + time ** 3);
      expect(Math.abs(variance * time - 2 / 3 - time / 45)).toBeLessThan(time ** 2 + 1e-8);
    }
  });

  test("the law has these moments, and is what a great many blocks tend to", () => {
    const time = 0.05;
    const law = kingmanLaw(Number.POSITIVE_INFINITY, time, 120);
    const { mean, variance } = kingmanMoments(Number.POSITIVE_INFINITY, time);
    expect(law.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    expect(momentsOf(law).mean).toBeCloseTo(mean, 11);
    expect(momentsOf(law).variance).toBeCloseTo(variance, 9);
    for (const [i, probability] of kingmanLaw(1e9, time, 120).entries()) {
      expect(probability).toBeCloseTo(law[i], 7);
    }
  });

  test("the process goes on as Kingman's from the blocks it has: Chapman and Kolmogorov", () => {
    const [before, after] = [0.1, 0.2];
    const first = kingmanLaw(Number.POSITIVE_INFINITY, before, 60);
    const both = kingmanLaw(Number.POSITIVE_INFINITY, before + after, 5);
    for (const [i, probability] of both.entries()) {
      const sum = first.reduce((all, p, k) => all + p * (kingmanLaw(k + 1, after, i + 1)[i] ?? 0), 0);
      expect(sum).toBeCloseTo(probability, 12);
    }
  });
});

test("refuses what has no meaning", () => {
  expect(() => kingmanMoments(Number.POSITIVE_INFINITY, 0)).toThrow(RangeError);
  expect(() => kingmanMoments(1.5, 1)).toThrow("blocks is 1.5");
  expect(() => kingmanMoments(3, -1)).toThrow("time is -1");
  expect(() => kingmanLaw(3, 1e-3, 3)).toThrow("time is 0.001; it must be at least 0.01");
});

test("the giant component is the largest root of g = 1 - exp(-t g)", () => {
  expect(giantComponent(1)).toBe(0);
  expect(giantComponent(0.3)).toBe(0);
  expect(giantComponent(2)).toBeCloseTo(0.7968121300200199, 15);
  for (const time of [1.0001, 1.01, 1.5, 4, 40]) {
    const g = giantComponent(time);
    expect(g).toBeGreaterThan(1.8 * (1 - 1 / time) * (time < 1.1 ? 1 : 0));
    expect(Math.abs(g - 1 + Math.exp(-time * g))).toBeLessThan(2e-16);
  }
});
