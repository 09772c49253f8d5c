import { join } from "node:path";
import { Command } from "commander";
import { loadScenario } from "../model/loadFile.ts";
import { unitsOf } from "../model/physical.ts";
import { makeSystem } from "../model/system.ts";
import { dilutionOf } from "../oracle/dilution.ts";
import { describeDilution } from "../report/dilutionText.ts";
import { createProgress } from "../report/progress.ts";
import { announce, conclude, introduce, resultTable } from "../report/runText.ts";
import { describeStatement } from "../report/statementText.ts";
import { checkSnapshots, createSnapshots, type SnapshotFile } from "../results/snapshots.ts";
import { type SimulateOptions, simulate } from "../simulate.ts";
import { statementsOf } from "../theorem/statements.ts";
import { interruptSignal } from "./interrupt.ts";
import {
  adapterOption,
  engineOption,
  jsonOption,
  overrideScenario,
  printJson,
  type WhereOptions,
} from "./options.ts";
import { runFiles, withDilution, withStatements } from "./resultFiles.ts";
import { claimResults } from "./resultsFolder.ts";

interface RunOptions extends WhereOptions {
  out?: string | false;
  force?: boolean;
  seed?: string;
  replicas?: string;
  snapshots?: boolean;
  json?: boolean;
}

export const runCommand = () =>
  new Command("run")
    .description("simulate a scenario, and show its densities beside the Smoluchowski limit")
    .argument("<scenario>", "a YAML or JSON file")
    .option(
      "--out <folder>",
      "where to write the results (default: results/<name>, or the next free number after it)",
    )
    .option("--no-out", "write no results")
    .option("--force", "replace results that are in the folder already")
    .option("--seed <seed>", "instead of the scenario's")
    .option("--replicas <n>", "instead of the scenario's")
    .option("--snapshots", "also write who is where at each observation, as snapshots.h5")
    .addOption(engineOption())
    .addOption(adapterOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula run scenarios/first-light.yaml
  coagula run my.yaml --seed 7 --out results/seven --json

The results folder holds report.html, summary.json, tables, figures and events.parquet (docs/files.md), and a figure of each statement that
the scenario's observe asks for (coagula observe measures those at several N).`,
    )
    .action(run);

async function run(path: string, options: RunOptions): Promise<void> {
  const scenario = overrideScenario(await loadScenario(path), options);
  if (options.snapshots) checkSnapshots(scenario, options.out !== false);
  const units = unitsOf(scenario);
  const dilution = dilutionOf(scenario);
  const signal = interruptSignal();
  const progress = createProgress(scenario.name);
  const simulateOptions: SimulateOptions = {
    engine: options.engine,
    signal,
    onProgress: (fraction) => progress.update(fraction),
    ...(options.adapter !== undefined && { adapter: options.adapter }),
  };
  // People's text makes way for the JSON object.
  const output = options.json ? process.stderr : process.stdout;
  const say = (text: string) => output.write(`${text}\n`);

  const folder =
    options.out === false ? null : await claimResults(options.out, scenario.name, options.force === true);
  let snapshots: SnapshotFile | null = null;
  try {
    if (folder && options.snapshots) {
      snapshots = await createSnapshots(join(folder.partial, "snapshots.h5"), makeSystem(scenario));
      simulateOptions.onSnapshot = snapshots.append;
    }
    const simulation = simulate(scenario, simulateOptions);
    say(introduce(simulation.system, await simulation.place));
    if (dilution !== null) say(describeDilution(scenario.physical!, dilution));
    for await (const observation of simulation) progress.log(announce(observation, units));
    progress.done();
    const result = await simulation.result;
    const { system } = simulation;
    const [events, clock] = [await simulation.events, await simulation.clock];
    const statements = statementsOf([{ system, events, clock, observables: await simulation.observables }]);
    snapshots?.close();
    const kept = options.snapshots ? ["--snapshots"] : [];
    const files = folder && (await runFiles(system, result, events, clock, statements, kept));
    signal.throwIfAborted();
    const out = files && (await folder.commit(files));
    say(`\n${resultTable(result.observations, units)}\n\n${conclude(result)}`);
    for (const statement of statements) say(`\n${describeStatement(statement)}`);
    if (out !== null) say(`results in ${out}`);
    if (options.json)
      printJson({
        ...result,
        ...withStatements(statements),
        ...withDilution(system),
        ...(out !== null && { out }),
      });
  } finally {
    snapshots?.close();
    progress.abandon();
    folder?.abandon();
  }
}
