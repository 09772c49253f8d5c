import { expect, test } from "vitest";
import { chiSquareTail, chiSquareTest } from "../../src/walkers/chiSquare.ts";

test("the tail is that of tables and closed forms", () => {
  expect(chiSquareTail(3.84145882069412, 1)).toBeCloseTo(0.05, 13);
  expect(chiSquareTail(18.307038053275146, 10)).toBeCloseTo(0.05, 13);
  expect(chiSquareTail(0, 3)).toBe(1);
  // Of an even number of degrees 2 a: a Poisson variable of mean x / 2 is below a.
  for (const x of [0.1, 3, 20, 90, 400]) {
    const z = x / 2;
    const poisson = Math.exp(-z) * (1 + z + z ** 2 / 2 + z ** 3 / 6);
    expect(chiSquareTail(x, 8) / poisson).toBeCloseTo(1, 10);
  }
  // Of three degrees: that of one, and sqrt(2 x / pi) e^(-x/2).
  for (const x of [0.5, 5, 50]) {
    const more = Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2);
    expect(chiSquareTail(x, 3) / (chiSquareTail(x, 1) + more)).toBeCloseTo(1, 10);
  }
});

test("bins are joined until five hits are expected in each, what is beyond the law at the end", () => {
  // Expected 2, 4, 10, and 4 beyond: bins of 6 and of 14.
  const samples = [1, 2, 2, 2, 2, 2, 2, 2, ...new Array(9).fill(3), 4, 9, 77];
  const test = chiSquareTest(samples, [0.1, 0.2, 0.5])!;
  expect(test.degrees).toBe(1);
  expect(test.statistic).toBeCloseTo(4 / 6 + 4 / 14, 12);
  expect(test.p).toBe(chiSquareTail(test.statistic, 1));
  expect(chiSquareTest([1, 1, 1], [1])).toBeNull();
  expect(chiSquareTest([], [0.5, 0.5])).toBeNull();
});
