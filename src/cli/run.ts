import { Command, InvalidArgumentError, Option } from "commander";
import { loadScenario } from "../model/loadFile.ts";
import { makeSystem } from "../model/system.ts";
import { checkSnapshots } from "../results/snapshots.ts";
import type { ShardNumber } from "../sweep/sweep.ts";
import { interruptSignal } from "./interrupt.ts";
import { adapterOption, engineOption, jsonOption, overrideScenario } from "./options.ts";
import { checkpointOption, type PlayRunOptions, playRun } from "./playRun.ts";
import { claimRun, snapshotsOption } from "./runFolder.ts";
import { runShard } from "./runShard.ts";

interface RunOptions extends PlayRunOptions {
  out?: string | false;
  force?: boolean;
  seed?: string;
  replicas?: string;
  snapshots?: boolean;
  shard?: ShardNumber;
}

export const runCommand = () =>
  new Command("run")
    .description("simulate a scenario, and show its densities beside the Smoluchowski limit")
    .argument("<scenario>", "a YAML or JSON file; with --shard the folder of a sweep")
    .option(
      "--out <folder>",
      "where to write the results (default: results/<name>, or the next free number after it)",
    )
    .option("--no-out", "write no results")
    .option("--force", "replace results that are in the folder already")
    .option("--seed <seed>", "instead of the scenario's")
    .option("--replicas <n>", "instead of the scenario's")
    .option("--snapshots", "also write who is where at each observation, as snapshots.h5")
    .addOption(
      new Option("--shard <i/n>", "play the i-th of the n shards of a sweep, unless it is there already")
        .argParser(parseShard)
        .conflicts(["out", "force", "seed", "replicas", "snapshots"]),
    )
    .addOption(checkpointOption())
    .addOption(engineOption())
    .addOption(adapterOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula run scenarios/first-light.yaml
  coagula run my.yaml --seed 7 --out results/seven --json

Whatever ends it early, coagula resume goes on. The results folder holds report.html, summary.json, tables, figures and events.parquet (docs/files.md), and a figure of each statement that
the scenario's observe asks for (coagula observe measures those at several N).`,
    )
    .action(run);

async function run(path: string, options: RunOptions): Promise<void> {
  if (options.shard !== undefined) return runShard(path, options.shard, options);
  const scenario = overrideScenario(await loadScenario(path), options);
  const given = options.snapshots ? [snapshotsOption] : [];
  if (options.snapshots) checkSnapshots(scenario, options.out !== false);
  makeSystem(scenario); // for its complaints, before anything is written
  const signal = interruptSignal();
  const start = { scenario, firstReplica: 0, options: given };
  const folder = options.out === false ? null : await claimRun(options.out, options.force === true, start);
  await playRun({ ...start, state: null }, folder, options, signal);
}

function parseShard(text: string): ShardNumber {
  const [index, count] =
    text
      .match(/^(\d{1,6})\/(\d{1,6})$/)
      ?.slice(1)
      .map(Number) ?? [];
  if (index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError("It must be i/n with i from 1 to n, as in 3/12.");
}
