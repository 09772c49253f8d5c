/** The systems that a study of convergence compares: one scenario at several N, and so at several eps. */
import { UserError } from "../errors.ts";
import { exp } from "../exact/elementary.ts";
import { largestShare } from "../model/ranges.ts";
import { atParticles, type Scenario } from "../model/scenario.ts";
import { interactionRange, makeSystem, type System } from "../model/system.ts";

/** One N of a study, played with any number of replicas. */
export interface Level {
  /** Of one replica. */
  system: System;
  /** What the order is counted in: eps, in the plane 1 / |log eps|. */
  smallness: number;
}

/** Of the scenario's N, where neither N nor eps is chosen. */
const defaultShares = [1 / 8, 1 / 4, 1 / 2, 1];

const mostParticles = 2 ** 27;

export interface LevelOptions {
  /**
   * Numbers of particles, integers from 2 on, at least two of them. By default an eighth, a quarter, a half and all of the scenario's, less
   * those whose eps would not fit the box.
   */
  n?: readonly number[];
  /** Instead of `n`: ranges wanted; N is the integer nearest to Z eps^(2-d), in the plane to Z |log eps|, and eps follows from it. */
  eps?: readonly number[];
}

/** The levels in order of N. Throws a UserError for a list that cannot be studied. */
export function makeLevels(scenario: Scenario, { n, eps }: LevelOptions): Level[] {
  if (n !== undefined && eps !== undefined) {
    throw new UserError("n and eps are both given, but allowed is one of them; each follows from the other.");
  }
  const name = eps === undefined ? "n" : "eps";
  const wanted = eps?.map((range) => particlesAt(scenario, range)) ?? n ?? defaultParticles(scenario);
  const bad = wanted.find((one) => !isAllowed(one));
  if (bad !== undefined) {
    throw new UserError(`n has ${bad}, but must be a list of integers from 2 to ${mostParticles}.`);
  }
  const particles = wanted.toSorted((a, b) => a - b);
  const repeated = particles.find((one, k) => one === particles[k - 1]);
  if (repeated !== undefined) {
    throw new UserError(`${name} has N = ${repeated} more than once, but all must differ.`);
  }
  if (particles.length < 2) {
    throw new UserError(
      `${name} has ${particles.length} value${particles.length === 1 ? "" : "s"}, but must have at least 2 to show an order.`,
    );
  }
  return particles.map((one) => levelAt(scenario, one, name));
}

const isAllowed = (n: number) => Number.isInteger(n) && n >= 2 && n <= mostParticles;

function defaultParticles(scenario: Scenario): number[] {
  const { particles, dimension, Z } = scenario;
  const side = "torus" in scenario.domain ? scenario.domain.torus : scenario.domain.space;
  return defaultShares
    .map((share) => Math.round(share * particles))
    .filter((n) => n === particles || interactionRange(dimension, n, Z) <= side * largestShare);
}

function particlesAt({ dimension, Z }: Scenario, eps: number): number {
  const particles = dimension === 2 ? Math.round(-Z * Math.log(eps)) : Math.round(Z * eps ** (2 - dimension));
  if (eps > 0 && isAllowed(particles)) return particles;
  const least = dimension === 2 ? exp(-mostParticles / Z) : (Z / mostParticles) ** (1 / (dimension - 2));
  const most = dimension === 2 ? exp(-2 / Z) : (Z / 2) ** (1 / (dimension - 2));
  const range = `from ${least.toPrecision(3)} to ${most.toPrecision(3)}`;
  throw new UserError(`eps has ${eps}, but must be a list of numbers ${range}, so that N is at least 2.`);
}

function levelAt(scenario: Scenario, particles: number, name: string): Level {
  try {
    const system = makeSystem({ ...atParticles(scenario, particles), replicas: 1 });
    return { system, smallness: scenario.dimension === 2 ? system.weight : system.eps };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${name} leads to N = ${particles}: ${error.message}`);
  }
}
