/** The continuous equation against its closed forms for the constant kernel and the sum, from an exponential start. */
import { describe, expect, test } from "vitest";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { limitFields } from "../../src/oracle/limitFields.ts";
import { continuousLimit } from "../../src/oracle/sectional.ts";
import { solveSmoluchowski } from "../../src/oracle/solve.ts";

const exponential = { below: (m: number) => (m <= 0 ? 0 : -Math.expm1(-m)), whole: 1 };

test("with the constant kernel masses stay exponential, of mean 1 + t / 2 (Smoluchowski; Schumann 1940)", () => {
  const times = [0, 0.5, 2, 10, 30];
  const { states, error } = continuousLimit({
    ...exponential,
    ...{ beta: () => 1, times, width: 0.5, classes: 64 },
  })!;
  for (const [k, { total, classes, lostMass }] of states.entries()) {
    const N = 1 / (1 + times[k] / 2);
    expect(Math.abs(total - N)).toBeLessThan(1e-6 + lostMass);
    expect(lostMass).toBeLessThan(1e-4);
    for (const [c, f] of classes.entries()) {
      const exact = N * (Math.exp(-N * 0.5 * c) - Math.exp(-N * 0.5 * (c + 1)));
      expect(Math.abs(f - exact)).toBeLessThan(error + 1e-7);
    }
  }
  expect(error).toBeLessThan(2e-3);
});

/** Golovin 1963: with T = 1 - exp(-t), f = (1 - T) exp(-(1 + T) x) I_1(2 x sqrt(T)) / (x sqrt(T)). */
function golovin(x: number, t: number): number {
  const T = -Math.expm1(-t);
  const z = x * Math.sqrt(T);
  // I_1(2 z) = Σ z^(2 k + 1) / (k! (k + 1)!)
  let [sum, term] = [0, 1];
  for (let k = 0; k < 400; k++) {
    sum += term;
    term *= (z * z) / ((k + 1) * (k + 2));
  }
  return (1 - T) * Math.exp(-(1 + T) * x) * sum;
}

test("with the sum kernel they have Golovin's law", () => {
  const times = [0.3, 0.7];
  const { states, error } = continuousLimit({
    ...exponential,
    ...{ beta: (n, m) => n + m, times, width: 0.5, classes: 24 },
  })!;
  for (const [k, { total, classes }] of states.entries()) {
    expect(total).toBeCloseTo(Math.exp(-times[k]), 3);
    for (const [c, f] of classes.entries()) {
      const middle = (j: number) => golovin(0.5 * c + (j + 0.5) / 400, times[k]) / 400;
      const exact = Array.from({ length: 200 }, (_, j) => middle(j)).reduce((a, b) => a + b);
      expect(Math.abs(f - exact)).toBeLessThan(error + 1e-5);
    }
  }
  expect(error).toBeLessThan(3e-3);
});

test("says so where the mass leaves what can be followed", () => {
  const problem = { ...exponential, beta: () => 1, times: [1e5], width: 0.5, classes: 4 };
  expect(continuousLimit(problem)).toBeNull();
});

describe("of a scenario", () => {
  const base: ScenarioInput = {
    particles: 1000,
    Z: 4,
    initial: [{ mass: 1024, spread: "exponential" }],
    alpha: { constant: 20 },
    observe: { times: [0.1], masses: 8, massWidth: 512 },
  };

  test("is solved in classes, with the recipe's rates", () => {
    const { method, points, error } = solveSmoluchowski(parseScenario(base), [0.1]);
    const naive = solveSmoluchowski(parseScenario(base), [0.1], { rate: "naive" }).points[0];
    expect([method, points[0].masses.length]).toEqual(["sections", 8]);
    // One rate for all pairs: the closed form, at beta of the recipe and at alpha.
    expect(naive.count).toBeCloseTo(1 / (1 + (20 * 4 * 0.1) / 2), 5);
    const { count } = points[0];
    const mean = 1024 / count;
    for (const [c, f] of points[0].masses.entries()) {
      const exact = count * (Math.exp((-512 * c) / mean) - Math.exp((-512 * (c + 1)) / mean));
      expect(Math.abs(f - exact)).toBeLessThan(error! + 1e-6);
    }
    expect(count).toBeGreaterThan(naive.count);
  });

  test("serves as the limit of densities and of test functions", () => {
    const { smoothed, paired } = limitFields(parseScenario(base), [0.1])!;
    const { count, masses } = solveSmoluchowski(parseScenario(base), [0.1]).points[0];
    const all = [...masses, count].map((f) => 4 * f);
    expect([...smoothed(0, 0.1)([0, 0, 0])]).toEqual(all);
    expect([...paired(0, "constant")]).toEqual(all);
  });

  test("classes of single masses are their sums", () => {
    const single: ScenarioInput = { ...base, initial: [{ mass: 1 }, { mass: 3 }] };
    const each = solveSmoluchowski(
      parseScenario({ ...single, observe: { times: [0.1], masses: 20 } }),
      [0.1],
    );
    const some = { times: [0.1], masses: 5, massWidth: 4 };
    const classes = solveSmoluchowski(parseScenario({ ...single, observe: some }), [0.1]);
    expect(classes.method).toBe("homogeneous");
    for (const [c, f] of classes.points[0].masses.entries()) {
      const sum = each.points[0].masses.slice(4 * c, 4 * c + 4).reduce((a, b) => a + b);
      expect(f).toBeCloseTo(sum, 9);
    }
  });

  test.each<[string, Partial<ScenarioInput>]>([
    ["annihilation", { model: "annihilation" }],
    [
      "a start that varies in space",
      { initial: [{ mass: 9, spread: "uniform", density: { cosine: { axis: 0, amplitude: 0.5 } } }] },
    ],
    [
      "classes where single masses are followed in space",
      {
        initial: [{ mass: 1, density: { cosine: { axis: 0, amplitude: 0.5 } } }],
        observe: { times: [0.1], masses: 5, massWidth: 2 },
      },
    ],
  ])("refuses %s", (_, changes) => {
    expect(() => solveSmoluchowski(parseScenario({ ...base, ...changes }), [0.1])).toThrow(
      "initial has masses that vary",
    );
  });
});
