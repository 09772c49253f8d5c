import { describe, expect, test } from "vitest";
import { fitPowerLaw } from "../../src/converge/powerLaw.ts";
import { signedDisplacement } from "../../src/exact/gaussian.ts";
import { streams } from "../../src/exact/streams.ts";
import { threefry } from "../../src/exact/threefry.ts";
import { binomialScore, expectStandardNormal } from "../physics/support.ts";

const ranges = [0.04, 0.02, 0.01, 0.005];

describe("the fit of a power law", () => {
  test.each([
    [1, -2],
    [2, 30],
    [0.5, -0.1],
    [1.75, 1e-6],
  ])("finds the order %s and the coefficient %s of points without noise", (order, coefficient) => {
    const points = ranges.map((x) => ({
      x,
      y: coefficient * x ** order,
      se: 1e-3 * Math.abs(coefficient) * x ** 1.2,
    }));
    const fit = fitPowerLaw(points)!;
    expect(fit.order).toBeCloseTo(order, 7);
    expect(fit.coefficient / coefficient).toBeCloseTo(1, 6);
    expect(fit.chi2).toBeLessThan(1e-6);
    expect(fit.degreesOfFreedom).toBe(2);
    expect(fit.low!).toBeLessThan(order);
    expect(fit.high!).toBeGreaterThan(order);
  });

  // Two points of relative error 1/r each: the order is the difference of their logarithms over log 2.
  test.each([1, 1.0137])(
    "has, for small errors, the interval that error propagation gives, about order %s",
    (order) => {
      const r = 1000;
      const points = [1, 2].map((x) => ({ x, y: 3 * x ** order, se: (3 * x ** order) / r }));
      const { low, high } = fitPowerLaw(points)!;
      const half = (1.959964 * Math.SQRT2) / r / Math.log(2);
      expect(low! / (order - half)).toBeCloseTo(1, 4);
      expect(high! / (order + half)).toBeCloseTo(1, 4);
    },
  );

  test("weighs points by their errors", () => {
    const good = ranges.map((x) => ({ x, y: -x, se: 1e-4 * x }));
    const fit = fitPowerLaw([...good, { x: 0.08, y: 5, se: 1000 }])!;
    expect(fit.order).toBeCloseTo(1, 3);
  });

  test("sets no bound where the points set none", () => {
    const noise = ranges.map((x, k) => ({ x, y: k % 2 === 0 ? 1e-3 : -1e-3, se: 0.01 }));
    expect(fitPowerLaw(noise)).toMatchObject({ low: null, high: null });
    // A value at the larger x only: the order may be as high as it likes, but not low.
    const { low, high } = fitPowerLaw([
      { x: 1, y: 0, se: 1 },
      { x: 2, y: 100, se: 1 },
    ])!;
    expect(low).toBeGreaterThan(4);
    expect(high).toBeNull();
  });

  test("needs two points that can be used", () => {
    const one = { x: 0.1, y: 1, se: 0.1 };
    expect(fitPowerLaw([])).toBeNull();
    expect(fitPowerLaw([one])).toBeNull();
    expect(fitPowerLaw([one, one])).toBeNull();
    expect(fitPowerLaw([one, { x: 0.2, y: 1, se: 0 }])).toBeNull();
    expect(fitPowerLaw([one, { x: 0.2, y: Number.NaN, se: 0.1 }])).toBeNull();
    expect(fitPowerLaw([1, 2].map((x) => ({ x, y: 0, se: 1 })))).toBeNull();
  });
});

/** Seed 80. */
describe("the fit of noisy points (stochastic)", () => {
  const trials = 2000;
  const order = 1;

  // Relative errors from 3 to 12 percent, as in a study. An interval of two standard errors the wrong way round, or of one of them,
  // covers 68 % or less and is 50 deviations off; one too wide by a fifth covers 98.1 %, and is 6.
  test("its 95 % interval holds the true order in 95 % of all cases", () => {
    const words = new Uint32Array(4);
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      threefry(words, 80, 0, trial, streams.start, 0, 0, 0, 0);
      const points = ranges.map((x, k) => {
        const se = 0.03 * 1.6 ** k * 2 * x;
        return { x, y: -2 * x ** order + (se * signedDisplacement(words[k], 2 ** 20)) / 2 ** 20, se };
      });
      const { low, high } = fitPowerLaw(points)!;
      if (low! < order && order < high!) covered++;
    }
    expectStandardNormal({ coverage: binomialScore(covered, trials, 0.95) });
  });
});
