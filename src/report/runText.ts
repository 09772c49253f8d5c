/** What a run tells people in a terminal. Pure functions. */
import { timeTitle, type Units, unitsOf } from "../model/physical.ts";
import type { System } from "../model/system.ts";
import type { Place } from "../place.ts";
import type { Compared, Observation, SimulationResult } from "../simulate.ts";
import {
  formatCount,
  formatDuration,
  formatShort,
  formatTable,
  formatWithError,
  inStandardErrors,
} from "./table.ts";

/** What is simulated, and where. */
export function introduce({ scenario, eps, dt, observeAt, multirate }: System, place: Place): string {
  const { name, model, particles, dimension, replicas, domain, Z, scaling } = scenario;
  const units = unitsOf(scenario);
  const [inLength, inTime] = units === null ? ["", ""] : [` ${units.length}`, ` ${units.time}`];
  const where =
    "torus" in domain
      ? `a torus of side ${units === null ? domain.torus : formatShort(domain.torus)}${inLength}`
      : `space, in a box of side ${domain.space}`;
  const ticks = observeAt.at(-1)!;
  const pace =
    multirate === null
      ? `${ticks} steps of ${formatShort(dt)}${inTime}`
      : `multirate steps with k = ${multirate.k}, the finest ${formatShort(dt / 2 ** multirate.tickLevels)}${inTime}`;
  return [
    `${name}: ${model} of ${particles} particles, d = ${dimension}, ${where}, Z = ${Z}, ${replicas} ${replicas === 1 ? "replica" : "replicas"}`,
    `eps = ${formatShort(eps)}${inLength}, ${scaling < 1 ? `range eps^${scaling}, ` : ""}${pace}`,
    tellPlace(place),
  ].join("\n");
}

/** Where it is simulated. */
export function tellPlace({ adapter, driver, why }: Place): string {
  return `on ${adapter === null ? "the CPU reference" : `${adapter} (${driver})`}: ${why}`;
}

/** One line for an observation as it comes. */
export function announce({ time, count }: Observation, units: Units): string {
  const limit =
    count.theory === null ? "" : `, limit ${formatWithError(count.theory, null)}${inBrackets(count)}`;
  return `t = ${time}${units === null ? "" : ` ${units.time}`}: ${formatWithError(count.mean, count.se)} of the particles are left${limit}`;
}

const inBrackets = (value: Compared) => {
  const text = apart(value);
  return text === "" ? "" : ` (${text})`;
};

/** The difference from the limit in standard errors; empty where there is none to tell. */
function apart({ mean, se, theory }: Compared): string {
  return theory === null ? "" : inStandardErrors(mean - theory, se);
}

/** All observations as a table: a row for each time and mass. */
export function resultTable(observations: readonly Observation[], units: Units): string {
  const row = (time: string, mass: string, value: Compared) => [
    time,
    mass,
    formatWithError(value.mean, value.se),
    value.theory === null ? "" : formatWithError(value.theory, null),
    apart(value),
  ];
  return formatTable(
    [
      { title: timeTitle(units), align: "right" },
      { title: "mass", align: "right" },
      { title: "simulated", align: "right" },
      { title: "Smoluchowski", align: "right" },
      { title: "apart", align: "right" },
    ],
    observations.flatMap(({ time, count, masses }) => [
      row(String(time), "all", count),
      ...masses.map(({ mass, ...value }) => row("", String(mass), value)),
    ]),
  );
}

/** What it took. */
export function conclude({
  work,
  method,
  events,
  timings,
  wallSeconds,
  digest,
  eps,
  observations,
}: SimulationResult): string {
  const lines = [
    `${formatCount(events)} events, ${formatCount(work.particleSteps)} particle-steps in ${formatDuration(timings.steps)} (${formatCount(work.particleSteps / timings.steps)}/s), ${formatDuration(wallSeconds)} in all`,
    `digest ${digest}`,
  ];
  if (method === "multirate") {
    const ratio = work.uniformParticleSteps / Math.max(1, work.particleSteps);
    const share = (100 * work.subSteps) / Math.max(1, work.particleSteps);
    lines.splice(
      1,
      0,
      `${formatCount(work.macroSteps)} macro-steps, ${share.toFixed(0)} % of the particle-steps beyond them in clusters; uniform steps would take ${formatShort(ratio)} times as many`,
    );
  }
  lines.unshift(
    observations.some(({ count }) => count.theory !== null)
      ? `Densities are fractions of N. The Smoluchowski equation is the limit eps -> 0; at eps = ${formatShort(eps)} particles react a little faster.`
      : "Densities are fractions of N. The Smoluchowski equation was not solved beside the run, as that can take minutes here; coagula solve does it, or says why not.",
  );
  return lines.join("\n");
}
