import { describe, expect, test } from "vitest";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { type CorrectionProblem, correctionAt, leadingCorrection } from "../../src/oracle/correction.ts";

const unit: CorrectionProblem = { model: "annihilation", beta: 7, D: 2, Z: 3, side: 1 };
const rateOf = ({ model, beta }: CorrectionProblem) => (model === "annihilation" ? beta : beta / 2);

/** The heat kernel of the torus at 0 as the sum over images in a cube, term by term. */
function kernel({ D, side }: CorrectionProblem, u: number): number {
  const reach = Math.ceil((7 * Math.sqrt(4 * D * u)) / side);
  let sum = 0;
  for (let x = -reach; x <= reach; x++) {
    for (let y = -reach; y <= reach; y++) {
      for (let z = -reach; z <= reach; z++) {
        sum += Math.exp((-(side ** 2) * (x * x + y * y + z * z)) / (4 * D * u));
      }
    }
  }
  return sum * (4 * Math.PI * D * u) ** -1.5;
}

/** Midpoint rule. */
function integral(f: (x: number) => number, a: number, b: number, panels: number): number {
  const h = (b - a) / panels;
  let sum = 0;
  for (let k = 0; k < panels; k++) sum += f(a + (k + 0.5) * h);
  return sum * h;
}

/**
 * h1 by another way: the correlation at contact as Hadamard's finite part of ∫ s(t-u)^2 p(u) du, one integral
 * without a split into transient, memory and images, and the linearised equation
 *
 *     h1' = -2 b Z h1 / s - (b/Z) R,     Z the density,
 *
 * integrated forwards in sqrt(t) by the midpoint method. Errors of both rules are of second order in the panels.
 */
function byVolterra(problem: CorrectionProblem, t: number, panels: number): number {
  const { beta, D, side } = problem;
  const density = problem.Z / side ** 3;
  const b = rateOf(problem);
  const s = (tau: number) => 1 + b * density * tau;
  const finitePart = (tau: number) => {
    // In w = sqrt(u); what makes beta, s(tau)^2 / free volume of u > tau included, is taken away under the integral.
    const inside = integral(
      (w) =>
        (s(tau - w * w) ** 2 * kernel(problem, w * w) - s(tau) ** 2 * (4 * Math.PI * D * w * w) ** -1.5) *
        2 *
        w,
      0,
      Math.sqrt(tau),
      panels,
    );
    return inside - (s(tau) ** 2 * 2) / ((4 * Math.PI * D) ** 1.5 * Math.sqrt(tau));
  };
  const R = (tau: number) => -(density / side ** 3 + beta * density ** 2 * finitePart(tau)) / s(tau) ** 4;
  const slope = (v: number, h1: number) =>
    (-(2 * b * density * h1) / s(v * v) - (b / density) * R(v * v)) * 2 * v;
  const dv = Math.sqrt(t) / panels;
  let h1 = 0;
  for (let k = 0; k < panels; k++) {
    // R has a singularity at 0 that 2 v takes away; the first half step meets it at v > 0.
    const middle = (k + 0.5) * dv;
    const half = h1 + (k === 0 ? 0 : (dv / 2) * slope(k * dv, h1));
    h1 += dv * slope(middle, half);
  }
  return h1;
}

describe("the leading correction at finite eps", () => {
  test.each<[string, CorrectionProblem, number]>([
    ["annihilation", unit, 0.02],
    ["annihilation long after images have come around", unit, 0.3],
    ["coagulation", { ...unit, model: "coagulation" }, 0.1],
    ["a small torus", { ...unit, side: 0.4, Z: 1.5 }, 0.05],
    ["a large one", { ...unit, side: 3, Z: 40, D: 0.5, beta: 4 }, 0.5],
  ])("solves the linearised hierarchy: %s", (_, problem, t) => {
    const [coarse, fine] = [40, 80].map((panels) => byVolterra(problem, t, panels));
    const extrapolated = (4 * fine - coarse) / 3;
    expect(correctionAt(problem, t) / extrapolated).toBeCloseTo(1, 3);
  });

  // R tends to beta Z^2 / (4 pi D sqrt(pi D t)), whose integral is elementary.
  test("begins as - b beta Z sqrt(t) / (2 pi D sqrt(pi D))", () => {
    for (const problem of [unit, { ...unit, model: "coagulation" as const }]) {
      const { beta, D, Z } = problem;
      const t = 1e-10;
      const first = -(rateOf(problem) * beta * Z * Math.sqrt(t)) / (2 * Math.PI * D * Math.sqrt(Math.PI * D));
      expect(correctionAt(problem, t) / first).toBeCloseTo(1, 3);
    }
    expect(correctionAt(unit, 0)).toBe(0);
  });

  // Before images come around, only the exact number of particles knows of the side: R's first term, Z / side^3 at a
  // fixed density Z, makes + b t / (s^3 side^3).
  test("depends on a large torus only through 1/N", () => {
    const t = 0.01;
    const s = 1 + unit.beta * unit.Z * t;
    const shared = [1, 2, 8].map((side) => {
      const h1 = correctionAt({ ...unit, side, Z: unit.Z * side ** 3 }, t);
      return h1 - (unit.beta * t) / (s ** 3 * side ** 3);
    });
    expect(shared[1] / shared[0]).toBeCloseTo(1, 4);
    expect(shared[2] / shared[1]).toBeCloseTo(1, 9);
  });

  test("is negative at the parameters of the studies", () => {
    expect(correctionAt({ model: "annihilation", beta: 6.78, D: 2, Z: 10, side: 1 }, 0.01)).toBeLessThan(
      -0.5,
    );
  });
});

describe("of a scenario", () => {
  const plain: ScenarioInput = {
    model: "annihilation",
    particles: 1000,
    Z: 10,
    alpha: { constant: 10 },
    observe: { times: [0.01] },
  };
  const of = (changes: Partial<ScenarioInput>) =>
    leadingCorrection(parseScenario({ ...plain, ...changes }), [0, 0.01]);

  // beta / D at alpha / D = 5 is that of `coagula beta`: 4 pi (1 - tanh(k) / k), k^2 = 15 / (4 pi).
  test("takes beta from the recipe, D = 2 d, and nothing from N", () => {
    const k = Math.sqrt(15 / (4 * Math.PI));
    const beta = 8 * Math.PI * (1 - Math.tanh(k) / k);
    const h1 = correctionAt({ model: "annihilation", beta, D: 2, Z: 10, side: 1 }, 0.01);
    expect(of({})![0]).toBe(0);
    expect(of({})![1]).toBeCloseTo(h1, 10);
    expect(of({ particles: 77 })).toEqual(of({}));
  });

  test("is 0 where nobody reacts", () => {
    expect(of({ alpha: { constant: 0 } })).toEqual([0, 0]);
  });

  test.each<[string, Partial<ScenarioInput>]>([
    ["in four dimensions", { dimension: 4 }],
    ["where alpha depends on the mass", { alpha: { sum: { scale: 1, exponent: 0 } } }],
    ["where d depends on the mass", { diffusion: { table: [1, 0.5] } }],
    ["for two masses", { initial: [{ mass: 1 }, { mass: 2 }] }],
    ["for a wave", { initial: [{ mass: 1, density: { cosine: { axis: 0, amplitude: 0.5 } } }] }],
    [
      "in space",
      { domain: { space: 9 }, initial: [{ mass: 1, density: { gaussian: { centre: [0, 0, 0], sd: 1 } } }] },
    ],
  ])("is not known %s", (_, changes) => {
    expect(of(changes)).toBeNull();
  });
});
