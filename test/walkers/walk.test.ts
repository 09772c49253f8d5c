import { describe, expect, test } from "vitest";
import { kingmanMoments } from "../../src/coalescent/kingman.ts";
import { iteratedLogarithm, meetingRate, returnTime, torusReturnTime, walk } from "../../src/index.ts";
import { falseAlarm } from "../physics/support.ts";

describe("the time that a walk spends where it began", () => {
  test("on a torus is what the walk's equation says", () => {
    // On a cycle of L sites the sum over 1 / (1 - cos(2 pi k / L)) is (L^2 - 1) / 6.
    for (const side of [1, 2, 3, 10, 77]) {
      expect(torusReturnTime(1, side)).toBeCloseTo((side ** 2 - 1) / 6 / side, 9);
    }
    // On a cube of 8 corners: 1, 2 and 3 axes flipped are 3, 3 and 1 eigenvalues 1/3, -1/3 and -1.
    expect(torusReturnTime(3, 2)).toBeCloseTo((3 * 1.5 + 3 * 0.75 + 0.5) / 8, 14);
  });

  test("tends to that on Z^d", () => {
    // With the constant of a cubic lattice of charges in a background: 6 * 2.837297479 / (4 pi).
    const correction = (6 * 2.8372974794806) / (4 * Math.PI);
    expect((returnTime(3) - torusReturnTime(3, 48)) * 48).toBeCloseTo(correction, 3);
    for (const dimension of [4, 5]) {
      const order = 2 ** (dimension - 2);
      const [coarse, fine] = [8, 16].map((side) => torusReturnTime(dimension, side));
      expect((order * fine - coarse) / (order - 1)).toBeCloseTo(returnTime(dimension), 3);
    }
    expect([1, 2].map(returnTime)).toEqual([Infinity, Infinity]);
    expect(meetingRate(returnTime(3), Number.POSITIVE_INFINITY)).toBe(2 / returnTime(3));
    expect(meetingRate(returnTime(3), 1)).toBeCloseTo(0.568765763, 9);
  });
});

test("from one on each site of the 3-torus the mean field's rate is approached from above", () => {
  const [start, ...later] = walk({ side: 40, times: [0, 3, 10, 30, 100], replicas: 20, seed: 5 });
  expect(start).toMatchObject({
    count: { mean: 64000 },
    density: { mean: 1 },
    meanField: 1,
    rateShare: null,
  });
  const shares = later.map(({ rateShare }) => rateShare!);
  expect(shares.map(({ mean }) => mean)).toEqual(shares.map(({ mean }) => mean).toSorted((a, b) => b - a));
  const last = shares.at(-1)!;
  // Measured 1.08; without the factor 1/2, or with a walk of half the rate, it would be 2 or 1/2.
  expect(Math.abs(last.mean - 1.08)).toBeLessThan(0.02 + 4.5 * last.se!);
  expect(later[1].meanField).toBeCloseTo(1 / (1 + 10 / returnTime(3)), 12);
});

describe("Cox's theorem", () => {
  const replicas = 1500;

  test("the count's law is Kingman's in the clock of this torus, and not yet in that of the limit", () => {
    const [half, one] = walk({ side: 10, cox: true, times: [0.5, 1], replicas, seed: 3 });
    expect(half.time).toBe(500);
    expect(half.limit!.clock).toBeCloseTo(1 / returnTime(3), 12);
    expect(half.limit).toMatchObject(kingmanMoments(Number.POSITIVE_INFINITY, half.limit!.clock));
    expect(half.atSide!.clock).toBeCloseTo(1 / torusReturnTime(3, 10), 12);
    for (const { atSide } of [half, one]) expect(atSide!.test!.p).toBeGreaterThan(falseAlarm);
    expect(half.limit!.test!.p).toBeLessThan(1e-6);
  });

  test("holds at a finite rate, too, and from few walkers on uniform sites", () => {
    const [state] = walk({
      ...{ side: 10, cox: true, start: "uniform", walkers: 6, rate: 0.5, times: [0.6], replicas, seed: 4 },
    });
    expect(state.atSide!.clock).toBeCloseTo(0.6 / (2 + torusReturnTime(3, 10) / 2), 12);
    expect(state.atSide!.test!.p).toBeGreaterThan(falseAlarm);
  });
});

test("log* counts logarithms until they are below zero", () => {
  const towers = [0.5, 1, 2.5, 2.8, 15, 16, 3814279, 3814280];
  expect(towers.map(iteratedLogarithm)).toEqual([1, 2, 2, 3, 3, 4, 4, 5]);
  expect([15, 16, 3814279, 3814280].map((ln) => iteratedLogarithm({ ln }))).toEqual([4, 5, 5, 6]);
});

test("from one site of Z^3 more are left the more there were, and they spread", () => {
  const left = [10, 1000, 100000].map(
    (walkers) => walk({ start: "origin", walkers, times: [1], replicas: 20 })[0],
  );
  const means = left.map(({ count }) => count.mean);
  expect(means).toEqual(means.toSorted((a, b) => a - b));
  expect(left.map(({ density, meanField, limit }) => [density, meanField, limit])).toEqual(
    new Array(3).fill([null, null, null]),
  );
  for (const { spread, occupied, count } of left) {
    expect(spread).toBeGreaterThan(0.8);
    expect(occupied.mean).toBeLessThanOrEqual(count.mean);
  }
});

test("tells how far it is, and what is out of range", () => {
  const heard: number[] = [];
  walk({ side: 8, times: [1], replicas: 2, onProgress: (done) => heard.push(done) });
  expect(heard).toEqual([0.5, 1]);
  expect(() => walk({ times: [1], replicas: 0 })).toThrow(
    "replicas is 0, but must be an integer from 1 to 2^32.",
  );
  expect(() => walk({ times: [1], seed: 0.5 })).toThrow("seed is 0.5");
  expect(() => walk({ times: [1], cox: true, start: "origin" })).toThrow("cox is true");
});
