/** One shard of a sweep: played, gone on with, or left alone if it is there. */
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { type ShardNumber, shardAt } from "../sweep/sweep.ts";
import { interruptSignal } from "./interrupt.ts";
import { type PlayRunOptions, playRun } from "./playRun.ts";
import { exists } from "./resultsFolder.ts";
import { claimRun, type Reopened, reopenRun } from "./runFolder.ts";
import { readSweep, shardOption, shardPath } from "./sweepFolder.ts";

export async function runShard(folder: string, number: ShardNumber, options: PlayRunOptions): Promise<void> {
  const { scenario, firstReplica } = shardAt(await readSweep(folder), number);
  const path = shardPath(folder, number.index);
  const signal = interruptSignal();
  const start = { scenario, firstReplica, options: [shardOption, `${number.index}/${number.count}`] };
  const begun = (await exists(`${path}.unfinished`)) ? await reopened(path) : undefined;
  if (begun === null || (begun === undefined && (await exists(join(path, "summary.json"))))) {
    console.error(`coagula: shard ${number.index} of ${number.count} is complete already.`);
    return;
  }
  // Whoever plays the same shard at the same time comes to the same results, and either may replace the other's.
  const run = begun ?? { checkpoint: { ...start, state: null }, folder: await claimRun(path, true, start) };
  await playRun(run.checkpoint, run.folder, options, signal);
}

/** Undefined where nothing is left of it that could be used: then it is played from its start. */
async function reopened(path: string): Promise<Reopened | null | undefined> {
  try {
    const found = await reopenRun(path);
    for (const complaint of found?.complaints ?? []) console.error(`coagula: ${complaint}`);
    return found;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message.replace(/^/gm, "coagula: "));
    return undefined;
  }
}
