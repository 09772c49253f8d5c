import type { Potential } from "../model/potential.ts";
import { reducedRate } from "./beta.ts";
import { logLogInterpolant } from "./chebyshev.ts";

/** beta(n, m) or alpha(n, m), symmetric, for masses from 1. */
export type MassRate = (n: number, m: number) => number;

export type RateProblem = {
  potential: Potential;
  /** alpha(n, m) >= 0. */
  alpha: MassRate;
  /** Diffusivity d(n) >= 0 of a particle of mass n. */
  diffusivity: (n: number) => number;
};

/** Tables of fewer distinct entries than an interpolant's cost are solved entry by entry. */
const FEW = 60;

/**
 * The recipe's rate beta(n, m) (Hammond's survey §1.5) as a function of the masses, to 1e-10 relative: beta/D
 * depends on alpha/D only, and smoothly, so that a few solves serve every pair. Two particles neither of
 * which moves have rate 0.
 */
export function macroscopicRate({ potential, alpha, diffusivity }: RateProblem): MassRate {
  const rate = logLogInterpolant((q) => reducedRate(potential, q));
  return (n, m) => pairRate(rate, alpha(n, m), diffusivity(n) + diffusivity(m));
}

/**
 * `macroscopicRate` as a table for n, m = 1..masses: entry (n-1) * masses + (m-1), symmetric. alpha(n, m) is
 * asked for m <= n only.
 */
export function betaTable(masses: number, { potential, alpha, diffusivity }: RateProblem): Float64Array {
  const exact = (q: number) => reducedRate(potential, q);
  const rate = (masses * (masses + 1)) / 2 <= FEW ? exact : logLogInterpolant(exact);
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
