import { nextCutoff } from "./cutoff.ts";
import { integrate, type RightSide } from "./dopri5.ts";
import { reversibleReaction } from "./equilibrium.ts";
import type { MassRate } from "./rates.ts";
import { makeReaction } from "./reaction.ts";

export type HomogeneousProblem = {
  model: "coagulation" | "annihilation";
  /** w(1), ..., w(K) where particles split, too, and none is heavier than K: see `model/fragmentation.ts`. */
  weights?: readonly number[];
  /** Number density Z_n of mass n, at index n - 1. */
  initial: readonly number[];
  /** beta(n, m) >= 0, symmetric; asked for masses up to 4096 (or twice `masses`) in coagulation. */
  beta: MassRate;
  /** Not decreasing, from 0 on. */
  times: readonly number[];
  /** How many of the densities f_1, f_2, ... to return. */
  masses: number;
  /** Share of the mass that may have left the cutoff by the last time; 1e-6 unless given. */
  tolerance?: number;
  /** The heaviest mass followed one by one, at least `masses` and the heaviest at the start; found by doubling unless given. */
  cutoff?: number;
};

export type HomogeneousState = {
  time: number;
  /** Number density of all particles, those beyond the cutoff included. */
  total: number;
  /** f_1, ..., f_masses. */
  masses: number[];
  /**
   * Mass density beyond the cutoff: above `tolerance` of the whole only where there is gelation, or nearly.
   */
  lostMass: number;
  /** The heaviest mass followed one by one. */
  cutoff: number;
};

const FIRST_CUTOFF = 64;
const LAST_CUTOFF = 2048;
/** With the rate n m at 0.9 of the time of gelation 3e-4 of the mass has passed it. */
const GEL_CUTOFF = 512;
const RTOL = 1e-10;
/** Share of all particles below which a mass has no partners: far below any tolerance. */
const NEGLIGIBLE = 1e-30;

/**
 * The spatially homogeneous limit (Hammond's survey §1.2 without the Laplacian; for annihilation §3):
 *
 *     f_n' = 1/2 Σ_{m<n} beta(m, n-m) f_m f_{n-m} - f_n Σ_m beta(n, m) f_m,
 *
 * without the first sum in annihilation. Coagulation is cut off at a mass that doubles from 64 until at most
 * `tolerance` of the mass has passed it, up to 2048, or until from 512 on doubling hardly changes what passes: then a gel
 * takes it, and no cutoff will do. What is beyond the cutoff keeps reacting (`makeReaction`), so a gel is
 * Flory's, which reacts, and not Stockmayer's, which does not.
 *
 * @returns The state at each time, relative error about 1e-9 beside the effect of what passed the cutoff.
 * @throws RangeError for times out of order or an initial density that is negative or all zero.
 */
export function homogeneousLimit(problem: HomogeneousProblem): HomogeneousState[] {
  const { model, initial, masses, tolerance = 1e-6 } = problem;
  if (!initial.every((z) => z >= 0) || !initial.some((z) => z > 0)) {
    throw new RangeError("the initial densities must be 0 or more, and not all of them 0");
  }
  const heaviest = Math.max(initial.length, model === "annihilation" ? 1 : masses);
  if (model === "annihilation") return solveWith(problem, heaviest);
  if (problem.weights !== undefined) return solveWith(problem, problem.weights.length);
  const whole = massOf(initial);
  const [first, last] = [problem.cutoff ?? FIRST_CUTOFF, problem.cutoff ?? LAST_CUTOFF];
  const search = { last: Math.max(last, heaviest), gelFrom: GEL_CUTOFF, tolerance };
  let lostBefore = Number.POSITIVE_INFINITY;
  for (let cutoff = Math.max(first, heaviest); ; ) {
    const states = solveWith(problem, cutoff);
    const lost = (states.at(-1)?.lostMass ?? 0) / whole;
    const next = nextCutoff(search, { cutoff, lost, lostBefore });
    if (next === null) return states;
    lostBefore = lost;
    cutoff = next;
  }
}

/** The densities at each time, and the number of the clusters beyond, with this cutoff. */
function solveWith(
  { model, initial, beta, times, masses, weights }: HomogeneousProblem,
  cutoff: number,
): HomogeneousState[] {
  const number = sum(initial);
  const whole = massOf(initial);
  const reaction = weights
    ? reversibleReaction(weights, beta)
    : makeReaction({ model, masses: cutoff, beta, negligible: NEGLIGIBLE * number });
  const start = new Float64Array(reaction.size);
  start.set(initial);
  const rhs: RightSide = (_t, f, change) => reaction.rates(f, change);
  return integrate(rhs, start, times, { rtol: RTOL, atol: 1e-3 * RTOL * number }).map((state, i) => {
    const f = state.subarray(0, cutoff);
    return {
      time: times[i],
      total: sum(f) + (state[cutoff] ?? 0),
      masses: Array.from({ length: masses }, (_, n) => f[n] ?? 0),
      lostMass: model === "annihilation" ? 0 : Math.max(0, whole - massOf(f)),
      cutoff,
    };
  });
}

function sum(f: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < f.length; i++) total += f[i];
  return total;
}

function massOf(f: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < f.length; i++) total += (i + 1) * f[i];
  return total;
}
