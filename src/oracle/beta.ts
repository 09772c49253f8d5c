import { pow } from "../exact/elementary.ts";
import { type Potential, unitSphereArea } from "../model/potential.ts";
import { solveRadial } from "./radial.ts";

/** What becomes of a pair of particles (Hammond's survey §1.5 and §1.11), in units of the range. */
export type PairSolution = {
  /** The macroscopic rate, alpha ∫ V (1 - u). */
  beta: number;
  /** alpha ∫ V = alpha: the rate if particles did not avoid each other (Hammond's survey §3.2). */
  naive: number;
  /**
   * What beta tends to as alpha grows: D Cap(supp V) = D (d-2) omega_d radius^(d-2) for d >= 3, 2 pi D for d
   * = 2.
   */
  capacityLimit: number;
  /**
   * a in u(r) = (a/r)^(d-2) outside the range: in d = 3 beta / (4 pi D), which for alpha/D = 1/2 is the a_0 of
   * Hammond's survey §3.4. null for d = 2.
   */
  scatteringLength: number | null;
  /** u at distance 0: the probability that a pair at the same place ever coagulates. null for d = 2. */
  u0: number | null;
  /** Bound on |beta - its true value|, absolute; in practice 4e-15 to 1e-14 of beta. */
  errorEstimate: number;
  /**
   * Probability in [0, 1] that a pair at distance r >= 0 (times eps) ever coagulates, to 1e-13.
   * @throws RangeError for d = 2, where it is 1 for every r.
   */
  u(r: number): number;
};

export type PairProblem = {
  potential: Potential;
  /** d, that of the potential. */
  dimension: number;
  /** The rate alpha(n, m) >= 0; Infinity is a hard core at the radius of the support. */
  alpha: number;
  /** d(n) + d(m) > 0. */
  D: number;
};

/**
 * Bound on the relative error from rounding; the largest seen, over V, d and alpha/D from 1e-6 to 1e8, is
 * 1e-15.
 */
const ROUNDING = 4e-15;

/**
 * Solves -Δu = (alpha/D) V (1 - u), u -> 0 at infinity, and with it beta (Hammond's survey §1.5). In d = 2,
 * where no such u is, beta = 2 pi D alpha / (2 pi D + alpha) for every V (Hammond's survey (2.4)).
 *
 * @throws RangeError unless alpha >= 0, D > 0 and `dimension` is the potential's.
 */
export function solvePair({ potential, dimension, alpha, D }: PairProblem): PairSolution {
  checkPair({ potential, dimension, alpha, D });
  const { radius } = potential;
  const capacityLimit = D * capacity(potential);
  if (dimension === 2) {
    const beta = D * planarRate(alpha / D);
    const nothing = { scatteringLength: null, u0: null, u: noPlanarU };
    return { beta, naive: alpha, capacityLimit, errorEstimate: ROUNDING * beta, ...nothing };
  }
  /** Of the capacity limit, and an absolute error of that share. */
  const solution = (fraction: number, error: number, u: (r: number) => number): PairSolution => ({
    beta: capacityLimit * fraction,
    naive: alpha,
    capacityLimit,
    scatteringLength: radius * fraction ** (1 / (dimension - 2)),
    u0: u(0),
    errorEstimate: capacityLimit * (error + ROUNDING * fraction),
    u,
  });
  if (alpha === 0) return solution(0, 0, () => 0);
  if (alpha === Number.POSITIVE_INFINITY) {
    return solution(1, 0, (r) => (r <= radius ? 1 : pow(radius / r, dimension - 2)));
  }
  const { fraction, coarseFraction, v } = solveRadial(potential, alpha / D);
  const u = (r: number) => 1 - v(r);
  if (potential.name === "indicator") return solution(indicatorFraction(alpha / D, dimension), 0, u);
  return solution(fraction, Math.abs(fraction - coarseFraction), u);
}

/** Throws a RangeError unless alpha >= 0, D > 0 and the dimension is the potential's. */
export function checkPair({ potential, dimension, alpha, D }: PairProblem): void {
  if (dimension !== potential.dimension) {
    throw new RangeError(`the potential is normalised in dimension ${potential.dimension}, not ${dimension}`);
  }
  if (!(alpha >= 0)) throw new RangeError(`alpha is ${alpha}; it must be 0 or more`);
  if (!(D > 0 && D < Number.POSITIVE_INFINITY))
    throw new RangeError(`D is ${D}; it must be positive and finite`);
}

/** beta/D, a function of q = alpha/D in [0, Infinity] only; 1e-14 relative. */
export function reducedRate(potential: Potential, q: number): number {
  if (potential.dimension === 2) return planarRate(q);
  if (q === 0) return 0;
  if (q === Number.POSITIVE_INFINITY) return capacity(potential);
  const fraction =
    potential.name === "indicator"
      ? indicatorFraction(q, potential.dimension)
      : solveRadial(potential, q).fraction;
  return capacity(potential) * fraction;
}

/** Capacity of the ball that holds the support (Hammond & Rezakhanlou, Theorem 6.2); 2 pi in the plane. */
function capacity({ dimension, radius }: Potential): number {
  return dimension === 2
    ? 2 * Math.PI
    : (dimension - 2) * unitSphereArea(dimension) * pow(radius, dimension - 2);
}

function planarRate(q: number): number {
  return q === Number.POSITIVE_INFINITY ? 2 * Math.PI : q / (1 + q / (2 * Math.PI));
}

function noPlanarU(): never {
  throw new RangeError("in dimension 2 every pair meets: u is 1 everywhere, and no rate follows from it");
}

/**
 * L / (d - 2 + L) for V = 1/|B| on the unit ball. With k^2 = q/|B|, L = k I_(d/2)(k) / I_(d/2-1)(k) is Gauss'
 * continued fraction k^2/(d + k^2/(d+2 + k^2/(d+4 + ...))): every term is positive, so no digits cancel at
 * small k. In d = 3 it is Lambert's, and the whole is 1 - tanh(k)/k.
 */
function indicatorFraction(q: number, dimension: number): number {
  const k2 = q * (dimension / unitSphereArea(dimension));
  const k = Math.sqrt(k2);
  if (k > 1e18) return 1; // which 1 - (d-2)/k rounds to
  let slope = k; // what it tends to, far out
  // Beyond k = 1e8 even the first term starts close enough: it leaves a fraction that is off by some k^-2.
  const terms = Math.ceil(20 + 8 * Math.sqrt(Math.min(k, 1e8)));
  for (let n = terms; n >= 0; n--) slope = k2 / (dimension + 2 * n + slope);
  return slope / (dimension - 2 + slope);
}
