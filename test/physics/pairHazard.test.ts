import { describe, expect, test } from "vitest";
import { ringTime } from "../../src/cpu/pair.ts";
import { gaussLegendre, integrateOver } from "../../src/exact/quadrature.ts";
import {
  makePotential,
  type PotentialName,
  potentialNames,
  unitSphereArea,
} from "../../src/model/potential.ts";
import type { ScenarioInput } from "../../src/model/scenario.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { replay } from "../../src/observe/genealogy.ts";
import { simulate } from "../../src/simulate.ts";
import { caseOf } from "../../src/verify/cases.ts";
import { binomialScore, expectStandardNormal, kolmogorovBound, kolmogorovDistance } from "./support.ts";

/** Z that makes N particles have this range. */
function densityFor(dimension: number, particles: number, eps: number): number {
  return dimension === 2 ? particles / -Math.log(eps) : particles * eps ** (dimension - 2);
}

/** V(r) times this is the hazard of a pair in one step: alpha dt / eps^2, in the plane over |log eps| too. */
function hazardScale({ eps, dt, dimension }: System, alpha: number): number {
  return (alpha * dt) / eps ** 2 / (dimension === 2 ? -Math.log(eps) : 1);
}

function threeParticles(given: Partial<ScenarioInput>): System {
  const dimension = given.dimension ?? 3;
  const Z = densityFor(dimension, 3, 0.01);
  return makeSystem(
    caseOf("pair", { particles: 3, Z, alpha: { constant: 1 }, seed: 21, ...given, steps: 1 }).scenario,
  );
}

type Trio = ReturnType<typeof pairAt>;

/**
 * Particles 0 and 1 at distance r eps, across the corner of the torus, and 2 at the same distance from 0 on
 * the other side.
 */
function pairAt(system: System, r: number, mass = [1, 1, 1]) {
  const { dimension, eps, side } = system;
  const along = (r * eps * 2 ** 32) / side / Math.sqrt(dimension);
  const place = new Uint32Array(3 * dimension);
  for (let k = 0; k < dimension; k++) {
    const sign = k % 2 === 0 ? 1 : -1;
    place[k] = 5;
    place[dimension + k] = 5 + sign * Math.round(along);
    place[2 * dimension + k] = 5 - sign * Math.round(along);
  }
  return {
    replica: 0,
    living: 3,
    place,
    mass: Uint32Array.from(mass),
    id: Uint32Array.of(0, 1, 2),
    next: new Uint32Array(0),
  };
}

/** The ring times of particles 0 and `other`, null where they do not ring, in steps `from`, from + 1, ... */
function ringTimes(system: System, particles: Trio, steps: number, from = 0, other: 1 | 2 = 1) {
  return Array.from({ length: steps }, (_, k) => ringTime(system, particles, 0, other, from + k));
}

const rings = (times: (number | null)[]) => times.filter((time) => time !== null);

/**
 * Seeds 100 to 120, 21 for the forms of alpha. Every step has its own words, so that trials are independent.
 */
describe("a pair in range rings with probability 1 - exp(-alpha dt eps^-2 V(r)) (stochastic)", () => {
  const trials = 20000;

  // A hazard of 2 alpha V, V on the wrong scale, or a probability linear in the hazard is off by 20 standard
  // deviations or more.
  const every = potentialNames.flatMap((V) => [2, 3, 5].map((dimension) => ({ V, dimension })));
  const cases = every.map((one, k) => ({ ...one, seed: 100 + k }));
  test.each(cases)("V = $V, d = $dimension", ({ V, dimension, seed }) => {
    const { at, peak } = makePotential(V, dimension);
    const unit = hazardScale(threeParticles({ dimension }), 1);
    const alpha = 2 / (peak * unit);
    const system = threeParticles({ dimension, potential: V, alpha: { constant: alpha }, seed });
    const scores: Record<string, number> = {};
    for (const [k, r] of [0.1, 0.3, 0.45, 0.55, 0.75, 0.9, 1.01].entries()) {
      const hits = rings(ringTimes(system, pairAt(system, r), trials, k * trials)).length;
      if (at(r) === 0) expect(hits).toBe(0);
      else scores[`r = ${r}`] = binomialScore(hits, trials, 1 - Math.exp(-2 * (at(r) / peak)));
    }
    expectStandardNormal(scores);
  });

  // alpha(n, m) taken twice, or of one mass only, is off by 20 standard deviations or more.
  const forms: [string, ScenarioInput["alpha"], (n: number, m: number) => number][] = [
    ["constant", { constant: 1 }, () => 1],
    ["sum", { sum: { scale: 0.2, exponent: 0.5 } }, (n, m) => 0.2 * (Math.sqrt(n) + Math.sqrt(m))],
    ["product", { product: { scale: 0.5, exponent: 0.5 } }, (n, m) => 0.5 * Math.sqrt(n * m)],
    [
      "table",
      {
        table: [
          [0.2, 0.5, 0.8],
          [0.5, 0, 0.9],
          [0.8, 0.9, 1],
        ],
      },
      (n, m) => [[0.2, 0, 0.8], [], [0.8, 0, 1]][n - 1][m - 1],
    ],
  ];
  test.each(forms)("alpha of the form %s, masses 1 and 3", (_, alpha, value) => {
    const initial = [{ mass: 1 }, { mass: 3 }];
    // A step of 1 and d = 1/2 make dt = eps^2.
    const common = { initial, diffusion: { constant: 0.5 }, engine: { kind: "uniform", step: 1 } } as const;
    const system = threeParticles({ ...common, alpha });
    const volume = (4 / 3) * Math.PI;
    const scores = [
      [1, 1],
      [1, 3],
      [3, 1],
      [3, 3],
    ].map(([n, m], k) => {
      const hits = rings(ringTimes(system, pairAt(system, 0.5, [n, m, 1]), trials, k * trials)).length;
      return [`${n}, ${m}`, binomialScore(hits, trials, 1 - Math.exp(-value(n, m) / volume))];
    });
    expectStandardNormal(Object.fromEntries(scores));
  });
});

describe("ring times (stochastic)", () => {
  // Seed 21. Uniform ring times instead of exponential ones are at distance 4 for the weaker hazard and 70
  // for the stronger.
  test.each([0.3, 3])("are a truncated exponential for those who ring, hazard %d", (hazard) => {
    const { peak } = makePotential("indicator", 3);
    const alpha = hazard / (peak * hazardScale(threeParticles({}), 1));
    const system = threeParticles({ alpha: { constant: alpha } });
    const times = rings(ringTimes(system, pairAt(system, 0.4), 60000));
    const distance = kolmogorovDistance(times, (t) => Math.expm1(-hazard * t) / Math.expm1(-hazard));
    expect(times.every((t) => t >= 0 && t < 1)).toBe(true);
    expect(distance).toBeLessThan(kolmogorovBound);
  });

  // Seed 21. Words that two pairs or two steps share would make a correlation one: 100 standard deviations.
  test("of pairs that share a particle, and of successive steps, are independent", () => {
    const alpha = 1 / (makePotential("indicator", 3).peak * hazardScale(threeParticles({}), 1));
    const system = threeParticles({ alpha: { constant: alpha } });
    const particles = pairAt(system, 0.4);
    const n = 40000;
    const one = ringTimes(system, particles, n, 0, 1).map((time) => (time === null ? 0 : 1));
    const two = ringTimes(system, particles, n, 0, 2).map((time) => (time === null ? 0 : 1));
    const p = 1 - Math.exp(-1);
    const correlation = (x: number[], y: number[]) =>
      x.reduce((sum, xk, k) => sum + (xk - p) * (y[k] - p), 0) / (p * (1 - p) * Math.sqrt(x.length));
    expectStandardNormal({
      pairs: correlation(one, two),
      steps: correlation(one.slice(1), one.slice(0, -1)),
      "pairs and steps": correlation(one.slice(1), two.slice(0, -1)),
    });
  });
});

/** Replicas of two particles that hardly move, of masses 1 and 3, for one step of the whole engine. */
async function frozenPairs(V: PotentialName, dimension: number, strength: number, seed: number) {
  const eps = 0.19;
  const step = 1e-8;
  const alpha =
    strength / ((makePotential(V, dimension).peak * (step / 2)) / (dimension === 2 ? -Math.log(eps) : 1));
  const { scenario } = caseOf("frozen", {
    dimension,
    particles: 2,
    Z: densityFor(dimension, 2, eps),
    initial: [{ mass: 1 }, { mass: 3 }],
    alpha: { constant: alpha },
    potential: V,
    replicas: 65536,
    seed,
    engine: { kind: "uniform", step },
    steps: 1,
  });
  const { system, events } = simulate(scenario, { engine: "gpu" });
  return { system, events: await events };
}

/**
 * The probability that two uniform particles coagulate in the step: the integral of 1 - exp(-hazard) over the
 * torus.
 */
function coagulationProbability(V: PotentialName, dimension: number, eps: number, strength: number): number {
  const { breaks, onPiece, peak } = makePotential(V, dimension);
  const rule = gaussLegendre(40);
  const pieces = breaks
    .slice(1)
    .map((end, k) =>
      integrateOver(
        rule,
        breaks[k],
        end,
        (r) => r ** (dimension - 1) * -Math.expm1(-strength * (onPiece(k, r) / peak)),
      ),
    );
  return unitSphereArea(dimension) * eps ** dimension * pieces.reduce((a, b) => a + b);
}

/** Seeds 200 to 207, and 22. */
describe("pairs on the engine (stochastic)", () => {
  // Some hundred to a thousand events each: a factor of 2 in the hazard, or in the volume, is off by 7
  // standard deviations or more.
  const every = [...potentialNames.map((V) => ({ V, dimension: 3 })), { V: "poly2" as const, dimension: 2 }];
  const cases = every.map((one, k) => ({ ...one, seed: 200 + k }));
  test.each(cases)("coagulate as often as V says, V = $V, d = $dimension", async ({ V, dimension, seed }) => {
    const { system, events } = await frozenPairs(V, dimension, 1, seed);
    const probability = coagulationProbability(V, dimension, system.eps, 1);
    const hits = events.length / (5 + dimension);
    expectStandardNormal({ events: binomialScore(hits, system.replicas, probability) });
  });

  // About 900 pairs of different masses: 1/2 or 3/4 instead of 1/4 is off by 15 standard deviations or more.
  test("leave the survivor i with probability m_i / (m_i + m_j)", async () => {
    const { system, events } = await frozenPairs("indicator", 3, 50, 22);
    const { before } = replay(system, events);
    const pairs = Array.from({ length: before.length / 2 }, (_, e) => ({
      survivor: before[2 * e],
      vanished: before[2 * e + 1],
      lower: events[8 * e + 3] === 0,
    }));
    const mixed = pairs.filter(({ survivor, vanished }) => survivor !== vanished);
    const equal = pairs.filter(({ survivor, vanished }) => survivor === vanished);
    const light = mixed.filter(({ survivor }) => survivor === 1);
    expectStandardNormal({
      light: binomialScore(light.length, mixed.length, 1 / 4),
      "lower index of equals": binomialScore(equal.filter(({ lower }) => lower).length, equal.length, 1 / 2),
      "lower index of all": binomialScore(pairs.filter(({ lower }) => lower).length, pairs.length, 1 / 2),
    });
  });
});
