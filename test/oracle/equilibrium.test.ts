import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/model/scenario.ts";
import {
  countsGivenMass,
  equilibriumDensities,
  fluctuationCovariance,
  reversibleReaction,
  scenarioEquilibrium,
} from "../../src/oracle/equilibrium.ts";
import { scenarioRate } from "../../src/oracle/scenarioRate.ts";
import { homogeneousLimit } from "../../src/oracle/smoluchowski.ts";
import { solveSmoluchowski } from "../../src/oracle/solve.ts";

const weights = [10, 20, 5, 10, 8, 3];
const beta = (n: number, m: number) => 3 + n * m + 0.5 * (n + m);

describe("densities w(m) z^m", () => {
  test("have the mass density that is given", () => {
    for (const mass of [1e-6, 1, 40, 1e5]) {
      const f = equilibriumDensities(weights, mass);
      expect(f.reduce((sum, x, k) => sum + (k + 1) * x, 0) / mass).toBeCloseTo(1, 12);
      const z = f[0] / weights[0];
      for (const [k, x] of f.entries()) expect(x / (weights[k] * z ** (k + 1))).toBeCloseTo(1, 10);
    }
  });

  test("are where coagulation and fragmentation balance, pair by pair, so nothing changes", () => {
    const f = Float64Array.from(equilibriumDensities(weights, 40));
    const change = new Float64Array(6);
    reversibleReaction(weights, beta).rates(f, change);
    for (const rate of change) expect(Math.abs(rate)).toBeLessThan(1e-10 * 40 ** 2);
  });

  test("are what the equation tends to from particles of mass 1, which keeps the mass on the way", () => {
    const states = homogeneousLimit({
      ...{ model: "coagulation", initial: [40], beta, weights, masses: 6 },
      times: [0, 0.01, 0.1, 10],
    });
    for (const { masses } of states) {
      expect(masses.reduce((sum, x, k) => sum + (k + 1) * x, 0)).toBeCloseTo(40, 9);
    }
    for (const [k, f] of equilibriumDensities(weights, 40).entries()) {
      expect(states[3].masses[k]).toBeCloseTo(f, 7);
    }
    expect(states[1].masses[0]).toBeGreaterThan(states[2].masses[0]);
  });
});

describe("numbers of particles given the mass", () => {
  // By hand: of mass 3 with masses 1 and 2 only, three of mass 1 (a^3 / 6) or one of each (a b).
  test("are those of independent Poisson numbers, by counting", () => {
    const [a, b] = [1.5, 0.7];
    const [three, mixed] = [a ** 3 / 6, a * b];
    const p = three / (three + mixed);
    const [ones, twos] = countsGivenMass([a, b], 3);
    expect(ones.mean).toBeCloseTo(3 * p + (1 - p), 12);
    expect(ones.variance).toBeCloseTo(4 * p * (1 - p), 12);
    expect(twos.mean).toBeCloseTo(1 - p, 12);
    expect(twos.variance).toBeCloseTo(p * (1 - p), 12);
  });

  test("have the mass that is given in the mean, whatever z, and nearly Poisson's means where there are many", () => {
    const f = equilibriumDensities(weights, 40);
    for (const z of [0.7, 1]) {
      const counts = countsGivenMass(
        f.map((x, k) => 1000 * x * z ** (k + 1)),
        40_000,
      );
      expect(counts.reduce((sum, { mean }, k) => sum + (k + 1) * mean, 0)).toBeCloseTo(40_000, 6);
      for (const [k, { mean, variance }] of counts.entries()) {
        expect(mean / (1000 * f[k])).toBeCloseTo(1, 3);
        expect(variance).toBeLessThan(mean);
        expect(variance).toBeGreaterThan(0);
      }
    }
  });
});

describe("the covariance of fluctuations", () => {
  const scenario = parseScenario({
    particles: 500,
    Z: 10,
    alpha: { constant: 40 },
    diffusion: { power: { scale: 1, exponent: -0.5 } },
    fragmentation: { weights },
    engine: "uniform",
    observe: { times: [1] },
  });
  const a = [1, 2, 3, 4, 5, 6];

  test("of the mass would not relax but by diffusion: of one diffusivity it does so like exp(-d k^2 t)", () => {
    const alike = parseScenario({ ...scenario, diffusion: { constant: 0.7 } });
    const k = 2 * Math.PI;
    const [start, end] = fluctuationCovariance(alike, { a, k, lags: [0, 0.02] });
    expect(end / start).toBeCloseTo(Math.exp(-0.7 * k * k * 0.02), 7);
    const f = scenarioEquilibrium(alike);
    expect(start).toBeCloseTo(
      f.reduce((sum, x, i) => sum + ((i + 1) ** 2 * x) / 2, 0),
      9,
    );
  });

  test("is the same forward and backward in time, as what is in equilibrium is reversible", () => {
    const of = (n: number, m: number) => {
      const unit = (i: number) => a.map((_, k) => (k === i ? 1 : 0));
      const both = unit(n).map((x, k) => x + unit(m)[k]);
      const covariance = (b: number[]) => fluctuationCovariance(scenario, { a: b, k: 5, lags: [0.01] })[0];
      return (covariance(both) - covariance(unit(n)) - covariance(unit(m))) / 2;
    };
    // Polarisation gives the symmetric part; that it is positive at short lags is the sign of the reactions between 1 and 2.
    expect(of(0, 1)).toBeGreaterThan(0);
    const decays = fluctuationCovariance(scenario, { a, k: 5, lags: [0, 0.01, 0.02, 0.04] });
    expect(decays).toEqual(decays.toSorted((x, y) => y - x));
    // Reversible: completely monotone, so its logarithm is convex.
    expect(decays[0] * decays[2]).toBeGreaterThan(decays[1] ** 2);
  });
});

test("the equation of a scenario with fragmentation is solved for even starts, and refused otherwise", () => {
  const base = {
    particles: 500,
    Z: 10,
    alpha: { constant: 40 },
    fragmentation: { weights },
    engine: "uniform",
    observe: { times: [0.01], masses: 6 },
  } as const;
  const scenario = parseScenario(base);
  const [{ masses }] = solveSmoluchowski(scenario, [5]).points;
  for (const [k, f] of scenarioEquilibrium(scenario).entries()) expect(masses[k]).toBeCloseTo(f / 10, 6);
  expect(scenarioRate(scenario, "recipe")(1, 1)).toBeLessThan(40);
  const wavy = parseScenario({
    ...base,
    initial: [{ mass: 1, density: { cosine: { axis: 0, amplitude: 0.5 } } }],
  });
  expect(() => solveSmoluchowski(wavy, [1])).toThrow(
    "with fragmentation the Smoluchowski equation is solved here",
  );
  expect(() => solveSmoluchowski(scenario, [1], { cutoff: 7 })).toThrow("masses is 7, but must be 6");
});
