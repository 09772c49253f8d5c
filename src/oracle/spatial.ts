/** The Smoluchowski PDE of a scenario on given cells, with a given cutoff. */
import type { Scenario } from "../model/scenario.ts";
import { diffusivity } from "../model/system.ts";
import { makeBoxGrid } from "./boxGrid.ts";
import type { SpatialGeometry } from "./geometry.ts";
import type { Grid } from "./grid.ts";
import { MomentTrace } from "./moments.ts";
import { makeRadialGrid } from "./radialGrid.ts";
import type { MassRate } from "./rates.ts";
import { makeReaction, type Reaction } from "./reaction.ts";
import { evolve, type ReactionDiffusion } from "./reactionDiffusion.ts";
import type { EquationSolution, Profile } from "./solution.ts";
import { boxStart, radialStart, type StartDensities } from "./startDensity.ts";

export interface SpatialProblem {
  scenario: Scenario;
  geometry: SpatialGeometry;
  /** Along each axis, or shells of the ball. */
  cells: number;
  /** The heaviest mass followed one by one, at least the heaviest of the start and of those observed. */
  cutoff: number;
  beta: MassRate;
  /** Increasing, from 0 on. */
  times: readonly number[];
  /** Allowed relative error of one step. */
  stepTolerance: number;
}

export type SpatialSolution = Pick<EquationSolution, "steps" | "points" | "profiles" | "places" | "volumes">;

/** Share of the mean density below which a mass has no partners: far below any tolerance. */
const NEGLIGIBLE = 1e-30;

/** A generator that yields the fraction of the time that is done. */
export function* solveSpatial(
  problem: SpatialProblem,
  profileTimes: readonly number[] = [],
): Generator<number, SpatialSolution> {
  const { scenario, times, stepTolerance } = problem;
  const { grid, places, start } = layOut(problem);
  const reaction = reactionOf(problem, grid);
  const system = asSystem(scenario, grid, reaction);
  const fields = system.diffusivities.map(
    (_, n) => start.get(n + 1) ?? new Float64Array(grid.volumes.length),
  );
  if (reaction.size > reaction.masses) fields.fill(new Float64Array(grid.volumes.length), reaction.masses);

  const end = times[times.length - 1];
  const trace = new MomentTrace();
  const profiles: Profile[] = [];
  const stops = [...new Set([...profileTimes, end])].filter((time) => time > 0).sort((a, b) => a - b);
  let steps = -1;
  for (const instant of evolve(system, fields, { stops, tolerance: stepTolerance })) {
    steps++;
    trace.push(grid, instant);
    if (profileTimes.includes(instant.time)) {
      const densities = instant.fields.slice(0, reaction.masses).map((field) => field.slice());
      profiles.push({ time: instant.time, densities });
    }
    yield end > 0 ? instant.time / end : 1;
  }

  const { Z, observe } = scenario;
  const whole = trace.at(0).reduce((sum, f, n) => sum + massOf(reaction, n) * f, 0);
  const points = times.map((time) => {
    const values = trace.at(time);
    return {
      time,
      count: values.reduce((sum, f, n) => sum + (n <= reaction.masses ? f : 0), 0) / Z,
      masses: Array.from({ length: observe.masses }, (_, n) => values[n] / Z),
      // Between steps rounding can leave less than none.
      lostMass: Math.max(0, values[reaction.masses + 1] ?? 0) / whole,
    };
  });
  return { steps, points, profiles, places, volumes: grid.volumes };
}

interface Layout {
  grid: Grid;
  places: Float64Array[];
  start: StartDensities;
}

function layOut({ scenario, geometry, cells }: SpatialProblem): Layout {
  if (geometry.kind === "radial") {
    const grid = makeRadialGrid(scenario.dimension, geometry.radius, cells);
    return { grid, places: [grid.radii], start: radialStart(scenario, grid) };
  }
  const grid = makeBoxGrid(geometry.axes, cells, geometry.section);
  const places = geometry.axes.map((axis) =>
    Float64Array.from({ length: cells }, (_, i) => grid.middle(axis, i)),
  );
  return { grid, places, start: boxStart(scenario, grid) };
}

function reactionOf({ scenario, cutoff, beta }: SpatialProblem, { volumes }: Grid): Reaction {
  const negligible = (NEGLIGIBLE * scenario.Z) / volumes.reduce((a, b) => a + b);
  return makeReaction({ model: scenario.model, masses: cutoff, beta, negligible });
}

/** What is beyond the cutoff spreads like the lightest mass there. */
function asSystem({ diffusion }: Scenario, grid: Grid, reaction: Reaction): ReactionDiffusion {
  const rows = Array.from({ length: reaction.size }, (_, n) => n);
  return {
    grid,
    diffusivities: rows.map((n) => diffusivity(diffusion, Math.min(n, reaction.masses) + 1)),
    rates: reaction.rates,
    norms: [rows.map((n) => (n <= reaction.masses ? 1 : 0)), rows.map((n) => massOf(reaction, n))],
  };
}

/** What number n of a place counts for in the mass there. */
function massOf({ masses }: Reaction, n: number): number {
  if (n < masses) return n + 1;
  return n === masses ? 0 : 1;
}
