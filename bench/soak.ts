/**
 * npm run soak -- [--minutes 60] [--json] [--adapter NAME]: plays the same systems over and over, with states taken and devices reopened on the way, and ends
 * with 1 unless every digest stays what it was at first and memory stays flat.
 *
 * The device's memory cannot be asked for. On a software adapter it is the process's own; elsewhere a leak there ends in an out-of-memory error, which
 * would end the soak.
 */
import { parseArgs } from "node:util";
import { makeSystem } from "../src/model/system.ts";
import { openPlace } from "../src/place.ts";
import { play } from "../src/play.ts";
import { formatDuration } from "../src/report/table.ts";
import { verifyCases } from "../src/verify/cases.ts";
import { growthOf } from "./growth.ts";
import { recordOf } from "./record.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
    adapter: { type: "string" },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`minutes is ${values.minutes}, but must be a positive number.`);
  process.exit(2);
}

/** Memory may grow by as much from the second quarter of the time to the last: what a collector leaves lying about differs from round to round. */
const mostGrowth = { share: 0.05, bytes: 64e6 };

/** Rounds after which the device is let go of for a new one. */
const reopenEvery = 10;

const cases = verifyCases.filter(({ scenario }) => scenario.particles * scenario.replicas <= 3000);
const place = await openPlace({ engine: "auto", ...(values.adapter && { adapter: values.adapter }) });
const begin = performance.now();
const elapsed = () => (performance.now() - begin) / 60_000;
const digests = new Map<string, string>();
const differing: string[] = [];
const memory: { minute: number; bytes: number }[] = [];
let rounds = 0;
let runs = 0;
let saidAt = 0;
for (; elapsed() < minutes && differing.length === 0; rounds++) {
  for (const { name, scenario } of cases) {
    if (elapsed() >= minutes) break;
    const keep = async () => {};
    const { digest } = await play(makeSystem(scenario), place, { onCounts() {}, keep, keepEvery: 0.5 });
    if (digest !== (digests.get(name) ?? digest)) differing.push(name);
    digests.set(name, digest);
    runs++;
    memory.push({ minute: elapsed(), bytes: process.memoryUsage.rss() });
    if (elapsed() - saidAt > 1) {
      saidAt = elapsed();
      const megabytes = Math.round(memory.at(-1)!.bytes / 1e6);
      process.stderr.write(
        `soak: ${formatDuration(60 * (minutes - saidAt))} left, ${runs} runs, ${megabytes} MB\n`,
      );
    }
  }
  if (rounds % reopenEvery === reopenEvery - 1) await place.reopen();
}
place.release();
const growth = growthOf(memory, minutes);
const isFlat = growth.bytes <= Math.max(mostGrowth.bytes, mostGrowth.share * growth.before);
const { engine, adapter, driver } = place.place;
const { version, commit, node, processor, cores } = recordOf([]);
const result = {
  ...{ version, commit, node, processor, cores, engine, adapter, driver },
  ...{ minutes, rounds, runs, cases: cases.length, differing, memory: { ...growth, isFlat } },
};
if (values.json) console.log(JSON.stringify(result));
else {
  console.log(`${runs} runs of ${cases.length} systems on ${adapter ?? "the CPU reference"}`);
  console.log(
    differing.length === 0 ? "every digest stayed the same" : `other digests: ${differing.join(", ")}`,
  );
  console.log(
    `memory: ${Math.round(growth.before / 1e6)} MB in the second quarter, ${Math.round(growth.after / 1e6)} MB in the last: ${isFlat ? "flat" : "growing"}`,
  );
}
process.exitCode = differing.length === 0 && isFlat ? 0 : 1;
