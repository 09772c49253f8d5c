import { expect, test } from "vitest";
import { makePotential } from "../../src/model/potential.ts";
import { solvePair } from "../../src/oracle/beta.ts";
import { correctionAt } from "../../src/oracle/correction.ts";
import { linearNoise } from "./linearNoise.ts";
import { alpha, particles, patience, playTenThousand, time } from "./tenThousand.ts";

test("the linear noise of annihilation is N (2/3) (1/s - 1/s^4), s = 1 + beta Z t", () => {
  const s = 1 + 6 * time;
  const { f, c } = linearNoise({ model: "annihilation", rate: () => 6, masses: 1 }, time);
  expect(f[0]).toBeCloseTo(1 / s, 6);
  expect(c[0][0]).toBeCloseTo((2 / 3) * (1 / s - s ** -4), 5);
});

/** Seed 81; a false alarm in 0.27 % of all seeds. */
test(
  "annihilation takes the reference's trajectory, and leaves 1/(1 + beta Z t) + eps h1(t), within 3 standard errors, for 10,000 times fewer moves (stochastic)",
  async () => {
    const { beta } = solvePair({ potential: makePotential("indicator", 3), dimension: 3, alpha, D: 2 });
    const { observations, work, eps } = await playTenThousand({ model: "annihilation", seed: 81 });
    const { c } = linearNoise({ model: "annihilation", rate: () => beta, masses: 1 }, time);
    const h1 = correctionAt({ model: "annihilation", beta, D: 2, Z: 1, side: 1 }, time);
    const theory = 1 / (1 + beta * time) + eps * h1;
    const z = (observations[0].count.mean - theory) / Math.sqrt(c[0][0] / particles);
    expect(Math.abs(z)).toBeLessThan(3);
    expect(work.uniformParticleSteps / work.particleSteps).toBeGreaterThan(10_000);
  },
  patience,
);
