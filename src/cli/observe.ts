import { Command } from "commander";
import { UserError } from "../errors.ts";
import { loadScenario } from "../model/loadFile.ts";
import { atParticles, parseScenario, type Scenario } from "../model/scenario.ts";
import { makeSystem } from "../model/system.ts";
import { createProgress } from "../report/progress.ts";
import { introduce } from "../report/runText.ts";
import { describeStatement } from "../report/statementText.ts";
import { type SimulateOptions, type SimulationResult, simulate } from "../simulate.ts";
import type { ObservedRun } from "../theorem/statement.ts";
import { asksForStatements, requestWords, statementsOf } from "../theorem/statements.ts";
import { interruptSignal } from "./interrupt.ts";
import {
  adapterOption,
  engineOption,
  jsonOption,
  overrideScenario,
  parseList,
  printJson,
  type WhereOptions,
} from "./options.ts";
import { observeFiles } from "./resultFiles.ts";
import { claimResults } from "./resultsFolder.ts";

interface ObserveOptions extends WhereOptions {
  n?: number[];
  scaling?: number[];
  out?: string | false;
  force?: boolean;
  seed?: string;
  replicas?: string;
  json?: boolean;
}

export const observeCommand = () =>
  new Command("observe")
    .description("measure what the theorem and its proof state, as the scenario's observe asks for it")
    .argument("<scenario>", "a YAML or JSON file")
    .option("--n <list>", "several numbers of particles, increasing, as in 100,200,400", parseList)
    .option("--scaling <list>", "several scalings b, increasing up to 1, as in 0.4,0.6,0.8,1", parseList)
    .option(
      "--out <folder>",
      "where to write the results (default: results/<name>, or the next free number after it)",
    )
    .option("--no-out", "write no results")
    .option("--force", "replace results that are in the folder already")
    .option("--seed <seed>", "instead of the scenario's")
    .option("--replicas <n>", "instead of the scenario's, for each number of particles")
    .addOption(engineOption())
    .addOption(adapterOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula observe scenarios/repulsion.yaml
  coagula observe scenarios/stosszahlansatz.yaml --n 100,200,400 --replicas 100
  coagula observe scenarios/weaker-scaling.yaml --scaling 0.4,0.6,0.8,1

The results folder holds report.html, summary.json, tables and a figure of each statement (docs/files.md); docs/theorem has a page for each.`,
    )
    .action(run);

async function run(path: string, options: ObserveOptions): Promise<void> {
  const scenarios = atEach(overrideScenario(await loadScenario(path), options), options);
  if (!scenarios.some(asksForStatements)) throw new UserError(nothingAsked);
  // What no run can begin with is refused at every N before the first runs.
  for (const scenario of scenarios) makeSystem(scenario);
  const [{ name }] = scenarios;
  const signal = interruptSignal();
  const progress = createProgress(name);
  const output = options.json ? process.stderr : process.stdout;
  const say = (text: string) => output.write(`${text}\n`);
  const folder = options.out === false ? null : await claimResults(options.out, name, options.force === true);
  try {
    const runs: ObservedRun[] = [];
    const results: SimulationResult[] = [];
    for (const [k, scenario] of scenarios.entries()) {
      const simulateOptions: SimulateOptions = {
        engine: options.engine,
        signal,
        onProgress: (fraction) => progress.update((k + fraction) / scenarios.length),
        ...(options.adapter !== undefined && { adapter: options.adapter }),
      };
      const simulation = simulate(scenario, simulateOptions);
      const { system } = simulation;
      progress.log(introduce(system, await simulation.place));
      results.push(await simulation.result);
      const [events, clock] = [await simulation.events, await simulation.clock];
      runs.push({ system, events, clock, observables: await simulation.observables });
    }
    progress.done();
    const statements = statementsOf(runs);
    const given = [
      ...(options.n === undefined ? [] : ["--n", options.n.join(",")]),
      ...(options.scaling === undefined ? [] : ["--scaling", options.scaling.join(",")]),
    ];
    const files = folder && (await observeFiles({ results, statements, options: given, scenarios }));
    signal.throwIfAborted();
    const out = files && (await folder.commit(files));
    for (const statement of statements) say(`\n${describeStatement(statement)}`);
    for (const [k, { digest }] of results.entries()) {
      const { particles, scaling } = scenarios[k];
      say(`\nN = ${particles}${options.scaling ? `, b = ${scaling}` : ""}: digest ${digest}`);
    }
    if (out !== null) say(`results in ${out}`);
    if (options.json) printJson({ results, statements, ...(out !== null && { out }) });
  } finally {
    progress.abandon();
    folder?.abandon();
  }
}

const nothingAsked = `the scenario asks for nothing that a statement is measured by; it may ask for ${requestWords.slice(0, -1).join(", ")} or ${requestWords.at(-1)}.`;

/** The scenario at each scaling and N; Z stays, so that eps follows. */
function atEach(scenario: Scenario, { n, scaling }: Pick<ObserveOptions, "n" | "scaling">): Scenario[] {
  mustIncrease("n", n, "100,200,400");
  mustIncrease("scaling", scaling, "0.4,0.6,0.8,1");
  return (scaling ?? [scenario.scaling]).flatMap((b) =>
    (n ?? [scenario.particles]).map((particles) => {
      const atN = n === undefined ? scenario : atParticles(scenario, particles);
      return parseScenario({ ...atN, scaling: b });
    }),
  );
}

function mustIncrease(key: string, list: readonly number[] | undefined, example: string): void {
  if (list?.some((value, k) => k > 0 && value <= list[k - 1])) {
    throw new UserError(`${key} is ${list.join(",")}, but must increase, as in ${example}.`);
  }
}
