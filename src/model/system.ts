/**
 * From a scenario to the integers and tables that both engines run on. Everything that decides a trajectory is here, and nothing
 * else: two engines given the same System must give the same bits.
 */

import { UserError } from "../errors.ts";
import { exp, log, pow } from "../exact/elementary.ts";
import { makeMassFunction } from "../exact/massFunction.ts";
import { fromDouble } from "../exact/single.ts";
import { makePotential, type Potential } from "./potential.ts";
import { makePotentialTable } from "./potentialTable.ts";
import type { Alpha, Diffusion, Scenario } from "./scenario.ts";

/** Lattice units along the side of the torus. */
export const latticeSide = 2 ** 32;

/** eps must be at least this many lattice units: below, a step would be too coarse for the lattice. */
const smallestRange = 200;

/** eps must be at most this share of the side, so that a pair in range is so along one way around the torus only. */
const largestShare = 1 / 5;

/** Hazards above this would leave the range of single precision in products. */
const largestRate = 1e15;

/** alpha(n, m) dt / eps^2 (in the plane also / |log eps|), the hazard of a step where V is one, in single precision. */
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
  /** Time of one tick: a uniform step, or the finest sub-step wanted of a multirate one. */
  dt: number;
  /** Ticks after which to observe, increasing. */
  observeAt: number[];
  /** How the multirate engine paces itself, see `paceOf`; null for the uniform step. */
  multirate: { k: number; crowd: number } | null;
  /** Lattice units; a pair further apart than this along an axis is out of range. */
  reach: number;
  /** 1 / eps in lattice units, single precision. */
  inverseRange: number;
  /** Mass function: standard deviation of a coordinate's step, in lattice units. */
  sigma: Float32Array;
  rate: Rate;
  /** V by squared distance, see `makePotentialTable`. */
  potential: Float32Array;
}

/** Throws a UserError if eps does not fit the box or the lattice, or the run needs more steps than can be counted. */
export function makeSystem(scenario: Scenario): System {
  const { dimension, particles, domain, Z, engine, observe } = scenario;
  const open = "space" in domain;
  const side = "space" in domain ? domain.space : domain.torus;
  const eps = interactionRange(dimension, particles, Z);
  checkRange(eps, side, Z);

  const annihilation = scenario.model === "annihilation";
  const heaviest = Math.max(...scenario.initial.map(({ mass }) => mass));
  const largestMass = annihilation ? heaviest : heaviest * particles;
  const d = (mass: number) => diffusivity(scenario.diffusion, mass);
  const fastest = largestDiffusivity(scenario, largestMass);

  // The step is shortened a little so that the last observation falls on a step.
  const end = observe.times.at(-1)!;
  const wanted = (engine.step * eps * eps) / (2 * fastest);
  const steps = Math.max(1, Math.ceil(end / wanted - 1e-9));
  if (!(steps < 2 ** (engine.kind === "uniform" ? 32 : 53))) {
    throw new UserError(
      `observe.times ends at ${end}, which takes ${steps.toExponential(1)} steps of ${engine.step} eps^2 / D, but a run can have at most 2^${engine.kind === "uniform" ? 32 : 53}; shorten the run or lower particles / Z.`,
    );
  }
  const dt = end > 0 ? end / steps : wanted;
  const unit = side / latticeSide;
  const range = eps / unit;
  const perStep = dt / (eps * eps) / (dimension === 2 ? -log(eps) : 1);
  const rate = makeRate(scenario.alpha, perStep, largestMass);
  if (!(rate.table.reduce((a, b) => Math.max(a, b), 0) <= largestRate)) {
    throw new UserError(
      `alpha times the step reaches more than ${largestRate}, the most that the engine can hold.`,
    );
  }
  const potentialShape = makePotential(scenario.potential, dimension);
  const seed = BigInt(scenario.seed);
  return {
    scenario,
    dimension,
    particles,
    replicas: scenario.replicas,
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
    multirate: engine.kind === "multirate" ? { k: engine.k, crowd: engine.crowd } : null,
    // A little more than eps, so that rounding can never make a pair beyond it one in range.
    reach: Math.ceil(range * (1 + 2 ** -20)) + 1,
    inverseRange: Math.fround(1 / range),
    sigma: makeMassFunction((mass) => Math.sqrt(2 * d(mass) * dt) / unit, largestMass),
    rate,
    potential: makePotentialTable(potentialShape),
  };
}

/** eps from N eps^(d-2) = Z, in the plane from N / |log eps| = Z (Hammond's survey §1.3, §2.5). */
export function interactionRange(dimension: number, particles: number, Z: number): number {
  if (dimension === 2) return exp(-particles / Z);
  const ratio = Z / particles;
  return dimension === 3 ? ratio : dimension === 4 ? Math.sqrt(ratio) : pow(ratio, 1 / 3);
}

function checkRange(eps: number, side: number, Z: number): void {
  if (eps > side * largestShare) {
    throw new UserError(
      `Z is ${Z}, which makes eps ${eps.toPrecision(4)}, but eps must be at most ${largestShare} of the side ${side}; lower Z or raise particles.`,
    );
  }
  if (!(eps >= (smallestRange * side) / latticeSide)) {
    throw new UserError(
      `Z is ${Z}, which makes eps ${eps.toPrecision(4)}, but eps must be at least ${((smallestRange * side) / latticeSide).toPrecision(3)}, ${smallestRange} lattice units of the side ${side}; raise Z or lower particles.`,
    );
  }
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
