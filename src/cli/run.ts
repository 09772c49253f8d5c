import { Command } from "commander";
import { loadScenario } from "../model/loadFile.ts";
import { parseScenario } from "../model/scenario.ts";
import { createProgress } from "../report/progress.ts";
import { announce, conclude, introduce, resultTable } from "../report/runText.ts";
import { type SimulateOptions, simulate } from "../simulate.ts";
import { adapterOption, engineOption, jsonOption, printJson, type WhereOptions } from "./options.ts";
import { resultFiles } from "./resultFiles.ts";
import { claimResults } from "./resultsFolder.ts";

interface RunOptions extends WhereOptions {
  out?: string | false;
  force?: boolean;
  seed?: string;
  replicas?: string;
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
    .addOption(engineOption())
    .addOption(adapterOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula run scenarios/first-light.yaml
  coagula run my.yaml --seed 7 --out results/seven --json

The results folder holds summary.json, events.csv and density.svg.`,
    )
    .action(run);

async function run(path: string, options: RunOptions): Promise<void> {
  const scenario = override(await loadScenario(path), options);
  const interrupt = new AbortController();
  // Asked again, it goes on ending: a process that exits while the device works may crash in its driver. And it stays deaf to signals
  // to the end, so that none kills it half-way through.
  const onInterrupt = () => interrupt.abort();
  process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt);
  const progress = createProgress(scenario.name);
  const simulateOptions: SimulateOptions = {
    engine: options.engine,
    signal: interrupt.signal,
    onProgress: (fraction) => progress.update(fraction),
    ...(options.adapter !== undefined && { adapter: options.adapter }),
  };
  // People's text makes way for the JSON object.
  const output = options.json ? process.stderr : process.stdout;
  const say = (text: string) => output.write(`${text}\n`);

  const folder =
    options.out === false ? null : await claimResults(options.out, scenario.name, options.force === true);
  try {
    const simulation = simulate(scenario, simulateOptions);
    say(introduce(simulation.system, await simulation.place));
    for await (const observation of simulation) progress.log(announce(observation));
    progress.done();
    const result = await simulation.result;
    const files =
      folder &&
      (await resultFiles(simulation.system, result, await simulation.events, await simulation.clock));
    interrupt.signal.throwIfAborted();
    const out = files && (await folder.commit(files));
    say(`\n${resultTable(result.observations)}\n\n${conclude(result)}`);
    if (out !== null) say(`results in ${out}`);
    if (options.json) printJson({ ...result, ...(out !== null && { out }) });
  } finally {
    progress.abandon();
    folder?.abandon();
  }
}

/** The scenario with what the command line says instead; checked again as a whole. */
function override(scenario: ReturnType<typeof parseScenario>, { seed, replicas }: RunOptions) {
  if (seed === undefined && replicas === undefined) return scenario;
  const numeric = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);
  return parseScenario({
    ...scenario,
    ...(seed !== undefined && { seed: numeric(seed) }),
    ...(replicas !== undefined && { replicas: numeric(replicas) }),
  });
}
