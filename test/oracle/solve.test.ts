import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { limitBeside, limitOf } from "../../src/oracle/limit.ts";
import type { EquationSolution, SolveOptions } from "../../src/oracle/solution.ts";
import { solveSmoluchowski } from "../../src/oracle/solve.ts";

const base = {
  particles: 2000,
  Z: 20,
  diffusion: { power: { scale: 1, exponent: -1 / 3 } },
  alpha: { sum: { scale: 10, exponent: 0.5 } },
  potential: "poly2",
  observe: { times: [0.001, 0.003, 0.01], masses: 4 },
} satisfies ScenarioInput;

const scenarioOf = (changes: object) => parseScenario({ ...base, ...changes });
const startOf = (density: object, mass = 1) => [{ mass, density }] as ScenarioInput["initial"];

function solve(changes: object, options: SolveOptions = {}): EquationSolution {
  const scenario = scenarioOf(changes);
  return solveSmoluchowski(scenario, scenario.observe.times, options);
}

const numbers = ({ points }: Pick<EquationSolution, "points">) =>
  points.flatMap(({ count, masses }) => [count, ...masses]);

const apart = (a: Pick<EquationSolution, "points">, b: Pick<EquationSolution, "points">) => {
  const other = numbers(b);
  return Math.max(...numbers(a).map((x, k) => Math.abs(x - other[k])));
};

const wave = startOf({ cosine: { axis: 1, amplitude: 0.9, waves: 2 } });
const cosine = { cosine: { amplitude: 0.9, waves: 2 } };

describe("what matters of space is recognised", () => {
  test.each<[string, object]>([
    ["homogeneous", {}],
    ["homogeneous", { initial: startOf({ cosine: { axis: 0, amplitude: 0 } }) }],
    ["homogeneous", { initial: startOf({ product: ["uniform", "uniform", "uniform"] }) }],
    ["planar", { initial: wave }],
    ["planar", { dimension: 5, initial: wave }],
    ["planar", { initial: startOf({ product: ["uniform", { table: [1, 2] }, "uniform"] }) }],
    ["two axes", { dimension: 2, initial: startOf({ gaussian: { centre: [0.2, 0.3], sd: 0.3 } }) }],
    ["two axes", { initial: startOf({ product: [cosine, "uniform", cosine] }) }],
    ["radial", { domain: { space: 4 }, initial: startOf({ gaussian: { centre: [1, 0, 0], sd: 0.3 } }) }],
    [
      "radial",
      {
        dimension: 4,
        domain: { space: 4 },
        initial: startOf({ gaussian: { centre: [0, 0, 0, 0], sd: 0.3 } }),
      },
    ],
    [
      "two axes",
      { dimension: 2, domain: { space: 2 }, initial: startOf({ product: [{ table: [1] }, { table: [1] }] }) },
    ],
  ])("%s: %j", (method, changes) => {
    expect(solve({ ...changes, observe: { times: [1e-5] } }, { cutoff: 16 }).method).toBe(method);
  });
});

describe("the solution in space", () => {
  test("of a start that hardly varies is that of the ordinary equations, whatever the side and the dimension", () => {
    for (const [dimension, side] of [
      [2, 3],
      [3, 1],
      [3, 0.4],
      [5, 2],
    ]) {
      const changes = { dimension, domain: { torus: side }, Z: 20 * side ** dimension };
      const flat = solve(changes);
      const tilted = solve({ ...changes, initial: startOf({ cosine: { axis: 0, amplitude: 1e-7 } }) });
      expect([flat.method, tilted.method]).toEqual(["homogeneous", "planar"]);
      expect(apart(flat, tilted)).toBeLessThan(1e-5);
      expect(apart(flat, tilted)).toBeLessThan(2 * tilted.error!);
    }
  });

  test("keeps the mass to rounding, counts what passes the cutoff, and is nowhere negative", () => {
    const times = [0, 0.001, 0.01];
    const initial = [
      { mass: 1, density: { product: [{ table: [0, 1, 0, 0] }, "uniform", "uniform"] } },
      { mass: 4, weight: 0.2, density: { cosine: { axis: 0, amplitude: 1 } } },
    ];
    // Allowed to lose a hundredth, so that the loss is seen.
    const options = { cutoff: 48, tolerance: 0.01, profileTimes: times };
    const { profiles, volumes, points } = solve({ initial, observe: { times } }, options);
    const mass = profiles.map(({ densities }) =>
      densities.reduce((sum, f, n) => sum + (n + 1) * f.reduce((all, x, c) => all + volumes[c] * x, 0), 0),
    );
    expect(mass[0] / (20 * (1.8 / 1.2))).toBeCloseTo(1, 12);
    expect(points[2].lostMass).toBeGreaterThan(1e-7);
    for (const [k, { lostMass }] of points.entries()) expect(mass[k] / mass[0] + lostMass).toBeCloseTo(1, 12);
    for (const { densities } of profiles) {
      for (const f of densities) expect(Math.min(...f)).toBeGreaterThanOrEqual(0);
    }
  });

  test.each<[string, object, number]>([
    ["a wave", { initial: wave }, 256],
    ["a jump", { initial: startOf({ product: [{ table: [1, 0] }, "uniform", "uniform"] }) }, 256],
    [
      "a Gaussian in space",
      { domain: { space: 4 }, Z: 1, initial: startOf({ gaussian: { centre: [0, 0, 0], sd: 0.1 } }) },
      100,
    ],
    [
      "annihilation of two masses",
      {
        model: "annihilation",
        initial: [...wave!, { mass: 3, weight: 0.5, density: { cosine: { axis: 1, amplitude: -0.9 } } }],
      },
      256,
    ],
  ])("of %s is as close to a finer one as its estimate of the error says", (_, changes, cells) => {
    const solution = solve(changes, { cells });
    const finer = solve(changes, { cells: 1.5 * cells, tolerance: 1e-6 });
    expect(apart(solution, finer)).toBeLessThan(solution.error!);
    expect(apart(solution, finer)).toBeGreaterThan(0.02 * solution.error!);
    expect(solution.error!).toBeLessThan(1e-3);
  });

  test("with several cells along an axis in which nothing varies is the planar one", () => {
    const density = (second: unknown) => startOf({ product: [cosine, second, "uniform"] as never });
    const options = { cells: 24, cutoff: 32, tolerance: 1e-5 };
    const planar = solve({ initial: density("uniform") }, options);
    const plane = solve({ initial: density({ table: [1] }) }, options);
    expect([planar.method, plane.method]).toEqual(["planar", "two axes"]);
    expect(apart(planar, plane)).toBeLessThan(1e-11);
  });

  test("in a ball is that in a cube", () => {
    const changes = { dimension: 2, domain: { space: 4 }, Z: 3, observe: { times: [0.02], masses: 4 } };
    const gaussian = { gaussian: { centre: [0.1, 0.2], sd: 0.2 } };
    const radial = solve({ ...changes, initial: startOf(gaussian) });
    // Another mass that is hardly there, around another centre.
    const other = { mass: 2, weight: 1e-12, density: { gaussian: { centre: [0, 0], sd: 0.2 } } };
    const square = solve({ ...changes, initial: [...startOf(gaussian)!, other] }, { cells: 128 });
    expect([radial.method, square.method]).toEqual(["radial", "two axes"]);
    expect(numbers(radial)[0]).toBeLessThan(0.8);
    expect(apart(radial, square)).toBeLessThan(radial.error! + square.error!);
    expect(radial.error! + square.error!).toBeLessThan(1e-3);
  });

  test("along three axes of which one is left out is that along two", () => {
    const density = (third: unknown) => startOf({ product: [cosine, cosine, third] as never });
    const options = { cells: 12, cutoff: 16, tolerance: 1e-2 };
    const [two, three] = ["uniform", { table: [2] }].map((third) =>
      solve({ initial: density(third), observe: { times: [0.001], masses: 4 } }, options),
    );
    expect([two.method, three.method]).toEqual(["two axes", "three axes"]);
    expect(apart(two, three)).toBeLessThan(1e-11);
  });

  test("gives a time between two steps as exactly as one at which a step ends", () => {
    const scenario = scenarioOf({ initial: wave });
    const between = [0.0013, 0.0047];
    const { points } = solveSmoluchowski(scenario, [...between, 0.01]);
    const { points: stopped } = solveSmoluchowski(scenario, [...between, 0.01], { profileTimes: between });
    expect(apart({ points }, { points: stopped })).toBeLessThan(1e-6);
  });

  test("at the start alone is the start", () => {
    const { points, steps } = solve({ initial: wave, observe: { times: [0], masses: 2 } });
    expect(steps).toBe(0);
    expect(points[0].count).toBeCloseTo(1, 13);
    expect(points[0].masses[1]).toBe(0);
  });

  test("with the naive rate reacts faster", () => {
    const [recipe, naive] = (["recipe", "naive"] as const).map((rate) =>
      solve({ initial: wave }, { rate, cells: 32, tolerance: 1e-3 }),
    );
    expect(naive.points[2].count).toBeLessThan(0.9 * recipe.points[2].count);
  });
});

/** M0 of the closed forms for density 1 of mass 1. */
test.each<[string, ScenarioInput["alpha"], number, number]>([
  ["constant", { constant: 2 }, 1, 1 / 2],
  ["a table", { table: [[2]] }, 1, 1 / 2],
  ["a power of 0", { sum: { scale: 1, exponent: 0 } }, 1, 1 / 2],
  ["n + m", { sum: { scale: 1, exponent: 1 } }, 1, Math.exp(-1)],
  ["n m", { product: { scale: 1, exponent: 1 } }, 0.5, 3 / 4],
])("the naive rate is the kernel itself: %s", (_, alpha, time, exact) => {
  for (const side of [1, 2]) {
    const changes = { domain: { torus: side }, Z: side ** 3, alpha, observe: { times: [time], masses: 1 } };
    expect(solve(changes, { rate: "naive" }).points[0].count).toBeCloseTo(exact, 7);
  }
});

describe("the cutoff", () => {
  const dense = { initial: wave, observe: { times: [0.02], masses: 2 } };

  test("is doubled until little enough passes, and less passes where less may", () => {
    const [loose, strict] = [1e-3, 1e-7].map((tolerance) => solve(dense, { tolerance, cells: 32 }));
    expect(loose.points[0].lostMass).toBeLessThan(1.1e-3);
    expect(strict.points[0].lostMass).toBeLessThan(1.1e-7);
    expect(strict.cutoff).toBeGreaterThan(loose.cutoff);
    expect([loose.gel, strict.gel]).toEqual([false, false]);
  });

  test("shows a gel as lost mass from 1 / (second moment) on, in space as in the ordinary equations", () => {
    // beta(n, m) = n m and dimers of density 1/2: the second moment is 2, and at time t the gel is the root of g = 1 - exp(-2 t g).
    const gelling = {
      Z: 0.5,
      alpha: { product: { scale: 1, exponent: 1 } },
      diffusion: { constant: 1e-3 },
      observe: { times: [0.35, 0.65, 1], masses: 2 },
    };
    const flat = solve({ ...gelling, initial: startOf("uniform" as never, 2) }, { rate: "naive" });
    const tilted = solve(
      { ...gelling, initial: startOf({ cosine: { axis: 0, amplitude: 1e-6 } }, 2) },
      { rate: "naive", cells: 8, tolerance: 1e-4 },
    );
    for (const { gel, points } of [flat, tilted]) {
      expect(gel).toBe(true);
      // Dimers count double, so their cutoff is half as far.
      expect(points[0].lostMass).toBeLessThan(1e-3);
      expect(points[1].lostMass).toBeCloseTo(0.4229, 2);
      expect(points[2].lostMass).toBeCloseTo(0.7968121300200199, 2);
    }
    expect(flat.points[0].lostMass).toBeLessThan(1e-6);
  });
});

test.each<[string, object, SolveOptions, RegExp]>([
  [
    "a cutoff that cannot hold the mass",
    { initial: wave },
    { cutoff: 5 },
    /^masses is 5, but 0\.\d+ of the mass passes it by t = 0\.01, more than the tolerance 0\.00001; raise/,
  ],
  [
    "such a one of the ordinary equations",
    {},
    { cutoff: 5 },
    /^masses is 5, but 0\.\d+ of the mass passes it/,
  ],
  [
    "a cutoff below what is observed",
    { initial: wave },
    { cutoff: 3 },
    /^masses is 3, but must be at least 4/,
  ],
  ["too few cells", { initial: wave }, { cells: 4 }, /^cells is 4, but must be from 12 to 4096/],
  ["too many cells", { initial: wave }, { cells: 5000 }, /^cells is 5000, but must be from 12 to 4096/],
  [
    "a Gaussian too narrow",
    { initial: startOf({ gaussian: { centre: [0, 0, 0], sd: 1e-3 } }) },
    {},
    /^cells can be at most 128 here, but only 1500/,
  ],
  [
    "more masses than fit",
    { initial: startOf({ gaussian: { centre: [0, 0, 0], sd: 0.1 } }) },
    { cells: 128, cutoff: 100 },
    /^masses is 100, but with 128 cells along each axis must be at most 14/,
  ],
  [
    "four coordinates",
    { dimension: 4, initial: startOf({ product: [cosine, cosine, cosine, cosine] }) },
    {},
    /depend on 4 coordinates, but .* at most 3/,
  ],
  [
    "masses beyond all cutoffs",
    { initial: startOf({ cosine: { axis: 0, amplitude: 1 } }, 9999) },
    {},
    /^initial has particles of mass 9999, but .* up to 512/,
  ],
])("%s is refused in one sentence", (_, changes, options, sentence) => {
  let refusal: unknown;
  try {
    solve(changes, options);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(UserError);
  expect((refusal as UserError).message).toMatch(sentence);
  expect((refusal as UserError).message).toMatch(/^[^\n]+\.$/);
});

describe("the limit of a run", () => {
  const { times } = base.observe;
  const cloud = (sd: number) =>
    scenarioOf({ Z: 3, initial: startOf({ gaussian: { centre: [0.1, 0.2, 0.3], sd } }) });

  test("is that solution where one or two coordinates matter", async () => {
    const scenario = scenarioOf({ initial: wave });
    const limit = limitOf(scenario, times);
    expect(limit).toEqual(solveSmoluchowski(scenario, times).points.map(({ lostMass, ...point }) => point));
    expect(await limitBeside(scenario, times, () => expect.fail("no pause is needed"))).toEqual(limit);
  });

  test("is a rough one, with pauses, where three do", async () => {
    expect(limitOf(cloud(0.3), times)).toBeNull();
    let pauses = 0;
    const limit = await limitBeside(cloud(0.3), times, () => pauses++);
    expect(pauses).toBeGreaterThan(4);
    const finer = solveSmoluchowski(cloud(0.3), times, { cells: 40, cutoff: 16, tolerance: 1e-3 });
    const rough = limit!.map((point) => ({ ...point, lostMass: 0 }));
    expect(apart({ points: rough }, finer)).toBeLessThan(3e-4);
  });

  test("is not known where that is too rough, and ends when a pause throws", async () => {
    expect(await limitBeside(cloud(0.02), times, () => {})).toBeNull();
    const reason = new Error("enough");
    const stop = () => {
      throw reason;
    };
    await expect(limitBeside(cloud(0.3), times, stop)).rejects.toBe(reason);
  });
});
