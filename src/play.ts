/** Plays a system from its start to its last observation, and checks that the run agrees with itself. */
import type { Snapshot, Work } from "./engine.ts";
import type { ClockSegment } from "./model/pace.ts";
import type { System } from "./model/system.ts";
import { digest } from "./observe/digest.ts";
import { EventLog } from "./observe/eventLog.ts";
import { replay } from "./observe/genealogy.ts";
import { makeObserver, type Observables } from "./observe/observables.ts";
import type { OpenPlace } from "./place.ts";

export interface PlayOptions {
  /** Called at the k-th observation with the living by replica and mass, u32[replicas, K + 1]: masses 1..K and all above. */
  onCounts: (k: number, counts: Uint32Array) => void;
  /** Called at the k-th observation with who is where; if it is not wanted, nothing is read back. */
  onSnapshot?: (k: number, snapshot: Snapshot) => void | Promise<void>;
  /** Called now and then with the fraction of the steps that are done. */
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}

export interface Played {
  /** All events, sorted; see `EventLog`. */
  events: Uint32Array;
  clock: ClockSegment[][];
  /** See `observe/digest.ts`. */
  digest: string;
  observables: Observables;
  work: Work;
  /** Wall time until the particles are placed, and of playing the steps. */
  prepareSeconds: number;
  stepSeconds: number;
}

export async function play(
  system: System,
  { create }: OpenPlace,
  { onCounts, onSnapshot, onProgress, signal }: PlayOptions,
): Promise<Played> {
  const clock = () => performance.now() / 1000;
  const begin = clock();
  const steps = system.observeAt.at(-1)!;
  const engine = await create(system);
  try {
    const prepareSeconds = clock() - begin;
    let stepSeconds = 0;
    const observer = makeObserver(system);
    for (const [k, step] of system.observeAt.entries()) {
      // A short run may be over before it reports any progress.
      signal?.throwIfAborted();
      const from = clock();
      await engine.advance(step, (done) => {
        signal?.throwIfAborted();
        onProgress?.(steps === 0 ? 1 : done / steps);
      });
      stepSeconds += clock() - from;
      await observer.see(engine);
      onCounts(k, observer.observables.counts[k]);
      await onSnapshot?.(k, await engine.snapshot());
    }
    const log = new EventLog(system.dimension);
    await engine.takeEvents(log);
    const events = log.sorted();
    const end = await engine.snapshot();
    checkAgainstGenealogy(system, events, end);
    await observer.end(engine, events);
    return {
      events,
      clock: engine.clock(),
      digest: digest(system, events, end),
      observables: observer.observables,
      work: engine.work(),
      prepareSeconds,
      stepSeconds,
    };
  } finally {
    engine.dispose();
  }
}

/** The log and the particles must tell the same story: a run that disagrees with itself has no result. */
function checkAgainstGenealogy(
  system: System,
  events: Uint32Array,
  end: { id: Uint32Array; mass: Uint32Array },
): void {
  const { after } = replay(system, events);
  const living = after.reduce((sum, mass) => sum + (mass === 0 ? 0 : 1), 0);
  const differs = end.id.findIndex((id, k) => after[id] !== end.mass[k]);
  if (living !== end.id.length || differs >= 0) {
    throw new Error(
      `The event log leaves ${living} particles, but ${end.id.length} are there; please report this.`,
    );
  }
}
