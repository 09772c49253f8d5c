/** Masses that vary like real ones (S §8.3.3): with one rate for all pairs an exponential law stays exponential. */
import { expect, test } from "vitest";
import type { ScenarioInput } from "../../src/model/scenario.ts";
import { simulate } from "../../src/simulate.ts";
import { expectStandardNormal, studentScore } from "./support.ts";

const [replicas, mean] = [40, 1024];
const scenario: ScenarioInput = {
  ...{ particles: 150, Z: 6, replicas, seed: 31 },
  initial: [{ mass: mean, spread: "exponential" }],
  alpha: { constant: 30 },
  observe: { times: [0, 0.03, 0.1], masses: 6, massWidth: mean },
};

/**
 * Seed 31, false alarm `falseAlarm`. Shares of the living, of their own number: so the eps at which they meet does not matter, nor the rate. A law that
 * stays as wide as it began, or becomes one of equal masses, would be hundreds of standard errors away.
 */
test("an exponential law of masses stays exponential as its mean grows (stochastic)", async () => {
  const simulation = simulate(scenario);
  const { counts } = await simulation.observables;
  const columns = scenario.observe.masses! + 1;
  const scores = counts.flatMap((all, k) => {
    const rows = Array.from({ length: replicas }, (_, r) => [
      ...all.subarray(r * columns, (r + 1) * columns),
    ]);
    const living = rows.map((row) => row.reduce((a, b) => a + b));
    const left = living.reduce((a, b) => a + b) / replicas / scenario.particles;
    return Array.from({ length: columns - 1 }, (_, c) => {
      const share = Math.exp(-left * c) - Math.exp(-left * (c + 1));
      const differences = rows.map((row, r) => row[c] - share * living[r]);
      const shift = differences.reduce((a, b) => a + b) / replicas;
      const se = Math.sqrt(
        differences.reduce((sum, x) => sum + (x - shift) ** 2, 0) / (replicas - 1) / replicas,
      );
      return [`class ${c + 1} at observation ${k}`, studentScore(shift, se, replicas)];
    });
  });
  expect(scores).toHaveLength(18);
  expectStandardNormal(Object.fromEntries(scores));
});

// Seed 32, false alarm `falseAlarm`. With d(m) ~ m^(-1/3) the rates vary, and the equation is solved in sections.
test("with a diffusivity that falls with the mass the classes are those of the continuous equation (stochastic)", async () => {
  const { observations } = await simulate({
    ...scenario,
    ...{ particles: 200, Z: 3, seed: 32, replicas: 20 },
    initial: [{ mass: mean, spread: "uniform" }],
    diffusion: { power: { scale: mean ** (1 / 3), exponent: -1 / 3 } },
    alpha: { constant: 4 },
    observe: { times: [0.1], masses: 6, massWidth: mean },
  }).result;
  const [{ count, masses }] = observations;
  const scores = [{ mass: "all", ...count }, ...masses].map(({ mass, mean, se, theory }) => [
    `up to ${mass}`,
    studentScore(mean - theory!, se!, 20),
  ]);
  expectStandardNormal(Object.fromEntries(scores));
});
