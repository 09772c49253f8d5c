/** What `coagula coalescent` tells people in a terminal. Pure functions. */
import type { CoalescentObservation, CoalescentValue } from "../coalesce.ts";
import { formatTable, formatWithError, inStandardErrors, rightColumns } from "./table.ts";

/** A row for each time and quantity, all as shares of N. */
export function coalescentTable(observations: readonly CoalescentObservation[]): string {
  const columns = ["time", "share of N", "simulated", "expected at N", "apart", "limit", "apart"];
  const row = (time: string, name: string, { mean, se, expected, limit }: CoalescentValue) => [
    time,
    name,
    formatWithError(mean, se),
    ...against(mean, se, expected),
    ...against(mean, se, limit),
  ];
  return formatTable(
    rightColumns(columns),
    observations.flatMap(({ time, count, masses, secondMoment, largest }) => [
      row(String(time), "blocks", count),
      ...masses.map((value) => row("", `mass ${value.mass}`, value)),
      row("", "sum of m^2", secondMoment),
      row("", "largest", largest),
    ]),
  );
}

/** The value it should have, and how far from it the mean is; a limit of 0 is only ever approached. */
function against(mean: number, se: number | null, value: number | null): [string, string] {
  if (value === null) return ["", ""];
  return [formatWithError(value, null), value === 0 ? "" : inStandardErrors(mean - value, se)];
}

/** What the table means, and whether mass has been lost to a gel. */
export function coalescentNotes(observations: readonly CoalescentObservation[], blocks: number): string {
  const lines = [
    `The limit is the Smoluchowski equation with the same kernel; at N = ${blocks} expectations differ from it by about 1 / N, more near gelation.`,
  ];
  if (observations.some(({ lostMass }) => lostMass === null))
    return "The Smoluchowski equation was not solved.";
  const gelled = observations.filter(({ lostMass }) => lostMass! > 1e-5);
  if (gelled.length > 0) {
    const shares = gelled.map(({ time, lostMass }) => `${formatWithError(lostMass!, null)} at t = ${time}`);
    lines.push(
      `Mass that has left the equation for the gel, or for masses close to it: ${shares.join(", ")}. From there on only constant, sum and product have a limit here.`,
    );
  }
  return lines.join("\n");
}
