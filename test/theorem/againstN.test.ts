import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { exponentRow, extrapolate, missOf, missRows } from "../../src/theorem/againstN.ts";
import { candidateDensities } from "../../src/theorem/candidateDensities.ts";
import { empiricalMeasures, timeWeights } from "../../src/theorem/empiricalMeasures.ts";
import { observed } from "./support.ts";

const runsIn = (dimension: number) =>
  [100, 200, 800].map((particles) => ({
    system: makeSystem(
      parseScenario({ dimension, particles, Z: 0.2, alpha: { constant: 1 }, observe: { times: [0] } }),
    ),
  }));

describe("where eps -> 0", () => {
  test.each([
    [3, (eps: number) => eps],
    [4, (eps: number) => eps ** 2 * Math.abs(Math.log(eps))],
    [5, (eps: number) => eps ** 2],
  ])(
    "in dimension %i means on a line in the order of their bias meet it, whatever their errors",
    (d, order) => {
      const runs = runsIn(d);
      const on = (se: (k: number) => number | null) =>
        extrapolate(
          runs,
          runs.map(({ system }, k) => ({ mean: 5 - 3 * order(system.eps), se: se(k) })),
        );
      expect(on((k) => 0.1 * (k + 1))!.mean).toBeCloseTo(5, 9);
      // Two of them fix a line.
      expect(on((k) => (k === 1 ? null : 0.1))!.mean).toBeCloseTo(5, 9);
      expect(on((k) => (k === 1 ? 0.1 : null))).toBeNull();
    },
  );

  test("the error is that of the line's value there", () => {
    const runs = runsIn(3).slice(0, 2);
    const { mean, se } = extrapolate(runs, [
      { mean: 1, se: 0.3 },
      { mean: 2, se: 0.4 },
    ])!;
    // eps is halved, so that it is 2 f - c.
    expect(mean).toBeCloseTo(3, 9);
    expect(se).toBeCloseTo(Math.hypot(2 * 0.4, 0.3), 9);
  });
});

test("a power law over N has its exponent, one N has none", () => {
  const runs = runsIn(3);
  const estimates = runs.map(({ system }) => ({ mean: 4 * system.particles ** -0.5, se: 1e-3 }));
  const [row] = exponentRow("p", runs, estimates, -0.5);
  expect(row.mean).toBeCloseTo(-0.5, 6);
  expect(row.se).toBeGreaterThan(0);
  expect(exponentRow("p", runs.slice(0, 1), estimates.slice(0, 1), -0.5)).toEqual([]);
});

test("a single replica shows no noise", () => {
  expect(missOf(1, [2], [0])).toEqual({ whole: { mean: 2, se: null }, noise: null });
  const { noise } = missOf(2, [2, 4], [1, 1]);
  expect(noise!.mean).toBeCloseTo(Math.SQRT2, 12);
  expect(missRows("miss", runsIn(3).slice(0, 1), [missOf(1, [2], [0])])).toEqual([
    { what: "miss, N = 100", mean: 2, se: null, theory: null },
  ]);
});

test("means over time are by the trapezoidal rule", () => {
  expect(timeWeights([3])).toEqual([1]);
  const weights = timeWeights([1, 2, 5]);
  for (const [k, weight] of [1 / 8, 1 / 2, 3 / 8].entries()) expect(weights[k]).toBeCloseTo(weight, 15);
});

describe("what is not observed, or not solved for,", () => {
  const play = (observe: object) =>
    observed({
      dimension: 4,
      particles: 20,
      Z: 0.1,
      alpha: { constant: 1 },
      initial: [
        {
          mass: 1,
          density: { product: [0.1, 0.2, 0.3, 0.4].map((sd) => ({ gaussian: { centre: 0.5, sd } })) },
        },
      ],
      observe: { times: [0, 1e-4], ...observe },
    });

  test("is no statement", async () => {
    const run = await play({});
    expect(candidateDensities([run])).toBeNull();
    expect(empiricalMeasures([run])).toBeNull();
  });

  test("is a statement without rows, which says why", async () => {
    const run = await play({ densities: { width: 0.3, points: 3 }, testFunctions: ["constant"] });
    for (const statement of [candidateDensities([run])!, empiricalMeasures([run])!]) {
      expect(statement.rows).toEqual([]);
      expect(statement.figure).toBeNull();
      expect(statement.remark).toMatch(/\.$/);
    }
  });
});
