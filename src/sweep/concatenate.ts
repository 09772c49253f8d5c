/** The states of pieces of a run as the state of all of it. */
import type { EngineState, Snapshot, Work } from "../engine.ts";
import type { Observed } from "../observe/observables.ts";
import type { RunState } from "../play.ts";

/** What came of some replicas of a run. */
export interface Piece {
  /** Replicas before it. */
  firstReplica: number;
  state: RunState;
}

type Numbers = Uint32Array | BigUint64Array | Float64Array;

/** Pieces in the order of their replicas, at the same observation, of a run of N particles in each replica. */
export function concatenate(pieces: readonly Piece[], particles: number, dimension: number): RunState {
  const states = pieces.map(({ state }) => state);
  const engines = states.map(({ engine }) => engine);
  const snapshotOf = (of: (state: RunState) => Snapshot) =>
    joinedSnapshots(
      pieces.map(({ firstReplica, state }) => ({ offset: firstReplica * particles, snapshot: of(state) })),
    );
  const engine: EngineState = {
    living: snapshotOf((state) => state.engine.living),
    everybody: engines[0].everybody && joined(engines.map(({ everybody }) => everybody!)),
    next: joined(engines.map(({ next }, k) => next.map((one) => one + pieces[k].firstReplica * particles))),
    pacers: engines.flatMap(({ pacers }) => pacers),
    pairSums: joined(engines.map(({ pairSums }) => pairSums)),
    work: engines.map(({ work }) => work).reduce(together),
  };
  /** Lists by observation time of arrays by replica. */
  const each = <T extends Numbers>(of: (observed: Observed) => T[]): T[] =>
    of(states[0].observed).map((_, k) => joined(states.map(({ observed }) => of(observed)[k])));
  const [all, selves] = (["all", "selves"] as const).map((key) =>
    each(({ products }) => products.map((product) => product[key])),
  );
  return {
    engine,
    events: joined(pieces.map(({ firstReplica, state }) => shifted(state.events, firstReplica, dimension))),
    observed: {
      counts: each(({ counts }) => counts),
      living: states[0].observed.living.map((_, k) => snapshotOf(({ observed }) => observed.living[k])),
      densities: each(({ densities }) => densities),
      pairings: each(({ pairings }) => pairings),
      sums: each(({ sums }) => sums),
      products: all.map((array, k) => ({ all: array, selves: selves[k] })),
    },
    seconds: states.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function joined<T extends Numbers>(arrays: readonly T[]): T {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const all = new (arrays[0].constructor as new (length: number) => T)(length);
  let at = 0;
  for (const array of arrays) {
    (all as { set(array: T, at: number): void }).set(array, at);
    at += array.length;
  }
  return all;
}

function joinedSnapshots(parts: readonly { offset: number; snapshot: Snapshot }[]): Snapshot {
  return {
    id: joined(parts.map(({ offset, snapshot }) => snapshot.id.map((id) => id + offset))),
    mass: joined(parts.map(({ snapshot }) => snapshot.mass)),
    place: joined(parts.map(({ snapshot }) => snapshot.place)),
  };
}

/** Events with their replicas counted from those of the whole run. */
function shifted(events: Uint32Array, firstReplica: number, dimension: number): Uint32Array {
  const width = 5 + dimension;
  return events.map((word, at) => (at % width === 0 ? word + firstReplica : word));
}

const together = (a: Work, b: Work): Work => ({
  macroSteps: Math.max(a.macroSteps, b.macroSteps),
  particleSteps: a.particleSteps + b.particleSteps,
  subSteps: a.subSteps + b.subSteps,
});
