import { Command, InvalidArgumentError, Option } from "commander";
import { createProgress } from "../report/progress.ts";
import { formatDuration } from "../report/table.ts";
import { coxTable, densityTable, spreadTable } from "../report/walkersText.ts";
import { walk } from "../walk.ts";
import { mostDimensions, mostWalkers, type WalkerStart, walkerStarts } from "../walkers/coalescingWalkers.ts";
import {
  iteratedLogarithm,
  leastLogarithm,
  mostLogarithm,
  type WalkerNumber,
} from "../walkers/fromOneSite.ts";
import { returnTime } from "../walkers/meeting.ts";
import { jsonOption, parseInteger, parseSeed, printJson, timesOption } from "./options.ts";

interface WalkersCommandOptions {
  dimension: number;
  side?: number;
  start: WalkerStart;
  walkers: WalkerNumber;
  rate?: number;
  times?: number[];
  cox: boolean;
  replicas: number;
  seed: bigint;
  json?: boolean;
}

export const walkersCommand = () =>
  new Command("walkers")
    .description(
      "simulate coalescing random walkers on Z^d or a discrete torus, beside the mean field or Kingman's coalescent",
    )
    .option("--dimension <d>", "of the lattice", parseInteger(1, mostDimensions), 3)
    .addOption(
      new Option(
        "--side <L>",
        "sites along each axis of the torus, or infinity for Z^d (default: 20, and infinity for --start origin)",
      ).argParser(parseSide),
    )
    .addOption(
      new Option(
        "--start <start>",
        "one walker on each of the sites, each on a uniform site, or all at the origin",
      )
        .choices([...walkerStarts])
        .default("sites"),
    )
    .addOption(
      new Option(
        "--walkers <N>",
        "how many, for the starts uniform and origin; from one site of Z^d also e^20 to e^10000000",
      )
        .argParser(parseWalkers)
        .default(1000),
    )
    .addOption(
      new Option(
        "--rate <rate>",
        "at which each pair of walkers on one site becomes one, or infinity: at once (default: infinity, and 1 for --start origin)",
      ).argParser(parseRate),
    )
    .addOption(timesOption([1, 10, 100]))
    .option("--cox", "take times in units of L^d, and compare the number with Kingman's coalescent", false)
    .option("--replicas <r>", "independent copies", parseInteger(1, 65536), 10)
    .addOption(
      new Option("--seed <seed>", "64 bits that fix every path").argParser(parseSeed).default(1n, "1"),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Every walker stays for an exponential time of mean 1, then jumps to one of its 2 d neighbours; two walkers' difference jumps at rate 2.

Examples:
  coagula walkers --side 100 --times 10,100,1000 --replicas 4
  coagula walkers --side 12 --cox --times 0.2,0.5,1 --replicas 1000
  coagula walkers --start origin --walkers 100000 --times 1,10
  coagula walkers --start origin --walkers e^1000 --times 1,10`,
    )
    .action(run);

function run(options: WalkersCommandOptions): void {
  const { dimension, start, walkers, cox, replicas, seed, json } = options;
  const origin = start === "origin";
  const side = options.side ?? (origin ? Number.POSITIVE_INFINITY : 20);
  const rate = options.rate ?? (origin ? 1 : Number.POSITIVE_INFINITY);
  const torus = side < Number.POSITIVE_INFINITY;
  const progress = createProgress("walkers");
  const begin = performance.now();
  try {
    const observations = walk({
      ...{ dimension, side, start, walkers, rate, times: options.times!, cox, replicas, seed },
      onProgress: (fraction) => progress.update(fraction),
    });
    progress.done();
    const seconds = (performance.now() - begin) / 1000;
    const named = (x: number) => (x === Number.POSITIVE_INFINITY ? "infinity" : x);
    if (json) {
      const problem = {
        dimension,
        side: named(side),
        start,
        walkers: start === "sites" ? side ** dimension : nameOf(walkers),
      };
      printJson({
        ...problem,
        rate: named(rate),
        cox,
        replicas,
        seed: String(seed),
        seconds,
        observations,
      });
      return;
    }
    const say = (line: string) => process.stdout.write(`${line}\n`);
    const where = torus ? `the torus of side ${side}, dimension ${dimension}` : `Z^${dimension}`;
    const who =
      start === "sites"
        ? "one walker on each site"
        : `${nameOf(walkers)} walkers, ${start === "uniform" ? "each on a uniform site" : "all at the origin"}`;
    const merging =
      rate === Number.POSITIVE_INFINITY ? "coalescing at once" : `coalescing at rate ${rate} on a site`;
    say(
      `${who} of ${where}, ${merging}, ${replicas} ${replicas === 1 ? "replica" : "replicas"}, seed ${seed}\n`,
    );
    if (cox) {
      say(coxTable(observations, side ** dimension));
      say(
        "\nLimit: Cox's theorem, L -> infinity. This L: with the mean time that two walkers need to meet on this torus, from this number of walkers.",
      );
    } else if (torus) {
      say(densityTable(observations));
      if (observations.some(({ meanField }) => meanField !== null)) {
        say(
          `\nThe limit is rho' = -k rho^2 / 2 with k = 1 / (1 / rate + G / 2), G = ${returnTime(dimension)}; k measured is that since the time before.`,
        );
      }
    } else {
      say(spreadTable(observations));
      const stars = iteratedLogarithm(walkers);
      say(`\nlog* N = ${stars}: the number should grow as its power of ${dimension}, ${stars ** dimension}.`);
    }
    say(`${formatDuration(seconds)} in all`);
  } finally {
    progress.abandon();
  }
}

const nameOf = (walkers: WalkerNumber) => (typeof walkers === "number" ? walkers : `e^${walkers.ln}`);

function parseWalkers(text: string): WalkerNumber {
  const power = /^e\^(.+)$/.exec(text)?.[1];
  const value = (power ?? text).trim() === "" ? Number.NaN : Number(power ?? text);
  if (power === undefined && Number.isInteger(value) && value >= 1 && value <= mostWalkers) return value;
  if (power !== undefined && value >= leastLogarithm && value <= mostLogarithm) return { ln: value };
  throw new InvalidArgumentError(
    `It must be an integer from 1 to ${mostWalkers}, or from e^${leastLogarithm} to e^${mostLogarithm}.`,
  );
}

function parseSide(text: string): number {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const side = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isInteger(side) || side < 1)
    throw new InvalidArgumentError("It must be an integer from 1 on, or infinity.");
  return side;
}

function parseRate(text: string): number {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const rate = text.trim() === "" ? Number.NaN : Number(text);
  if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError("It must be a number from 0 on, or infinity.");
  return rate;
}
