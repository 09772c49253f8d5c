import { describe, expect, test } from "vitest";
import { interpolation } from "../../src/oracle/interpolation.ts";
import type { EquationSolution } from "../../src/oracle/solution.ts";

/** Cells of width 0.25 along each axis. */
function solutionOn(method: EquationSolution["method"], from: readonly number[], count: number) {
  const places = from.map((low) => Float64Array.from({ length: count }, (_, i) => low + (i + 0.5) * 0.25));
  return { method, places } as EquationSolution;
}

/** f at the middles of all cells; the last coordinate varies fastest. */
function sampled({ places }: EquationSolution, f: (...x: number[]) => number): Float64Array {
  const count = places[0].length;
  return Float64Array.from({ length: count ** places.length }, (_, cell) =>
    f(...places.map((along, k) => along[Math.floor(cell / count ** (places.length - 1 - k)) % count])),
  );
}

/** A field at a place. */
function at(solution: EquationSolution, field: Float64Array, place: number[], isTorus = false): number {
  const out = new Float64Array(1);
  interpolation(solution, isTorus)([field], place, 1, out);
  return out[0];
}

const line = (x: number) => 1 - x + 2 * x ** 2 - 3 * x ** 3;

describe("between cells", () => {
  test("cubic polynomials are reproduced along one axis", () => {
    const solution = solutionOn("planar", [-1], 12);
    const field = sampled(solution, line);
    for (const x of [-0.6, -0.5, 0.123, 0.3749, 1.4]) {
      expect(at(solution, field, [x])).toBeCloseTo(line(x), 12);
    }
  });

  test("and products of them along two and three axes, each its own way", () => {
    const two = solutionOn("two axes", [-1, 0.5], 9);
    const f = (x: number, y: number) => line(x) * (2 + y - y ** 3);
    expect(at(two, sampled(two, f), [0.111, 1.62])).toBeCloseTo(f(0.111, 1.62), 12);
    const three = solutionOn("three axes", [-1, 0.5, -2], 8);
    const g = (x: number, y: number, z: number) => line(x) * (2 + y - y ** 3) * (1 + z) ** 3;
    expect(at(three, sampled(three, g), [-0.2, 1.3, -1.41])).toBeCloseTo(g(-0.2, 1.3, -1.41), 12);
  });

  test("at a cell's middle is what the cell holds", () => {
    const solution = solutionOn("planar", [-1], 12);
    const field = Float64Array.from({ length: 12 }, (_, i) => (i * 7) % 5);
    for (const [i, x] of solution.places[0].entries()) {
      expect(at(solution, field, [x])).toBeCloseTo(field[i], 12);
    }
  });

  test("it goes around a torus, any number of times", () => {
    const solution = solutionOn("planar", [0], 8);
    const field = sampled(solution, (x) => Math.cos(Math.PI * x));
    const seam = at(solution, field, [0], true);
    // Half way between cells: 9/8 cos(pi h / 2) - 1/8 cos(3 pi h / 2), h the width.
    const exact = (9 * Math.cos(Math.PI / 8) - Math.cos((3 * Math.PI) / 8)) / 8;
    expect(seam).toBeCloseTo(exact, 12);
    for (const turns of [-4, -2, 2, 6]) expect(at(solution, field, [turns], true)).toBeCloseTo(seam, 12);
  });

  test("quadratics in r are reproduced up to the centre of a ball, and beyond its radius there is nothing", () => {
    const solution = solutionOn("radial", [0], 10);
    const field = sampled(solution, (r) => 3 - r ** 2);
    for (const r of [0, 0.01, 0.125, 0.2, 1.9]) expect(at(solution, field, [r])).toBeCloseTo(3 - r ** 2, 12);
    expect(at(solution, field, [3.1])).toBe(0);
  });

  test("outside a box in a space there is nothing on either side", () => {
    const solution = solutionOn("planar", [-1], 8);
    const field = new Float64Array(8).fill(1);
    expect(at(solution, field, [-1.7])).toBe(0);
    expect(at(solution, field, [1.7])).toBe(0);
  });

  test("all fields are added to what is there, times the weight", () => {
    const solution = solutionOn("planar", [-1], 12);
    const out = Float64Array.from([10, 20]);
    const fields = [sampled(solution, line), sampled(solution, (x) => x)];
    interpolation(solution, false)(fields, [0.3], 0.5, out);
    expect(out[0]).toBeCloseTo(10 + 0.5 * line(0.3), 12);
    expect(out[1]).toBeCloseTo(20.15, 12);
  });
});
