/** What `coagula walkers` tells people in a terminal. Pure functions. */
import type { KingmanComparison, WalkersObservation } from "../walk.ts";
import { formatTable, formatWithError, inStandardErrors, rightColumns } from "./table.ts";

/** Walkers per site beside the mean field. */
export function densityTable(observations: readonly WalkersObservation[]): string {
  return formatTable(
    rightColumns(["time", "walkers", "per site", "mean field", "measured/limit", "k measured/limit"]),
    observations.map(({ time, count, density, meanField, rateShare }) => [
      String(time),
      formatWithError(count.mean, count.se),
      density === null ? "" : formatWithError(density.mean, density.se),
      ...(meanField === null || density === null
        ? ["", ""]
        : [
            formatWithError(meanField, null),
            formatWithError(density.mean / meanField, density.se === null ? null : density.se / meanField),
          ]),
      rateShare === null ? "" : formatWithError(rateShare.mean, rateShare.se),
    ]),
  );
}

/** The number of walkers beside Kingman's coalescent: two rows for each time, the limit and this side. */
export function coxTable(observations: readonly WalkersObservation[], volume: number): string {
  const rows = observations.flatMap(({ time, count, variance, limit, atSide }) => {
    const row = (head: string[], name: string, kingman: KingmanComparison | null) => {
      if (kingman === null) return [...head, name, "", "", "", "", ""];
      const { clock, mean, variance: spread, test } = kingman;
      return [
        ...head,
        name,
        formatWithError(clock, null),
        formatWithError(mean, null),
        inStandardErrors(count.mean - mean, count.se),
        formatWithError(spread, null),
        test === null
          ? ""
          : `${test.statistic.toFixed(1)} on ${test.degrees}, p = ${formatWithError(test.p, null)}`,
      ];
    };
    const measured = [
      String(Number((time / volume).toPrecision(12))),
      formatWithError(count.mean, count.se),
      variance === null ? "" : formatWithError(variance, null),
    ];
    return [row(measured, "limit", limit), row(["", "", ""], "this L", atSide)];
  });
  return formatTable(
    rightColumns([
      "time / L^d",
      "walkers",
      "variance",
      "Kingman's",
      "clock",
      "mean",
      "apart",
      "variance",
      "chi-square",
    ]),
    rows,
  );
}

/** The number of walkers and how far they are, on Z^d. */
export function spreadTable(observations: readonly WalkersObservation[]): string {
  return formatTable(
    rightColumns(["time", "walkers", "sites", "root mean square distance"]),
    observations.map(({ time, count, occupied, spread }) => [
      String(time),
      formatWithError(count.mean, count.se),
      formatWithError(occupied.mean, occupied.se),
      spread === null ? "" : formatWithError(spread, null),
    ]),
  );
}
