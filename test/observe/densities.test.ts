import { describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/engine.ts";
import { makePotential } from "../../src/model/potential.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { candidateDensities, type DensityGrid, densityGrid } from "../../src/observe/densities.ts";
import { anySnapshot, placeOf, thinned } from "../support/snapshots.ts";

const K = 2;

function observedBy(densities: object, domain: ScenarioInput["domain"], dimension = 3) {
  const cloud = { mass: 1, density: { gaussian: { centre: new Array(dimension).fill(0), sd: 0.1 } } };
  const scenario = parseScenario({
    particles: 60,
    dimension,
    domain: domain!,
    Z: 3,
    alpha: { constant: 1 },
    replicas: 2,
    initial: [cloud],
    observe: { times: [0], masses: K, densities },
  } as ScenarioInput);
  return { system: makeSystem(scenario), grid: densityGrid(scenario, scenario.observe.densities!) };
}

/** The point of a cell; the last axis varies fastest. */
const pointOf = ({ along }: DensityGrid, cell: number, dimension: number) =>
  Array.from(
    { length: dimension },
    (_, k) => along[Math.floor(cell / along.length ** (dimension - 1 - k)) % along.length],
  );

/** The sum over all particles, and their images next door, at all points. */
function plainly(system: System, snapshot: Snapshot, grid: DensityGrid): Float64Array {
  const { dimension: d, replicas, particles, weight, side, open } = system;
  const eta = makePotential("bump", d);
  const densities = new Float64Array(replicas * (K + 1) * grid.size);
  const images = open ? [0] : [-side, 0, side];
  for (let cell = 0; cell < grid.size; cell++) {
    const point = pointOf(grid, cell, d);
    for (const [i, id] of snapshot.id.entries()) {
      const x = placeOf(system, snapshot, i);
      const square = x.reduce(
        (sum, at, k) => sum + Math.min(...images.map((image) => (at + image - point[k]) ** 2)),
        0,
      );
      const value = (weight / grid.width ** d) * eta.at(Math.sqrt(square) / grid.width);
      const from = Math.floor(id / particles) * (K + 1) * grid.size;
      if (snapshot.mass[i] <= K) densities[from + (snapshot.mass[i] - 1) * grid.size + cell] += value;
      densities[from + K * grid.size + cell] += value;
    }
  }
  return densities;
}

const systems = {
  "on a torus": observedBy({ width: 0.7, points: 9 }, { torus: 2.5 }),
  "on a torus, as wide as can be": observedBy({ width: 0.5, points: 8 }, { torus: 1 }),
  "on a torus, narrower than a cell": observedBy({ width: 0.2, points: 4 }, { torus: 1 }),
  "on a torus of dimension 2": observedBy({ width: 0.3, points: 12 }, { torus: 1 }, 2),
  "in a space": observedBy({ width: 0.7, points: 7 }, { space: 4 }),
  "in a part of a space": observedBy({ width: 0.7, points: 9, side: 1.8 }, { space: 4 }),
};

test("the grid of a torus begins half a cell from 0, that of a space lies evenly around 0", () => {
  const torus = systems["on a torus, narrower than a cell"].grid;
  expect([...torus.along]).toEqual([0.125, 0.375, 0.625, 0.875]);
  expect(torus.volume).toBeCloseTo(1 / 64, 15);
  expect(torus.size).toBe(64);
  const { along, volume } = systems["in a part of a space"].grid;
  expect(along[0]).toBeCloseTo(-0.8, 15);
  expect(along[4]).toBeCloseTo(0, 15);
  expect(along[8]).toBeCloseTo(0.8, 15);
  expect(volume).toBeCloseTo(0.2 ** 3, 15);
});

describe.each(Object.entries(systems))("candidate densities %s", (_, { system, grid }) => {
  const snapshot = thinned(anySnapshot(system, 3));
  const densities = candidateDensities(system, snapshot, grid);
  const { size } = grid;

  test("are the plain sum over all particles at all points", () => {
    const expected = plainly(system, snapshot, grid);
    const largest = Math.max(...expected);
    expect(densities.length).toBe(expected.length);
    for (const [at, value] of expected.entries()) {
      if (Math.abs(densities[at] - value) > 1e-12 * largest) {
        expect.fail(`Entry ${at} is ${densities[at]}, not ${value}.`);
      }
    }
    // Both replicas, all rows, and on a torus a particle within delta across the seam, take part.
    for (let row = 0; row < 2 * (K + 1); row++) {
      expect(densities.subarray(row * size, (row + 1) * size).some((value) => value > 0)).toBe(true);
    }
  });

  test("of masses up to K and of those above add up to that of all", () => {
    const above = candidateDensities(
      system,
      { ...snapshot, mass: snapshot.mass.map((m) => (m > K ? 1 : K + 1)) },
      grid,
    );
    for (let r = 0; r < system.replicas; r++) {
      const from = r * (K + 1) * size;
      for (let cell = from; cell < from + size; cell++) {
        const rows = densities[cell] + densities[cell + size] + above[cell];
        expect(rows).toBeCloseTo(densities[cell + K * size], 9);
      }
    }
  });
});

test("a particle at the seam is felt on both sides of it, and in a space it is not", () => {
  for (const [name, across] of [
    ["on a torus", true],
    ["in a space", false],
  ] as const) {
    const { system, grid } = systems[name];
    const place = new Uint32Array([0, 2 ** 31, 2 ** 31]);
    const alone: Snapshot = { id: new Uint32Array(1), mass: new Uint32Array([1]), place };
    const densities = candidateDensities(system, alone, grid);
    const points = grid.along.length;
    const at = (i: number) => densities[(i * points + (points - 1) / 2) * points + (points - 1) / 2];
    expect(at(0)).toBeGreaterThan(0);
    if (across) expect(at(points - 1)).toBeCloseTo(at(0), 12);
    else expect(at(points - 1)).toBe(0);
  }
});

// As eta is smooth, the sum over a grid of m cells per delta misses the integral by less than any power of 1 / m.
test.each([
  ["6", { width: 0.5, points: 12 }, 1e-3],
  ["12", { width: 0.5, points: 24 }, 1e-5],
])(
  "times the volume of a cell they sum to the weight of the particles, at %s cells per delta",
  (_, densities, tolerance) => {
    const { system, grid } = observedBy(densities, { torus: 1 });
    const snapshot = thinned(anySnapshot(system, 4));
    const values = candidateDensities(system, snapshot, grid);
    for (const r of [0, 1]) {
      for (let row = 0; row <= K; row++) {
        const count = snapshot.id.filter(
          (id, i) => Math.floor(id / system.particles) === r && (row === K || snapshot.mass[i] === row + 1),
        ).length;
        expect(count).toBeGreaterThan(0);
        const from = (r * (K + 1) + row) * grid.size;
        const sum = values.subarray(from, from + grid.size).reduce((a, b) => a + b, 0);
        expect(Math.abs((sum * grid.volume) / (system.weight * count) - 1)).toBeLessThan(tolerance);
      }
    }
  },
);
