import { UserError } from "../errors.ts";
import type { SpatialPotential, SpatialTable, Triple } from "../model/spatialPotential.ts";
import { ellipsoidCapacity } from "./ellipsoid.ts";
import { solveWaves, type WaveSolution } from "./integralEquation.ts";
import { transformOnLattice } from "./shapeTransform.ts";

export type SpatialProblem = {
  potential: SpatialPotential;
  /** The rate alpha(n, m) >= 0, finite. */
  alpha: number;
  /** d(n) + d(m) > 0. */
  D: number;
};

/** What becomes of a pair in R^3 whose V need not be radial (Hammond's survey §1.5), in units of the range. */
export type SpatialSolution = {
  /** The macroscopic rate, alpha ∫ V (1 - u). */
  beta: number;
  /** alpha ∫ V = alpha. */
  naive: number;
  /** D Cap(supp V), what beta tends to as alpha grows: known for an ellipsoid, else null. */
  capacityLimit: number | null;
  /** a = beta / (4 pi D): u is a / |x| far away. */
  scatteringLength: number;
  /** u(0). */
  u0: number;
  /**
   * Estimate of |beta - its true value|, absolute, from the order at which solutions with ever more waves converge,
   * and for a table from its shortest waves. At most 1e-5 of beta, unless alpha/D is so
   * large, or V so thin or its table so coarse, that the finest grid does not reach that.
   */
  errorEstimate: number;
  /**
   * Probability in [0, 1] that a pair at displacement x eps ever coagulates, to some 1e-4, at |x| up to the
   * potential's radius.
   * @throws RangeError beyond.
   */
  u(x: Triple): number;
};

/** Relative error at which no finer grid is tried, and that above which even the finest is, which takes a minute. */
const GOOD = 2e-6;
const ENOUGH = 1e-5;
/** The share of V that a table may miss. */
const TOO_COARSE = 0.02;
/** Of transforms and of conjugate gradients, relative. */
const ROUNDING = 1e-9;

/**
 * Solves the pair's equation for a V on R^3 that need not be radial, by `solveWaves` on grids of up to 128^3 points,
 * which takes one or two seconds, or where that is not enough of 256^3, which takes 10 to 45 s and 600 MB.
 *
 * @param onProgress Called with the fraction done.
 * @throws RangeError unless alpha and D are in range; UserError for a table too coarse.
 */
export function solveSpatialPair(
  { potential, alpha, D }: SpatialProblem,
  onProgress: (fraction: number) => void = () => {},
): SpatialSolution {
  if (!(alpha >= 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`alpha is ${alpha}; it must be finite and 0 or more`);
  }
  if (!(D > 0 && D < Number.POSITIVE_INFINITY))
    throw new RangeError(`D is ${D}; it must be positive and finite`);
  const problem = { naive: alpha, capacityLimit: capacityLimit(potential, D) };
  if (alpha === 0) return { ...problem, beta: 0, scatteringLength: 0, u0: 0, errorEstimate: 0, u: () => 0 };
  const { rate, error, finest } = refine(potential, alpha / D, onProgress);
  const u = (x: Triple) => {
    const distance = Math.hypot(...x);
    if (!(distance <= potential.radius)) {
      throw new RangeError(`|x| is ${distance}; it must be at most ${potential.radius}, the radius of V`);
    }
    return sumOfWaves(finest, x);
  };
  return {
    ...problem,
    beta: D * rate,
    scatteringLength: rate / (4 * Math.PI),
    u0: u([0, 0, 0]),
    errorEstimate: D * error,
    u,
  };
}

/** beta/D from grids that double until it is good, or as good as can be. */
function refine(potential: SpatialPotential, q: number, onProgress: (fraction: number) => void) {
  const unresolved = "table" in potential ? unresolvedPart(potential) : 0;
  const rates: number[] = [];
  let finest: WaveSolution | undefined;
  for (let waves = 4; ; waves *= 2) {
    finest = solveWaves(potential, q, waves, finest);
    rates.push(finest.rate);
    onProgress((waves / 64) ** 3);
    if (rates.length < 3) continue;
    const { rate, error } = extrapolate(rates.slice(-3));
    // What is missing of V changes nothing where u is 0, nor its integral.
    const sampling = unresolved * Math.min(1, 4 * (1 - rate / q)) * rate;
    const good = GOOD * rate + sampling / 4;
    if (error <= good || (waves === 32 && error <= ENOUGH * rate) || waves === 64) {
      return { rate, error: error + sampling, finest };
    }
  }
}

/**
 * The limit of rates that fall like waves^-order, from three grids. The order is as observed, but at least 3, that of a
 * V that jumps, and at most 5, since orders beyond are passing. The error lies within the last correction; where the
 * last two extrapolations agree, within half of it.
 */
function extrapolate([first, second, third]: number[]): { rate: number; error: number } {
  const order = Math.min(5, Math.max(3, Math.log2((first - second) / (second - third)) || 3));
  const correction = (second - third) / (2 ** order - 1);
  const before = second - (first - second) / (2 ** order - 1);
  const rate = third - correction;
  const size = Math.abs(correction);
  return { rate, error: Math.min(size, Math.max(Math.abs(rate - before), size / 2)) + ROUNDING * rate };
}

/**
 * How much a V may differ from the interpolant of its table: the largest of the shortest waves that the points can tell
 * apart, twice, since the first that they cannot is about as large.
 */
function unresolvedPart(potential: SpatialPotential & { table: SpatialTable }): number {
  const half = 16;
  const transform = transformOnLattice(potential, Math.PI / (half * potential.table.spacing), half);
  let largest = 0;
  for (let i = 0; i < transform.length; i++) {
    const axes = [Math.floor(i / (4 * half * half)), Math.floor(i / (2 * half)) % (2 * half), i % (2 * half)];
    const shortest = axes.some((m) => Math.abs(m - half) <= half / 5 && m !== half);
    if (shortest) largest = Math.max(largest, Math.abs(transform[i]));
  }
  const part = 2 * largest;
  if (part <= TOO_COARSE) return part;
  throw new UserError(
    `potential.grid is too coarse: its points miss waves of about ${(100 * part).toPrecision(2)} % of V, but must miss at most ${100 * TOO_COARSE} %; give more points an axis, or a smoother V.`,
  );
}

function capacityLimit(potential: SpatialPotential, D: number): number | null {
  if (!("parts" in potential) || potential.parts.length > 1) return null;
  const [{ shape, semiAxes }] = potential.parts;
  return D * ellipsoidCapacity(semiAxes.map((axis) => axis * shape.radius));
}

function sumOfWaves({ coefficients, numbers, step }: WaveSolution, [x, y, z]: Triple): number {
  let sum = 0;
  for (let p = 0; p < coefficients.length; p++) {
    const phase = step * (numbers[3 * p] * x + numbers[3 * p + 1] * y + numbers[3 * p + 2] * z);
    sum += coefficients[p] * Math.cos(phase);
  }
  return Math.min(1, Math.max(0, sum));
}
