/**
 * A run on its way, as a file: what is played, by which version, and where it has come to. What is read is believed only as far as it agrees with
 * itself and with the system, so that a file which was damaged, or made up, brings no wrong result.
 */
import * as z from "zod";
import type { Snapshot } from "../engine.ts";
import type { ClockSegment, PacerState } from "../model/pace.ts";
import { checkScenario, type Scenario } from "../model/scenario.ts";
import { makeSystem, type System } from "../model/system.ts";
import type { RunState } from "../play.ts";
import { version } from "../version.generated.ts";
import { checkState } from "./checkState.ts";
import { DamagedError, treeFromBytes, treeToBytes } from "./tree.ts";

export interface Checkpoint {
  scenario: Scenario;
  /** See `SimulateOptions.firstReplica`. */
  firstReplica: number;
  /** What the command was given beside the scenario that bears on the results. */
  options: string[];
  /** Whether results that are in the folder already go when the run ends. */
  replaces: boolean;
  /** Null: at the start. */
  state: RunState | null;
}

const u32 = z.instanceof(Uint32Array<ArrayBuffer>);
const u64 = z.instanceof(BigUint64Array<ArrayBuffer>);
const f64 = z.instanceof(Float64Array<ArrayBuffer>);
const count = z.int().nonnegative();
const snapshot = z.strictObject({ id: u32, mass: u32, place: u32 });

const treeShape = z.strictObject({
  coagula: z.string(),
  scenario: z.unknown(),
  firstReplica: count,
  options: z.array(z.string().regex(/^[\w.,+/-]+$/)),
  replaces: z.boolean(),
  state: z
    .strictObject({
      engine: z.strictObject({
        living: snapshot,
        everybody: u32.nullable(),
        next: u32,
        // Of all replicas, one after the other: there may be many.
        pacers: z.strictObject({ tick: f64, steps: f64, care: f64, segments: u32, clock: f64 }),
        pairSums: u64,
        work: z.strictObject({ macroSteps: count, particleSteps: count, subSteps: count }),
      }),
      events: u32,
      observed: z.strictObject({
        counts: z.array(u32),
        living: z.array(snapshot),
        densities: z.array(f64),
        pairings: z.array(f64),
        sums: z.array(u64),
        products: z.array(z.strictObject({ all: f64, selves: f64 })),
      }),
      seconds: z.number().nonnegative(),
    })
    .nullable(),
});

/** The pieces of the file. */
export function checkpointToBytes({ state, ...rest }: Checkpoint): Iterable<Uint8Array> {
  const flat = state && { ...state, engine: { ...state.engine, pacers: flatPacers(state.engine.pacers) } };
  return treeToBytes({ coagula: version, ...rest, state: flat });
}

/** Throws a DamagedError for what is no checkpoint of this version, or one that contradicts itself. */
export function checkpointFromBytes(bytes: ArrayBuffer): { checkpoint: Checkpoint; system: System } {
  const parsed = treeShape.safeParse(treeFromBytes(bytes));
  if (!parsed.success) throw new DamagedError("it has not the form of a checkpoint");
  const { coagula, scenario: given, state: flat, ...rest } = parsed.data;
  if (coagula !== version) throw new DamagedError(`it is by coagula ${coagula}, and this is ${version}`);
  const checked = checkScenario(given);
  if ("problems" in checked) throw new DamagedError("its scenario is not valid");
  const { scenario } = checked;
  const system = systemOf(scenario, rest.firstReplica);
  const state: RunState | null = flat && {
    ...flat,
    engine: { ...flat.engine, pacers: pacersOf(flat.engine.pacers, system.replicas) },
  };
  if (state !== null) checkState(system, state);
  return { checkpoint: { ...rest, scenario, state }, system };
}

function systemOf(scenario: Scenario, firstReplica: number): System {
  try {
    return makeSystem(scenario, firstReplica);
  } catch {
    throw new DamagedError("its scenario cannot be played");
  }
}

type FlatPacers = NonNullable<z.infer<typeof treeShape>["state"]>["engine"]["pacers"];

function flatPacers(pacers: readonly PacerState[]): FlatPacers {
  return {
    tick: Float64Array.from(pacers, ({ tick }) => tick),
    steps: Float64Array.from(pacers, ({ steps }) => steps),
    care: Float64Array.from(pacers, ({ care }) => care),
    segments: Uint32Array.from(pacers, ({ clock }) => clock.length),
    clock: Float64Array.from(
      pacers.flatMap(({ clock }) =>
        clock.flatMap(({ step, tick, ticks, levels }) => [step, tick, ticks, levels]),
      ),
    ),
  };
}

function pacersOf({ tick, steps, care, segments, clock }: FlatPacers, replicas: number): PacerState[] {
  const lengths = [tick, steps, care, segments].map(({ length }) => length);
  const all = segments.reduce((sum, length) => sum + length, 0);
  if (lengths.some((length) => length !== replicas) || clock.length !== 4 * all) {
    throw new DamagedError("its clocks are not those of its replicas");
  }
  let at = 0;
  const segment = (): ClockSegment => {
    const [step, tick, ticks, levels] = clock.subarray(at, at + 4);
    at += 4;
    return { step, tick, ticks, levels };
  };
  return Array.from(segments, (length, r) => ({
    tick: tick[r],
    steps: steps[r],
    care: care[r],
    clock: Array.from({ length }, segment),
  }));
}

/** Who is where, as a file of its own. */
export const snapshotToBytes = ({ id, mass, place }: Snapshot): Iterable<Uint8Array> =>
  treeToBytes({ id, mass, place });

/** Throws a DamagedError for what is no snapshot. */
export function snapshotFromBytes(bytes: ArrayBuffer): Snapshot {
  const parsed = snapshot.safeParse(treeFromBytes(bytes));
  if (!parsed.success) throw new DamagedError("it has not the form of a snapshot");
  return parsed.data;
}
