/** The multirate engine against the uniform one, against theory where only it can go, and what it costs. */
import { beforeAll, describe, expect, test } from "vitest";
import { gaussLegendre, integrateOver } from "../../src/exact/quadrature.ts";
import { makePotential } from "../../src/model/potential.ts";
import type { ScenarioInput } from "../../src/model/scenario.ts";
import type { Estimate } from "../../src/observe/statistics.ts";
import { solvePair } from "../../src/oracle/beta.ts";
import { type SimulationResult, simulate } from "../../src/simulate.ts";
import { expectStandardNormal, studentScore } from "./support.ts";

/** On the reference, whose trajectories are the GPU's: there is one answer. */
async function play(scenario: ScenarioInput): Promise<SimulationResult> {
  return simulate(scenario, { engine: "cpu" }).result;
}

/** The difference of two independent estimates, as a standard normal deviation. */
function twoSampleScore(a: Estimate, b: Estimate, replicas: number): number {
  return studentScore(a.mean - b.mean, Math.hypot(a.se!, b.se!), replicas);
}

/**
 * Seeds 71 to 74. At N = 500 and Z = 10 a uniform step is affordable, and a macro-step lasts as long as five of them. The
 * uniform step's own error is below 0.2 standard errors.
 *
 * A beta that is 12 percent off would fail: 2 alpha, as from pairs visited twice, makes +19, and alpha / 2 makes -24.
 */
describe("the multirate engine and the uniform one agree (stochastic)", () => {
  const common = {
    particles: 500,
    Z: 10,
    alpha: { constant: 50 },
  } as const;
  const uniform = { kind: "uniform" } as const;
  const multirate = { kind: "multirate", crowd: 0.4 } as const;

  test("annihilation: in the mean fraction left", async () => {
    const replicas = 40;
    const observe = { times: [0.0015, 0.0033] };
    const scenario = { ...common, model: "annihilation", observe, replicas } as const;
    const a = await play({ ...scenario, seed: 71, engine: uniform });
    const b = await play({ ...scenario, seed: 72, engine: multirate });
    expect(b.work.macroSteps).toBeLessThan(a.work.macroSteps / 4);
    const scores = observe.times.map((time, k) => [
      `count at ${time}`,
      twoSampleScore(a.observations[k].count, b.observations[k].count, replicas),
    ]);
    expectStandardNormal(Object.fromEntries(scores));
  });

  test("coagulation with d(m) = m^(-1/3): in the mean fractions of masses 1, 2, 3", async () => {
    const replicas = 30;
    const observe = { times: [0.003, 0.006], masses: 3 };
    const diffusion = { power: { scale: 1, exponent: -1 / 3 } };
    const scenario = { ...common, diffusion, observe, replicas } as const;
    const a = await play({ ...scenario, seed: 73, engine: uniform });
    const b = await play({ ...scenario, seed: 74, engine: multirate });
    const scores = observe.times.flatMap((time, k) => {
      const [of, other] = [a.observations[k], b.observations[k]];
      return [
        [`count at ${time}`, twoSampleScore(of.count, other.count, replicas)],
        ...of.masses.map((estimate, m) => [
          `mass ${m + 1} at ${time}`,
          twoSampleScore(estimate, other.masses[m], replicas),
        ]),
      ];
    });
    expectStandardNormal(Object.fromEntries(scores));
  });
});

const D = 2;
const alpha = 10;
const beta = solvePair({ potential: makePotential("indicator", 3), dimension: 3, alpha, D }).beta;

/** alpha / D = 5, at which beta is two thirds of alpha. */
const sparse = {
  model: "annihilation" as const,
  particles: 1000,
  Z: 1,
  alpha: { constant: alpha },
  observe: { times: [0.01, 0.02, 0.04] },
  replicas: 12,
};

/** The probability that a Brownian motion on the circle of length 1 is back after time u, as a density; diffusivity D. */
function heatKernelAtZero(u: number): number {
  let sum = 1;
  for (let n = 1; n <= 4; n++) sum += 2 * Math.exp(-(n * n) / (4 * D * u));
  return sum / Math.sqrt(4 * Math.PI * D * u);
}

/** h1 as in annihilation.test.ts, here with the images around the unit torus, at a time up to 0.04. */
function correction(Z: number, t: number): number {
  const rule = gaussLegendre(40);
  const g = beta * Z;
  const s = (tau: number) => 1 + g * tau;
  const source = (tau: number) => {
    const transient = s(tau) ** 2 / (4 * Math.PI * D * Math.sqrt(Math.PI * D * tau));
    const memory = (g * (4 * s(tau) * tau ** 0.5 - (2 / 3) * g * tau ** 1.5)) / (4 * Math.PI * D) ** 1.5;
    const images = integrateOver(rule, 0, tau, (u) =>
      u === 0 ? 0 : s(tau - u) ** 2 * (heatKernelAtZero(u) ** 3 - (4 * Math.PI * D * u) ** -1.5),
    );
    return -(Z - beta * Z ** 2 * (transient + memory - images)) / s(tau) ** 4;
  };
  const integral = integrateOver(rule, 0, Math.sqrt(t), (v) => s(v * v) ** 2 * source(v * v) * 2 * v);
  return (-(beta / Z) * integral) / s(t) ** 2;
}

/**
 * beta Z t in 1/(1 + beta Z t) = h at the last time, over its true value: the reaction rate relative to beta's. The
 * term eps h1 moves it by less than 0.1 percent.
 */
function relativeRate({ observations }: SimulationResult): Estimate {
  const { time, count } = observations.at(-1)!;
  const unit = beta * sparse.Z * time;
  return { mean: (1 / count.mean - 1) / unit, se: count.se! / count.mean ** 2 / unit };
}

/** Seeds 75 to 78. */
describe("annihilation of 1000 particles in the unit torus (stochastic)", () => {
  const { replicas } = sparse;
  let careful: SimulationResult;
  beforeAll(async () => {
    careful = await play({ ...sparse, seed: 75, engine: "multirate" });
  }, 300_000);

  // A rate that is 25 percent off would fail at the last time: alpha twice as large makes +51, half as large -40,
  // encounters missed as at k = 1.5 (below) -40. The term eps h1 is no more than a fiftieth of a standard error.
  test("the fraction left is 1/(1 + beta Z t) + eps h1(t)", () => {
    const { eps, observations } = careful;
    const scores = observations.map(({ time, count }) => {
      const theory = 1 / (1 + beta * time) + eps * correction(1, time);
      const z = studentScore(count.mean - theory, count.se!, replicas);
      return [`at ${time}`, z];
    });
    expectStandardNormal(Object.fromEntries(scores));
  });

  // The naive rate leaves 0.714 at the last time and beta 0.787: 14 standard errors. False alarms are out of sight.
  test("the naive rate alpha is far off", () => {
    const { time, count } = careful.observations.at(-1)!;
    const naive = 1 / (1 + alpha * time);
    expect(studentScore(count.mean - naive, count.se!, replicas)).toBeGreaterThan(4);
  });

  // A uniform step of 0.025 eps^2 / D would move particles 640 times as often.
  test("it takes hundreds of times fewer moves than the uniform step", () => {
    const { particleSteps, uniformParticleSteps } = careful.work;
    expect(uniformParticleSteps / particleSteps).toBeGreaterThan(400);
  });

  /*
   * A pair that starts a step beyond its k standard deviations and meets within it is missed. Seen backwards from an
   * encounter, the gap to eps is a three-dimensional Bessel process from 0, so the share of encounters that are missed
   * by steps of one level is P(|G| sqrt(U) > k), with G standard normal in three dimensions and U uniform: 2 times the
   * integral of x erfc(x / sqrt 2) over x > k, 22.1 percent at k = 1.5. That is what macro-steps miss, and what each
   * finer level misses too, as the sub-steps' lengths follow the gap by the same k. A miss counts where the standard
   * deviation of the step is longer than eps, so that the pair will hardly meet again: at k = 1.5 it is 24 eps for a
   * macro-step, which makes five levels. Missing at one level makes missing at another likelier, so
   * at most 1 - (1 - 0.221)^5 = 71 percent are missed; and one level's 22.1 percent at least. A float simulation of
   * one pair under such steps, done apart, loses 37 +- 2.5 percent of the rate.
   *
   * An engine whose radius and levels do not follow k misses nothing, and would fail; so would one that misses all.
   */
  test("at k = 1.5 the rate falls by what one level misses or more, and by less than what five miss", async () => {
    const hasty = await play({ ...sparse, seed: 76, engine: { kind: "multirate", k: 1.5 } });
    const [rate, full] = [relativeRate(hasty), relativeRate(careful)];
    const se = Math.hypot(rate.se!, full.se!);
    const loss = full.mean - rate.mean;
    const one = 0.221;
    const five = 1 - (1 - one) ** 5;
    const beyond = Math.max(0, loss - five) + Math.min(0, loss - one);
    expectStandardNormal({ beyond: studentScore(beyond, se, replicas) });
    // It is seen: nine standard errors are expected, and fewer than four in a share below 1e-5 of all seeds.
    expect(loss / se).toBeGreaterThan(4);
  });

  // By the same reckoning k = 4 misses 0.012 percent a level, and k = 6 nothing that could be seen.
  test("k = 4 and k = 6 agree", async () => {
    const Z = 4;
    const replicas = 8;
    const scenario = { ...sparse, Z, replicas, observe: { times: [0.005, 0.01] } };
    const a = await play({ ...scenario, seed: 77, engine: { kind: "multirate", k: 4 } });
    const b = await play({ ...scenario, seed: 78, engine: { kind: "multirate", k: 6 } });
    const scores = scenario.observe.times.map((time, k) => [
      `at ${time}`,
      twoSampleScore(a.observations[k].count, b.observations[k].count, replicas),
    ]);
    expectStandardNormal(Object.fromEntries(scores));
  });
});

/** Seed 79. The work varies by a percent or two from seed to seed: false alarms are out of sight. */
describe("the work of the multirate engine (stochastic)", () => {
  // A uniform step would take 10,000 times as many.
  test("moves hardly grow as eps shrinks by 100 at fixed N, box and time", async () => {
    const scenario = { ...sparse, observe: { times: [0.01] }, replicas: 1, seed: 79 };
    const coarse = await play({ ...scenario, engine: "multirate" });
    const fine = await play({ ...scenario, engine: "multirate", Z: sparse.Z / 100 });
    expect(fine.work.uniformParticleSteps / coarse.work.uniformParticleSteps).toBeGreaterThan(9000);
    expect(fine.work.particleSteps / coarse.work.particleSteps).toBeLessThan(1.5);
  });
});
