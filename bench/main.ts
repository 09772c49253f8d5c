/** npm run bench -- --help: what is measured, of what, beside what; see docs/performance.md. */
import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { jsonOption, parseInteger, parseNumber } from "../src/cli/options.ts";
import { UserError } from "../src/errors.ts";
import type { OpenDevice } from "../src/gpu/device.ts";
import { makeSystem } from "../src/model/system.ts";
import { statementFigure } from "../src/report/statementFigure.ts";
import { formatCount, formatTable } from "../src/report/table.ts";
import { bufferBytes, sizesOf } from "../src/sizes.ts";
import { caseOf } from "../src/verify/cases.ts";
import { type Contender, openContender } from "./contenders.ts";
import { recordOf } from "./record.ts";
import { exponentsOf, measureScaling, type ScalingPoint, scalingFigure } from "./scaling.ts";
import { measureStages, type StageRecord } from "./stageTimes.ts";
import { measureStepRates, type StepRate } from "./stepRate.ts";
import { measureTimeToSolution, type TimeToSolution } from "./timeToSolution.ts";
import { measureVariants, type VariantCost } from "./variants.ts";

const parts = ["rates", "stages", "runs", "variants", "scaling"] as const;
type Part = (typeof parts)[number];

interface Values {
  json: boolean;
  quick: boolean;
  parts: Part[];
  sizes: number[];
  engines: string[];
  runs?: { particles: number; time: number }[];
  figure?: string;
}

const values = new Command("npm run bench --")
  .description("measure speed and memory, see docs/performance.md")
  .addOption(jsonOption().default(false))
  .option("--quick", "fewer and shorter repeats", false)
  .option("--parts <list>", `what is measured, of ${parts.join(", ")}`, parseParts, parts.slice(0, 3))
  .option("--sizes <list>", "numbers of particles", parseSizes, [1e4, 1e5, 1e6])
  .option("--engines <list>", '"cpu", "best", or parts of adapters\' names', parseWords, ["best", "cpu"])
  .option("--runs <list>", "of the part runs, as in 10000:0.08: particles and time", parseRuns)
  .option("--figure <file>", "of the part scaling: an SVG to write")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Values>();

function parseWords(text: string): string[] {
  return text.split(",").map((each) => each.trim());
}

function parseParts(text: string): Part[] {
  const wanted = parseWords(text);
  if (!wanted.every((each) => (parts as readonly string[]).includes(each))) {
    throw new InvalidArgumentError(`Allowed are ${parts.join(", ")}, apart by commas.`);
  }
  return wanted as Part[];
}

function parseSizes(text: string): number[] {
  return parseWords(text).map(parseInteger(1, 2 ** 31 - 1));
}

function parseRuns(text: string): { particles: number; time: number }[] {
  const parseTime = parseNumber("N:t with a time above 0", (time) => time > 0);
  return parseWords(text).map((run) => {
    const [particles, time = ""] = run.split(":");
    return { particles: parseInteger(1, 2 ** 31 - 1)(particles), time: parseTime(time) };
  });
}

const contenders: Contender[] = [];
try {
  for (const name of values.engines) {
    const contender = await openContender(name);
    if (contender !== null) contenders.push(contender);
  }
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`coagula: ${error.message}`);
  process.exit(2);
}
const record = recordOf(contenders);
const { sizes } = values;
const memory = sizes.map((particles) => ({ particles, bytesPerParticle: bytesPerParticle(particles) }));
const say = (line: string) => (values.json ? undefined : console.log(line));

say(
  `coagula ${record.version} (${record.commit}), Node ${record.node}, ${record.cores} x ${record.processor}`,
);
for (const { name, driver } of record.adapters) say(`${name}: ${driver}`);

const rates: StepRate[] = [];
const stages: StageRecord[] = [];
const runs: TimeToSolution[] = [];
const variants: VariantCost[] = [];
const scaling: ScalingPoint[] = [];

if (values.parts.includes("rates")) await stepRates();
if (values.parts.includes("stages"))
  for (const { open } of contenders) if (open !== null) await stageTimes(open);
if (values.parts.includes("runs")) await timesToSolution();
if (values.parts.includes("variants")) for (const contender of contenders) await variantCosts(contender);
if (values.parts.includes("scaling")) await scalings();
if (values.json) {
  const exponents = exponentsOf(scaling);
  console.log(JSON.stringify({ ...record, rates, memory, stages, runs, variants, scaling, exponents }));
}
for (const { open } of contenders) open?.release();

async function stepRates(): Promise<void> {
  const work = contenders.every(({ open }) => open?.info.software === false) ? 3e9 : 3e6;
  const options = values.quick ? { repeats: 3, work: work / 15 } : { repeats: 7, work };
  for await (const rate of measureStepRates(contenders, { sizes, seed: 1, ...options })) {
    rates.push(rate);
    process.stderr.write(`${rate.workload} ${rate.particles} ${rate.engine}\n`);
  }
  const rows = rates.map(({ workload, particles, engine, rate }) => [
    workload,
    formatCount(particles),
    engine,
    rate.median.toFixed(2),
    `${rate.min.toFixed(2)} - ${rate.max.toFixed(2)}`,
  ]);
  const columns = ["workload", "N", "engine", "million particle-steps/s", "spread"];
  say(
    formatTable(
      columns.map((title) => ({ title })),
      rows,
    ),
  );
  for (const { particles, bytesPerParticle } of memory) {
    say(
      `device memory of uniform steps at N = ${formatCount(particles)}, d = 3: ${bytesPerParticle.toFixed(1)} bytes per particle`,
    );
  }
}

async function stageTimes(device: OpenDevice): Promise<void> {
  for await (const measured of measureStages(device, { sizes, seconds: values.quick ? 0.3 : 3 })) {
    stages.push(measured);
    const { step, particles, steps, wall } = measured;
    say(
      `\n${measured.engine}, ${step} step, N = ${formatCount(particles)}: ${format(wall)} ms a step (${steps} steps)`,
    );
    for (const { stage, dispatches, device: milliseconds } of measured.stages) {
      say(`  ${stage.padEnd(16)} ${format(milliseconds)} ms on the device, ${format(dispatches)} dispatches`);
    }
  }
}

async function timesToSolution(): Promise<void> {
  const usual = values.quick ? { particles: 1000, time: 0.01 } : { particles: 10000, time: 0.08 };
  for (const { particles, time } of values.runs ?? [usual]) {
    say(`\nmultirate, annihilation of ${particles} particles at Z = 1 to t = ${time}:`);
    for await (const run of measureTimeToSolution(contenders, { particles, time })) {
      runs.push(run);
      say(
        `${run.engine}: ${run.seconds.toFixed(1)} s, ${run.macroSteps} macro-steps, ${formatCount(run.particleSteps)} particle-steps, ${run.left.toFixed(4)} left, limit ${run.limit.toFixed(4)}`,
      );
    }
  }
}

async function variantCosts(contender: Contender): Promise<void> {
  for (const particles of sizes) {
    for await (const cost of measureVariants(contender, { particles, repeats: values.quick ? 1 : 5 })) {
      variants.push(cost);
      process.stderr.write(`${cost.step} ${cost.variant} ${cost.particles} ${cost.engine}\n`);
    }
  }
  const rows = variants
    .filter(({ engine }) => engine === contender.name)
    .map(({ step, particles, variant, events, seconds, cost }) => [
      ...[step, formatCount(particles), variant, String(events), seconds.toFixed(2), cost.median.toFixed(2)],
      `${cost.min.toFixed(2)} - ${cost.max.toFixed(2)}`,
    ]);
  const columns = ["step", "N", "interaction", "events", "s", "over plain", "spread"];
  say(`\n${contender.name}, coagulation at N eps = 40:`);
  say(
    formatTable(
      columns.map((title) => ({ title })),
      rows,
    ),
  );
}

async function scalings(): Promise<void> {
  for (const contender of contenders) {
    for await (const point of measureScaling(contender, values.quick ? 1 : 3)) {
      scaling.push(point);
      const { step, along, particles, eps, engine } = point;
      process.stderr.write(`${step} along ${along}: ${particles}, eps ${eps} ${engine}\n`);
    }
  }
  const rows = scaling.map(({ engine, step, along, particles, eps, secondsPerTime }) => [
    ...[engine, step, along, formatCount(particles), eps.toExponential(0)],
    secondsPerTime.median.toPrecision(3),
    `${secondsPerTime.min.toPrecision(3)} - ${secondsPerTime.max.toPrecision(3)}`,
  ]);
  const columns = ["engine", "step", "along", "N", "eps", "s per unit of time", "spread"];
  say(
    formatTable(
      columns.map((title) => ({ title })),
      rows,
    ),
  );
  for (const { engine, step, along, exponent, se } of exponentsOf(scaling)) {
    say(`${engine}, ${step}: grows as (${along})^${exponent.toFixed(2)}, standard error ${se.toFixed(2)}`);
  }
  if (values.figure !== undefined) {
    await writeFile(values.figure, `${await statementFigure(scalingFigure(scaling))}\n`);
  }
}

function format(milliseconds: number): string {
  return milliseconds.toPrecision(3);
}

/** Of all buffers, tables and all, for the resolved workload. */
function bytesPerParticle(particles: number): number {
  const { scenario } = caseOf("memory", { particles, Z: 1, alpha: { constant: 1 }, steps: 1 });
  const bytes = bufferBytes(sizesOf(makeSystem(scenario)));
  return Object.values(bytes).reduce((a, b) => a + b) / particles;
}
