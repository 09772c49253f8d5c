import { describe, expect, test } from "vitest";
import { cos2pi } from "../../src/exact/elementary.ts";
import { threefry } from "../../src/exact/threefry.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import type { SolveOptions } from "../../src/oracle/solution.ts";
import { type TestFunction, weakResiduals } from "../../src/oracle/weakForm.ts";

/** Numbers in [0, 1), the same in every run. */
function random(seed: number): () => number {
  const words = new Uint32Array(4);
  let k = 0;
  return () => {
    threefry(words, seed, 0, 0, 0, k++, 0, 0, 0);
    return words[0] / 2 ** 32;
  };
}

const masses = 6;
const end = 0.008;

/**
 * J_n(x, t) = sum over four waves of a_n cos(2 pi (k x + phase)) (1 + b t / end + c (t / end)^2), random amplitudes for each mass:
 * smooth, of either sign, which the weak form being linear in J may have.
 */
function randomWaves(seed: number, axes: number): TestFunction {
  const draw = random(seed);
  const waves = Array.from({ length: 4 }, () => ({
    k: Array.from({ length: axes }, () => Math.floor(5 * draw()) - 2),
    phase: draw(),
    amplitudes: Array.from({ length: masses }, () => 2 * draw() - 1),
    b: 2 * draw() - 1,
    c: 2 * draw() - 1,
  }));
  return {
    masses,
    at(mass, place, time) {
      const [result, s] = [{ value: 0, slope: 0, laplacian: 0 }, time / end];
      for (const { k, phase, amplitudes, b, c } of waves) {
        const turns = place.reduce((sum, x, axis) => sum + k[axis] * x, phase);
        const wave = amplitudes[mass - 1] * cos2pi(turns - Math.floor(turns));
        const square = k.reduce((sum, x) => sum + (2 * Math.PI * x) ** 2, 0);
        result.value += wave * (1 + b * s + c * s * s);
        result.slope += (wave * (b + 2 * c * s)) / end;
        result.laplacian -= square * wave * (1 + b * s + c * s * s);
      }
      return result;
    },
  };
}

/** J_n(r, t) = (a_n + b_n t / end) exp(-r^2 / (2 w^2)), whose Laplacian in R^d is (r^2 / w^2 - d) / w^2 of it. */
function randomBumps(seed: number, dimension: number): TestFunction {
  const draw = random(seed);
  const size = Array.from({ length: masses }, () => [2 * draw() - 1, 2 * draw() - 1]);
  const width = 0.2 + 0.3 * draw();
  return {
    masses,
    at(mass, [r], time) {
      const [a, b] = size[mass - 1];
      const bump = Math.exp(-0.5 * (r / width) ** 2);
      const value = (a + (b * time) / end) * bump;
      return {
        value,
        slope: (b * bump) / end,
        laplacian: (((r / width) ** 2 - dimension) / width ** 2) * value,
      };
    },
  };
}

const base = {
  particles: 2000,
  Z: 20,
  diffusion: { power: { scale: 1, exponent: -1 / 3 } },
  alpha: { sum: { scale: 10, exponent: 0.5 } },
  observe: { times: [end], masses: 2 },
} satisfies ScenarioInput;

const cosine = (axis: number) => ({ cosine: { axis, amplitude: 0.8, waves: 1 } });
const ball = { gaussian: { centre: [0, 0, 0], sd: 0.2 } };

/** The largest residual, relative to the terms in it, of eight test functions, seeds 1 to 8. */
function largest(changes: object, options: SolveOptions, make: (seed: number) => TestFunction): number {
  const tests = Array.from({ length: 8 }, (_, k) => make(k + 1));
  const scenario = parseScenario({ ...base, ...changes });
  const residuals = weakResiduals(scenario, end, tests, { ...options, nodes: 16 });
  return Math.max(...residuals.map(({ residual, scale }) => Math.abs(residual) / scale));
}

const planar = { initial: [{ mass: 1, density: cosine(0) }] };
const twoMasses = {
  model: "annihilation",
  initial: [
    { mass: 1, density: cosine(0) },
    { mass: 6, density: cosine(0) },
  ],
};

describe("the residual of the weak form (S (1.9)) with random smooth test functions", () => {
  test.each<[string, object, number]>([
    ["coagulation", planar, 1e-4],
    ["coagulation", planar, 1e-6],
    ["annihilation", twoMasses, 1e-6],
  ])(
    "of planar %s with the default cells is below ten times the tolerance, what a step may err",
    (_, changes, tolerance) => {
      expect(largest(changes, { tolerance }, (seed) => randomWaves(seed, 1))).toBeLessThan(10 * tolerance);
    },
  );

  test("of coagulation along two axes falls with the square of the cells", () => {
    const wave = (amplitude: number) => ({ cosine: { amplitude } });
    const changes = {
      Z: 5,
      initial: [{ mass: 1, density: { product: ["uniform", wave(0.8), wave(-0.5)] } }],
    };
    const [coarse, fine] = [16, 32].map((cells) =>
      largest(changes, { cells, tolerance: 1e-5 }, (seed) => randomWaves(seed, 2)),
    );
    expect(coarse / fine).toBeGreaterThan(3.5);
    // Two waves along a side of 32 cells spread slower by this share.
    expect(fine).toBeLessThan(((4 * Math.PI) / 32) ** 2 / 12);
  });

  test("of coagulation in a ball falls with the square of the shells", () => {
    const changes = { domain: { space: 4 }, Z: 1, initial: [{ mass: 1, density: ball }] };
    const [coarse, fine] = [100, 200].map((cells) =>
      largest(changes, { cells, tolerance: 1e-6 }, (seed) => randomBumps(seed, 3)),
    );
    expect(coarse / fine).toBeGreaterThan(3.5);
    expect(fine).toBeLessThan(1e-4);
  });

  test("sees a diffusivity that is wrong by a tenth", () => {
    const wrong = (seed: number): TestFunction => {
      const { at } = randomWaves(seed, 1);
      return {
        masses,
        at(...where) {
          const right = at(...where);
          return { ...right, laplacian: 1.1 * right.laplacian };
        },
      };
    };
    expect(largest(planar, { tolerance: 1e-5 }, wrong)).toBeGreaterThan(10 * 1e-4);
  });
});
