/**
 * The folder of a sweep:
 *
 *     sweep.json        the expanded plan
 *     shards/<number>   what came of each shard: summary.json and state.bin
 *     runs/<name>       what `coagula merge` makes of them, as one run each
 *     sweep.csv         all densities of all runs
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Checkpoint, checkpointFromBytes } from "../checkpoint/checkpoint.ts";
import { readWhole } from "../checkpoint/file.ts";
import { UserError } from "../errors.ts";
import { loadText } from "../model/loadFile.ts";
import type { System } from "../model/system.ts";
import { digest } from "../observe/digest.ts";
import { EventLog } from "../observe/eventLog.ts";
import type { Place } from "../place.ts";
import { type RunSummary, runSummary } from "../results/summaries.ts";
import type { PlannedRun, Shard } from "../sweep/plan.ts";
import { parseSweep } from "../sweep/sweep.ts";
import { exists, reasonOf } from "./resultsFolder.ts";

export const sweepName = "sweep.json";
export const stateName = "state.bin";

/** The option that a shard's results are made with. */
export const shardOption = "--shard";

const mostText = 2 ** 28;

/** The runs of the sweep in a folder; throws a UserError if there is none. */
export async function readSweep(folder: string): Promise<PlannedRun[]> {
  const path = join(folder, sweepName);
  return parseSweep(await loadText(path, "a sweep that coagula sweep has written", mostText), path);
}

/** Where the results of the shard of this number are. */
export const shardPath = (folder: string, index: number): string =>
  join(folder, "shards", String(index).padStart(5, "0"));

/** What came of a shard. */
export interface ShardResult {
  checkpoint: Checkpoint;
  summary: RunSummary;
}

/**
 * What came of the shard of this number, which must be that of the sweep. Throws a UserError of one sentence if it is missing, not finished, damaged, by another
 * version or of something else.
 */
export async function readShard(
  folder: string,
  index: number,
  count: number,
  shard: Shard,
): Promise<ShardResult> {
  const path = shardPath(folder, index);
  const who = `shard ${index} of ${count}`;
  const run = `coagula run ${folder} ${shardOption} ${index}/${count}`;
  if (!(await exists(path))) {
    const isBegun = await exists(`${path}.unfinished`);
    throw new UserError(
      isBegun ? `${who} is not finished: ${run} goes on with it.` : `${who} is missing: ${run} plays it.`,
    );
  }
  const refuse = (reason: string): never => {
    throw new UserError(`${who}, in ${path}, ${reason}; remove it and play it again: ${run}.`);
  };
  let checkpoint: Checkpoint;
  let system: System;
  let summary: RunSummary;
  try {
    ({ checkpoint, system } = checkpointFromBytes(await readWhole(join(path, stateName))));
    summary = runSummary.parse(JSON.parse(await readFile(join(path, "summary.json"), "utf8")));
  } catch (error) {
    return refuse(`cannot be used (${isZod(error) ? "its summary is damaged" : reasonOf(error)})`);
  }
  const { scenario, firstReplica, state } = checkpoint;
  if (JSON.stringify([scenario, firstReplica]) !== JSON.stringify([shard.scenario, shard.firstReplica])) {
    return refuse("is of another sweep");
  }
  if (state === null || state.observed.counts.length !== system.observeAt.length) {
    return refuse("is not the end of its run");
  }
  const sorted = new EventLog(system.dimension, state.events).sorted();
  if (digest(system, sorted, state.engine.living) !== summary.digest) {
    return refuse("has another digest than its summary says");
  }
  return { checkpoint, summary };
}

const isZod = (error: unknown) =>
  error instanceof Error && error.name !== "DamagedError" && !("code" in error);

/** Names in the folder of the shards that are no shard of the sweep. */
export async function strangers(folder: string, count: number): Promise<string[]> {
  const known = new Set(
    Array.from({ length: count }, (_, k) => shardPath("", k + 1).slice("shards/".length)),
  );
  const inside = await readdir(join(folder, "shards")).catch(() => []);
  return inside.filter((name) => !known.has(name.replace(/\.unfinished$/, "")));
}

/** Where the pieces of a run were played. */
export function placeOf(summaries: readonly RunSummary[]): Place {
  const [first] = summaries;
  const same = summaries.every(({ adapter, driver }) => adapter === first.adapter && driver === first.driver);
  const names = [...new Set(summaries.map(({ adapter }) => adapter ?? "CPU reference"))];
  const why = `${summaries.length} ${summaries.length === 1 ? "shard was" : "shards were"} played there`;
  const { engine, adapter, driver, software } = first;
  return same
    ? { engine, adapter, driver, software, why }
    : { engine: "gpu", adapter: names.join(", "), driver: null, software: null, why };
}
