/**
 * From a scenario to the integers and tables that both engines run on. Everything that decides a trajectory is here, and nothing
 * else: two engines given the same System must give the same bits.
 */

import { UserError } from "../errors.ts";
import { exp, log, pow } from "../exact/elementary.ts";
import { makeMassFunction } from "../exact/massFunction.ts";
import { fromDouble } from "../exact/single.ts";
import { alphaUpTo, type Fragmentation, makeFragmentation } from "./fragmentation.ts";
import { largestOf, massLaw } from "./massLaw.ts";
import { heaviestOf, lightestOf } from "./massSpread.ts";
import {
  latticeSide,
  leastUnits,
  type Multirate,
  makeMultirate,
  smallestShare,
  uniformStepOf,
} from "./multirate.ts";
import { makePairs, type Pairs } from "./pairs.ts";
import { makePotential, type Potential } from "./potential.ts";
import { makePotentialTable } from "./potentialTable.ts";
import { farthestMove, type Ranges, rangeOf, rangesOf, rangeUnit } from "./ranges.ts";
import type { Alpha, Diffusion, Scenario } from "./scenario.ts";

/** Hazards above this would leave the range of single precision in products. */
const largestRate = 1e15;

/**
 * alpha(n, m) t eps^(d (1 - b) - 2) (in the plane also / |log eps|), the hazard where V is one, in single precision: of a uniform step, or of
 * the finest sub-step of a multirate run. Where particles have radii it is to be divided by (r_n + r_m)^2.
 */
export interface Rate {
  /**
   * constant: table[0]; sum, product: of the mass function in `table`; table: row n, column m, masses beyond use the last; contact: pairs react
   * as soon as they meet, and the table is empty.
   */
  form: "constant" | "sum" | "product" | "table" | "contact";
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
  /** In the scenario's lengths; the interaction range unless particles have radii or the scaling is weaker. */
  eps: number;
  /** What ranges are measured in, in the scenario's lengths: see `rangeUnit`. */
  rangeUnit: number;
  /** The smallest range of a pair of one mass at the start, in the scenario's lengths. */
  smallestRange: number;
  /** What no pair's range may outgrow, in the scenario's lengths. */
  largestRange: number;
  /** Density that one particle stands for: eps^(d-2), in the plane 1/|log eps|. */
  weight: number;
  potentialShape: Potential;
  /** Of a particle at the start, expected. */
  meanMass: number;
  /** The largest d(m) there can be. */
  fastest: number;
  /** Time of one tick: a uniform step, or what the steps of a multirate run are multiples of. */
  dt: number;
  /** Ticks after which to observe, increasing. */
  observeAt: number[];
  /** Null for the uniform step. */
  multirate: Multirate | null;
  /**
   * A pair further apart than this along an axis is out of range, if both have the radius of the heaviest at the start; in the units of
   * `Multirate.drop`, else lattice units.
   */
  reach: number;
  /** Of `reach`, what goes beyond the range: for rounding and, where contact is all, for what a pair may move in a tick. */
  margin: number;
  /** `rangeUnit` in those units, and its inverse; single precision. */
  range: number;
  inverseRange: number;
  /** Mass function: r_m, in units of `rangeUnit`; null where all pairs have that as their range. */
  radius: Float32Array | null;
  /** Mass function: standard deviation of a coordinate's step, in lattice units. */
  sigma: Float32Array;
  rate: Rate;
  /** How many times the hazard of `rate` a pair has in a tick, single precision. */
  tickHazard: number;
  /** V by squared distance, see `makePotentialTable`. */
  potential: Float32Array;
  /** What is summed up over pairs, if anything. */
  pairs: Pairs | null;
  /** How particles split; null where they do not. */
  fragmentation: Fragmentation | null;
}

/**
 * Throws a UserError if eps does not fit the box or the lattice, the run needs more steps than can be counted, or replicas more numbers
 * than 32 bits.
 */
export function makeSystem(scenario: Scenario, firstReplica = 0): System {
  const heaviestSplit = scenario.fragmentation?.weights.length;
  const { dimension, particles, domain, Z, engine, observe } = scenario;
  const open = "space" in domain;
  const side = "space" in domain ? domain.space : domain.torus;
  const eps = interactionRange(dimension, particles, Z);
  if (!(Number.isInteger(firstReplica) && firstReplica >= 0 && firstReplica + scenario.replicas <= 2 ** 32)) {
    throw new UserError(
      `firstReplica is ${firstReplica}, but must be an integer from 0 to ${2 ** 32 - scenario.replicas}.`,
    );
  }

  const annihilation = scenario.model === "annihilation";
  const heaviest = Math.max(...scenario.initial.map(heaviestOf));
  const largestMass = annihilation ? heaviest : (heaviestSplit ?? heaviest * particles);
  const d = (mass: number) => diffusivity(scenario.diffusion, mass);
  const lightest = Math.min(...scenario.initial.map(lightestOf));
  const fastest = largestOf(scenario.diffusion, lightest, largestMass);
  const perRange = rangeUnit(scenario, eps);
  const meanMass = meanOf(scenario.initial);
  const ranges = rangesOf(scenario, {
    unit: perRange,
    side,
    mostMass: largestMass,
    expectedMass: annihilation ? heaviest : meanMass * particles,
  });
  checkRanges(scenario, eps, ranges, side);

  // The step is shortened a little so that the last observation falls on a step.
  const end = observe.times.at(-1)!;
  const potentialShape = makePotential(scenario.potential, dimension);
  const logarithm = dimension === 2 ? -log(eps) : 1;
  // The rate's eps^-2 becomes eps^(d (1 - b) - 2) in a weaker scaling (Hammond's survey §3.4).
  const { scaling } = scenario;
  const slowness = scaling === 1 ? eps * eps : pow(eps, 2 - dimension * (1 - scaling));
  const strongest =
    ((strongestAlpha(scenario) * potentialShape.peak) / logarithm) * ((perRange * perRange) / slowness);
  const motion = { side, ranges, fastest, strongest, end };
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
  const range = (perRange / unit) * 2 ** (32 * (fineWords - 1) - drop);
  const perStep = dt / 2 ** tickLevels / slowness / logarithm;
  const strength = (n: number, m: number) => interactionStrength(scenario.alpha, n, m);
  const alpha = heaviestSplit === undefined ? scenario.alpha : { table: alphaUpTo(strength, heaviestSplit) };
  const rate = makeRate(alpha, perStep, largestMass);
  const sigmaAt = (mass: number) => Math.sqrt(2 * d(mass) * dt) / unit;
  const heaviestRange = range * rangeOf(scenario, heaviest, heaviest);
  const moved = Math.sqrt(4 * fastest * dt) / unit;
  const margin = 1 + (rate.form === "contact" && fineWords === 1 ? Math.ceil(farthestMove * moved) : 0);
  if (!(rate.table.reduce((a, b) => Math.max(a, b), 0) <= largestRate)) {
    throw new UserError(
      `alpha times the step reaches more than ${largestRate}, the most that the engine can hold.`,
    );
  }
  const seed = BigInt(scenario.seed);
  const weight = Z / particles;
  const potential = makePotentialTable(potentialShape);
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
    rangeUnit: perRange,
    smallestRange: ranges.smallest,
    largestRange: ranges.bound,
    weight,
    potentialShape,
    meanMass,
    fastest,
    dt,
    observeAt: observe.times.map((time) => Math.round(time / dt)),
    multirate,
    // A little more than the range, so that rounding can never make a pair beyond it one in range.
    reach: Math.ceil(heaviestRange * (1 + 2 ** -20)) + margin,
    margin,
    range: Math.fround(range),
    inverseRange: Math.fround(1 / range),
    radius: scenario.radius ? makeMassFunction((mass) => massLaw(scenario.radius!, mass), largestMass) : null,
    sigma: makeMassFunction(sigmaAt, largestMass),
    rate,
    // Nobody takes a tick at once where this would overflow.
    tickHazard: Math.min(2 ** tickLevels, 2 ** 40),
    potential,
    pairs: makePairs(scenario, eps / unit),
    fragmentation: fragmentationOf(scenario, { eps, weight, rate, potential }),
  };
}

/** Throws a UserError if particles would split more often than once in a step. */
function fragmentationOf(
  scenario: Scenario,
  { eps, weight, rate, potential }: Pick<System, "eps" | "weight" | "rate" | "potential">,
): Fragmentation | null {
  if (scenario.fragmentation === undefined) return null;
  const hazard = (n: number, m: number) => rate.table[(n - 1) * rate.size + m - 1] * potential[0];
  const made = makeFragmentation(scenario, { eps, weight, hazard });
  if (made !== null) return made;
  throw new UserError(
    `fragmentation.weights is ${scenario.fragmentation.weights.join()}, by which a particle would split more than once in a step; lower the weights, alpha or engine.step.`,
  );
}

/** eps from N eps^(d-2) = Z, in the plane from N / |log eps| = Z (Hammond's survey §1.3, §2.5). */
export function interactionRange(dimension: number, particles: number, Z: number): number {
  if (dimension === 2) return exp(-particles / Z);
  const ratio = Z / particles;
  return dimension === 3 ? ratio : dimension === 4 ? Math.sqrt(ratio) : pow(ratio, 1 / 3);
}

/** Throws a UserError if a pair's range may exceed what the box holds, or be less than the lattice resolves. */
function checkRanges(
  { Z, engine: { kind }, radius, scaling, physical }: Scenario,
  eps: number,
  { smallest, largest, limit }: Ranges,
  side: number,
): void {
  const shown = (x: number) => x.toPrecision(4);
  const [what, sizes] =
    radius === undefined && scaling === 1
      ? ["eps", shown(eps)]
      : ["ranges", smallest === largest ? shown(smallest) : `from ${shown(smallest)} to ${shown(largest)}`];
  const hint =
    physical !== undefined
      ? "lower physical.monomerRadius or physical.concentration, or raise particles"
      : radius === undefined
        ? "lower Z or raise particles"
        : "lower Z or radius, or raise particles";
  if (largest > limit) {
    const share = Math.max(0, limit / side).toPrecision(3);
    throw new UserError(
      `Z is ${Z}, which makes ${what} ${sizes}, but ${what} must be at most ${Number(share)} of the side ${side}; ${hint}.`,
    );
  }
  const least = side * (kind === "uniform" ? leastUnits / latticeSide : smallestShare);
  if (smallest >= least) return;
  const refine = kind === "uniform" ? "take engine: multirate, raise Z" : "raise Z";
  throw new UserError(
    `Z is ${Z}, which makes ${what} ${sizes}, but with engine: ${kind} ${what} must be at least ${least.toPrecision(3)}, ${(least / side).toPrecision(3)} of the side ${side}; ${refine} or lower particles.`,
  );
}

/** d(mass). */
export const diffusivity = (diffusion: Diffusion, mass: number): number => massLaw(diffusion, mass);

/** alpha(n, m); Infinity where pairs react as soon as they meet. */
export function interactionStrength(alpha: Alpha, n: number, m: number): number {
  if ("contact" in alpha) return Number.POSITIVE_INFINITY;
  if ("constant" in alpha) return alpha.constant;
  if ("sum" in alpha) return alpha.sum.scale * (pow(n, alpha.sum.exponent) + pow(m, alpha.sum.exponent));
  if ("product" in alpha) return alpha.product.scale * pow(n * m, alpha.product.exponent);
  const last = alpha.table.length;
  return alpha.table[Math.min(n, last) - 1][Math.min(m, last) - 1];
}

/**
 * The largest rate of two masses n and m that are there at the start, as that of a pair of the smallest range: alpha(n, m), divided by the square
 * of their range over the smallest. 0 where they react as soon as they meet.
 */
function strongestAlpha(scenario: Scenario): number {
  const { alpha, initial } = scenario;
  if ("contact" in alpha) return 0;
  const masses = initial.flatMap((law) => [lightestOf(law), heaviestOf(law)]);
  const smallest = Math.min(...masses.map((m) => rangeOf(scenario, m, m)));
  const rate = (n: number, m: number) =>
    interactionStrength(alpha, n, m) * (smallest / rangeOf(scenario, n, m)) ** 2;
  return Math.max(...masses.flatMap((n) => masses.map((m) => rate(n, m))));
}

function meanOf(initial: Scenario["initial"]): number {
  const total = initial.reduce((sum, { weight }) => sum + weight, 0);
  return initial.reduce((sum, { mass, weight }) => sum + mass * weight, 0) / total;
}

function makeRate(alpha: Alpha, perStep: number, largestMass: number): Rate {
  if ("contact" in alpha) return { form: "contact", table: new Float32Array(0), size: 0 };
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
