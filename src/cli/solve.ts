import { setImmediate } from "node:timers/promises";
import { Command, Option } from "commander";
import { loadScenario } from "../model/loadFile.ts";
import { classWidth } from "../model/massClass.ts";
import { unitsOf } from "../model/physical.ts";
import type { Scenario } from "../model/scenario.ts";
import { geometryOf } from "../oracle/geometry.ts";
import type { LimitRate } from "../oracle/scenarioRate.ts";
import type { EquationSolution, SolveOptions } from "../oracle/solution.ts";
import { solveEquation } from "../oracle/solve.ts";
import { createProgress } from "../report/progress.ts";
import { concludeSolution, introduceSolution, solutionTable } from "../report/solutionText.ts";
import { interruptSignal } from "./interrupt.ts";
import { jsonOption, parseNumber, printJson } from "./options.ts";
import { claimResults } from "./resultsFolder.ts";
import { solutionFiles, told } from "./solutionFiles.ts";

interface SolveCommandOptions {
  rate: LimitRate;
  tolerance?: number;
  cells?: number;
  masses?: number;
  out?: string | false;
  force?: boolean;
  json?: boolean;
}

export const solveCommand = () =>
  new Command("solve")
    .description("solve the Smoluchowski equation that a scenario tends to")
    .argument("<scenario>", "a YAML or JSON file")
    .addOption(
      new Option("--rate <rate>", "of a pair: beta by the recipe, or naively alpha itself")
        .choices(["recipe", "naive"])
        .default("recipe"),
    )
    .option(
      "--tolerance <x>",
      "share of the mass that may pass the cutoff, and a tenth of the error of a step (default: 1e-6 to 1e-4)",
      parseNumber("above 0 and at most 0.01", (x) => x > 0 && x <= 0.01),
    )
    .option(
      "--cells <n>",
      "along each axis, or shells (default: as many as the start needs)",
      positiveInteger,
    )
    .option("--masses <K>", "follow masses up to K one by one (default: found by doubling)", positiveInteger)
    .option(
      "--out <folder>",
      "where to write the results (default: results/<name>-solution, or the next free number after it)",
    )
    .option("--no-out", "write no results")
    .option("--force", "replace results that are in the folder already")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula solve scenarios/first-light.yaml
  coagula solve my.yaml --cells 64 --masses 64 --tolerance 1e-4

The results folder holds summary.json, solution.csv, density.svg and, where one or two coordinates matter, profiles.csv.`,
    )
    .action(solve);

const positiveInteger = parseNumber("a positive integer", (x) => Number.isInteger(x) && x > 0);

async function solve(path: string, options: SolveCommandOptions): Promise<void> {
  const scenario = await loadScenario(path);
  const { times } = scenario.observe;
  const signal = interruptSignal();
  const output = options.json ? process.stderr : process.stdout;
  const say = (text: string) => output.write(`${text}\n`);
  const progress = createProgress(scenario.name);
  const folder =
    options.out === false
      ? null
      : await claimResults(options.out, `${scenario.name} solution`, options.force === true);
  try {
    const curveTimes = timesBetween(times);
    const all = [...new Set([...times, ...curveTimes])].sort((a, b) => a - b);
    const work = solveEquation(scenario, all, solveOptions(scenario, options));
    const whole = await finish(work, (fraction) => progress.update(fraction), signal);
    progress.done();
    const solution = { ...whole, points: whole.points.filter(({ time }) => times.includes(time)) };
    const curve = whole.points.filter(({ time }) => curveTimes.includes(time));
    const out = folder && (await folder.commit(await solutionFiles(scenario, solution, curve)));
    say(
      [
        introduceSolution(scenario, solution),
        solutionTable(solution, unitsOf(scenario), classWidth(scenario.observe)),
        concludeSolution(solution),
      ].join("\n\n"),
    );
    if (out !== null) say(`results in ${out}`);
    if (options.json) printJson({ ...told(solution), ...(out !== null && { out }) });
  } finally {
    progress.abandon();
    folder?.abandon();
  }
}

/** More profiles than these nobody reads, and along three axes they are too large to write. */
const mostProfiles = 20;
const mostProfileAxes = 2;

function solveOptions(scenario: Scenario, options: SolveCommandOptions): SolveOptions {
  const { rate, tolerance, cells, masses } = options;
  const { times } = scenario.observe;
  const geometry = geometryOf(scenario, 0, 0);
  const isLarge = geometry.kind === "box" && geometry.axes.length > mostProfileAxes;
  return {
    rate,
    ...(!isLarge && { profileTimes: times.length <= mostProfiles ? times : times.slice(-1) }),
    ...(tolerance !== undefined && { tolerance }),
    ...(cells !== undefined && { cells }),
    ...(masses !== undefined && { cutoff: masses }),
  };
}

/** Points on the lines of the figure, between the first observation and the last. */
const curvePoints = 120;

function timesBetween(times: readonly number[]): number[] {
  const positive = times.filter((time) => time > 0);
  if (positive.length === 0) return [];
  const [first, last] = [0.7 * positive[0], positive[positive.length - 1]];
  const inner = Array.from({ length: curvePoints }, (_, k) => first * (last / first) ** (k / curvePoints));
  return [...inner, last];
}

/** Runs a long computation, and between its parts lets the process hear of an interrupt. */
async function finish(
  work: Generator<number, EquationSolution>,
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<EquationSolution> {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    onProgress(value);
    await setImmediate();
    signal.throwIfAborted();
  }
}
