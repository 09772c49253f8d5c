import { describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/engine.ts";
import { makePotential } from "../../src/model/potential.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { densityProducts } from "../../src/observe/densityProducts.ts";
import { anySnapshot } from "../support/snapshots.ts";
import { wordSource } from "../support/words.ts";

const particles = 200;
const replicas = 2;
const system = makeSystem(
  parseScenario({ particles, Z: 3, alpha: { constant: 1 }, replicas, observe: { times: [0], masses: 3 } }),
);

/** ∫ eta_delta(x) eta_delta(x - z) dx for |z| = apart, along z by cylinders. */
function overlap(apart: number, delta: number): number {
  const eta = makePotential("bump", 3);
  const n = 60;
  let sum = 0;
  for (let a = 0; a < n; a++) {
    const along = -1 + (2 * (a + 0.5)) / n;
    for (let b = 0; b < n; b++) {
      const across = (b + 0.5) / n;
      sum += across * eta.at(Math.hypot(along, across)) * eta.at(Math.hypot(along - apart / delta, across));
    }
  }
  return (sum * 2 * Math.PI * (2 / n / n)) / delta ** 3;
}

describe("products of candidate densities", () => {
  const [masses, delta] = [3, 0.3];
  const snapshot = anySnapshot(system, 5);
  const { all, selves } = densityProducts(system, snapshot, masses, [delta, 0.1]);
  const at = (r: number, w: number, j: number, n: number, m: number) =>
    ((r * 2 + w) * 2 + j) * masses ** 2 + (n - 1) * masses + m - 1;

  test("are the sum over pairs of the overlaps of what particles are smeared out to", () => {
    for (const [n, m] of [
      [1, 1],
      [1, 2],
      [3, 2],
    ]) {
      let expected = 0;
      for (let i = 0; i < particles; i++) {
        for (let j = 0; j < particles; j++) {
          if (snapshot.mass[i] !== n || snapshot.mass[j] !== m) continue;
          let square = 0;
          for (let k = 0; k < 3; k++)
            square += ((snapshot.place[3 * i + k] - snapshot.place[3 * j + k]) | 0) ** 2;
          const apart = Math.sqrt(square) / 2 ** 32;
          if (apart < 2 * delta) expected += system.weight ** 2 * overlap(apart, delta);
        }
      }
      // A single particle on the grid is right to 2 % only, and hundreds in the mean.
      expect(all[at(0, 0, 0, n, m)] / expected).toBeCloseTo(1, 2);
    }
  });

  test("do not mind the order of masses, and have a replica's own particles only", () => {
    for (const r of [0, 1]) {
      expect(all[at(r, 1, 1, 1, 3)]).toBeCloseTo(all[at(r, 1, 1, 3, 1)], 12);
    }
    const alone = densityProducts(
      system,
      { ...snapshot, mass: snapshot.mass.map((m, i) => (i < particles ? m : 4)) },
      3,
      [0.3, 0.1],
    );
    expect(alone.all.subarray(0, alone.all.length / 2)).toEqual(all.subarray(0, all.length / 2));
    expect(alone.all.subarray(alone.all.length / 2).every((product) => product === 0)).toBe(true);
  });

  test("of particles far apart are those of each with itself, for both weights", () => {
    // A lattice of 6^3 places, each off its grid point by less than a thousandth.
    const next = wordSource(9);
    const step = 2 ** 32 / 6;
    const place = Uint32Array.from({ length: 3 * particles }, (_, c) => {
      const [i, k] = [Math.floor(c / 3), c % 3];
      return (Math.floor(i / 6 ** k) % 6) * step + (next() % 2 ** 22);
    });
    const apart: Snapshot = {
      id: Uint32Array.from({ length: particles }, (_, i) => i),
      mass: new Uint32Array(particles).fill(1),
      place,
    };
    const products = densityProducts(system, apart, 1, [0.08]);
    for (const j of [0, 1]) expect(products.all[j] / products.selves[j]).toBeCloseTo(1, 1);
    // ∫ eta^2 = 0.493950 in d = 3, by an independent sum.
    expect(products.selves[0]).toBeCloseTo((system.weight ** 2 * particles * 0.49395) / 0.08 ** 3, 3);
  });

  test("of different masses hold nobody beside itself", () => {
    for (const j of [0, 1]) expect(selves[at(0, 0, j, 1, 2)]).toBe(0);
  });
});
