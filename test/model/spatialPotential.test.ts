import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { makeSpatialPotential, type SpatialSpec, type Triple } from "../../src/model/spatialPotential.ts";

const zeros = () => new Array<number>(9 ** 3).fill(0);
const centre = (9 ** 3 - 1) / 2;
const grid = (change: (values: number[]) => void): SpatialSpec => {
  const values = zeros();
  values[centre] = 1;
  change(values);
  return { grid: { values } };
};

describe("the radius is that of the support around 0", () => {
  test.each<[SpatialSpec, number]>([
    [{ ellipsoid: { semiAxes: [0.2, 3, 1] } }, 3],
    [{ ellipsoid: { semiAxes: [2, 1, 1], profile: { radial: [[0.5, 1]] } } }, 1],
    [{ bumps: [{ at: [0, 0, 0], radius: 0.3 }] }, 0.3],
    [
      {
        bumps: [
          { at: [1, 2, -2], radius: 0.5 },
          { at: [-1, -2, 2], radius: 0.5 },
        ],
      },
      3.5,
    ],
    // A point of the table, and a spacing for V to fall to 0.
    [grid(() => {}), 0.25],
    [{ grid: { values: zeros().fill(2), halfWidth: 4 } }, 4 * Math.sqrt(3) + 1],
  ])("%j: %d", (spec, radius) => {
    expect(makeSpatialPotential(spec).radius).toBeCloseTo(radius, 14);
  });
});

test("weights are shares of the integral, and a table's values have the sum 1", () => {
  const bumps = makeSpatialPotential({
    bumps: [
      { at: [0, 0, 0], radius: 1, weight: 6 },
      { at: [0, 1, 0], radius: 1 },
      { at: [0, -1, 0], radius: 1 },
    ],
  });
  expect("parts" in bumps && bumps.parts.map(({ weight }) => weight)).toEqual([0.75, 0.125, 0.125]);
  const table = makeSpatialPotential(grid((values) => values.fill(3)));
  expect("table" in table && table.table.values[17]).toBeCloseTo(1 / 9 ** 3, 15);
});

describe("is refused in one sentence that names key, value and what is allowed", () => {
  const at = (x: number): Triple => [x, 0, 0];
  test.each<[string, unknown, RegExp]>([
    ["no form", {}, /^potential has .* exactly one of radial, ellipsoid, bumps, grid\.$/],
    [
      "two forms",
      { ellipsoid: { semiAxes: [1, 1, 1] }, bumps: [{ at: at(0), radius: 1 }] },
      /the keys ellipsoid, bumps; it must have exactly one/,
    ],
    [
      "an unknown key",
      { ellipsoid: { axes: [1, 1, 1] } },
      /ellipsoid has the unknown key "axes"; allowed here: semiAxes, profile/,
    ],
    ["a misspelt form", { elipsoid: {} }, /unknown key "elipsoid"/],
    [
      "a flat ellipsoid",
      { ellipsoid: { semiAxes: [1, 1, 0] } },
      /semiAxes\[2\] is 0, but must be a positive number/,
    ],
    [
      "an ellipse",
      { ellipsoid: { semiAxes: [1, 1] } },
      /semiAxes is \[1,1\], but must be three positive numbers/,
    ],
    [
      "a shape that is none",
      { ellipsoid: { semiAxes: [1, 1, 1], profile: "cube" } },
      /"cube"; allowed are indicator/,
    ],
    [
      "a shape that is negative somewhere",
      {
        ellipsoid: {
          semiAxes: [1, 1, 1],
          profile: {
            radial: [
              [0, 1],
              [1, -1],
            ],
          },
        },
      },
      /\[1,-1\] as point 2; V must be 0 or more/,
    ],
    ["no bumps", { bumps: [] }, /bumps is \[\], but must be a list of 1 to 1000 maps/],
    ["a bump that takes away", { bumps: [{ at: at(0), radius: 1, weight: -1 }] }, /bumps\[0\]\.weight is -1/],
    ["a bump nowhere", { bumps: [{ radius: 1 }] }, /bumps\[0\]\.at is undefined, but must be three numbers/],
    [
      "a bump without its mirror image",
      {
        bumps: [
          { at: at(0), radius: 1 },
          { at: at(1), radius: 1 },
        ],
      },
      /bumps\[1\] is at \[1,0,0\] without its mirror image at \[-1,0,0\].*symmetrise: true/,
    ],
    [
      "a mirror image of another weight",
      {
        bumps: [
          { at: at(1), radius: 1 },
          { at: at(-1), radius: 1, weight: 2 },
        ],
      },
      /without its mirror image/,
    ],
    [
      "no cube of values",
      { grid: { values: [1, 2, 3] } },
      /has 3 values; it must have n\^3 with n from 8, below which a table is too coarse/,
    ],
    ["a table of 2^3", { grid: { values: [1, 1, 1, 1, 1, 1, 1, 1] } }, /too coarse/],
    [
      "a V that is negative somewhere",
      grid((v) => v.splice(5, 1, -2)),
      /has -2 as value 6; V must be 0 or more/,
    ],
    [
      "a V that cannot be integrated",
      grid((v) => v.splice(5, 1, Number.POSITIVE_INFINITY)),
      /has Infinity as value 6; V must be a finite number/,
    ],
    ["a text in a table", { grid: { values: ["one", ...zeros().slice(1)] } }, /"one" as value 1/],
    ["an empty support", grid((v) => v.fill(0)), /V = 0 at every point; V must be positive somewhere/],
    ["values whose sum is infinite", grid((v) => v.fill(1e308)), /sum is infinite/],
    [
      "a V that is not even",
      grid((v) => v.splice(0, 1, 0.1)),
      /0\.1 as value 1 and 0 at the mirrored place.*symmetrise: true/,
    ],
    [
      "a cube without size",
      { grid: { values: zeros().fill(1), halfWidth: 0 } },
      /halfWidth is 0, but must be a positive number/,
    ],
    ["no map", 7, /potential is 7, but must be/],
  ])("%s", (_, spec, sentence) => {
    const make = () => makeSpatialPotential(spec as SpatialSpec);
    expect(make).toThrow(UserError);
    expect(make).toThrow(sentence);
    expect(make).toThrow(/^[^\n]+\.$/);
  });

  test("unless asked to take the mean of V(x) and V(-x)", () => {
    const odd = grid((values) => values.splice(0, 1, 0.1));
    expect(makeSpatialPotential({ ...odd, symmetrise: true }).name).toBe("grid");
  });
});
