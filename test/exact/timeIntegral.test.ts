import { expect, test } from "vitest";
import { integralWeights } from "../../src/exact/timeIntegral.ts";

const integralOf = (times: number[], f: (t: number) => number) =>
  integralWeights(times).reduce((sum, weight, k) => sum + weight * f(times[k]), 0);

test.each([[[0, 1]], [[0, 0.3, 1]], [[0, 0.1, 0.5, 1]], [[0, 0.02, 0.1, 0.15, 0.4, 0.8, 1]]])(
  "at %j, polynomials up to the third degree or one less than there are times are integrated exactly",
  (times) => {
    for (let degree = 0; degree <= Math.min(3, times.length - 1); degree++) {
      expect(integralOf(times, (t) => t ** degree)).toBeCloseTo(1 / (degree + 1), 13);
    }
  },
);

test("what falls like the square of a density is integrated to 2e-4 from nine times", () => {
  const times = Array.from({ length: 9 }, (_, k) => k / 8);
  expect(Math.abs(integralOf(times, (t) => (1 + t) ** -2) - 0.5)).toBeLessThan(1e-4);
});

test("a single time has no integral", () => {
  expect(integralWeights([3])).toEqual([0]);
});
