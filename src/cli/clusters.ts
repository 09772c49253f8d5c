import { Command, Option } from "commander";
import { Document, visit } from "yaml";
import type { ScenarioInput } from "../model/scenario.ts";
import { clustersTable, stickTable } from "../report/clustersText.ts";
import { createProgress } from "../report/progress.ts";
import { formatDuration } from "../report/table.ts";
import { checkClusterLayout, clusterPowers, clusterScenario, measureClusters, stick } from "../stick.ts";
import { jsonOption, parseInteger, parseList, parseSeed, parseTimes, printJson } from "./options.ts";
import { checkFree, writeText } from "./outFile.ts";

interface ClustersOptions {
  dimension: number;
  masses: number[];
  blocks: number;
  side: number;
  pairs: number;
  chains: number;
  times?: number[];
  seed: bigint;
  out?: string;
  force: boolean;
  json?: boolean;
}

export const clustersCommand = () =>
  new Command("clusters")
    .description(
      "measure clusters of random walkers that diffuse and stick, and make a scenario from their d(m) and r_m",
    )
    .option("--dimension <d>", "of the lattice, 2 or 3", parseInteger(2, 3), 3)
    .addOption(
      new Option("--masses <list>", "walkers of a cluster, increasing from 1,2 on")
        .argParser(parseList)
        .default([1, 2, 4, 8, 16], "1,2,4,8,16"),
    )
    .option(
      "--blocks <n>",
      "displacements of each; a cluster's d(m) is known to a share of about sqrt(2 / n)",
      parseInteger(2, 2 ** 24),
      512,
    )
    .option("--side <L>", "sites along each axis of the torus", parseInteger(8, 8192), 50)
    .option(
      "--pairs <n>",
      "pairs of neighbours on it at the start, at most one for 64 sites",
      parseInteger(2, 2 ** 20),
      60,
    )
    .option(
      "--chains <n>",
      "copies of the whole chain, beside the equation; 0: none",
      parseInteger(0, 65536),
      8,
    )
    .addOption(
      new Option(
        "--times <list>",
        "when to look at it, in units of L^2 (default: 1, 2 and 4 half-times)",
      ).argParser(parseTimes),
    )
    .addOption(
      new Option("--seed <seed>", "64 bits that fix every move").argParser(parseSeed).default(1n, "1"),
    )
    .option("--out <file>", "write the scenario, as YAML")
    .option("--force", "replace that file", false)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Walkers sit on sites of Z^d. At a ring of its clock, of mean time 1, a walker moves to a nearest or diagonally adjacent site, if that is empty and no
two walkers that were connected come apart. A cluster's work grows as the fourth power of its mass.

Examples:
  coagula clusters --masses 1,2,3,4,5,6 --chains 0
  coagula clusters --masses 1,2,4,8,16,32 --blocks 2048 --out clusters.yaml && coagula run clusters.yaml`,
    )
    .action(run);

async function run(options: ClustersOptions): Promise<void> {
  const { dimension, masses, blocks, side, pairs, chains, times, seed, out, force, json } = options;
  if (out !== undefined) await checkFree(out, force);
  const layout = { dimension, side, pairs, seed, ...(times !== undefined && { times }) };
  checkClusterLayout(masses, layout);
  const say = (line: string) => (json ? undefined : process.stdout.write(`${line}\n`));
  const progress = createProgress("clusters");
  const begin = performance.now();
  try {
    const measured = measureClusters({
      ...{ dimension, masses, blocks, seed },
      onProgress: (fraction) => progress.update(fraction),
    });
    progress.done();
    const powers = clusterPowers(measured);
    say(`clusters of random walkers on Z^${dimension}, ${blocks} displacements of each, seed ${seed}\n`);
    say(clustersTable(measured, powers));
    const scenario = clusterScenario(measured, layout);
    if (out !== undefined) {
      await writeText(out, yamlOf(scenario));
      say(`\nscenario: ${out}`);
    }
    const chain = createProgress("chains");
    const observations =
      chains === 0 ? [] : stick(scenario, { chains, seed, onProgress: (fraction) => chain.update(fraction) });
    chain.done();
    const seconds = (performance.now() - begin) / 1000;
    if (json) {
      printJson({
        ...{ dimension, blocks, side, pairs, chains, seed: String(seed), seconds },
        ...{ clusters: measured, powers, scenario, observations },
      });
      return;
    }
    if (chains > 0) {
      say(
        `\nthe whole chain from ${pairs} pairs on a torus of side ${side}, ${chains} ${chains === 1 ? "copy" : "copies"}, in fractions of the pairs\n`,
      );
      say(stickTable(observations));
      say(
        "\nThe equation is the limit L -> infinity of balls of radius r_m that stick on contact: a model of the clusters, that need not be exact.",
      );
    }
    say(`${formatDuration(seconds)} in all`);
  } finally {
    progress.abandon();
  }
}

/** Each list on one line. */
function yamlOf(scenario: ScenarioInput): string {
  const document = new Document(scenario);
  visit(document, {
    Seq: (_, list) => {
      list.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}
