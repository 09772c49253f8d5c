import { integrate, type RightSide } from "./dopri5.ts";

export type HomogeneousProblem = {
  model: "coagulation" | "annihilation";
  /** Number density Z_n of mass n, at index n - 1. */
  initial: readonly number[];
  /** beta(n, m) >= 0, symmetric; asked for masses up to 4096 (or twice `masses`) in coagulation. */
  beta: (n: number, m: number) => number;
  /** Not decreasing, from 0 on. */
  times: readonly number[];
  /** How many of the densities f_1, f_2, ... to return. */
  masses: number;
  /** Share of the mass that may have left the cutoff by the last time; 1e-6 unless given. */
  tolerance?: number;
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
};

const FIRST_CUTOFF = 64;
const LAST_CUTOFF = 2048;
const RTOL = 1e-10;
/** Share of all particles below which a mass has no partners: far below any tolerance. */
const NEGLIGIBLE = 1e-30;

/**
 * The spatially homogeneous limit (Hammond's survey §1.2 without the Laplacian; for annihilation §3):
 *
 *     f_n' = 1/2 Σ_{m<n} beta(m, n-m) f_m f_{n-m} - f_n Σ_m beta(n, m) f_m,
 *
 * without the first sum in annihilation. Coagulation is cut off at a mass that doubles from 64 until at most
 * `tolerance` of the mass has passed it, up to 2048, or until doubling hardly changes what passes: then a gel
 * takes it, and no cutoff will do. What is beyond the cutoff keeps reacting, as clusters of one common mass
 * with beta(n, .) continued linearly from the cutoff and its double: exact where beta is of the form a + b (n
 * + m) + c n m, save for the number of those beyond, and a gel is then Flory's, which reacts.
 *
 * @returns The state at each time, relative error about 1e-9 beside the effect of what passed the cutoff.
 * @throws RangeError for times out of order or an initial density that is negative or all zero.
 */
export function homogeneousLimit(problem: HomogeneousProblem): HomogeneousState[] {
  const { model, initial, masses, tolerance = 1e-6 } = problem;
  if (!initial.every((z) => z >= 0) || !initial.some((z) => z > 0)) {
    throw new RangeError("the initial densities must be 0 or more, and not all of them 0");
  }
  if (model === "annihilation") return annihilate(problem);
  const whole = massOf(initial);
  const last = Math.max(LAST_CUTOFF, masses, initial.length);
  let cutoff = Math.max(FIRST_CUTOFF, masses, initial.length);
  let lostBefore = Number.POSITIVE_INFINITY;
  for (;;) {
    const states = coagulate(problem, cutoff);
    const lost = states.length > 0 ? states[states.length - 1].lostMass / whole : 0;
    // Close before gelation what passes falls by 1/sqrt(2) or faster as the cutoff doubles; a gel stays.
    const gel = lost > 1e-3 && lost > 0.8 * lostBefore;
    if (lost <= tolerance || cutoff >= last || gel) return states;
    lostBefore = lost;
    cutoff = Math.min(2 * cutoff, last);
  }
}

function annihilate({ initial, beta, times, masses }: HomogeneousProblem): HomogeneousState[] {
  const size = initial.length;
  const rates = rateRows(size, beta);
  const rhs: RightSide = (_t, f, change) => {
    change.fill(0);
    for (let n = 0; n < size; n++) {
      const row = rates[n];
      let partners = row[n] * f[n];
      for (let m = 0; m < n; m++) {
        partners += row[m] * f[m];
        change[m] -= row[m] * f[m] * f[n];
      }
      change[n] -= partners * f[n];
    }
  };
  const atol = 1e-3 * RTOL * sum(initial);
  return integrate(rhs, initial, times, { rtol: RTOL, atol }).map((f, i) => ({
    time: times[i],
    total: sum(f),
    masses: padded(f, masses),
    lostMass: 0,
  }));
}

/** State: f_1..f_cutoff, then the number density and the mass density of the clusters beyond. */
function coagulate({ initial, beta, times, masses }: HomogeneousProblem, cutoff: number): HomogeneousState[] {
  const start = new Float64Array(cutoff + 2);
  start.set(initial);
  const whole = massOf(initial);
  const rhs = coagulationRates(cutoff, beta, NEGLIGIBLE * sum(initial));
  const atol = 1e-3 * RTOL * sum(initial);
  return integrate(rhs, start, times, { rtol: RTOL, atol }).map((state, i) => {
    const f = state.subarray(0, cutoff);
    return {
      time: times[i],
      total: sum(f) + state[cutoff],
      masses: padded(f, masses),
      lostMass: Math.max(0, whole - massOf(f)),
    };
  });
}

function coagulationRates(cutoff: number, beta: HomogeneousProblem["beta"], negligible: number): RightSide {
  const rates = rateRows(cutoff, beta);
  // A cluster of mass M beyond the cutoff meets mass n at the rate perNumber[n - 1] + perMass[n - 1] * M.
  const perMass = Float64Array.from({ length: cutoff }, (_, i) => {
    return (beta(i + 1, 2 * cutoff) - rates[cutoff - 1][i]) / cutoff;
  });
  const perNumber = perMass.map((slope, i) => rates[cutoff - 1][i] - slope * cutoff);
  const beyondBeyond = rates[cutoff - 1][cutoff - 1];

  return (_t, f, change) => {
    change.fill(0);
    const number = f[cutoff];
    const mass = f[cutoff + 1];
    let gainedNumber = -0.5 * beyondBeyond * number * number;
    let gainedMass = 0;
    // Each unordered pair of masses i + 1 >= j + 1 once; their sum has index i + j + 1.
    for (let i = 0; i < cutoff; i++) {
      const fi = f[i];
      // The far tail costs the most, its products being slow subnormal numbers, and matters the least.
      if (Math.abs(fi) < negligible) continue;
      const row = rates[i];
      let lost = 0;
      const within = Math.min(i, cutoff - 1 - i);
      for (let j = 0; j < within; j++) {
        const pairs = row[j] * fi * f[j];
        change[i + j + 1] += pairs;
        change[j] -= pairs;
        lost += pairs;
      }
      for (let j = within; j < i; j++) {
        const pairs = row[j] * fi * f[j];
        change[j] -= pairs;
        lost += pairs;
        gainedNumber += pairs;
        gainedMass += pairs * (i + j + 2);
      }
      const twins = 0.5 * row[i] * fi * fi;
      if (2 * i + 1 < cutoff) {
        change[2 * i + 1] += twins;
      } else {
        gainedNumber += twins;
        gainedMass += twins * (2 * i + 2);
      }
      const swallowed = fi * Math.max(0, perNumber[i] * number + perMass[i] * mass);
      change[i] -= lost + 2 * twins + swallowed;
      gainedMass += swallowed * (i + 1);
    }
    change[cutoff] = gainedNumber;
    change[cutoff + 1] = gainedMass;
  };
}

/** The lower triangle: rows[n - 1][m - 1] = beta(n, m) for m <= n. */
function rateRows(size: number, beta: HomogeneousProblem["beta"]): Float64Array[] {
  return Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: i + 1 }, (_, j) => beta(i + 1, j + 1)),
  );
}

function padded(f: Float64Array, length: number): number[] {
  return Array.from({ length }, (_, i) => f[i] ?? 0);
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
