/** The continuous Smoluchowski equation (Hammond's survey §1.2, §8.3.3), by sections of the mass. */
import { integrate } from "./dopri5.ts";
import type { MassRate } from "./rates.ts";

export interface ContinuousProblem {
  /** Number density of the masses up to m at the start, not decreasing in m. */
  below: (mass: number) => number;
  /** Mass density of all at the start. */
  whole: number;
  /** beta(n, m), symmetric, of real masses. */
  beta: MassRate;
  /** Not decreasing, from 0 on. */
  times: readonly number[];
  /** Width of the classes of masses that are told: (0, width], (width, 2 width], ... */
  width: number;
  classes: number;
  /** Share of the mass that may have left what is followed by the last time; 1e-4 unless given. */
  tolerance?: number;
}

export interface ContinuousState {
  time: number;
  /** Number density of all particles, those beyond what is followed included. */
  total: number;
  /** Of each class. */
  classes: number[];
  /** Mass density beyond what is followed. */
  lostMass: number;
}

export interface ContinuousSolution {
  states: ContinuousState[];
  /** Masses up to this are followed, in 1024 sections. */
  cutoff: number;
  /** The largest difference of a number density from that with half the sections: an estimate of the error, on the safe side. */
  error: number;
}

/** The range that is followed is doubled from so many classes on, as long as there are two sections in each. */
const firstRange = 64;
const [trialSections, sections] = [256, 1024];
const RTOL = 1e-8;

/**
 * Sections of one width h, each as if all its particles had the mass of its middle. Two of the sections i and j give a mass at the border of the sections
 * i + j and i + j + 1, of which each gets half a particle: so number and mass are both kept, and errors are of the order of h^2. What passes the last
 * section keeps its number and mass, and no longer reacts.
 *
 * @returns Null where more mass than the tolerance passes 512 classes.
 */
export function continuousLimit(problem: ContinuousProblem): ContinuousSolution | null {
  const { width, classes, whole, tolerance = 1e-4 } = problem;
  if (classes > firstRange) throw new RangeError(`at most ${firstRange} classes can be told apart`);
  for (let range = firstRange; 2 * range <= sections; range *= 2) {
    const trial = solve(problem, Math.max(1, trialSections / range), range);
    if (trial[trial.length - 1].lostMass > tolerance * whole) continue;
    const states = solve(problem, sections / range, range);
    const coarse = solve(problem, sections / range / 2, range);
    const numbers = ({ total, classes }: ContinuousState) => [total, ...classes];
    const error = states.reduce((most, state, k) => {
      const other = numbers(coarse[k]);
      return numbers(state).reduce((worst, f, n) => Math.max(worst, Math.abs(f - other[n])), most);
    }, 0);
    return { states, cutoff: range * width, error };
  }
  return null;
}

/** With so many sections in each of as many classes as `range` says. */
function solve(
  { below, beta, times, width, classes }: ContinuousProblem,
  perClass: number,
  range: number,
): ContinuousState[] {
  const [h, sections] = [width / perClass, range * perClass];
  const rates = Array.from({ length: sections }, (_, i) =>
    Float64Array.from({ length: i + 1 }, (_, j) => beta((i + 0.5) * h, (j + 0.5) * h)),
  );
  // The last entry is the number of those beyond.
  const start = new Float64Array(sections + 1);
  for (let i = 0; i < sections; i++) start[i] = below((i + 1) * h) - below(i * h);
  const number = below(Number.POSITIVE_INFINITY);
  start[sections] = Math.max(0, number - below(sections * h));
  const massOf = (f: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < sections; i++) sum += (i + 0.5) * h * f[i];
    return sum;
  };
  const followed = massOf(start);
  const negligible = 1e-30 * number;
  const rhs = (_t: number, f: Float64Array, change: Float64Array) => {
    change.fill(0);
    for (let i = 0; i < sections; i++) {
      if (Math.abs(f[i]) < negligible) continue;
      const row = rates[i];
      for (let j = 0; j <= i; j++) {
        const pairs = (i === j ? 0.5 : 1) * row[j] * f[i] * f[j];
        change[i] -= pairs;
        change[j] -= pairs;
        change[Math.min(i + j, sections)] += pairs / 2;
        change[Math.min(i + j + 1, sections)] += pairs / 2;
      }
    }
  };
  return integrate(rhs, start, times, { rtol: RTOL, atol: 1e-3 * RTOL * number }).map((f, k) => ({
    time: times[k],
    total: f.reduce((a, b) => a + b, 0),
    classes: Array.from({ length: classes }, (_, c) =>
      f.subarray(c * perClass, (c + 1) * perClass).reduce((a, b) => a + b, 0),
    ),
    lostMass: Math.max(0, followed - massOf(f)) + start[sections] * sections * h,
  }));
}
