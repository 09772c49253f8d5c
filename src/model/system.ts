/**
 * From a scenario to the integers and tables that both engines run on. Everything that decides a trajectory is here, and nothing
 * else: two engines given the same System must give the same bits.
 */

import { UserError } from "../errors.ts";
import { exp, log, pow } from "../exact/elementary.ts";
import { makeMassFunction } from "../exact/massFunction.ts";
import { fromDouble } from "../exact/single.ts";
import {
  latticeSide,
  type Multirate,
  makeMultirate,
  smallestRange,
  smallestShare,
  uniformStepOf,
} from "./multirate.ts";
import { makePairs, type Pairs } from "./pairs.ts";
import { makePotential, type Potential } from "./potential.ts";
import { makePotentialTable } from "./potentialTable.ts";
import type { Alpha, Diffusion, Scenario } from "./scenario.ts";

/** eps must be at most this share of the side, so that a pair in range is so along one way around the torus only. */
export const largestShare = 1 / 5;

/** Hazards above this would leave the range of single precision in products. */
const largestRate = 1e15;

/**
 * alpha(n, m) t / eps^2 (in the plane also / |log eps|), the hazard where V is one, in single precision: of a uniform step, or of the finest
 * sub-step of a multirate run.
 */
export interface Rate {
  /** constant: table[0]; sum, product: of the mass function in `table`; table: row n, column m, masses beyond use the last. */
  form: "constant" | "sum" | "product" | "table";
  table: Float32Array;
  /** Rows and columns of a "table"; otherwise 0. */
  size: number;
}

export interface System {
  scenario: Scenario;
  dimension: number;
  /** N, per replica. */
  particles: number;
  replicas: number;
  /**
   * What the first replica is numbered in random words. Everywhere else, as in ids, events and results, replicas count from 0; so replica r of
   * a run from `firstReplica` on takes the trajectory of replica firstReplica + r of a run from 0 on.
   */
  firstReplica: number;
  annihilation: boolean;
  /** R^d in a box nobody may leave, instead of a torus. */
  open: boolean;
  /** The low and the high word of the seed. */
  seed: readonly [number, number];
  /** Of the torus or box, in the scenario's lengths. */
  side: number;
  /** Interaction range, in the scenario's lengths. */
  eps: number;
  /** Density that one particle stands for: eps^(d-2), in the plane 1/|log eps|. */
  weight: number;
  potentialShape: Potential;
  /** The largest d(m) there can be. */
  fastest: number;
  /** Time of one tick: a uniform step, or what the steps of a multirate run are multiples of. */
  dt: number;
  /** Ticks after which to observe, increasing. */
  observeAt: number[];
  /** Null for the uniform step. */
  multirate: Multirate | null;
  /** A pair further apart than this along an axis is out of range; in the units of `Multirate.drop`, else lattice units. */
  reach: number;
  /** eps in those units, and its inverse; single precision. */
  range: number;
  inverseRange: number;
  /** Mass function: standard deviation of a coordinate's step, in lattice units. */
  sigma: Float32Array;
  rate: Rate;
  /** How many times the hazard of `rate` a pair has in a tick, single precision. */
  tickHazard: number;
  /** V by squared distance, see `makePotentialTable`. */
  potential: Float32Array;
  /** What is summed up over pairs, if anything. */
  pairs: Pairs | null;
}

/**
 * Throws a UserError if eps does not fit the box or the lattice, the run needs more steps than can be counted, or replicas more numbers
 * than 32 bits.
 */
export function makeSystem(scenario: Scenario, firstReplica = 0): System {
  const { dimension, particles, domain, Z, engine, observe } = scenario;
  const open = "space" in domain;
  const side = "space" in domain ? domain.space : domain.torus;
  const eps = interactionRange(dimension, particles, Z);
  checkRange(eps, side, Z, engine.kind);
  if (!(Number.isInteger(firstReplica) && firstReplica >= 0 && firstReplica + scenario.replicas <= 2 ** 32)) {
    throw new UserError(
      `firstReplica is ${firstReplica}, but must be an integer from 0 to ${2 ** 32 - scenario.replicas}.`,
    );
  }

  const annihilation = scenario.model === "annihilation";
  const heaviest = Math.max(...scenario.initial.map(({ mass }) => mass));
  const largestMass = annihilation ? heaviest : heaviest * particles;
  const d = (mass: number) => diffusivity(scenario.diffusion, mass);
  const fastest = largestDiffusivity(scenario, largestMass);

  // The step is shortened a little so that the last observation falls on a step.
  const end = observe.times.at(-1)!;
  const potentialShape = makePotential(scenario.potential, dimension);
  const logarithm = dimension === 2 ? -log(eps) : 1;
  const strongest = (strongestAlpha(scenario) * potentialShape.peak) / logarithm;
  const motion = { side, eps, fastest, strongest, end };
  const multirate = engine.kind === "multirate" ? makeMultirate(engine, motion) : null;
  const { tickLevels, fineWords, drop } = multirate ?? { tickLevels: 0, fineWords: 1, drop: 0 };
  const wanted = multirate?.tick ?? uniformStepOf(engine.step, motion);
  const steps = Math.max(1, Math.ceil(end / wanted - 1e-9));
  if (multirate === null && !(steps < 2 ** 32)) {
    throw new UserError(
      `observe.times ends at ${end}, which takes ${steps.toExponential(1)} steps of ${engine.step} eps^2 / D, but a uniform run can have at most 2^32; take engine: multirate, shorten the run or lower particles / Z.`,
    );
  }
  const dt = end > 0 ? end / steps : wanted;
  const unit = side / latticeSide;
  const range = (eps / unit) * 2 ** (32 * (fineWords - 1) - drop);
  const perStep = dt / 2 ** tickLevels / (eps * eps) / logarithm;
  const rate = makeRate(scenario.alpha, perStep, largestMass);
  if (!(rate.table.reduce((a, b) => Math.max(a, b), 0) <= largestRate)) {
    throw new UserError(
      `alpha times the step reaches more than ${largestRate}, the most that the engine can hold.`,
    );
  }
  const seed = BigInt(scenario.seed);
  return {
    scenario,
    dimension,
    particles,
    replicas: scenario.replicas,
    firstReplica,
    annihilation,
    open,
    seed: [Number(seed & 0xffffffffn), Number(seed >> 32n)],
    side,
    eps,
    weight: Z / particles,
    potentialShape,
    fastest,
    dt,
    observeAt: observe.times.map((time) => Math.round(time / dt)),
    multirate,
    // A little more than eps, so that rounding can never make a pair beyond it one in range.
    reach: Math.ceil(range * (1 + 2 ** -20)) + 1,
    range: Math.fround(range),
    inverseRange: Math.fround(1 / range),
    sigma: makeMassFunction((mass) => Math.sqrt(2 * d(mass) * dt) / unit, largestMass),
    rate,
    // Nobody takes a tick at once where this would overflow.
    tickHazard: Math.min(2 ** tickLevels, 2 ** 40),
    potential: makePotentialTable(potentialShape),
    pairs: makePairs(scenario, eps / unit),
  };
}

/** eps from N eps^(d-2) = Z, in the plane from N / |log eps| = Z (Hammond's survey §1.3, §2.5). */
export function interactionRange(dimension: number, particles: number, Z: number): number {
  if (dimension === 2) return exp(-particles / Z);
  const ratio = Z / particles;
  return dimension === 3 ? ratio : dimension === 4 ? Math.sqrt(ratio) : pow(ratio, 1 / 3);
}

function checkRange(eps: number, side: number, Z: number, kind: Scenario["engine"]["kind"]): void {
  if (eps > side * largestShare) {
    throw new UserError(
      `Z is ${Z}, which makes eps ${eps.toPrecision(4)}, but eps must be at most ${largestShare} of the side ${side}; lower Z or raise particles.`,
    );
  }
  const smallest = side * (kind === "uniform" ? smallestRange / latticeSide : smallestShare);
  if (eps >= smallest) return;
  const hint = kind === "uniform" ? "take engine: multirate, raise Z" : "raise Z";
  throw new UserError(
    `Z is ${Z}, which makes eps ${eps.toPrecision(4)}, but with engine: ${kind} eps must be at least ${smallest.toPrecision(3)}, ${(smallest / side).toPrecision(3)} of the side ${side}; ${hint} or lower particles.`,
  );
}

/** d(mass). */
export function diffusivity(diffusion: Diffusion, mass: number): number {
  if ("constant" in diffusion) return diffusion.constant;
  if ("power" in diffusion) return diffusion.power.scale * pow(mass, diffusion.power.exponent);
  return diffusion.table[Math.min(mass, diffusion.table.length) - 1];
}

/** The largest d(m) of any mass that can be there: powers are monotone, and tables end. */
function largestDiffusivity({ diffusion, initial }: Scenario, largestMass: number): number {
  if ("table" in diffusion) return diffusion.table.reduce((a, b) => Math.max(a, b));
  const lightest = Math.min(...initial.map(({ mass }) => mass));
  return Math.max(diffusivity(diffusion, lightest), diffusivity(diffusion, largestMass));
}

/** alpha(n, m). */
export function interactionStrength(alpha: Alpha, n: number, m: number): number {
  if ("constant" in alpha) return alpha.constant;
  if ("sum" in alpha) return alpha.sum.scale * (pow(n, alpha.sum.exponent) + pow(m, alpha.sum.exponent));
  if ("product" in alpha) return alpha.product.scale * pow(n * m, alpha.product.exponent);
  const last = alpha.table.length;
  return alpha.table[Math.min(n, last) - 1][Math.min(m, last) - 1];
}

/** The largest alpha(n, m) of masses n, m that are there at the start. */
function strongestAlpha({ alpha, initial }: Scenario): number {
  const masses = initial.map(({ mass }) => mass);
  return Math.max(...masses.flatMap((n) => masses.map((m) => interactionStrength(alpha, n, m))));
}

function makeRate(alpha: Alpha, perStep: number, largestMass: number): Rate {
  if ("constant" in alpha) {
    return { form: "constant", table: Float32Array.of(fromDouble(alpha.constant * perStep)), size: 0 };
  }
  if ("sum" in alpha) {
    const { scale, exponent } = alpha.sum;
    const table = makeMassFunction((mass) => scale * perStep * pow(mass, exponent), largestMass);
    return { form: "sum", table, size: 0 };
  }
  if ("product" in alpha) {
    const { scale, exponent } = alpha.product;
    const table = makeMassFunction((mass) => Math.sqrt(scale * perStep) * pow(mass, exponent), largestMass);
    return { form: "product", table, size: 0 };
  }
  const table = Float32Array.from(alpha.table.flat(), (value) => fromDouble(value * perStep));
  return { form: "table", table, size: alpha.table.length };
}
