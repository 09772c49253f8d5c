/** What `coagula clusters` tells people in a terminal. Pure functions. */
import type { Estimate } from "../observe/statistics.ts";
import type { ClusterMeasurement, LocalPowers, StickObservation } from "../stick.ts";
import { formatTable, formatWithError, inStandardErrors, rightColumns } from "./table.ts";

/** A cluster of each mass by itself, and the powers of the mass from the row above on. */
export function clustersTable(
  measured: readonly ClusterMeasurement[],
  powers: readonly LocalPowers[],
): string {
  const power = (value: Estimate | undefined) =>
    value === undefined ? "" : formatWithError(value.mean, value.se);
  return formatTable(
    rightColumns(["mass", "d(m)", "exact", "m d(m)", "power", "r_m", "power", "gyration"]),
    measured.map(({ mass, diffusivity, exact, radius, gyration }, k) => [
      String(mass),
      formatWithError(diffusivity.mean, diffusivity.se),
      exact === null ? "" : formatWithError(exact, null),
      formatWithError(mass * diffusivity.mean, mass * diffusivity.se!),
      power(powers[k - 1]?.diffusivity),
      formatWithError(radius.mean, radius.se),
      power(powers[k - 1]?.radius),
      formatWithError(gyration.mean, gyration.se),
    ]),
  );
}

/** The whole chain beside the equation. */
export function stickTable(observations: readonly StickObservation[]): string {
  return formatTable(
    rightColumns(["time / L^2", "clusters", "equation", "apart", "pairs", "equation", "apart"]),
    observations.map(({ time, count, pairs, limit }) => [
      String(time),
      formatWithError(count.mean, count.se),
      ...(limit === null
        ? ["", ""]
        : [formatWithError(limit.count, null), inStandardErrors(count.mean - limit.count, count.se)]),
      formatWithError(pairs.mean, pairs.se),
      ...(limit === null
        ? ["", ""]
        : [formatWithError(limit.pairs, null), inStandardErrors(pairs.mean - limit.pairs, pairs.se)]),
    ]),
  );
}
