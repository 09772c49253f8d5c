/** What a run tells people in a terminal. Pure functions. */
import type { System } from "../model/system.ts";
import type { Compared, Observation, Place, SimulationResult } from "../simulate.ts";
import { formatCount, formatDuration, formatTable, formatWithError } from "./table.ts";

/** What is simulated, and where. */
export function introduce(
  { scenario, eps, dt, observeAt, multirate }: System,
  { adapter, driver, why }: Place,
): string {
  const { name, model, particles, dimension, replicas, domain, Z } = scenario;
  const where =
    "torus" in domain ? `a torus of side ${domain.torus}` : `space, in a box of side ${domain.space}`;
  const on = adapter === null ? "the CPU reference" : `${adapter} (${driver})`;
  const ticks = observeAt.at(-1)!;
  const pace =
    multirate === null
      ? `${ticks} steps of ${short(dt)}`
      : `multirate steps down to ${short(dt)} (the run is ${formatCount(ticks)} of them long)`;
  return [
    `${name}: ${model} of ${particles} particles, d = ${dimension}, ${where}, Z = ${Z}, ${replicas} ${replicas === 1 ? "replica" : "replicas"}`,
    `eps = ${short(eps)}, ${pace}`,
    `on ${on}: ${why}`,
  ].join("\n");
}

/** One line for an observation as it comes. */
export function announce({ time, count }: Observation): string {
  const limit =
    count.theory === null ? "" : `, limit ${formatWithError(count.theory, null)}${inBrackets(count)}`;
  return `t = ${time}: ${formatWithError(count.mean, count.se)} of the particles are left${limit}`;
}

const inBrackets = (value: Compared) => {
  const text = apart(value);
  return text === "" ? "" : ` (${text})`;
};

/** The difference from the limit in standard errors; empty where there is none to tell. */
function apart({ mean, se, theory }: Compared): string {
  if (theory === null || se === null || se === 0) return "";
  const errors = (mean - theory) / se;
  return `${errors < 0 ? "-" : "+"}${Math.abs(errors).toFixed(1)} s.e.`;
}

/** All observations as a table: a row for each time and mass. */
export function resultTable(observations: readonly Observation[]): string {
  const row = (time: string, mass: string, value: Compared) => [
    time,
    mass,
    formatWithError(value.mean, value.se),
    value.theory === null ? "" : formatWithError(value.theory, null),
    apart(value),
  ];
  return formatTable(
    [
      { title: "time", align: "right" },
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
  if (observations.some(({ count }) => count.theory !== null)) {
    lines.unshift(
      `Densities are fractions of N. The Smoluchowski equation is the limit eps -> 0; at eps = ${short(eps)} particles react a little faster.`,
    );
  }
  return lines.join("\n");
}

const short = (x: number) => String(Number(x.toPrecision(4)));
