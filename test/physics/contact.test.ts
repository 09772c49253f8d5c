import { describe, expect, test } from "vitest";
import { meetingTime } from "../../src/cpu/contact.ts";
import { unitSphereArea } from "../../src/model/potential.ts";
import type { ScenarioInput } from "../../src/model/scenario.ts";
import { simulate } from "../../src/simulate.ts";
import { binomialScore, expectStandardNormal } from "./support.ts";

/** erfc for x >= 0, to 1e-10, from its integral by the trapezoid rule (which converges fast for a Gaussian). */
function erfc(x: number): number {
  const h = 0.01;
  let sum = 0;
  for (let k = 0; k * h < 9; k++) sum += (k === 0 ? 0.5 : 1) * Math.exp(-((x + k * h) ** 2));
  // The end correction of the rule at x: h^2 / 12 times the derivative.
  return (2 / Math.sqrt(Math.PI)) * (h * sum - (h ** 2 / 12) * 2 * x * Math.exp(-x * x));
}

/** The probability that a pair at distance r > range meets by the time t = D t / eps^2, in d = 3. */
const meetsBy = (r: number, range: number, t: number) => (range / r) * erfc((r - range) / (2 * Math.sqrt(t)));

/**
 * Nothing here is drawn at random: the law of the fixed steps themselves, d = 3. With w(r) = r u(r) a pair moves as on the line and
 *
 *     w(r) = ∫_0^∞ (phi(r - s) - phi(r + s)) [s p(r, s) + (1 - p(r, s)) w(s)] ds,
 *
 * p the probability to have met on the way from r to s. Far out w is the effective range. By the midpoint rule from contact outwards, and by
 * iteration, which converges as u is fed from within.
 */
function effectiveRange(delta: number): number {
  const sigma = Math.sqrt(2 * delta);
  const h = sigma / 40;
  const n = Math.ceil((9 * sigma) / h);
  const phi = (x: number) => Math.exp(-(x * x) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI));
  const place = (j: number) => 1 + (j + 0.5) * h;
  const inner = Math.floor(1 / h);
  const kernel = Array.from({ length: n }, (_, i) => {
    const r = place(i);
    let gained = 0;
    // Ends within the range: met for certain, where the moves are folded at 0.
    for (let j = 0; j < inner; j++) {
      const s = 1 - (j + 0.5) * h;
      gained += (phi(r - s) - phi(r + s)) * s * h;
    }
    const stays = Float64Array.from({ length: 2 * n }, (_, j) => {
      const s = place(j);
      const moved = (phi(r - s) - phi(r + s)) * h;
      const met = Math.exp((-2 * (r - 1) * (s - 1)) / sigma ** 2);
      gained += moved * met * s;
      return moved * (1 - met);
    });
    return { gained, stays };
  });
  let w = new Float64Array(n).fill(1);
  for (let round = 0; round < 4000; round++) {
    const next = Float64Array.from(kernel, ({ gained, stays }) =>
      stays.reduce((sum, share, j) => sum + share * w[Math.min(j, n - 1)], gained),
    );
    const change = Math.abs(next[n - 1] - w[n - 1]);
    w = next;
    if (change < 1e-9) break;
  }
  return w[n - 1];
}

describe("the bridge between two distances makes contact exact", () => {
  test.each([0.008, 0.025, 0.1])(
    "at a fixed step of D dt / eps^2 = %d the rate is D Cap to 1e-4",
    (delta) => {
      expect(Math.abs(effectiveRange(delta) - 1)).toBeLessThan(1e-4);
    },
  );

  test("who only looked at the ends of a step of 0.025 would miss a tenth", () => {
    // The rule with p = 0 outside: the known shift of an absorbing wall, 0.5826 standard deviations of a step.
    expect(1 - 0.5826 * Math.sqrt(2 * 0.025)).toBeLessThan(0.9);
  });

  test("a pair meets on the way exactly as often as the bridge does, and when it would on a straight way", () => {
    // From 1.3 to 1.2 at range 1 with variance 0.05: exp(-2 * 0.3 * 0.2 / 0.05) = exp(-2.4).
    const at = (deviate: number) =>
      meetingTime(Math.fround(1.3) ** 2, Math.fround(1.2) ** 2, 1, Math.fround(0.05), Math.fround(deviate));
    expect(at(2.39999)).toBeNull();
    expect(at(2.40001)).toBeCloseTo(0.6, 5);
    // To within the range for certain, from within at once.
    expect(meetingTime(1.5 ** 2, 0.5 ** 2, 1, 0.05, 0)).toBe(0.5);
    expect(meetingTime(0.9, 4, 1, 0.05, 0)).toBe(0);
  });
});

const eps = 1e-3;
const D = 2;

interface Run {
  name: string;
  dimension: number;
  /** The pair's range and distance, in units of eps. */
  range: number;
  r: number;
  engine: ScenarioInput["engine"];
  /** The values of D t / eps^2 at which to look. */
  until: number[];
  scenario?: Partial<ScenarioInput>;
  seed: number;
  replicas: number;
}

/** How many of the pairs have met by each time. */
async function play({ dimension, r, engine, until, scenario, seed, replicas }: Run): Promise<number[]> {
  const run = simulate(
    {
      model: "annihilation",
      dimension,
      particles: 2,
      Z: 2 * eps ** (dimension - 2),
      initial: [{ mass: 1, density: { pair: { apart: [r] } } }],
      diffusion: { constant: D / 2 },
      alpha: "contact",
      observe: { times: until.map((t) => (t * eps ** 2) / D) },
      replicas,
      seed,
      engine,
      ...scenario,
    },
    { engine: "gpu" },
  );
  const { observations } = await run.result;
  return observations.map(({ count }) => Math.round((1 - count.mean) * replicas));
}

const many = 2 ** 16;

const runs: Run[] = [
  {
    name: "uniform",
    dimension: 3,
    range: 1,
    r: 1.2,
    engine: "uniform",
    until: [0.05, 1, 10],
    seed: 61,
    replicas: many,
  },
  {
    name: "uniform, coarse",
    dimension: 3,
    range: 1,
    r: 2,
    engine: { kind: "uniform", step: 0.1 },
    until: [0.5, 20],
    seed: 62,
    replicas: many / 4,
  },
  {
    name: "multirate",
    dimension: 3,
    range: 1,
    r: 1.2,
    engine: "multirate",
    until: [0.05, 1, 30],
    seed: 63,
    replicas: many,
  },
  {
    name: "multirate, far",
    dimension: 3,
    range: 1,
    r: 4,
    engine: "multirate",
    until: [10, 300],
    seed: 64,
    replicas: many / 4,
  },
  {
    name: "multirate, by radii",
    dimension: 3,
    range: 2.4,
    r: 3,
    engine: "multirate",
    until: [1, 30],
    scenario: {
      initial: [{ mass: 8, density: { pair: { apart: [3] } } }],
      radius: { power: { scale: 0.6, exponent: 1 / 3 } },
      diffusion: { power: { scale: 2, exponent: -1 / 3 } },
    },
    seed: 65,
    replicas: many / 4,
  },
];

/**
 * Seeds 61 to 65, 65,536 pairs at r = 1.2 and 16,384 elsewhere. In d = 3 the probability to have met is known for every time. An error of beta of 0.5 % would be one
 * of 2.9 standard errors at r = 1.2 in the long run.
 */
describe("a pair meets as Brownian motion does (stochastic)", () => {
  test.each(runs)("$name", async (run) => {
    const met = await play(run);
    expectStandardNormal(
      Object.fromEntries(
        run.until.map((t, k) => [
          `by ${t}`,
          binomialScore(met[k], run.replicas, meetsBy(run.r, run.range, t)),
        ]),
      ),
    );
  });

  /**
   * Seeds 66 to 69. The share that meets after a long time t is (1 - u) Cap ∫_t^∞ (4 pi s)^(-d/2) ds to leading order, D dt / eps^2 = s: here 4e-3
   * of all in d = 4, 4e-4 in d = 5; 16,384 pairs for each.
   */
  test.each([
    { dimension: 4, engine: "uniform", seed: 66 },
    { dimension: 4, engine: "multirate", seed: 67 },
    { dimension: 5, engine: "uniform", seed: 68 },
    { dimension: 5, engine: "multirate", seed: 69 },
  ] as const)("in d = $dimension, $engine", async ({ dimension, engine, seed }) => {
    const [r, t, replicas] = [1.2, 20, many / 4];
    const [hits] = await play({ name: "", dimension, range: 1, r, engine, until: [t], seed, replicas });
    const u = r ** (2 - dimension);
    const capacity = (dimension - 2) * unitSphereArea(dimension);
    const later =
      ((1 - u) * capacity * (4 * Math.PI) ** (-dimension / 2) * t ** (1 - dimension / 2)) /
      (dimension / 2 - 1);
    expectStandardNormal({ u: binomialScore(hits, replicas, u - later) });
  });

  test("pairs that start within their range coagulate at once", async () => {
    const run = {
      name: "",
      dimension: 3,
      range: 1,
      r: 0.99,
      until: [1e-3],
      seed: 70,
      replicas: 1000,
    } as const;
    for (const engine of ["uniform", "multirate"] as const) {
      expect(await play({ ...run, until: [...run.until], engine })).toEqual([run.replicas]);
    }
  });
});
