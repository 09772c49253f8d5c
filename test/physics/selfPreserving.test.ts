/** The late sizes of a colloid: masses over their mean have a law that no longer changes (Friedlander and Wang 1966). */
import { expect, test } from "vitest";
import { parseScenario } from "../../src/model/scenario.ts";
import { replay } from "../../src/observe/genealogy.ts";
import { scenarioRate } from "../../src/oracle/scenarioRate.ts";
import { homogeneousLimit } from "../../src/oracle/smoluchowski.ts";
import { simulate } from "../../src/simulate.ts";
import { expectStandardNormal, studentScore } from "./support.ts";

const [replicas, halfTime] = [40, 162];
const scenario = {
  particles: 300,
  physical: { temperature: 298.15, viscosity: 8.9e-4, monomerRadius: 1e-7, concentration: 1e15 },
  observe: { times: [12 * halfTime] },
  replicas,
  seed: 41,
};
const system = parseScenario(scenario);
const shares = [0.25, 0.5, 1, 2, 3];

/** Shares of the particles below these multiples of the mean, masses m being spread over m - 1/2 to m + 1/2; and M0 M2 / M1^2. */
function form(spectrum: readonly number[]) {
  const moment = (k: number) => spectrum.reduce((sum, f, i) => sum + (i + 1) ** k * f, 0);
  const mean = moment(1) / moment(0);
  return {
    mean,
    below: shares.map(
      (x) => spectrum.reduce((sum, f, i) => sum + f * partBelow(i + 1, x * mean), 0) / moment(0),
    ),
    width: (moment(0) * moment(2)) / moment(1) ** 2,
  };
}

const partBelow = (mass: number, limit: number) => Math.min(1, Math.max(0, limit - mass + 0.5));

const times = [12, 20, 40, 80].map((k) => k * halfTime);
const density = "torus" in system.domain ? system.Z / system.domain.torus ** 3 : Number.NaN;
const states = homogeneousLimit({
  ...{ model: "coagulation", initial: [density], times, masses: 1024 },
  beta: scenarioRate(system, "recipe"),
});

test("in the equation it has settled after twenty half-times, at M0 M2 / M1^2 = 1.93", () => {
  const [, twenty, forty, eighty] = states.map(({ masses }) => form(masses));
  expect(eighty.mean / twenty.mean).toBeGreaterThan(3.8);
  for (const [k, share] of eighty.below.entries()) {
    expect(Math.abs(share - forty.below[k])).toBeLessThan(1e-3);
    expect(Math.abs(share - twenty.below[k])).toBeLessThan(4e-3);
  }
  expect(eighty.width).toBeCloseTo(1.931, 3);
});

// Seed 41, false alarm `falseAlarm`. An exponential law, that of a constant kernel, has 0.22 below a quarter of the mean and 0.39 below a half; equal
// masses have none.
test("particles have the sizes of the equation after twelve (stochastic)", async () => {
  const simulation = simulate(scenario);
  const { particles } = simulation.system;
  const { after } = replay(simulation.system, await simulation.events);
  const masses = Array.from({ length: replicas }, (_, r) =>
    [...after.subarray(r * particles, (r + 1) * particles)].filter((mass) => mass > 0),
  );
  const living = masses.reduce((sum, each) => sum + each.length, 0);
  const mean = (particles * replicas) / living;
  expect(mean).toBeGreaterThan(12);
  const { below } = form(states[0].masses);
  const scores = shares.map((x, k) => {
    const differences = masses.map(
      (each) => each.reduce((sum, mass) => sum + partBelow(mass, x * mean), 0) - below[k] * each.length,
    );
    const shift = differences.reduce((a, b) => a + b) / replicas;
    const se = Math.sqrt(
      differences.reduce((sum, d) => sum + (d - shift) ** 2, 0) / (replicas - 1) / replicas,
    );
    return [`below ${x} of the mean`, studentScore(shift, se, replicas)];
  });
  expectStandardNormal(Object.fromEntries(scores));
});
