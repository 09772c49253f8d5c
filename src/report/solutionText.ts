/** What a solution of the Smoluchowski equation tells people in a terminal. Pure functions. */
import { timeTitle, type Units } from "../model/physical.ts";
import type { Scenario } from "../model/scenario.ts";
import { formatTable, formatWithError, rightColumns } from "./table.ts";

/** A solution as far as it is told. */
export interface ToldSolution {
  method: string;
  rate: "recipe" | "naive";
  cells: number | null;
  cutoff: number;
  tolerance: number;
  gel: boolean | null;
  steps: number | null;
  points: readonly { time: number; count: number; masses: readonly number[]; lostMass: number }[];
  error: number | null;
}

/** What was solved, and how. */
export function introduceSolution(
  scenario: Scenario,
  { method, rate, cells, cutoff, steps }: ToldSolution,
): string {
  const { name, model, dimension, Z } = scenario;
  const space =
    cells === null
      ? `homogeneous: ordinary differential equations${method === "sections" ? " for sections of the mass" : ""}`
      : `${method}: ${cells} ${method === "radial" ? "shells" : "cells along each axis"}, ${steps} steps`;
  const masses = model === "annihilation" ? "" : `, masses up to ${cutoff}`;
  const pairs = rate === "recipe" ? "beta by the recipe" : "the naive rate, beta = alpha";
  return [
    `${name}: the Smoluchowski equation, ${model}, d = ${dimension}, Z = ${Z}, ${pairs}`,
    `${space}${masses}`,
  ].join("\n");
}

/** A row for each time: the fractions of all particles and of each mass, or class of so many masses, and the mass beyond the cutoff. */
export function solutionTable({ points }: ToldSolution, units: Units, width = 1): string {
  const titles = [
    timeTitle(units),
    "all",
    ...points[0].masses.map((_, n) => (width === 1 ? `mass ${n + 1}` : `to ${(n + 1) * width}`)),
    "mass lost",
  ];
  return formatTable(
    rightColumns(titles),
    points.map(({ time, count, masses, lostMass }) => [
      String(time),
      ...[count, ...masses, lostMass].map((x) => formatWithError(x, null)),
    ]),
  );
}

/** How far it can be trusted. */
export function concludeSolution({ method, error, gel, cutoff, tolerance, points }: ToldSolution): string {
  const lost = points[points.length - 1].lostMass;
  const lines = [
    error === null
      ? "Fractions are of the particles at the start, right to 9 digits but for what the lost mass does."
      : `Fractions are of the particles at the start, within about ${error.toExponential(1)}: the difference from half the ${method === "sections" ? "sections" : "cells and steps twice as long"}.`,
  ];
  if (lost > tolerance) {
    const share = `${(100 * lost).toPrecision(3)} % of the mass is beyond mass ${cutoff}`;
    lines.push(
      gel
        ? `Gelation: ${share}, and a larger cutoff hardly changes that.`
        : `Not all mass could be followed: ${share}, the heaviest that can be followed one by one here.`,
    );
  }
  return lines.join("\n");
}
