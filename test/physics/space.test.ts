import { describe, expect, test } from "vitest";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { limitBeside } from "../../src/oracle/limit.ts";
import { type Observation, simulate } from "../../src/simulate.ts";
import { expectStandardNormal, extrapolated, studentScore } from "./support.ts";

const times = [0.004, 0.01];
/** Of the finer run, whose errors count most. */
const replicas = 64;

const base = {
  Z: 10,
  diffusion: { power: { scale: 1, exponent: -1 / 3 } },
  alpha: { constant: 25 },
  potential: "poly2",
  observe: { times, masses: 3 },
  engine: { kind: "uniform", step: 0.05 },
} satisfies Omit<ScenarioInput, "particles">;

async function play(initial: ScenarioInput["initial"], particles: number, replicas: number, seed: number) {
  const { result } = simulate({ ...base, initial, particles, replicas, seed }, { engine: "cpu" });
  return (await result).observations;
}

/** Layers across the second axis, one for each of two masses. */
const layer = (centre: number) => ({ product: ["uniform", { gaussian: { centre, sd: 0.15 } }, "uniform"] });
const layers = [
  { mass: 1, density: layer(0.3) },
  { mass: 2, weight: 0.5, density: layer(0.4) },
] as NonNullable<ScenarioInput["initial"]>;

/** Seeds 51 and 52. */
describe("coagulation that starts from two layers of masses 1 and 2 (stochastic)", () => {
  let runs: Promise<[Observation[], Observation[]]> | undefined;
  const bothRuns = () => {
    runs ??= Promise.all([play(layers, 250, 2 * replicas, 51), play(layers, 500, replicas, 52)]);
    return runs;
  };

  // As in coagulation.test.ts: what is left after extrapolation is of order eps^2 log(1/eps), 0.12 of the term of order eps there.
  test("has the fractions of the planar equation", async () => {
    const scores = extrapolated(...(await bothRuns())).map(({ name, f, mean, se, move }) => {
      const difference = mean - f.theory!;
      const beyond = Math.max(0, Math.abs(difference) - 0.12 * Math.abs(move));
      return [name, studentScore(Math.sign(difference) * beyond, se, replicas)];
    });
    expectStandardNormal(Object.fromEntries(scores));
  });

  // False alarms are out of sight.
  test("has not those of a start that is spread evenly", async () => {
    const evenly = layers.map(({ mass, weight }) => ({ mass, weight }));
    const even = await limitBeside(
      parseScenario({ ...base, initial: evenly, particles: 500 }),
      times,
      () => {},
    );
    for (const { mean, se, k } of extrapolated(...(await bothRuns())).filter(({ q }) => q === 0)) {
      expect(Math.abs(mean - even![k].count) / se).toBeGreaterThan(8);
    }
  });
});
