import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../errors.ts";
import { createProgress } from "../report/progress.ts";
import type { RunSummary } from "../results/summaries.ts";
import { type Table, toCsv } from "../results/table.ts";
import { densityTable } from "../results/tables.ts";
import { type SimulationResult, simulate } from "../simulate.ts";
import { concatenate, type Piece } from "../sweep/concatenate.ts";
import { type PlannedRun, type Shard, shardsOf } from "../sweep/plan.ts";
import { statementsOf } from "../theorem/statements.ts";
import { interruptSignal } from "./interrupt.ts";
import { jsonOption, printJson } from "./options.ts";
import { writeText } from "./outFile.ts";
import { runFiles } from "./resultFiles.ts";
import { claimResults } from "./resultsFolder.ts";
import { placeOf, readShard, readSweep, strangers } from "./sweepFolder.ts";

export const mergeCommand = () =>
  new Command("merge")
    .description(
      "combine the shards of a sweep into the results of its runs, as one process would have written them",
    )
    .argument("<folder>", "the folder of a sweep, with all its shards played")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Example:
  coagula merge results/sweep

Every shard must be there once, whole, of this sweep and by this version of coagula; otherwise nothing is written. The results of each run
are in runs/ below the folder, and the densities of all in sweep.csv.`,
    )
    .action(merge);

async function merge(folder: string, { json }: { json?: boolean }): Promise<void> {
  const signal = interruptSignal();
  const runs = await readSweep(folder);
  const shards = shardsOf(runs);
  const progress = createProgress("merge");
  const results: SimulationResult[] = [];
  try {
    await check(folder, shards, (k) => {
      signal.throwIfAborted();
      progress.update(k / (2 * shards.length));
    });
    for (const [r, run] of runs.entries()) {
      signal.throwIfAborted();
      results.push(await mergeRun(folder, run, shards));
      progress.update(0.5 + (r + 1) / (2 * runs.length));
    }
    await writeText(join(folder, "sweep.csv"), toCsv(sweepTable(runs, results)));
    progress.done();
  } finally {
    progress.abandon();
  }
  const output = json ? process.stderr : process.stdout;
  output.write(`${shards.length} shards are ${runs.length} runs, in ${join(folder, "runs")}\n`);
  for (const [r, { name }] of runs.entries()) output.write(`${name}  digest ${results[r].digest}\n`);
  if (json)
    printJson({
      shards: shards.length,
      runs: results.map((result, r) => ({ run: runs[r].name, ...result })),
    });
}

/** The densities of all runs. */
function sweepTable(runs: readonly PlannedRun[], results: readonly SimulationResult[]): Table {
  const tables = results.map((result) => densityTable([result]));
  return {
    columns: ["run", "seed", ...tables[0].columns],
    rows: tables.flatMap(({ rows }, r) =>
      [...rows].map((row) => [runs[r].name, String(results[r].seed), ...row]),
    ),
  };
}

/** Reads every shard; throws a UserError with a sentence for each that is wrong. */
async function check(folder: string, shards: readonly Shard[], onShard: (k: number) => void): Promise<void> {
  const others = await strangers(folder, shards.length);
  const wrong = others.map((name) => `${join(folder, "shards", name)} is no shard of this sweep; remove it.`);
  for (const [k, shard] of shards.entries()) {
    onShard(k);
    try {
      await readShard(folder, k + 1, shards.length, shard);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      wrong.push(error.message);
    }
  }
  const most = 20;
  if (wrong.length > most)
    wrong.splice(most, wrong.length, `There are ${wrong.length - most} more problems.`);
  if (wrong.length > 0) throw new UserError(wrong.join("\n"));
}

/** Puts the pieces of one run together, and writes its results. */
async function mergeRun(
  folder: string,
  run: PlannedRun,
  shards: readonly Shard[],
): Promise<SimulationResult> {
  const { scenario } = run;
  const pieces: Piece[] = [];
  const summaries: RunSummary[] = [];
  for (const [k, shard] of shards.entries()) {
    if (shard.run !== run) continue;
    const { checkpoint, summary } = await readShard(folder, k + 1, shards.length, shard);
    pieces.push({ firstReplica: shard.firstReplica, state: checkpoint.state! });
    summaries.push(summary);
  }
  const from = concatenate(pieces, scenario.particles, scenario.dimension);
  // At its last observation already: nothing is left to play, and all that follows from a run follows as ever.
  const simulation = simulate(scenario, { engine: "cpu", from });
  const seconds = (of: (summary: RunSummary) => number) => summaries.reduce((sum, one) => sum + of(one), 0);
  const result: SimulationResult = {
    ...(await simulation.result),
    ...placeOf(summaries),
    timings: {
      prepare: seconds(({ timings }) => timings.prepare),
      steps: seconds(({ timings }) => timings.steps),
      rest: seconds(({ timings }) => timings.rest),
    },
    wallSeconds: seconds(({ wallSeconds }) => wallSeconds),
  };
  const { system } = simulation;
  const [events, clock] = [await simulation.events, await simulation.clock];
  const statements = statementsOf([{ system, events, clock, observables: await simulation.observables }]);
  const out = await claimResults(join(folder, "runs", run.name), run.name, true);
  try {
    await out.commit(await runFiles(system, result, events, clock, statements, []));
  } finally {
    out.abandon();
  }
  return result;
}
