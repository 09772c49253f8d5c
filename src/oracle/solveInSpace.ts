/** The Smoluchowski PDE of a scenario: cells and cutoff chosen, and the error estimated by a coarser solution. */
import { UserError } from "../errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { isGel, nextCutoff, refuseLoss } from "./cutoff.ts";
import type { SpatialGeometry } from "./geometry.ts";
import { scenarioRate } from "./scenarioRate.ts";
import type { EquationSolution, SolutionPoint, SolveOptions } from "./solution.ts";
import { type SpatialProblem, type SpatialSolution, solveSpatial } from "./spatial.ts";

/** The heaviest mass followed. */
export const LAST_SPATIAL = 512;
/** In space, where masses cost more, a gel ends the search for a cutoff here. */
const GEL_CUTOFF = 128;
/** Numbers of one state: four such, of 8 bytes each, are held. */
const MOST_NUMBERS = 2 ** 25;

/** Cells along an axis by the number of axes: what is taken where nothing asks for more, and the most. */
const BOX_CELLS = [
  { least: 256, most: 4096 },
  { least: 64, most: 512 },
  { least: 32, most: 128 },
];
const SHELLS = { least: 200, most: 1200 };

/**
 * The solution where something varies.
 *
 * @param least The cutoff is at least this.
 * @throws UserError where `cells` or `cutoff` cannot hold it.
 */
export function* solveInSpace(
  scenario: Scenario,
  geometry: SpatialGeometry,
  times: readonly number[],
  options: SolveOptions & { tolerance: number },
  least: number,
): Generator<number, EquationSolution> {
  const { rate = "recipe", tolerance, profileTimes = [] } = options;
  const cells = chooseCells(geometry, options.cells);
  const beta = scenarioRate(scenario, rate);
  const stepTolerance = 10 * tolerance;
  const problem = (cutoff: number): SpatialProblem => ({
    scenario,
    geometry,
    cells,
    cutoff,
    beta,
    times,
    stepTolerance,
  });
  const rough = (cutoff: number): SpatialProblem => ({
    ...problem(cutoff),
    cells: Math.floor(cells / 2),
    stepTolerance: 8 * stepTolerance,
  });

  // The cutoff is found on the coarser cells, whose solution then gives the error.
  const axes = geometry.kind === "box" ? geometry.axes.length : 1;
  const most = Math.floor(MOST_NUMBERS / cells ** axes) - 2;
  const last = Math.max(least, Math.min(options.cutoff ?? options.mostMasses ?? LAST_SPATIAL, most));
  if (options.cutoff !== undefined && options.cutoff > last) {
    throw new UserError(
      `masses is ${options.cutoff}, but with ${cells} cells along each axis must be at most ${last}.`,
    );
  }
  let cutoff = options.cutoff ?? (scenario.model === "annihilation" ? least : Math.max(16, least));
  let lostBefore = Number.POSITIVE_INFINITY;
  let coarse: SpatialSolution;
  // Nobody knows how often it will be doubled; so each try fills half of what is left of the bar.
  for (let left = 0.3; ; left /= 2) {
    coarse = yield* part(0.3 - left, 0.3 - left / 2, solveSpatial(rough(cutoff)));
    const lost = coarse.points.at(-1)!.lostMass;
    const next = nextCutoff({ last, gelFrom: GEL_CUTOFF, tolerance }, { cutoff, lost, lostBefore });
    if (next === null) break;
    [lostBefore, cutoff] = [lost, next];
  }
  const lost = coarse.points.at(-1)!.lostMass;
  if (options.cutoff !== undefined) refuseLoss(cutoff, lost, tolerance, times);
  const fine = yield* part(0.3, 1, solveSpatial(problem(cutoff), profileTimes));
  return {
    method: geometry.kind === "radial" ? "radial" : (["planar", "two axes", "three axes"] as const)[axes - 1],
    rate,
    cells,
    cutoff,
    tolerance,
    gel: options.cutoff === undefined ? isGel(lost, lostBefore) : null,
    error: largestDifference(fine.points, coarse.points),
    coordinates: geometry.kind === "radial" ? ["r"] : geometry.axes.map(({ coordinate }) => `x${coordinate}`),
    ...fine,
  };
}

function chooseCells(geometry: SpatialGeometry, wanted: number | undefined): number {
  const { finest } = geometry;
  const { least, most } = geometry.kind === "radial" ? SHELLS : BOX_CELLS[geometry.axes.length - 1];
  const resolve = `${finest} resolve the densities of initial`;
  if (finest > most) {
    throw new UserError(
      `cells can be at most ${most} here, but only ${resolve}; widen the density or shorten the run.`,
    );
  }
  if (wanted === undefined) return Math.min(most, Math.max(least, 3 * finest));
  if (wanted < finest || wanted > most) {
    throw new UserError(
      `cells is ${wanted}, but must be from ${finest} to ${most} here: at least ${resolve}.`,
    );
  }
  return wanted;
}

/** A part of the work, that from fraction `from` to `to`. */
function* part<T>(from: number, to: number, work: Generator<number, T>): Generator<number, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield from + (to - from) * value;
  }
}

function largestDifference(a: SolutionPoint[], b: SolutionPoint[]): number {
  const numbers = (points: SolutionPoint[]) => points.flatMap(({ count, masses }) => [count, ...masses]);
  const other = numbers(b);
  return numbers(a).reduce((most, x, k) => Math.max(most, Math.abs(x - other[k])), 0);
}
