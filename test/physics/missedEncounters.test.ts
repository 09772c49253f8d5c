/** The one error that long steps add: encounters within a step of pairs that it started too far apart, by the knob k. */
import { describe, expect, test } from "vitest";
import { enoughClearance, missedAtOneLevel } from "../../src/model/missedEncounters.ts";
import { makePotential } from "../../src/model/potential.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { solvePair } from "../../src/oracle/beta.ts";
import { simulate } from "../../src/simulate.ts";
import { expectStandardNormal, studentScore } from "./support.ts";

const alpha = 10;
const { beta } = solvePair({ potential: makePotential("indicator", 3), dimension: 3, alpha, D: 2 });
const time = 0.04;

/**
 * The share of encounters that steps of one length miss, by another way. Seen backwards from an encounter, the gap to eps is a three-dimensional Bessel
 * process from 0, so it is P(|G| sqrt(U) > k), with G standard normal in three dimensions and U uniform.
 */
function missedBackwards(k: number): number {
  // P(|G| > x), averaged over x = k / sqrt(u).
  const n = 2000;
  let sum = 0;
  for (let j = 0; j < n; j++) sum += normBeyond(k / Math.sqrt((j + 0.5) / n)) / n;
  return sum;
}

/** P(|G| > x) = erfc(x / sqrt 2) + sqrt(2 / pi) x exp(-x^2 / 2), as an integral of its density. */
function normBeyond(x: number): number {
  let sum = 0;
  const h = 0.02;
  for (let y = x + h / 2; y < x + 12; y += h) sum += y * y * Math.exp((-y * y) / 2) * h;
  return Math.sqrt(2 / Math.PI) * sum;
}

describe("the share of encounters that steps of one length miss", () => {
  test.each([1, 1.5, 2, 3, 4, 5, 6])("at k = %d is that of encounters seen backwards", (k) => {
    expect(missedAtOneLevel(k) / missedBackwards(k)).toBeCloseTo(1, 2);
  });

  test.each([
    [1e-2, 4.5],
    [1e-4, 4.75],
    [1e-6, 4.8125],
    [Math.exp(-100), 5.25],
    [Math.exp(-180), 5.375],
  ])("at the default k is below 1e-4 of the rate, all levels together, at eps = %d", (eps, k) => {
    expect(enoughClearance(1 / 4, eps)).toBe(k);
    // The radius is at most a quarter of the side, and each level is a factor of sqrt(2).
    const missed = (l: number) => (2 * Math.log2(1 / 4 / l / eps) + 2) * missedBackwards(l);
    expect(missed(k)).toBeLessThan(1e-4);
    expect(missed(k - 1 / 8)).toBeGreaterThan(1e-4);
  });

  test("is that of a run which says no k", () => {
    const least = { particles: 1000, Z: 1, alpha: { constant: 1 }, observe: { times: [1] } };
    const kOf = (engine: object) => makeSystem(parseScenario({ ...least, engine })).multirate?.k;
    expect(kOf({ kind: "multirate" })).toBe(enoughClearance(1 / 4, 1e-3));
    expect(kOf({ kind: "multirate", k: 3 })).toBe(3);
  });
});

/**
 * Macro-steps miss that share, and each finer level may miss it again, as lengths follow the gap by the same k. A miss counts where the standard
 * deviation of the step is longer than eps, so that the pair will hardly meet again: at N = 1000 and Z = 1 on ten levels.
 *
 * Seeds 76 and 77.
 */
describe("annihilation of 1000 particles in the unit torus (stochastic)", () => {
  test.each([
    { k: 1.5, replicas: 12, seed: 76 },
    { k: 2, replicas: 36, seed: 77 },
  ])(
    "at k = $k is slower, and by less than ten levels would miss",
    async ({ k, replicas, seed }) => {
      const { observations } = await simulate(
        {
          model: "annihilation",
          particles: 1000,
          Z: 1,
          alpha: { constant: alpha },
          observe: { times: [time] },
          engine: { kind: "multirate", k },
          replicas,
          seed,
        },
        { engine: "cpu" },
      ).result;
      const { mean, se } = observations[0].count;
      // beta Z t in 1/(1 + beta Z t) = h over its true value. The term eps h1 moves it by less than 0.1 percent.
      const loss = 1 - (1 / mean - 1) / (beta * time);
      const error = se! / mean ** 2 / (beta * time);
      const ten = 1 - (1 - missedAtOneLevel(k)) ** 10;
      const z = (share: number) => studentScore(loss - share, error, replicas);
      expectStandardNormal({ "beyond ten levels": Math.max(0, z(ten)) });
      // It is seen: in fewer than 1 of 1000 seeds by so little.
      expect(z(0)).toBeGreaterThan(3.5);
    },
    300_000,
  );
});
