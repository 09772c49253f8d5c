import { Command, Option } from "commander";
import { makePotential, type PotentialName, potentialNames } from "../model/potential.ts";
import { solvePair } from "../oracle/beta.ts";
import { formatTable } from "../report/table.ts";
import { jsonOption, parseNumber, printJson } from "./options.ts";

interface BetaOptions {
  potential: PotentialName;
  dimension: string;
  alpha: number;
  D: number;
  json?: boolean;
}

export const betaCommand = () =>
  new Command("beta")
    .description("the macroscopic rate beta of a pair, by the recipe of Hammond and Rezakhanlou")
    .addOption(
      new Option("--potential <name>", "the shape of V").choices(potentialNames).default("indicator"),
    )
    .addOption(new Option("--dimension <d>", "of space").choices(["2", "3", "4", "5"]).default("3"))
    .requiredOption(
      "--alpha <number>",
      "microscopic rate alpha(n, m)",
      parseNumber("at least 0", (x) => x >= 0),
    )
    .option(
      "--D <number>",
      "d(n) + d(m)",
      parseNumber("above 0", (x) => x > 0),
      1,
    )
    .addOption(jsonOption())
    .addHelpText("after", "\nExample:\n  coagula beta --potential poly2 --dimension 3 --alpha 10 --D 1")
    .action(({ potential, dimension, alpha, D, json }: BetaOptions) => {
      const d = Number(dimension);
      const { beta, naive, capacityLimit, u0, errorEstimate } = solvePair({
        potential: makePotential(potential, d),
        dimension: d,
        alpha,
        D,
      });
      if (json) return printJson({ beta, naive, capacityLimit, u0, errorEstimate });
      const rows = [
        ["beta", String(beta), `alpha ∫ V (1 - u), within ${errorEstimate.toExponential(0)}`],
        ["naive", String(naive), "alpha ∫ V, the rate if particles did not avoid each other"],
        ["capacity limit", String(capacityLimit), "beta as alpha -> infinity"],
        ["u(0)", u0 === null ? "1" : String(u0), "probability that a pair at the same place ever reacts"],
      ];
      const columns = [{ title: "quantity" }, { title: "value" }, { title: "meaning" }];
      process.stdout.write(`${formatTable(columns, rows)}\n`);
    });
