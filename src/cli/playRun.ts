/** Plays a run from its start or from where it has come to, tells of it, and writes its results: what `run` and `resume` share. */
import { Option } from "commander";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { UserError } from "../errors.ts";
import { unitsOf } from "../model/physical.ts";
import type { System } from "../model/system.ts";
import { dilutionOf } from "../oracle/dilution.ts";
import type { RunState } from "../play.ts";
import { describeDilution } from "../report/dilutionText.ts";
import { createProgress, type Progress } from "../report/progress.ts";
import { announce, conclude, introduce, resultTable } from "../report/runText.ts";
import { describeStatement } from "../report/statementText.ts";
import { type SimulateOptions, simulate } from "../simulate.ts";
import { statementsOf } from "../theorem/statements.ts";
import { Interrupted } from "./interrupt.ts";
import { parseNumber, printJson, type WhereOptions } from "./options.ts";
import { runFiles, shardFiles, withDilution, withStatements } from "./resultFiles.ts";
import { reasonOf } from "./resultsFolder.ts";
import { type RunFolder, snapshotsOption } from "./runFolder.ts";
import { shardOption } from "./sweepFolder.ts";

export interface PlayRunOptions extends WhereOptions {
  checkpointEvery?: number;
  json?: boolean;
}

export const checkpointOption = () =>
  new Option(
    "--checkpoint-every <seconds>",
    "how often to keep the state, 0 for as often as can be (default: 60)",
  ).argParser(parseNumber("a number of seconds from 0 on", (seconds) => seconds >= 0));

/** `folder` is null where nothing is to be written. */
export async function playRun(
  checkpoint: Omit<Checkpoint, "replaces">,
  folder: RunFolder | null,
  { engine, adapter, checkpointEvery, json }: PlayRunOptions,
  signal: AbortSignal,
): Promise<void> {
  const { scenario, firstReplica, options, state } = checkpoint;
  const units = unitsOf(scenario);
  const dilution = dilutionOf(scenario);
  const progress = createProgress(scenario.name);
  // People's text makes way for the JSON object.
  const output = json ? process.stderr : process.stdout;
  const say = (text: string) => output.write(`${text}\n`);
  const isShard = options.includes(shardOption);
  let end: RunState | null = null;
  const withSnapshots = folder !== null && options.includes(snapshotsOption);
  const simulateOptions: SimulateOptions = {
    engine,
    ...(adapter !== undefined && { adapter }),
    firstReplica,
    signal,
    onProgress: (fraction) => progress.update(fraction),
    onRecovery: (sentence) => progress.log(`coagula: ${sentence}`),
    ...(state !== null && { from: state }),
    ...(folder !== null && { keep: keeper(checkpoint, folder, progress) }),
    ...(checkpointEvery !== undefined && { keepEvery: checkpointEvery }),
    ...(isShard && {
      onEnd: async (state) => {
        end = state;
      },
    }),
    ...(withSnapshots && { onSnapshot: (k, snapshot) => folder.keepSnapshot(k, snapshot) }),
  };
  try {
    const simulation = simulate(scenario, simulateOptions);
    say(introduce(simulation.system, await simulation.place));
    if (state !== null) say(`going on at ${percentDone(simulation.system, state)} %`);
    if (dilution !== null) say(describeDilution(scenario.physical!, dilution));
    for await (const observation of simulation) progress.log(announce(observation, units));
    progress.done();
    const result = await simulation.result;
    const { system } = simulation;
    const [events, clock] = [await simulation.events, await simulation.clock];
    const statements = statementsOf([{ system, events, clock, observables: await simulation.observables }]);
    const snapshot = withSnapshots ? (k: number) => folder.snapshot(k) : undefined;
    const files =
      folder &&
      (isShard
        ? shardFiles(system, result, { ...checkpoint, replaces: true, state: end })
        : await runFiles(system, result, events, clock, statements, options, snapshot));
    signal.throwIfAborted();
    const out = files && (await folder.finish(files));
    say(`\n${resultTable(result.observations, units)}\n\n${conclude(result)}`);
    for (const statement of statements) say(`\n${describeStatement(statement)}`);
    if (out !== null) say(`results in ${out}`);
    if (json)
      printJson({
        ...result,
        ...withStatements(statements),
        ...withDilution(system),
        ...(out !== null && { out }),
      });
  } catch (error) {
    progress.abandon();
    // It would come to the same end again.
    if (error instanceof UserError) folder?.discard();
    if (!folder?.isResumable || error instanceof UserError) throw error;
    throw resumable(error, folder);
  } finally {
    progress.abandon();
    folder?.leave();
  }
}

function percentDone({ observeAt }: System, { engine: { pacers } }: RunState): number {
  const ticks = pacers.reduce((sum, { tick }) => sum + tick, 0) / pacers.length;
  return Math.floor((100 * ticks) / Math.max(1, observeAt.at(-1)!));
}

/** A run that cannot write its state, on a full disk say, goes on, and tries again. */
function keeper(checkpoint: Omit<Checkpoint, "replaces">, folder: RunFolder, progress: Progress) {
  let complained = false;
  return async (state: RunState) => {
    try {
      await folder.keep({ ...checkpoint, replaces: folder.replaces, state });
      complained = false;
    } catch (error) {
      if (!complained) {
        progress.log(
          `coagula: a checkpoint could not be written to ${folder.place} (${reasonOf(error)}); the run goes on, and tries again.`,
        );
      }
      complained = true;
    }
  };
}

/** Tells how to go on. */
function resumable(error: unknown, { path }: RunFolder): Error {
  const advice = `coagula resume ${path} goes on`;
  if (error instanceof Error && error.name === "AbortError") {
    return new Interrupted(`interrupted; what is done is kept, and ${advice}.`);
  }
  const sentence = error instanceof Error ? error.message : String(error);
  return new Error(`${sentence}\nWhat is done is kept, and ${advice}.`, { cause: error });
}
