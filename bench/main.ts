/** npm run bench -- [--json] [--quick] [--sizes 10000,100000] [--adapter NAME]: see docs/performance.md. */
import { parseArgs } from "node:util";
import { openDevice } from "../src/gpu/device.ts";
import { makeSystem } from "../src/model/system.ts";
import { formatCount, formatTable } from "../src/report/table.ts";
import { bufferBytes, sizesOf } from "../src/sizes.ts";
import { caseOf } from "../src/verify/cases.ts";
import { recordOf } from "./record.ts";
import { measureStepRates, type StepRate } from "./stepRate.ts";
import { measureTimeToSolution, type TimeToSolution } from "./timeToSolution.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    sizes: { type: "string", default: "10000,100000,1000000" },
    adapter: { type: "string" },
  },
});

const open = await openDevice(values.adapter);
const record = recordOf(open);
const sizes = values.sizes.split(",").map(Number);
const memory = sizes.map((particles) => ({ particles, bytesPerParticle: bytesPerParticle(particles) }));
const say = (line: string) => (values.json ? undefined : console.log(line));

say(
  `coagula ${record.version} (${record.commit}), Node ${record.node}, ${record.cores} x ${record.processor}`,
);
say(
  `${record.adapter ?? "no adapter: CPU reference only"}${record.driver === null ? "" : `, ${record.driver}`}\n`,
);

const rates: StepRate[] = [];
const options = values.quick ? { repeats: 3, work: 2e5 } : { repeats: 7, work: 3e6 };
for await (const rate of measureStepRates(open, { sizes, seed: 1, ...options })) {
  rates.push(rate);
  if (!values.json) process.stderr.write(`${rate.workload} ${rate.particles} ${rate.engine}\n`);
}

const rows = rates.map(({ workload, particles, engine, rate }) => [
  workload,
  formatCount(particles),
  engine,
  rate.median.toFixed(2),
  `${rate.min.toFixed(2)} - ${rate.max.toFixed(2)}`,
]);
const columns = ["workload", "N", "engine", "million particle-steps/s", "spread"].map((title) => ({ title }));
say(formatTable(columns, rows));
for (const { particles, bytesPerParticle } of memory) {
  say(
    `device memory at N = ${formatCount(particles)}, d = 3: ${bytesPerParticle.toFixed(1)} bytes per particle`,
  );
}

const runs: TimeToSolution[] = [];
const wanted = values.quick
  ? ({ particles: 1000, time: 0.01, engines: ["gpu", "cpu"] } as const)
  : ({ particles: 10_000, time: 0.08, engines: ["gpu", "cpu"] } as const);
say(`\nmultirate, annihilation of ${wanted.particles} particles at Z = 1 to t = ${wanted.time}:`);
for await (const run of measureTimeToSolution(open, wanted)) {
  runs.push(run);
  say(
    `${run.engine}: ${run.seconds.toFixed(1)} s, ${run.macroSteps} macro-steps, ${formatCount(run.particleSteps)} particle-steps, ${run.left.toFixed(4)} left, limit ${run.limit.toFixed(4)}`,
  );
}
if (values.json) console.log(JSON.stringify({ ...record, rates, memory, runs }));
open?.release();

/** Of all buffers, tables and all, for the resolved workload. */
function bytesPerParticle(particles: number): number {
  const { scenario } = caseOf("memory", { particles, Z: 1, alpha: { constant: 1 }, steps: 1 });
  const bytes = bufferBytes(sizesOf(makeSystem(scenario)));
  return Object.values(bytes).reduce((a, b) => a + b) / particles;
}
