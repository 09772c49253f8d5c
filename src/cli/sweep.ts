import { mkdir, readFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { Command } from "commander";
import { UserError } from "../errors.ts";
import { maxTextLength } from "../model/load.ts";
import { loadScenario, loadText } from "../model/loadFile.ts";
import { formatTable } from "../report/table.ts";
import { slug } from "../results/slug.ts";
import { type PlannedRun, parsePlan, runsOf, shardsOf } from "../sweep/plan.ts";
import { sweepText } from "../sweep/sweep.ts";
import { jsonOption, printJson } from "./options.ts";
import { writeText } from "./outFile.ts";
import { makeFolders, reasonOf } from "./resultsFolder.ts";
import { shardOption, sweepName } from "./sweepFolder.ts";

export const sweepCommand = () =>
  new Command("sweep")
    .description("expand a plan of many runs into numbered shards, to be played anywhere")
    .argument("<plan>", "a YAML or JSON file: scenarios, and what particles and seeds to run them with")
    .option("--out <folder>", "the folder of the sweep (default: results/<plan>)")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Example:
  coagula sweep scenarios/sweep.yaml --out results/sweep
  coagula run results/sweep --shard 1/8      (and so on, in any order, on any machine that sees the folder)
  coagula merge results/sweep

deploy/ has files for Slurm and Kubernetes. A plan that was expanded already is left as it is.`,
    )
    .action(sweep);

async function sweep(path: string, options: { out?: string; json?: boolean }): Promise<void> {
  const plan = parsePlan(await loadText(path, "a plan", maxTextLength), path);
  const scenarios = await Promise.all(plan.scenarios.map((one) => loadScenario(join(dirname(path), one))));
  const runs = runsOf(plan, scenarios);
  const shown = options.out ?? join("results", slug(basename(path, extname(path))));
  await write(resolve(shown), shown, sweepText(runs));
  const count = shardsOf(runs).length;
  const output = options.json ? process.stderr : process.stdout;
  output.write(`${tableOf(runs)}\n\n`);
  output.write(`${runs.length} runs in ${count} shards, in ${resolve(shown)}\n`);
  output.write(`play each: coagula run ${shown} ${shardOption} 1/${count}\nthen: coagula merge ${shown}\n`);
  if (options.json) {
    printJson({ out: resolve(shown), shards: count, runs: runs.map(({ name }) => name) });
  }
}

/** Throws a UserError if something else is in the folder. */
async function write(folder: string, shown: string, text: string): Promise<void> {
  const path = join(folder, sweepName);
  const there = await readFile(path, "utf8").catch(() => null);
  if (there === text) return;
  if (there !== null)
    throw new UserError(`out is "${shown}", which holds another sweep; give --out a free name.`);
  try {
    await makeFolders(folder, []);
    await mkdir(join(folder, "shards"), { recursive: true });
  } catch (error) {
    throw new UserError(`out is "${shown}", but a folder cannot be made there: ${reasonOf(error)}.`);
  }
  await writeText(path, text);
}

function tableOf(runs: readonly PlannedRun[]): string {
  const most = 20;
  const rows = runs
    .slice(0, most)
    .map((run) => [
      run.name,
      String(run.scenario.particles),
      String(run.scenario.seed),
      String(run.scenario.replicas),
      String(shardsOf([run]).length),
    ]);
  const table = formatTable(
    ["run", "N", "seed", "replicas", "shards"].map((title, k) => ({
      title,
      align: k === 0 ? "left" : "right",
    })),
    rows,
  );
  return runs.length > most ? `${table}\nand ${runs.length - most} more` : table;
}
