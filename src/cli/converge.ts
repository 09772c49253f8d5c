import { Command } from "commander";
import { type ConvergeOptions, converge, makeStudy } from "../converge/converge.ts";
import { loadScenario } from "../model/loadFile.ts";
import {
  concludeStudy,
  convergenceTable,
  describeProgress,
  introduceStudy,
} from "../report/convergenceText.ts";
import { createProgress } from "../report/progress.ts";
import { tellPlace } from "../report/runText.ts";
import { interruptSignal } from "./interrupt.ts";
import {
  adapterOption,
  engineOption,
  jsonOption,
  overrideScenario,
  parseList,
  parseNumber,
  printJson,
  type WhereOptions,
} from "./options.ts";
import { convergenceFiles } from "./resultFiles.ts";
import { openStudy } from "./studyFolder.ts";

interface ConvergeCommandOptions extends WhereOptions {
  n?: number[];
  eps?: number[];
  se?: number;
  replicas?: number;
  seed?: string;
  out?: string | false;
  force?: boolean;
  json?: boolean;
}

export const convergeCommand = () =>
  new Command("converge")
    .description(
      "show how a scenario's densities approach the limit as eps -> 0: the order, and the naive limit",
    )
    .argument("<scenario>", "a YAML or JSON file")
    .option(
      "--n <list>",
      "numbers of particles, as in 250,500,1000 (default: 1/8, 1/4, 1/2 and all of the scenario's)",
      parseList,
    )
    .option("--eps <list>", "ranges instead: N is the integer that comes nearest", parseList)
    .option(
      "--se <number>",
      "standard error wanted of the fraction left, at every N (default: a twentieth of the leading correction where it is known, else 0.001, within bounded work)",
      parseNumber("above 0 and below 1", (x) => x > 0 && x < 1),
    )
    .option(
      "--replicas <n>",
      "replicas of every N, instead of --se",
      parseNumber("an integer from 2 to 65536", (x) => Number.isInteger(x) && x >= 2 && x <= 65536),
    )
    .option("--seed <seed>", "instead of the scenario's")
    .option(
      "--out <folder>",
      "where to keep the study (default: results/<name>-converge); one begun there goes on",
    )
    .option("--no-out", "keep nothing")
    .option("--force", "begin anew where the folder holds a study already")
    .addOption(engineOption())
    .addOption(adapterOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula converge scenarios/convergence.yaml
  coagula converge my.yaml --eps 0.04,0.02,0.01 --se 0.0005

Interrupted, it keeps what is finished, and the same command goes on. The folder holds report.html, study.json, convergence.json,
convergence.csv and convergence.svg (docs/files.md).`,
    )
    .action(run);

async function run(path: string, options: ConvergeCommandOptions): Promise<void> {
  const { n, eps, se, replicas, engine, adapter, json } = options;
  const scenario = overrideScenario(
    await loadScenario(path),
    options.seed === undefined ? {} : { seed: options.seed },
  );
  const wanted: ConvergeOptions = {
    engine,
    ...(adapter !== undefined && { adapter }),
    ...(n && { n }),
    ...(eps && { eps }),
    ...(se !== undefined && { se }),
    ...(replicas !== undefined && { replicas }),
  };
  // Before anything is written.
  const study = makeStudy(scenario, wanted);
  const signal = interruptSignal();
  const output = json ? process.stderr : process.stdout;
  const say = (text: string) => output.write(`${text}\n`);
  const folder =
    options.out === false ? null : await openStudy(options.out, scenario, options.force === true);
  const progress = createProgress(scenario.name);
  let kept = folder?.finished.length ?? 0;
  try {
    say(introduceStudy(study));
    if (kept > 0) say(`going on with the study in ${folder!.path}`);
    const result = await converge(scenario, {
      ...wanted,
      finished: folder?.finished ?? [],
      signal,
      async onChunk(chunk) {
        await folder?.keep(chunk);
        kept++;
      },
      onPlace: (place) => say(tellPlace(place)),
      onProgress(now) {
        progress.update(now.fraction, describeProgress(now), now.secondsLeft);
      },
    });
    progress.done();
    if (folder !== null)
      await folder.finish(await convergenceFiles(folder, result, given(options), scenario));
    say(`\n${convergenceTable(result)}\n\n${concludeStudy(result)}`);
    if (folder !== null) say(`results in ${folder.path}`);
    if (json) printJson({ ...result, ...(folder && { out: folder.path }) });
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError") || folder === null || kept === 0)
      throw error;
    progress.abandon();
    console.error(
      `coagula: interrupted; what is finished is kept in ${folder.path}, and the same command goes on.`,
    );
    process.exitCode = 130;
  } finally {
    progress.abandon();
    folder?.abandon();
  }
}

/** What bears on the results, as it would be given again. */
function given({ n, eps, se, replicas }: ConvergeCommandOptions): string[] {
  return [
    ...(n === undefined ? [] : ["--n", n.join(",")]),
    ...(eps === undefined ? [] : ["--eps", eps.join(",")]),
    ...(se === undefined ? [] : ["--se", String(se)]),
    ...(replicas === undefined ? [] : ["--replicas", String(replicas)]),
  ];
}
