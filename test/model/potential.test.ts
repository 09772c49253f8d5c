import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import {
  makePotential,
  type Potential,
  type PotentialSpec,
  potentialNames,
  unitSphereArea,
} from "../../src/model/potential.ts";

const table: PotentialSpec = {
  radial: [
    [0.1, 2],
    [0.4, 3],
    [0.6, 0],
    [0.7, 1],
    [0.8, 0],
    [1, 0],
  ],
};
const specs: PotentialSpec[] = [...potentialNames, table];
const cases = specs.flatMap((spec) => [2, 3, 4, 5].map((d) => ({ spec, d })));

/** The integral of V over R^d by the tanh-sinh rule, which knows nothing of Gauss nodes. */
function integralOf({ breaks, dimension, onPiece }: Potential): number {
  let sum = 0;
  for (let k = 0; k + 1 < breaks.length; k++) {
    const half = (breaks[k + 1] - breaks[k]) / 2;
    const step = 1 / 64;
    for (let i = -220; i <= 220; i++) {
      const x = (Math.PI / 2) * Math.sinh(i * step);
      const weight = ((Math.PI / 2) * Math.cosh(i * step)) / Math.cosh(x) ** 2;
      const r = breaks[k] + half * (1 + Math.tanh(x));
      sum += step * half * weight * onPiece(k, r) * r ** (dimension - 1);
    }
  }
  return sum * unitSphereArea(dimension);
}

describe.each(cases)("the interaction $spec in dimension $d", ({ spec, d }) => {
  const potential = makePotential(spec, d);
  const { breaks, radius, at, onPiece, peak } = potential;

  test("has integral 1", () => expect(Math.abs(integralOf(potential) - 1)).toBeLessThan(2e-14));

  test("lives on its support, within the unit ball", () => {
    expect(breaks[0]).toBe(0);
    expect(breaks[breaks.length - 1]).toBe(radius);
    expect(radius).toBeLessThanOrEqual(1);
    expect(breaks).toEqual([...new Set(breaks)].sort((a, b) => a - b));
    expect(at(radius * 0.99)).toBeGreaterThan(0);
    expect(at(radius)).toBe(0);
    expect(at(2)).toBe(0);
  });

  test("is nowhere negative, and peaks at its peak", () => {
    const values = Array.from({ length: 4001 }, (_, i) => at(i / 4000));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(peak * (1 + 1e-15));
    expect(Math.max(...values)).toBeGreaterThan(peak * (1 - 1e-5));
  });

  test("is the same inside a piece whichever way one asks", () => {
    for (let k = 0; k + 1 < breaks.length; k++) {
      const middle = (breaks[k] + breaks[k + 1]) / 2;
      expect(onPiece(k, middle)).toBe(at(middle));
    }
  });
});

test("the sphere has area 2 pi, 4 pi, 2 pi^2, 8 pi^2 / 3", () => {
  const pi2 = Math.PI * Math.PI;
  expect([2, 3, 4, 5].map(unitSphereArea)).toEqual([2 * Math.PI, 4 * Math.PI, 2 * pi2, (8 * pi2) / 3]);
});

test("a shell has one-sided limits at its jump", () => {
  const { onPiece, peak } = makePotential("shell", 3);
  expect(onPiece(0, 0.5)).toBe(0);
  expect(onPiece(1, 0.5)).toBe(peak);
});

describe("a table", () => {
  test("is linear between its points, and its first value inside the first", () => {
    const { at } = makePotential(table, 3);
    const unit = at(0.7);
    expect(at(0)).toBeCloseTo(2 * unit, 12);
    expect(at(0.25)).toBeCloseTo(2.5 * unit, 12);
    expect(at(0.5)).toBeCloseTo(1.5 * unit, 12);
    expect(at(0.65)).toBeCloseTo(0.5 * unit, 12);
  });

  test("ends where V does", () => expect(makePotential(table, 3).radius).toBe(0.8));

  test("of one point is a ball", () => {
    const { breaks, at } = makePotential({ radial: [[0.5, 3]] }, 3);
    expect(breaks).toEqual([0, 0.5]);
    expect(at(0.2)).toBeCloseTo(6 / Math.PI, 14);
  });

  test("of the cone's or the indicator's points is the cone or the indicator", () => {
    const cone = makePotential(
      {
        radial: [
          [0, 7],
          [1, 0],
        ],
      },
      4,
    );
    expect(cone.at(0.3)).toBeCloseTo(makePotential("cone", 4).at(0.3), 14);
    expect(makePotential({ radial: [[1, 5]] }, 5).at(0.3)).toBeCloseTo(
      makePotential("indicator", 5).at(0.3),
      14,
    );
  });

  test.each<[[number, number][], string]>([
    [[], "potential.radial is empty; it must be a list of one or more points [r, V]."],
    [
      [
        [0, 1],
        [1.5, 0],
      ],
      "potential.radial has [1.5,0] as point 2; r must increase strictly within [0, 1].",
    ],
    [
      [
        [0.5, 1],
        [0.5, 0],
      ],
      "potential.radial has [0.5,0] as point 2; r must increase strictly within [0, 1].",
    ],
    [[[0.5, -1]], "potential.radial has [0.5,-1] as point 1; V must be 0 or more."],
    [[[0.5, Number.NaN]], "potential.radial has [0.5,NaN] as point 1; a point must be two numbers [r, V]."],
    [[[0.5, 0]], "potential.radial has V = 0 at every point; V must be positive somewhere."],
    [[[0, 1]], "potential.radial has its only positive V at r = 0; V must be positive on an interval."],
  ])("that is no interaction is refused: %j", (radial, message) => {
    expect(() => makePotential({ radial }, 3)).toThrow(new UserError(message));
  });
});

test("unknown names and dimensions are refused", () => {
  expect(() => makePotential("gauss" as "bump", 3)).toThrow(
    /^potential is "gauss"; allowed are indicator, bump/,
  );
  expect(() => makePotential("bump", 6)).toThrow(new UserError("dimension is 6; allowed are 2, 3, 4 and 5."));
});
