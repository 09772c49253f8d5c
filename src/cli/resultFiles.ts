/** The files of a results folder. */
import { readFile } from "node:fs/promises";
import { arch, cpus, platform, release } from "node:os";
import { join } from "node:path";
import { type Checkpoint, checkpointToBytes } from "../checkpoint/checkpoint.ts";
import { writeWhole } from "../checkpoint/file.ts";
import type { Convergence } from "../converge/conclusion.ts";
import type { Snapshot } from "../engine.ts";
import { classWidth } from "../model/massClass.ts";
import type { ClockSegment } from "../model/pace.ts";
import { timeTitle, unitsOf } from "../model/physical.ts";
import type { Scenario } from "../model/scenario.ts";
import type { System } from "../model/system.ts";
import { type Dilution, dilutionOf } from "../oracle/dilution.ts";
import { type LimitPoint, limitOf } from "../oracle/limit.ts";
import { convergenceFigure } from "../report/convergenceFigure.ts";
import { figureOf } from "../report/convergenceText.ts";
import { densityFigure } from "../report/densityFigure.ts";
import { statementFigure } from "../report/statementFigure.ts";
import { writeEvents } from "../results/eventLog.ts";
import { reportOf } from "../results/report.ts";
import { writeSnapshots } from "../results/snapshots.ts";
import type { ConvergenceSummary, ObserveSummary, Provenance, RunSummary } from "../results/summaries.ts";
import { type Table, toCsv } from "../results/table.ts";
import {
  convergenceTable,
  densityTable,
  limitTable,
  momentTable,
  rateTable,
  runHistory,
  spectrumTable,
  statementTable,
} from "../results/tables.ts";
import type { SimulationResult } from "../simulate.ts";
import type { Statement } from "../theorem/statement.ts";
import { commit, webgpuVersion } from "../version.generated.ts";
import type { ResultFiles } from "./resultsFolder.ts";
import type { StudyFiles, StudyFolder } from "./studyFolder.ts";

/** The contents of all files of a run; `options` are those of the command that bear on the results, `snapshot` tells who was where, if that is wanted. */
export async function runFiles(
  system: System,
  result: SimulationResult,
  events: Uint32Array,
  clock: ClockSegment[][],
  statements: readonly Statement[],
  options: string[],
  snapshot?: (k: number) => Promise<Snapshot>,
): Promise<ResultFiles> {
  const history = runHistory(system, events, clock);
  const limit = limitOf(system.scenario, curveTimes(result));
  return withReport(summaryOf(system, result, statements, options), {
    "densities.csv": asText(densityTable([result])),
    ...(limit && { "limit.csv": asText(limitTable(limit, classWidth(system.scenario.observe))) }),
    "moments.csv": asText(momentTable(history)),
    "spectrum.csv": asText(spectrumTable(history)),
    "rates.csv": asText(rateTable(system, history)),
    ...(statements.length > 0 && { "statements.csv": asText(statementTable(statements)) }),
    ...(await statementFigures(statements)),
    "density.svg": await figure(system, result, limit),
    "events.parquet": (path: string) => writeEvents(path, system, events, clock),
    ...(snapshot && { "snapshots.h5": (path: string) => writeSnapshots(path, system, snapshot) }),
  });
}

const summaryOf = (
  system: System,
  result: SimulationResult,
  statements: readonly Statement[],
  options: string[],
): RunSummary => ({
  kind: "run",
  ...result,
  ...withStatements(statements),
  ...withDilution(system),
  ...provenance(),
  options,
  scenario: system.scenario,
});

/** The files of a shard: its state at the end, which `coagula merge` puts together with others, and a summary. */
export function shardFiles(system: System, result: SimulationResult, end: Checkpoint): ResultFiles {
  return {
    "state.bin": (path: string) => writeWhole(path, checkpointToBytes(end)),
    "summary.json": `${JSON.stringify(summaryOf(system, result, [], end.options), null, 2)}\n`,
  };
}

/** The contents of all files of `coagula observe`. */
export async function observeFiles(
  summary: Omit<ObserveSummary, "kind" | keyof Provenance>,
): Promise<ResultFiles> {
  const { results, statements, scenarios } = summary;
  const severalScalings = new Set(scenarios.map(({ scaling }) => scaling)).size > 1;
  const runs = results.map((result, k) => ({
    ...result,
    ...(severalScalings && { scaling: scenarios[k].scaling }),
  }));
  return withReport(
    { kind: "observe", ...summary, ...provenance() },
    {
      "densities.csv": asText(densityTable(runs)),
      "statements.csv": asText(statementTable(statements)),
      ...(await statementFigures(statements)),
    },
  );
}

/** What a study of convergence shows, beside the chunks that its folder keeps. */
export async function convergenceFiles(
  { path }: StudyFolder,
  result: Convergence,
  options: string[],
  scenario: Scenario,
): Promise<StudyFiles> {
  const summary: ConvergenceSummary = { kind: "converge", ...result, ...provenance(), options, scenario };
  const files = {
    "convergence.json": `${JSON.stringify(summary, null, 2)}\n`,
    "convergence.csv": asText(convergenceTable(result)),
    "convergence.svg": await convergenceFigure(figureOf(result)),
  };
  const report = await reportOf(async (name) =>
    name === "convergence.json" ? files[name] : readFile(join(path, name), "utf8").catch(() => null),
  );
  return { ...files, "report.html": report! };
}

const asText = (table: Table) => [...toCsv(table)].join("");

/** These files with the report made of them, and the summary as the last. */
async function withReport(
  summary: RunSummary | ObserveSummary,
  files: Omit<ResultFiles, "summary.json">,
): Promise<ResultFiles> {
  const told = { "summary.json": `${JSON.stringify(summary, null, 2)}\n` };
  const all: Record<string, unknown> = { ...files, ...told };
  const report = await reportOf(async (name) => (typeof all[name] === "string" ? all[name] : null));
  return { ...files, "report.html": report!, ...told };
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
  statements.length > 0 ? { statements: [...statements] } : {};

/** What a result says of a colloid in SI units. */
export function withDilution({ scenario }: System): { dilution?: Dilution } {
  const dilution = dilutionOf(scenario);
  return dilution === null ? {} : { dilution };
}

/** What made a result, when and where. */
export function provenance(): Provenance {
  const machine = {
    node: process.version,
    webgpu: webgpuVersion,
    platform: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
  };
  return { commit, ended: new Date().toISOString(), machine };
}

/** Points on the lines of the limit. */
const curvePoints = 120;

/** Times of the lines of the limit: a little beyond the observations to both sides. */
function curveTimes({ observations }: SimulationResult): number[] {
  const times = observations.map(({ time }) => time).filter((time) => time > 0);
  const [first, last] = [0.7 * (times[0] ?? 1), 1.3 * (times.at(-1) ?? 1)];
  return Array.from({ length: curvePoints }, (_, k) => first * (last / first) ** (k / (curvePoints - 1)));
}

function figure(
  { scenario, eps }: System,
  { observations, replicas, particles }: SimulationResult,
  curves: LimitPoint[] | null,
): Promise<string> {
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
