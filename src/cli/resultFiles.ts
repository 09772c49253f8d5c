/** The files of a results folder. */
import { arch, cpus, platform, release } from "node:os";
import { latticeSide } from "../model/multirate.ts";
import { type ClockSegment, tickOf } from "../model/pace.ts";
import { timeTitle, unitsOf } from "../model/physical.ts";
import type { System } from "../model/system.ts";
import { replay } from "../observe/genealogy.ts";
import { type Dilution, dilutionOf } from "../oracle/dilution.ts";
import { limitOf } from "../oracle/limit.ts";
import { densityFigure } from "../report/densityFigure.ts";
import { statementFigure } from "../report/statementFigure.ts";
import type { SimulationResult } from "../simulate.ts";
import type { Statement } from "../theorem/statement.ts";
import { commit, webgpuVersion } from "../version.generated.ts";
import type { ResultFiles } from "./resultsFolder.ts";

/** The contents of all files; large ones in pieces. */
export async function resultFiles(
  system: System,
  result: SimulationResult,
  events: Uint32Array,
  clock: ClockSegment[][],
  statements: readonly Statement[],
): Promise<ResultFiles> {
  return {
    ...(await statementFigures(statements)),
    "summary.json": summary(system, result, statements),
    "events.csv": eventTable(system, events, clock),
    "density.svg": await figure(system, result),
  };
}

/** A figure of each statement that has one. */
export async function statementFigures(statements: readonly Statement[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { key, figure } of statements) {
    if (figure !== null) files[`${key}.svg`] = await statementFigure(figure);
  }
  return files;
}

/** What a result says of statements, where any were asked for. */
export const withStatements = (statements: readonly Statement[]) =>
  statements.length > 0 ? { statements } : {};

/** What a result says of a colloid in SI units. */
export function withDilution({ scenario }: System): { dilution?: Dilution } {
  const dilution = dilutionOf(scenario);
  return dilution === null ? {} : { dilution };
}

/** Everything needed to know what was run, where, and what came of it; and to run it again. */
function summary(system: System, result: SimulationResult, statements: readonly Statement[]): string {
  const extra = { ...withStatements(statements), ...withDilution(system) };
  const all = { ...result, ...extra, ...provenance(), scenario: system.scenario };
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** What made a result, when and where. */
export function provenance() {
  const machine = {
    node: process.version,
    webgpu: webgpuVersion,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
  };
  return { commit, ended: new Date().toISOString(), machine };
}

/** Rows of text at a time: enough to write fast, little to hold. */
const rowsAtATime = 4096;

/** One line for each event, in order of replica and time; masses before the event, places in the scenario's lengths. */
function* eventTable(system: System, events: Uint32Array, clock: ClockSegment[][]): Iterable<string> {
  const { dimension, dt, side, open } = system;
  const width = 5 + dimension;
  const { before } = replay(system, events);
  const axes = Array.from({ length: dimension }, (_, k) => `x${k}`);
  yield `${["replica", "time", "step", "survivor", "vanished", "survivor_mass", "vanished_mass", ...axes].join(",")}\n`;
  let lines: string[] = [];
  for (let e = 0; e * width < events.length; e++) {
    const [replica, step, moment, survivor, vanished, ...place] = events.subarray(e * width, (e + 1) * width);
    const time = tickOf(clock[replica], step + moment * 2 ** -32) * dt;
    const x = place.map((u) => (u / latticeSide - (open ? 0.5 : 0)) * side);
    lines.push([replica, time, step, survivor, vanished, before[2 * e], before[2 * e + 1], ...x].join(","));
    if (lines.length === rowsAtATime) {
      yield `${lines.join("\n")}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
}

/** Points on the lines of the limit. */
const curvePoints = 120;

function figure(
  { scenario, eps }: System,
  { observations, replicas, particles }: SimulationResult,
): Promise<string> {
  const times = observations.map(({ time }) => time).filter((time) => time > 0);
  const [first, last] = [0.7 * (times[0] ?? 1), 1.3 * (times.at(-1) ?? 1)];
  const curveTimes = Array.from(
    { length: curvePoints },
    (_, k) => first * (last / first) ** (k / (curvePoints - 1)),
  );
  const curves = limitOf(scenario, curveTimes);
  // Where no curves are quickly had, there may be predictions for the observations all the same.
  const isPredicted = observations.some(({ count }) => count.theory !== null);
  const runs = replicas === 1 ? "one run" : `mean of ${replicas} runs ± 2 standard errors`;
  return densityFigure({
    title: scenario.name,
    timeTitle: timeTitle(unitsOf(scenario)),
    subtitle: isPredicted ? `Points: ${runs}. Lines: the Smoluchowski equation` : `Points: ${runs}`,
    caption: `${scenario.model}, N = ${particles}, Z = ${scenario.Z}, d = ${scenario.dimension}, eps = ${Number(eps.toPrecision(4))}. Densities are fractions of N.`,
    observations,
    curves,
  });
}
