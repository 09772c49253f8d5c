import { Command, Option } from "commander";
import { coalesce } from "../coalesce.ts";
import { mostBlocks } from "../coalescent/marcusLushnikov.ts";
import { coalescentNotes, coalescentTable } from "../report/coalescentText.ts";
import { createProgress } from "../report/progress.ts";
import { formatDuration } from "../report/table.ts";
import { kernelForms, readKernel } from "./kernel.ts";
import { jsonOption, parseInteger, parseSeed, printJson, timesOption } from "./options.ts";

interface CoalescentOptions {
  kernel: string;
  n: number;
  times: number[];
  masses: number;
  replicas: number;
  seed: bigint;
  equation: boolean;
  json?: boolean;
}

export const coalescentCommand = () =>
  new Command("coalescent")
    .description("simulate the stochastic coalescent of N blocks, beside the Smoluchowski equation")
    .option("--kernel <K>", `the rate K(n, m) of two masses: ${kernelForms}`, "constant")
    .option(
      "--n <blocks>",
      "N, the number of blocks of mass 1 at time 0",
      parseInteger(1, mostBlocks),
      100000,
    )
    .addOption(timesOption([0.5, 1, 2]))
    .option("--masses <k>", "report the blocks of mass 1 to k", parseInteger(1, 64), 5)
    .option("--replicas <r>", "independent copies", parseInteger(1, 65536), 10)
    .addOption(
      new Option("--seed <seed>", "64 bits that fix every path").argParser(parseSeed).default(1n, "1"),
    )
    .option(
      "--no-equation",
      "do not solve the Smoluchowski equation, which is slow for kernels that gel at once",
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Every pair of blocks of masses n and m merges at rate K(n, m) / N. Power a,b is n^a m^b + n^b m^a. A table is a text file of
one row a line; masses beyond it use its last row.

Examples:
  coagula coalescent --kernel product --n 1000000 --times 0.5,1,2 --replicas 4
  coagula coalescent --kernel "power 0.5,0.5"`,
    )
    .action(run);

async function run(options: CoalescentOptions): Promise<void> {
  const { kernel: text, n, times, masses, replicas, seed, equation, json } = options;
  const { kernel, formula } = await readKernel(text);
  const say = (line: string) => (json ? undefined : process.stdout.write(`${line}\n`));
  say(
    `the coalescent of ${n} blocks with K(n, m) = ${formula}, ${replicas} ${replicas === 1 ? "replica" : "replicas"}, seed ${seed}\n`,
  );
  const progress = createProgress("coalescent");
  const start = performance.now();
  try {
    const observations = coalesce({
      kernel,
      blocks: n,
      times,
      masses,
      replicas,
      seed,
      equation,
      onProgress: (fraction) => progress.update(fraction),
    });
    progress.done();
    const seconds = (performance.now() - start) / 1000;
    if (json)
      return printJson({ kernel: text, blocks: n, replicas, seed: String(seed), seconds, observations });
    say(`${coalescentTable(observations)}\n\n${coalescentNotes(observations, n)}`);
    say(`${formatDuration(seconds)} in all`);
  } finally {
    progress.abandon();
  }
}
