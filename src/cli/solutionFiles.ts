/** The files of a results folder with a solution of the Smoluchowski equation. */

import { classWidth } from "../model/massClass.ts";
import { timeTitle, unitsOf } from "../model/physical.ts";
import type { Scenario } from "../model/scenario.ts";
import type { EquationSolution, SolutionPoint } from "../oracle/solution.ts";
import { densityFigure } from "../report/densityFigure.ts";
import type { SolutionSummary } from "../results/summaries.ts";
import { commit, version } from "../version.generated.ts";
import type { ResultFiles } from "./resultsFolder.ts";

/** What is printed as JSON and stands in the summary: all but the densities in space. */
export function told({
  profiles,
  places,
  volumes,
  ...rest
}: EquationSolution): Omit<EquationSolution, "profiles" | "places" | "volumes"> {
  return rest;
}

/** The contents of all files; `curve` has points at times between. */
export async function solutionFiles(
  scenario: Scenario,
  solution: EquationSolution,
  curve: readonly SolutionPoint[],
): Promise<ResultFiles> {
  const summary: SolutionSummary = {
    kind: "solve",
    name: scenario.name,
    version,
    commit,
    ...told(solution),
    scenario,
  };
  return {
    "summary.json": `${JSON.stringify(summary, null, 2)}\n`,
    "solution.csv": pointTable(solution.points, classWidth(scenario.observe)),
    ...(solution.profiles.length > 0 && { "profiles.csv": profileTable(scenario, solution) }),
    "density.svg": await figure(scenario, solution, curve),
  };
}

function pointTable(points: readonly SolutionPoint[], width: number): string {
  const titles = ["time", "count", ...points[0].masses.map((_, n) => `mass_${(n + 1) * width}`), "lost_mass"];
  const rows = points.map(({ time, count, masses, lostMass }) => [time, count, ...masses, lostMass]);
  return `${[titles, ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

/** A row for each time and cell: its place, and the densities of the masses observed. */
function* profileTable(
  { observe }: Scenario,
  { profiles, places, coordinates, volumes }: EquationSolution,
): Iterable<string> {
  const masses = Array.from({ length: observe.masses }, (_, n) => n);
  const stride = places.map((_, k) => places.slice(k + 1).reduce((cells, { length }) => cells * length, 1));
  yield `${["time", ...coordinates, ...masses.map((n) => `f_${n + 1}`)].join(",")}\n`;
  for (const { time, densities } of profiles) {
    for (let cell = 0; cell < volumes.length; cell++) {
      const place = places.map((along, k) => along[Math.floor(cell / stride[k]) % along.length]);
      yield `${[time, ...place, ...masses.map((n) => densities[n][cell])].join(",")}\n`;
    }
  }
}

function figure(
  scenario: Scenario,
  { points, cutoff, method }: EquationSolution,
  curve: readonly SolutionPoint[],
): Promise<string> {
  const exact = (mean: number) => ({ mean, se: null, theory: mean });
  return densityFigure({
    title: scenario.name,
    timeTitle: timeTitle(unitsOf(scenario)),
    subtitle: "The Smoluchowski equation",
    caption: `${scenario.model}, Z = ${scenario.Z}, d = ${scenario.dimension}, ${method}, masses up to ${cutoff}. Densities are fractions of N.`,
    observations: points.map(({ time, count, masses }) => ({
      time,
      count: exact(count),
      masses: masses.map((f, n) => ({ mass: (n + 1) * classWidth(scenario.observe), ...exact(f) })),
    })),
    curves: curve,
  });
}
