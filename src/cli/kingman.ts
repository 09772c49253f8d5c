import { Command, InvalidArgumentError, Option } from "commander";
import { kingmanLaw, kingmanMoments, shortestLaw } from "../coalescent/kingman.ts";
import { UserError } from "../errors.ts";
import { type Column, formatTable, formatWithError } from "../report/table.ts";
import { jsonOption, parseInteger, printJson, timesOption } from "./options.ts";

interface KingmanOptions {
  n: number;
  times: number[];
  law: number;
  json?: boolean;
}

export const kingmanCommand = () =>
  new Command("kingman")
    .description("the number of blocks of Kingman's coalescent, exactly: mean, variance and law")
    .addOption(
      new Option("--n <blocks>", "the number of blocks at time 0, or infinity")
        .argParser(parseBlocks)
        .default(Number.POSITIVE_INFINITY, "infinity"),
    )
    .addOption(timesOption([0.01, 0.1, 1, 4]))
    .option("--law <j>", "show the probabilities of 1 to j blocks, too", parseInteger(0, 1000), 0)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Every pair of blocks merges at rate 1. From infinitely many blocks 2 / t + 1/3 + ... are left after a short time t.

Example:
  coagula kingman --times 0.05,1 --law 5`,
    )
    .action(({ n, times, law, json }: KingmanOptions) => {
      check(n, times, law);
      const rows = times.map((time) => ({
        time,
        ...kingmanMoments(n, time),
        ...(law > 0 && { law: kingmanLaw(n, time, law) }),
      }));
      if (json) return printJson({ blocks: n === Number.POSITIVE_INFINITY ? "infinity" : n, moments: rows });
      const titles = ["time", "mean", "variance", ...Array.from({ length: law }, (_, i) => `P(${i + 1})`)];
      const columns = titles.map((title): Column => ({ title, align: "right" }));
      const cells = rows.map(({ time, mean, variance, law: probabilities = [] }) => [
        String(time),
        String(mean),
        String(variance),
        ...probabilities.map((probability) => formatWithError(probability, null)),
      ]);
      process.stdout.write(`${formatTable(columns, cells)}\n`);
    });

function check(n: number, times: number[], law: number): void {
  const [first] = times;
  if (n === Number.POSITIVE_INFINITY && first === 0) {
    throw new UserError("--times begins with 0, but must be above 0 where --n is infinity.");
  }
  if (law > 0 && first < shortestLaw) {
    throw new UserError(`--times begins with ${first}, but must be ${shortestLaw} or more for --law.`);
  }
}

function parseBlocks(text: string): number {
  const n = /^inf(inity)?$/i.test(text) ? Number.POSITIVE_INFINITY : Number(text);
  const whole = Number.isSafeInteger(n) || n === Number.POSITIVE_INFINITY;
  if (text.trim() === "" || !whole || n < 1)
    throw new InvalidArgumentError("It must be an integer from 1 on, or infinity.");
  return n;
}
