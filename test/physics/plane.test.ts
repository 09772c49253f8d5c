/** The plane: N / |log eps| = Z, the rate divided by |log eps| (S §2.5). */
import { expect, test } from "vitest";
import type { ScenarioInput } from "../../src/model/scenario.ts";
import { simulate } from "../../src/simulate.ts";
import { expectStandardNormal, studentScore } from "./support.ts";

/** On the reference, whose trajectories are the GPU's: there is one answer. */
const play = (scenario: ScenarioInput) => simulate(scenario, { engine: "cpu" }).result;

const alpha = 50;
const plane = { dimension: 2, alpha: { constant: alpha } } as const;

// Seeds 201 and 202. At eps = exp(-5) a uniform step is affordable, and a macro-step lasts as long as several of them. A rate that is 15 percent
// off would fail.
test("the multirate engine and the uniform one agree in the mean fractions of all particles and of masses 1 and 2 (stochastic)", async () => {
  const replicas = 40;
  const scenario = {
    ...plane,
    particles: 100,
    Z: 20,
    observe: { times: [0.003, 0.006], masses: 2 },
    replicas,
  };
  const a = await play({ ...scenario, seed: 201, engine: "uniform" });
  const b = await play({ ...scenario, seed: 202, engine: { kind: "multirate", crowd: 0.4 } });
  expect(b.work.macroSteps).toBeLessThan(a.work.macroSteps / 2);
  const scores: Record<string, number> = {};
  for (const [k, { time, count, masses }] of a.observations.entries()) {
    const other = b.observations[k];
    const theirs = [other.count, ...other.masses];
    for (const [m, x] of [count, ...masses].entries()) {
      const y = theirs[m];
      const name = `${m === 0 ? "count" : `mass ${m}`} at ${time}`;
      scores[name] = studentScore(x.mean - y.mean, Math.hypot(x.se!, y.se!), replicas);
    }
  }
  expectStandardNormal(scores);
}, 300_000);

// Seeds 203 and 204. The bias at 1 / |log eps| = 0.025 is a small part of a standard error; the naive rate is some 10 of them away.
test.each([
  { potential: "indicator", seed: 203 },
  { potential: "shell", seed: 204 },
] as const)(
  "at eps = exp(-40) the $potential leaves what (2.4) says for every V (stochastic)",
  async ({ potential, seed }) => {
    const [replicas, time] = [12, 0.05];
    const { eps, observations } = await play({
      ...plane,
      particles: 40,
      Z: 1,
      potential,
      observe: { times: [time] },
      replicas,
      seed,
      engine: "multirate",
    });
    expect(Math.log(eps)).toBeCloseTo(-40, 6);
    const { mean, se } = observations[0].count;
    const left = (rate: number) => 1 / (1 + (rate * time) / 2);
    const D = 2;
    const beta = (2 * Math.PI * D * alpha) / (2 * Math.PI * D + alpha);
    expectStandardNormal({ count: studentScore(mean - left(beta), se!, replicas) });
    expect(studentScore(mean - left(alpha), se!, replicas)).toBeGreaterThan(4);
  },
  300_000,
);
