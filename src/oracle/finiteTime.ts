import { unitSphereArea } from "../model/potential.ts";
import { checkPair, type PairProblem } from "./beta.ts";
import { type Complex, expOf, over, plus, scaled, times } from "./complex.ts";
import { exteriorDecay, exteriorSlope } from "./exterior.ts";
import { type Boundary, makeResolvent } from "./resolvent.ts";

/** What has become of a pair after a time (Hammond's survey §1.11, §3.3), in units of the range. */
export type FiniteTimeSolution = {
  /**
   * u^[t](r): the probability in [0, 1] that a pair which started at distance r >= 0 (times eps) has
   * coagulated.
   */
  u(r: number): number;
  /**
   * alpha ∫ V (1 - u^[t]): the rate at which a pair that started anywhere, evenly, coagulates at this time. It
   * falls from alpha to beta, in d = 3 like beta (1 + a / sqrt(pi tau)) with a the scattering length; in d = 2
   * to 0. For a hard core without those that start inside.
   */
  rate: number;
  /** Estimate of |u(r) - its true value|, absolute, at any r: 1e-12 to 1e-11, up to 1e-9 in d = 5 for r near 0. */
  errorEstimate: number;
  /** Estimate of |rate - its true value|, absolute. */
  rateErrorEstimate: number;
};

/** Points of the contour and degree of the elements, for the answer and for the estimate of its error. */
const FINE = { points: 17, degree: 16 };
const COARSE = { points: 15, degree: 14 };
const ROUNDING = 1e-13;
/** The two share what they cannot resolve; the error has been up to 1.7 times their difference. */
const SAFETY = 3;

/**
 * Solves du/dtau = Δu + (alpha/D) V (1 - u) from u = 0, tau = D t / eps^2. The Laplace transform of u is inverted along
 * the parabola of Weideman & Trefethen (Math. Comp. 76, 2007), which in p = sqrt(s) is a vertical line. The error is
 * estimated by a second inversion with fewer points and other elements.
 *
 * In dimension 2 `alpha` is what a pair feels, alpha(n, m) / |log eps|.
 *
 * @param tau D t / eps^2 >= 0, finite.
 * @throws RangeError for a tau or a problem out of range.
 */
export function solveFiniteTime(problem: PairProblem, tau: number): FiniteTimeSolution {
  checkPair(problem);
  if (!(tau >= 0 && tau < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`tau is ${tau}; it must be finite and 0 or more`);
  }
  const { alpha, potential } = problem;
  if (tau === 0 || alpha === 0) {
    const hardCore = (r: number) => (alpha === Number.POSITIVE_INFINITY && r <= potential.radius ? 1 : 0);
    return { u: hardCore, rate: alpha, errorEstimate: 0, rateErrorEstimate: 0 };
  }
  const fine = invert(problem, tau, FINE);
  const coarse = invert(problem, tau, COARSE);
  // The two meshes differ, so that their nodes fall anywhere between these.
  const probes = Array.from({ length: 41 }, (_, i) => (i / 20) * potential.radius);
  const differences = probes.map((r) => Math.abs(fine.u(r) - coarse.u(r)));
  // Near 0 little weight r^(d-1) holds a polynomial, and rounding has the more play the higher its degree.
  const rounding = ROUNDING + Number.EPSILON * FINE.degree ** potential.dimension;
  return {
    ...fine,
    errorEstimate: SAFETY * Math.max(...differences) + rounding * Math.max(...probes.map(fine.u)),
    rateErrorEstimate: SAFETY * Math.abs(fine.rate - coarse.rate) + 10 * ROUNDING * fine.rate,
  };
}

/** A point p of the contour: f(tau) is the sum over all points of Re(weight * s F(s)), s = p^2. */
type Sample = { p: Complex; weight: Complex };

function contour(tau: number, points: number): Sample[] {
  const step = 3 / points;
  const line = Math.sqrt((Math.PI * points) / 12 / tau);
  return Array.from({ length: points }, (_, k) => {
    const p: Complex = [line, line * (k + 0.5) * step];
    const growth = over(expOf(scaled(times(p, p), tau)), p);
    return { p, weight: scaled(growth, (2 * step * line) / Math.PI) };
  });
}

function invert(
  { potential, dimension, alpha, D }: PairProblem,
  tau: number,
  { points, degree }: typeof FINE,
) {
  const { radius } = potential;
  const samples = contour(tau, points);
  const resolvent =
    alpha === Number.POSITIVE_INFINITY ? null : makeResolvent(potential, alpha / D, samples[0].p[0], degree);
  const inside = new Float64Array(resolvent?.count ?? 0);
  const re = new Float64Array(inside.length);
  const im = new Float64Array(inside.length);
  const edges: Complex[] = [];
  let rate = 0;
  for (const { p, weight } of samples) {
    const { edge, slope, volume } = resolvent?.solve(p, re, im) ?? hardCore(dimension, p, radius);
    for (let i = 0; i < inside.length; i++) inside[i] += weight[0] * re[i] - weight[1] * im[i];
    edges.push(times(weight, edge));
    // What has coagulated is what stays within the range and what flows out of it: nothing cancels where u is near 1.
    const flow = scaled(times(slope, edge), radius ** (dimension - 1));
    rate += times(weight, plus(times(times(p, p), volume), flow))[0];
  }
  const u = (r: number) => {
    if (r > radius) return clamped(outside(r));
    return resolvent ? clamped(resolvent.at(inside, r)) : 1;
  };
  const outside = (r: number) => {
    // Crossing this distance has a probability below e^-40.
    if ((r - radius) ** 2 > 160 * tau) return 0;
    return samples.reduce(
      (sum, { p }, k) => sum + times(edges[k], exteriorDecay(dimension, p, radius, r))[0],
      0,
    );
  };
  return { u, rate: D * unitSphereArea(dimension) * rate };
}

/** Whoever is within a hard core has reacted. */
function hardCore(dimension: number, p: Complex, radius: number): Boundary {
  return { edge: [1, 0], slope: exteriorSlope(dimension, p, radius), volume: [0, 0] };
}

function clamped(probability: number): number {
  return Math.min(1, Math.max(0, probability));
}
