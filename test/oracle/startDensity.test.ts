import { describe, expect, test } from "vitest";
import { latticeSide } from "../../src/model/multirate.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { makeStart } from "../../src/model/start.ts";
import { makeSystem } from "../../src/model/system.ts";
import { type Axis, type BoxGrid, makeBoxGrid } from "../../src/oracle/boxGrid.ts";
import { integral } from "../../src/oracle/grid.ts";
import { makeRadialGrid, type RadialGrid } from "../../src/oracle/radialGrid.ts";
import { boxStart, radialStart } from "../../src/oracle/startDensity.ts";
import { expectStandardNormal } from "../physics/support.ts";

const particles = 40000;
const scenario = (changes: Partial<ScenarioInput>) =>
  parseScenario({ particles, Z: 3, alpha: { constant: 1 }, observe: { times: [0] }, seed: 91, ...changes });

const torus = scenario({
  domain: { torus: 2.5 },
  initial: [
    {
      mass: 1,
      weight: 2,
      density: {
        product: [
          { cosine: { amplitude: -0.8, waves: 3 } },
          { gaussian: { centre: 0.2, sd: 0.4 } },
          { table: [1, 0, 4, 2, 2] },
        ],
      },
    },
    { mass: 3, weight: 1, density: { cosine: { axis: 2, amplitude: 1 } } },
  ],
});
const torusGrid = makeBoxGrid(
  [0, 1, 2].map((coordinate): Axis => ({ coordinate, from: 0, length: 2.5 })),
  25,
  1,
);

const space = scenario({
  domain: { space: 6 },
  initial: [
    {
      mass: 2,
      density: { product: [{ gaussian: { centre: 0.5, sd: 0.3 } }, { table: [1, 3] }, { table: [1] }] },
    },
  ],
});
const spaceGrid = makeBoxGrid(
  [0, 1, 2].map((coordinate): Axis => ({ coordinate, from: -4, length: 8 })),
  32,
  1,
);

const ball = scenario({
  domain: { space: 8 },
  initial: [{ mass: 1, density: { gaussian: { centre: [0.5, 0, -0.5], sd: 0.4 } } }],
});
const ballGrid = makeRadialGrid(3, 2.8, 60);

describe("what the equation starts from", () => {
  test("has the integral Z in all, shared by the weights", () => {
    const start = boxStart(torus, torusGrid);
    expect(integral(torusGrid, start.get(1)!)).toBeCloseTo(2, 12);
    expect(integral(torusGrid, start.get(3)!)).toBeCloseTo(1, 12);
    expect(integral(spaceGrid, boxStart(space, spaceGrid).get(2)!)).toBeCloseTo(3, 12);
    expect(integral(ballGrid, radialStart(ball, ballGrid).get(1)!)).toBeCloseTo(3, 12);
  });

  test("is uniform in the coordinates left out", () => {
    const grid = makeBoxGrid([{ coordinate: 2, from: 0, length: 2.5 }], 25, 2.5 ** 2);
    expect(integral(grid, boxStart(torus, grid).get(3)!)).toBeCloseTo(1, 12);
  });
});

/** Means over particles of smooth functions, against the integrals of the density times them, as standard normal deviations. Seed 91. */
describe("is the law from which particles are drawn (stochastic)", () => {
  const functions: ((x: number) => number)[] = [
    (x) => Math.cos((2 * Math.PI * x) / 2.5),
    (x) => Math.sin((2 * Math.PI * x) / 2.5),
    (x) => Math.cos((6 * Math.PI * x) / 2.5),
    (x) => Math.sin((4 * Math.PI * x) / 2.5),
  ];

  function scores(of: typeof torus, mass: number, mean: (axis: number, g: (x: number) => number) => number) {
    const system = makeSystem(of);
    const { place, mass: masses } = makeStart(system, 0);
    const mine = Array.from(masses, (m, i) => ({ m, i })).filter(({ m }) => m === mass);
    const result: [string, number][] = [];
    for (let axis = 0; axis < 3; axis++) {
      for (const [k, g] of functions.entries()) {
        const seen = mine.map(({ i }) => {
          return g((place[3 * i + axis] / latticeSide - (system.open ? 0.5 : 0)) * system.side);
        });
        const expected = mean(axis, g);
        const variance = mean(axis, (x) => g(x) ** 2) - expected ** 2;
        const average = seen.reduce((a, b) => a + b) / seen.length;
        result.push([
          `axis ${axis}, function ${k}`,
          (average - expected) / Math.sqrt(variance / seen.length),
        ]);
      }
    }
    return Object.fromEntries(result);
  }

  const boxMean = (grid: BoxGrid, field: Float64Array) => (axis: number, g: (x: number) => number) => {
    const stride = grid.count ** (2 - axis);
    const times = field.map(
      (f, c) => f * g(grid.middle(grid.axes[axis], Math.floor(c / stride) % grid.count)),
    );
    return integral(grid, times) / integral(grid, field);
  };

  test.each([1, 3])("on a torus, for mass %d", (mass) => {
    const fine = makeBoxGrid(torusGrid.axes, 50, 1);
    expectStandardNormal(scores(torus, mass, boxMean(fine, boxStart(torus, fine).get(mass)!)));
  });

  test("in a space, with a table over its box", () => {
    const fine = makeBoxGrid(spaceGrid.axes, 64, 1);
    expectStandardNormal(scores(space, 2, boxMean(fine, boxStart(space, fine).get(2)!)));
  });

  test("in a ball, by the distance from the centre", () => {
    const { place } = makeStart(makeSystem(ball), 0);
    const density = radialStart(ball, ballGrid).get(1)!;
    const mean = ({ volumes, radii }: RadialGrid, g: (r: number) => number) =>
      volumes.reduce((sum, volume, i) => sum + volume * density[i] * g(radii[i]), 0) / 3;
    const functions = { "r^2": (r: number) => r * r, "exp(-r)": (r: number) => Math.exp(-r) };
    const scored = Object.entries(functions).map(([name, g]): [string, number] => {
      let sum = 0;
      for (let i = 0; i < particles; i++) {
        const away = [0.5, 0, -0.5].map((centre, k) => (place[3 * i + k] / latticeSide - 0.5) * 8 - centre);
        sum += g(Math.hypot(...away));
      }
      const expected = mean(ballGrid, g);
      const variance = mean(ballGrid, (r) => g(r) ** 2) - expected ** 2;
      return [name, (sum / particles - expected) / Math.sqrt(variance / particles)];
    });
    expectStandardNormal(Object.fromEntries(scored));
  });
});
