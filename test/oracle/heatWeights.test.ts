import { describe, expect, test } from "vitest";
import { heatWeights } from "../../src/oracle/heatWeights.ts";

const spreads = [1e-9, 1e-3, 0.1, 0.599, 0.6, 2, 30, 500, 1e6];
const counts = [1, 2, 5, 8, 64];

/** What a wave of `waves` around the circle is multiplied by. */
function factor(weights: Float64Array, waves: number, count: number): number {
  return weights.reduce(
    (sum, w, k) => sum + (k === 0 ? 1 : 2) * w * Math.cos((2 * Math.PI * waves * k) / count),
    0,
  );
}

describe("the weights of heat on a circle of cells", () => {
  test("are positive and sum to 1, however far it spreads and however few cells there are", () => {
    for (const count of counts) {
      for (const s of spreads) {
        const weights = heatWeights(s, count);
        expect(weights.length).toBeLessThanOrEqual(count / 2 + 1);
        expect(weights.every((weight) => weight > 0)).toBe(true);
        expect(Math.abs(factor(weights, 0, count) - 1)).toBeLessThan(1e-15);
      }
    }
  });

  test("below a cell are those of the second difference: exp(-4 s sin^2(k/2))", () => {
    for (const s of spreads.filter((s) => s < 0.6)) {
      for (const waves of [1, 5, 32]) {
        const exact = Math.exp(-4 * s * Math.sin((Math.PI * waves) / 64) ** 2);
        expect(Math.abs(factor(heatWeights(s, 64), waves, 64) - exact)).toBeLessThan(1e-14);
      }
    }
  });

  test("beyond are those of the heat equation, exp(-s k^2), to 2e-8 for waves of 8 cells and longer", () => {
    for (const s of spreads.filter((s) => s >= 0.6)) {
      for (const waves of [1, 5, 8]) {
        const exact = Math.exp(-s * ((2 * Math.PI * waves) / 64) ** 2);
        expect(Math.abs(factor(heatWeights(s, 64), waves, 64) - exact)).toBeLessThan(2e-8);
      }
    }
  });

  test("that spread nothing leave all in its cell", () => {
    expect([...heatWeights(0, 64)]).toEqual([1]);
  });
});
