/** The kinetic limit of a scenario, in the units in which its simulation is reported. */
import { UserError } from "../errors.ts";
import type { Scenario } from "../model/scenario.ts";
import type { LimitRate } from "./scenarioRate.ts";
import type { EquationSolution, SolveOptions } from "./solution.ts";
import { solveEquation, solveSmoluchowski } from "./solve.ts";

export interface LimitPoint {
  time: number;
  /** Particles of all masses, as a fraction of N. */
  count: number;
  /** Particles of mass 1, 2, ..., K, as fractions of N. */
  masses: number[];
}

/**
 * What the fractions of N at these times (increasing, from 0) tend to as eps -> 0, from the Smoluchowski equation with the recipe's rates
 * (Hammond's survey (1.1), (1.8)), or with the naive ones, to show them wrong. Null where `solveEquation` does not solve it, or
 * would take more than seconds: where three coordinates matter.
 */
export function limitOf(
  scenario: Scenario,
  times: readonly number[],
  rate: LimitRate = "recipe",
): LimitPoint[] | null {
  return orNull(() => pointsOf(solveSmoluchowski(scenario, times, { rate, mostAxes: 2 })));
}

/** Enough beside particles, whose noise is larger; a finer solution along three axes takes minutes. */
const ROUGHLY: SolveOptions = { tolerance: 1e-3, cells: 32, mostMasses: 128 };
/** A rough solution is shown if its error and the mass that it could not follow are below this. */
const ROUGH_ENOUGH = 3e-3;

/**
 * As `limitOf`, also where three coordinates matter, if 32 cells along each of them and masses up to 128 give the fractions within 3e-3
 * by their own estimate; which takes seconds up to a minute. `onPause` is called now and then, when others had a chance to work.
 */
export async function limitBeside(
  scenario: Scenario,
  times: readonly number[],
  onPause: () => void,
): Promise<LimitPoint[] | null> {
  const quick = limitOf(scenario, times);
  if (quick !== null) return quick;
  const work = solveEquation(scenario, times, ROUGHLY);
  for (;;) {
    const step = orNull(() => work.next());
    if (step === null) return null;
    if (step.done) {
      return isRoughEnough(step.value) ? pointsOf(step.value) : null;
    }
    await new Promise((resolve) => setTimeout(resolve));
    onPause();
  }
}

function pointsOf({ points }: EquationSolution): LimitPoint[] {
  return points.map(({ time, count, masses }) => ({ time, count, masses }));
}

/**
 * The solution with its densities at all of these times, or null where it would take minutes: along one or two axes with the default cells,
 * along three roughly, as in `limitBeside`.
 */
export function profilesBeside(
  scenario: Scenario,
  times: readonly number[],
  rate: LimitRate,
): EquationSolution | null {
  const options = { rate, profileTimes: times };
  const quick = orNull(() => solveSmoluchowski(scenario, times, { ...options, mostAxes: 2 }));
  if (quick !== null) return quick;
  const rough = orNull(() => solveSmoluchowski(scenario, times, { ...options, ...ROUGHLY }));
  return rough !== null && isRoughEnough(rough) ? rough : null;
}

function isRoughEnough({ error, points }: EquationSolution): boolean {
  return Math.max(error ?? 0, points[points.length - 1].lostMass) <= ROUGH_ENOUGH;
}

/** Null where what is asked for cannot be solved. */
function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
