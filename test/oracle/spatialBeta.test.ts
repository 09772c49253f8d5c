import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { makePotential, type PotentialName } from "../../src/model/potential.ts";
import { makeSpatialPotential, type SpatialSpec, type Triple } from "../../src/model/spatialPotential.ts";
import { solvePair } from "../../src/oracle/beta.ts";
import { carlsonRF, ellipsoidCapacity } from "../../src/oracle/ellipsoid.ts";
import { solveWaves } from "../../src/oracle/integralEquation.ts";
import { solveSpatialPair } from "../../src/oracle/spatialBeta.ts";

const solve = (spec: SpatialSpec, alpha: number, D = 1) =>
  solveSpatialPair({ potential: makeSpatialPotential(spec), alpha, D });

const ball = (profile: PotentialName): SpatialSpec => ({ ellipsoid: { semiAxes: [1, 1, 1], profile } });

/** Worked out independently of the project. */
const known = { semiAxes: [1, 0.7, 0.5] as Triple, capacity: 9.140913388459124, beta: 0.88413290826 };

describe("capacity of an ellipsoid", () => {
  test("is 4 pi / R_F, and 4 pi R for a ball", () => {
    expect(ellipsoidCapacity(known.semiAxes)).toBeCloseTo(known.capacity, 13);
    expect(ellipsoidCapacity([3, 3, 3])).toBeCloseTo(12 * Math.PI, 13);
  });

  test("R_F(0+, y, y) is that of a disc: pi / (2 sqrt(y))", () => {
    expect(carlsonRF(1e-28, 4, 4)).toBeCloseTo(Math.PI / 4, 13);
    expect(carlsonRF(1, 2, 3)).toBe(carlsonRF(3, 1, 2));
  });
});

test("the ellipsoid worked out elsewhere: beta at alpha/D = 1 to 1e-7, and its estimate is true", () => {
  const { beta, naive, capacityLimit, scatteringLength, errorEstimate } = solve(
    { ellipsoid: { semiAxes: known.semiAxes } },
    3,
    3,
  );
  expect(Math.abs(beta / 3 - known.beta)).toBeLessThan(1e-7);
  expect(Math.abs(beta / 3 - known.beta)).toBeLessThan(errorEstimate / 3);
  expect(errorEstimate).toBeLessThan(1e-5 * beta);
  expect(naive).toBe(3);
  expect(capacityLimit).toBeCloseTo(3 * known.capacity, 12);
  expect(scatteringLength).toBeCloseTo(beta / (12 * Math.PI), 14);
});

describe("a radial V is what it is on the line", () => {
  test.each<[PotentialName, number]>([
    ["indicator", 0.1],
    ["indicator", 1],
    ["shell", 1],
    ["cone", 10],
    ["poly1", 10],
    ["poly2", 10],
    ["bump", 10],
    ["bump", 0.1],
  ])("%s at alpha/D = %d: beta to 5 digits, within its estimate; u to 1e-3", (V, alpha) => {
    const exact = solvePair({ potential: makePotential(V, 3), dimension: 3, alpha, D: 1 });
    const { beta, errorEstimate, u, u0 } = solve(ball(V), alpha);
    expect(Math.abs(beta - exact.beta)).toBeLessThan(errorEstimate);
    expect(errorEstimate).toBeLessThan(1e-5 * beta);
    expect(u0).toBeCloseTo(Number(exact.u0), 3);
    for (const r of [0.3, 0.9, 1]) expect(u([r / 3, (2 * r) / 3, (-2 * r) / 3])).toBeCloseTo(exact.u(r), 3);
  });

  test("a bump of another radius in the middle is one of another alpha", () => {
    const R = 0.4;
    const { beta, capacityLimit } = solve({ bumps: [{ at: [0, 0, 0], radius: R, profile: "poly2" }] }, 4 * R);
    const exact = solvePair({ potential: makePotential("poly2", 3), dimension: 3, alpha: 4, D: 1 });
    expect(Math.abs(beta / (R * exact.beta) - 1)).toBeLessThan(1e-5);
    expect(capacityLimit).toBeCloseTo(4 * Math.PI * R, 12);
  });

  test("every restriction to some waves lies above, the more waves the less", () => {
    const exact = solvePair({ potential: makePotential("indicator", 3), dimension: 3, alpha: 50, D: 1 }).beta;
    const potential = makeSpatialPotential(ball("indicator"));
    const excess = [4, 8, 16].map((waves) => solveWaves(potential, 50, waves).rate - exact);
    expect(excess[2]).toBeGreaterThan(0);
    // Third order.
    expect(Math.log2(excess[0] / excess[1])).toBeCloseTo(3, 0);
    expect(Math.log2(excess[1] / excess[2])).toBeCloseTo(3, 0);
  });
});

describe("bumps apart", () => {
  const two = (at: Triple, profile: PotentialName = "indicator"): SpatialSpec => ({
    bumps: [
      { at, radius: 0.5, profile },
      { at: at.map((x) => -x) as Triple, radius: 0.5, profile },
    ],
  });

  test("for small alpha, beta = alpha (1 - (alpha/D) E): the energy of two charged balls", () => {
    // Each of half the charge: 6 / (20 pi R) for itself, 1 / (4 pi distance) for the two.
    const energy = 0.5 * (6 / (20 * Math.PI * 0.5)) + 0.5 / (4 * Math.PI * 1.6);
    const alpha = 1e-3;
    const { beta, naive } = solve(two([0.8, 0, 0]), alpha);
    expect(naive).toBe(alpha);
    // The next term is about E alpha times this.
    expect((1 - beta / alpha) / alpha / energy).toBeCloseTo(1, 3);
  });

  test("beta does not depend on where they point", () => {
    const along = solve(two([0.8, 0, 0], "poly2"), 1);
    const across = solve(two([0.8 / 3, 1.6 / 3, -1.6 / 3], "poly2"), 1);
    expect(Math.abs(along.beta - across.beta)).toBeLessThan(along.errorEstimate + across.errorEstimate);
    expect(along.errorEstimate).toBeLessThan(1e-5 * along.beta);
    expect(along.capacityLimit).toBeNull();
  });

  test("symmetrise: true is the mean of V(x) and V(-x)", () => {
    const alone: SpatialSpec = {
      bumps: [{ at: [0.8, 0, 0], radius: 0.5, profile: "bump" }],
      symmetrise: true,
    };
    expect(solve(alone, 0.1).beta).toBeCloseTo(solve(two([0.8, 0, 0], "bump"), 0.1).beta, 9);
  });

  test("far apart they capture as two pairs would, less what they take from each other", () => {
    const [R, apart, alpha] = [0.3, 1.6, 3];
    const one =
      solvePair({ potential: makePotential("poly2", 3), dimension: 3, alpha: alpha / 2 / R, D: 1 }).beta * R;
    const spec: SpatialSpec = {
      bumps: [1, -1].map((sign) => ({
        at: [(sign * apart) / 2, 0, 0] as Triple,
        radius: R,
        profile: "poly2" as const,
      })),
    };
    const { beta } = solve(spec, alpha);
    // Two of scattering length a, as points: 2 one / (1 + a / distance).
    expect(beta / ((2 * one) / (1 + one / (4 * Math.PI * apart)))).toBeCloseTo(1, 4);
  });
});

describe("a table on a grid", () => {
  function sampled(V: PotentialName, points: number, halfWidth = 1): SpatialSpec {
    const { at } = makePotential(V, 3);
    const x = (i: number) => halfWidth * ((2 * i) / (points - 1) - 1);
    const axis = Array.from({ length: points }, (_, i) => x(i));
    return {
      grid: { halfWidth, values: axis.map((a) => axis.map((b) => axis.map((c) => at(Math.hypot(a, b, c))))) },
    };
  }

  test.each<[PotentialName, number, number]>([
    ["bump", 48, 1e-5],
    ["poly2", 48, 1e-5],
    ["poly2", 21, 1e-4],
    ["poly1", 24, 1e-3],
  ])("of %s at %i^3 points gives its beta to %d, within its estimate", (V, points, accuracy) => {
    const exact = solvePair({ potential: makePotential(V, 3), dimension: 3, alpha: 10, D: 1 }).beta;
    const { beta, errorEstimate } = solve(sampled(V, points), 10);
    expect(Math.abs(beta - exact)).toBeLessThan(Math.min(errorEstimate, accuracy * exact));
    expect(errorEstimate).toBeLessThan(100 * accuracy * exact);
  });

  test("may reach beyond V", () => {
    const exact = solvePair({ potential: makePotential("bump", 3), dimension: 3, alpha: 10, D: 1 }).beta;
    expect(Math.abs(solve(sampled("bump", 49, 1.3), 10).beta / exact - 1)).toBeLessThan(1e-5);
  });

  test("too coarse for its V is refused", () => {
    expect(() => solve(sampled("indicator", 12), 10)).toThrow(UserError);
    expect(() => solve(sampled("indicator", 12), 10)).toThrow(
      /too coarse.*miss waves of about .* %.*at most 2 %/,
    );
  });
});

describe("special rates", () => {
  test("particles that do not react have beta 0", () => {
    const { beta, u0, u, errorEstimate } = solve(ball("cone"), 0);
    expect([beta, u0, u([0, 0, 0]), errorEstimate]).toEqual([0, 0, 0, 0]);
  });

  test("what is no rate or diffusivity, and a place beyond V, is refused", () => {
    expect(() => solve(ball("cone"), -1)).toThrow(RangeError);
    expect(() => solve(ball("cone"), Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(() => solve(ball("cone"), 1, 0)).toThrow(RangeError);
    expect(() => solve(ball("cone"), 0.01).u([1, 1, 1])).toThrow(RangeError);
  });
});
