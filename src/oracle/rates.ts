import { exp, log } from "../exact/elementary.ts";
import type { Potential } from "../model/potential.ts";
import { reducedRate } from "./beta.ts";

/** beta(n, m), symmetric, for masses from 1. */
export type MassRate = (n: number, m: number) => number;

export type RateProblem = {
  potential: Potential;
  /** alpha(n, m) >= 0, symmetric. */
  alpha: MassRate;
  /** Diffusivity d(n) >= 0 of a particle of mass n. */
  diffusivity: (n: number) => number;
};

/** Panels of log(alpha/D) of this width, each with a Chebyshev interpolant of log(beta/D) of COUNT nodes. */
const WIDTH = 4;
const COUNT = 26;
const PANEL_ERROR = 1e-11;
/** Tables of fewer distinct entries than a panel's cost are solved entry by entry. */
const FEW = 60;

/**
 * The macroscopic rate beta(n, m) of Hammond's survey §1.5 as a function of the masses, to 1e-10 relative. Two
 * particles that cannot move (d(n) + d(m) = 0) have rate 0.
 *
 * beta/D depends on alpha/D only, and smoothly, so that a handful of solves serves every pair of masses.
 */
export function macroscopicRate({ potential, alpha, diffusivity }: RateProblem): MassRate {
  const rate = interpolatedRate(potential);
  return (n, m) => pairRate(rate, alpha(n, m), diffusivity(n) + diffusivity(m));
}

/** beta(n, m) for n, m = 1..masses, to 1e-10 relative: entry (n-1) * masses + (m-1), symmetric. */
export function betaTable(masses: number, problem: RateProblem): Float64Array {
  const { potential, alpha, diffusivity } = problem;
  const few = (masses * (masses + 1)) / 2 <= FEW;
  const rate = few ? (q: number) => reducedRate(potential, q) : interpolatedRate(potential);
  const mobility = Float64Array.from({ length: masses }, (_, i) => diffusivity(i + 1));
  const table = new Float64Array(masses * masses);
  for (let i = 0; i < masses; i++) {
    for (let j = 0; j <= i; j++) {
      const beta = pairRate(rate, alpha(i + 1, j + 1), mobility[i] + mobility[j]);
      table[i * masses + j] = beta;
      table[j * masses + i] = beta;
    }
  }
  return table;
}

function pairRate(rate: (q: number) => number, alpha: number, D: number): number {
  return alpha > 0 && D > 0 ? D * rate(alpha / D) : 0;
}

/** q -> beta/D by panels that are made, and checked against the solver, when first asked for. */
function interpolatedRate(potential: Potential): (q: number) => number {
  if (potential.dimension === 2) return (q) => reducedRate(potential, q);
  const panels = new Map<number, Float64Array | null>();
  return (q) => {
    const x = log(q) / WIDTH;
    const index = Math.floor(x);
    if (!Number.isFinite(index)) return reducedRate(potential, q);
    let panel = panels.get(index);
    if (panel === undefined) {
      panel = makePanel(potential, index);
      panels.set(index, panel);
    }
    return panel ? exp(chebyshev(panel, 2 * (x - index) - 1)) : reducedRate(potential, q);
  };
}

/** Chebyshev coefficients of log(beta/D) for log(q) / WIDTH in [index, index + 1]; null if they miss the solver. */
function makePanel(potential: Potential, index: number): Float64Array | null {
  const exact = (y: number) => log(reducedRate(potential, exp(WIDTH * (index + (y + 1) / 2))));
  const angle = (k: number) => (Math.PI * (k + 0.5)) / COUNT;
  const values = Float64Array.from({ length: COUNT }, (_, k) => exact(Math.cos(angle(k))));
  const panel = values.map((_, n) => {
    const sum = values.reduce((total, value, k) => total + value * Math.cos(n * angle(k)), 0);
    return (sum * (n === 0 ? 1 : 2)) / COUNT;
  });
  const missed = [-1, -0.37, 0.41, 1].some((y) => Math.abs(chebyshev(panel, y) - exact(y)) > PANEL_ERROR);
  return missed ? null : panel;
}

/** Clenshaw's sum of the series at y in [-1, 1]. */
function chebyshev(coefficients: Float64Array, y: number): number {
  let b1 = 0;
  let b2 = 0;
  for (let n = coefficients.length - 1; n >= 1; n--) {
    const b0 = coefficients[n] + 2 * y * b1 - b2;
    b2 = b1;
    b1 = b0;
  }
  return coefficients[0] + y * b1 - b2;
}
