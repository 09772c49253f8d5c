/** The plane: N / |log eps| = Z, the rate divided by |log eps| (S §2.5). */
import { expect, test } from "vitest";
import { expectStandardNormal, playOnReference, studentScore, twoSampleScores } from "./support.ts";

const alpha = 50;
const plane = { dimension: 2, alpha: { constant: alpha } } as const;

// Seeds 201 and 202. At eps = exp(-5) a uniform step is affordable, and a macro-step lasts as long as several of them. A rate that is 20 percent
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
  const a = await playOnReference({ ...scenario, seed: 201, engine: "uniform" });
  const b = await playOnReference({ ...scenario, seed: 202, engine: { kind: "multirate", crowd: 0.4 } });
  expect(b.work.macroSteps).toBeLessThan(a.work.macroSteps / 2);
  expectStandardNormal(twoSampleScores(a.observations, b.observations, replicas));
}, 300_000);

// Seeds 203 and 204. The bias at 1 / |log eps| = 0.025 is a small part of a standard error; the naive rate is 17 and 33 of them away.
test.each([
  { potential: "indicator", seed: 203 },
  { potential: "shell", seed: 204 },
] as const)(
  "at eps = exp(-40) the $potential leaves what (2.4) says for every V (stochastic)",
  async ({ potential, seed }) => {
    const [replicas, time] = [12, 0.05];
    const { eps, observations } = await playOnReference({
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
