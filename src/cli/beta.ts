import { Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../errors.ts";
import { loadScenario } from "../model/loadFile.ts";
import { makePotential, type Potential } from "../model/potential.ts";
import type { Scenario } from "../model/scenario.ts";
import { makeSpatialPotential, type SpatialSpec } from "../model/spatialPotential.ts";
import { diffusivity, interactionRange, interactionStrength } from "../model/system.ts";
import { type SpatialProblem, solveSpatialPair } from "../oracle/spatialBeta.ts";
import { createProgress } from "../report/progress.ts";
import { printPairs } from "./betaPairs.ts";
import { jsonOption, parseNumber, printJson } from "./options.ts";
import { type Pair, pairReport, pairText, spatialText } from "./pairReport.ts";
import { readPotential } from "./potentialOption.ts";

export interface BetaOptions {
  potential?: string;
  dimension?: string;
  alpha?: number;
  D?: number;
  masses?: number[];
  r?: number[];
  time?: number[];
  pairs?: number;
  out?: string;
  force?: boolean;
  json?: boolean;
}

const isWhole = (most: number) => (x: number) => Number.isInteger(x) && x >= 1 && x <= most;

export const betaCommand = () =>
  new Command("beta")
    .description("the macroscopic rate beta of a pair, by the recipe of Hammond and Rezakhanlou")
    .argument("[scenario]", "a YAML or JSON file to take V, dimension, alpha, D and eps from")
    .option(
      "--potential <V>",
      "a shape by name, a map such as {radial: [[0, 1], [1, 0]]}, or a file that holds one",
    )
    .addOption(new Option("--dimension <d>", "of space (default: 3)").choices(["2", "3", "4", "5"]))
    .option(
      "--alpha <number>",
      "microscopic rate alpha(n, m)",
      parseNumber("at least 0", (x) => x >= 0),
    )
    .option(
      "--D <number>",
      "d(n) + d(m) (default: 1)",
      parseNumber("above 0", (x) => x > 0),
    )
    .option(
      "--masses <n,m>",
      "of the pair, in a scenario (default: 1,1)",
      parseNumbers("two integers from 1 to 2^30", isWhole(2 ** 30), 2),
    )
    .option(
      "--r <list>",
      "distances, in units of eps, at which to print u",
      parseNumbers("numbers of at least 0", (x) => x >= 0),
    )
    .option(
      "--time <list>",
      "times at which to print the rate and u^[t], in the scenario's units or, without one, those of eps^2",
      parseNumbers("numbers of at least 0", (x) => x >= 0),
    )
    .option(
      "--pairs <K>",
      "print beta(n, m) of all masses up to K, in a scenario, as CSV",
      parseNumber("an integer from 1 to 4096", isWhole(4096)),
    )
    .option("--out <file>", "where to write the pairs, instead of printing them")
    .option("--force", "replace a file that is there already")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula beta --potential poly2 --dimension 3 --alpha 10 --D 1
  coagula beta --alpha 10 --r 0,0.5,1,2 --time 0.1,1,10
  coagula beta --potential '{ellipsoid: {semiAxes: [1, 0.7, 0.5], profile: poly2}}' --alpha 10
  coagula beta --potential '{bumps: [{at: [0.5, 0, 0], radius: 0.5}, {at: [-0.5, 0, 0], radius: 0.5}]}' --alpha 10
  coagula beta scenarios/first-light.yaml --masses 1,2
  coagula beta scenarios/first-light.yaml --pairs 1000 --out beta.csv`,
    )
    .action(run);

async function run(path: string | undefined, options: BetaOptions): Promise<void> {
  checkTogether(path, options);
  if (path !== undefined) {
    const scenario = await loadScenario(path);
    if (options.pairs !== undefined) return printPairs(scenario, options.pairs, options);
    return printPair(pairOf(scenario, options.masses ?? [1, 1]), options);
  }
  const { alpha, D = 1 } = options;
  if (alpha === undefined) {
    throw new UserError("--alpha is missing; it must be a number of at least 0, or come with a scenario.");
  }
  const dimension = Number(options.dimension ?? 3);
  const potential = await readPotential(options.potential ?? "indicator");
  if ("spatial" in potential) return printSpatial(potential.spatial, { alpha, D }, options);
  printPair(
    { potential: makePotential(potential.radial, dimension), dimension, alpha, D, eps: 1, factor: 1 },
    options,
  );
}

/** Options that say the same thing twice, or nothing. */
function checkTogether(path: string | undefined, options: BetaOptions): void {
  const given = (names: (keyof BetaOptions)[]) => names.find((name) => options[name] !== undefined);
  const twice = path !== undefined && given(["potential", "dimension", "alpha", "D"]);
  if (twice) throw new UserError(`--${twice} cannot be given with a scenario, which says it already.`);
  const alone = path === undefined && given(["masses", "pairs"]);
  if (alone)
    throw new UserError(`--${alone} needs a scenario, whose alpha and diffusion depend on the masses.`);
  const useless = options.pairs === undefined ? given(["out", "force"]) : given(["masses", "r", "time"]);
  if (useless) {
    const with_ = options.pairs === undefined ? "is only for --pairs" : "cannot be given with --pairs";
    throw new UserError(`--${useless} ${with_}.`);
  }
}

function pairOf(scenario: Scenario, [n, m]: number[]): Pair {
  const { dimension, particles, Z, radius, scaling } = scenario;
  if (radius !== undefined || scaling !== 1) {
    const [key, value] = radius !== undefined ? ["radius", JSON.stringify(radius)] : ["scaling", scaling];
    throw new UserError(
      `${key} is ${value}, but must be left out for one pair, which is told of at the range eps; --pairs tells beta(n, m) with it.`,
    );
  }
  const potential: Potential = makePotential(scenario.potential, dimension);
  const alpha = interactionStrength(scenario.alpha, n, m);
  const D = diffusivity(scenario.diffusion, n) + diffusivity(scenario.diffusion, m);
  const eps = interactionRange(dimension, particles, Z);
  return { potential, dimension, alpha, D, eps, factor: dimension === 2 ? particles / Z : 1 };
}

function printPair(pair: Pair, { r = [], time = [], json }: BetaOptions): void {
  const report = pairReport(pair, r, time);
  if (json) printJson(report);
  else process.stdout.write(`${pairText(report, r)}\n`);
}

/** A pair whose V need not be radial; it takes seconds. */
function printSpatial(
  spec: SpatialSpec,
  { alpha, D }: Omit<SpatialProblem, "potential">,
  options: BetaOptions,
): void {
  if ((options.dimension ?? "3") !== "3") {
    throw new UserError(`--dimension is ${options.dimension}, but must be 3 for a V that is not radial.`);
  }
  for (const name of ["r", "time"] as const) {
    if (options[name])
      throw new UserError(`--${name} needs a radial V; allowed are the named ones and {radial: ...}.`);
  }
  const progress = createProgress("beta");
  try {
    const { u, ...report } = solveSpatialPair(
      { potential: makeSpatialPotential(spec), alpha, D },
      progress.update,
    );
    progress.done();
    if (options.json) printJson(report);
    else process.stdout.write(`${spatialText(report)}\n`);
  } finally {
    progress.abandon();
  }
}

/** A parser for an option's list of numbers, separated by commas. */
function parseNumbers(
  must: string,
  allowed: (x: number) => boolean,
  count?: number,
): (text: string) => number[] {
  return (text) => {
    const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    if (
      !numbers.every((x) => Number.isFinite(x) && allowed(x)) ||
      numbers.length !== (count ?? numbers.length)
    ) {
      throw new InvalidArgumentError(`It must be ${must}, separated by commas.`);
    }
    return numbers;
  };
}
