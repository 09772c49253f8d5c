/** Plays a system from its start, or from where it has come to, to its last observation, and checks that the run agrees with itself. */
import type { Engine, EngineState, Snapshot, Work } from "./engine.ts";
import { UserError } from "./errors.ts";
import type { ClockSegment } from "./model/pace.ts";
import type { System } from "./model/system.ts";
import { digest } from "./observe/digest.ts";
import { EventLog } from "./observe/eventLog.ts";
import { replay } from "./observe/genealogy.ts";
import { makeObserver, type Observables, type Observed, type Observer } from "./observe/observables.ts";
import type { OpenPlace } from "./place.ts";

/** Where a run stands between two epochs: with its system, all that it needs to go on to the same result. */
export interface RunState {
  engine: EngineState;
  /** All events so far, in any order; see `EventLog`. */
  events: Uint32Array;
  observed: Observed;
  /** Wall time of the steps so far. */
  seconds: number;
}

/** Keeping a run's state, so that it can go on after whatever ends it. */
export interface KeepOptions {
  /** Where a run of the same system has come to, to go on from there. */
  from?: RunState;
  /** Given the state now and then, and once more when the run is aborted; awaited. What it throws ends the run. */
  keep?: (state: RunState) => Promise<void>;
  /** Seconds between two states, 60 unless told otherwise, more where taking one is slow; 0 for one whenever the engine rests. */
  keepEvery?: number;
  /** Given the state after the last observation, and awaited: a run goes on from it to its end in no time. */
  onEnd?: (state: RunState) => Promise<void>;
  /** Told in a sentence when a device has failed and the run goes on from its last state on a new one. */
  onRecovery?: (sentence: string) => void;
}

export interface PlayOptions extends KeepOptions {
  /** Called at the k-th observation with the living by replica and mass, u32[replicas, K + 1]: masses 1..K and all above. */
  onCounts: (k: number, counts: Uint32Array) => void;
  /** Called at the k-th observation with who is where, and awaited; if it is not wanted, nothing is read back. */
  onSnapshot?: (k: number, snapshot: Snapshot) => void | Promise<void>;
  /** Called now and then with the fraction of the steps that are done. */
  onProgress?: (fraction: number) => void;
  /** Called now and then after an epoch, on a GPU after the last as well, and awaited: to look at the engine as it is, or to pause. */
  atRest?: (engine: Engine) => void | Promise<void>;
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

const keepEveryDefault = 60;

/** Taking states may take this share of the time at most. */
const keepingShare = 1 / 20;

/** Milliseconds that an aborted run may go on to the next point where its state can be taken. */
const patience = 2000;

/** Failures of the device, one after the other with no state between them, after which the run is given up. */
const mostFailures = 3;

export async function play(system: System, place: OpenPlace, options: PlayOptions): Promise<Played> {
  let state = options.from;
  let told = 0;
  let isRecovery = false;
  const onCounts = (k: number, counts: Uint32Array) => {
    if (k < told) return;
    told = k + 1;
    options.onCounts(k, counts);
  };
  for (let failures = 1; ; failures++) {
    const onState = (taken: RunState) => {
      state = taken;
      failures = 0;
    };
    const run = new Run(system, place, state, { ...options, onCounts }, onState, isRecovery);
    try {
      return await run.play();
    } catch (error) {
      if (error instanceof CallersError) throw error.cause;
      if (place.place.engine === "cpu" || isWanted(error, options.signal)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (failures >= mostFailures)
        throw new Error(`The device failed ${failures} times in a row: ${reason}`);
      options.onRecovery?.(`the device failed (${reason}); the run goes on from its last state on a new one`);
      await place.reopen();
      isRecovery = true;
    }
  }
}

/** Whether an error comes from what the user asked for, and not from a device. */
const isWanted = (error: unknown, signal: AbortSignal | undefined) =>
  error instanceof UserError || (signal?.aborted === true && error === signal.reason);

/** What a caller's function threw: no device is to blame. */
class CallersError extends Error {}

async function ofCaller(promise: void | Promise<void>): Promise<void> {
  try {
    await promise;
  } catch (cause) {
    throw new CallersError("", { cause });
  }
}

/** One stretch of a run on one device. */
class Run {
  readonly #system: System;
  readonly #place: OpenPlace;
  readonly #from: RunState | undefined;
  readonly #options: PlayOptions;
  readonly #onState: (state: RunState) => void;
  /** Whether an earlier device has failed. */
  readonly #isRecovery: boolean;
  readonly #log: EventLog;
  readonly #observer: Observer;
  #stepSeconds: number;
  #keptAt = performance.now();
  #keepingTime = 0;
  #abortedAt: number | null = null;

  constructor(
    system: System,
    place: OpenPlace,
    from: RunState | undefined,
    options: PlayOptions,
    onState: (state: RunState) => void,
    isRecovery: boolean,
  ) {
    this.#system = system;
    this.#place = place;
    this.#from = from;
    this.#options = options;
    this.#onState = onState;
    this.#isRecovery = isRecovery;
    this.#log = new EventLog(system.dimension, from?.events);
    this.#observer = makeObserver(system, from?.observed);
    this.#stepSeconds = from?.seconds ?? 0;
  }

  async play(): Promise<Played> {
    const begin = performance.now();
    const engine = await this.#create();
    try {
      const prepareSeconds = (performance.now() - begin) / 1000;
      await this.#observe(engine);
      return { ...(await this.#conclude(engine)), prepareSeconds, stepSeconds: this.#stepSeconds };
    } finally {
      engine.dispose();
    }
  }

  async #create(): Promise<Engine> {
    try {
      return await this.#place.create(this.#system, this.#from?.engine);
    } catch (error) {
      // What a device has held before, and does not now, is not for the user to mend.
      if (this.#isRecovery && error instanceof UserError) throw new Error(error.message);
      throw error;
    }
  }

  async #observe(engine: Engine): Promise<void> {
    const { onCounts, onSnapshot, signal } = this.#options;
    const { counts } = this.#observer.observables;
    for (const [k, seen] of counts.entries()) onCounts(k, seen);
    for (let k = counts.length; k < this.#system.observeAt.length; k++) {
      // A short run may be over before it reports any progress.
      if (signal?.aborted) await this.#end(engine, signal);
      await this.#advance(engine, this.#system.observeAt[k]);
      await this.#observer.see(engine);
      if (onSnapshot) await ofCaller(onSnapshot(k, await engine.snapshot()));
      onCounts(k, counts[k]);
    }
  }

  async #advance(engine: Engine, to: number): Promise<void> {
    const before = this.#stepSeconds;
    const from = performance.now();
    const clock = () => {
      this.#stepSeconds = before + (performance.now() - from) / 1000;
    };
    await engine.advance(to, {
      onProgress: (tick) => this.#hear(tick),
      atRest: async () => {
        clock();
        if (this.#isDue()) await this.#keep(engine);
        await ofCaller(this.#options.atRest?.(engine));
      },
    });
    clock();
  }

  #hear(tick: number): void {
    const { signal, keep, onProgress } = this.#options;
    if (signal?.aborted) {
      this.#abortedAt ??= performance.now();
      if (keep === undefined || performance.now() - this.#abortedAt > patience) signal.throwIfAborted();
    }
    const ticks = this.#system.observeAt.at(-1)!;
    onProgress?.(ticks === 0 ? 1 : tick / ticks);
  }

  async #end(engine: Engine, signal: AbortSignal): Promise<void> {
    if (this.#options.keep !== undefined) await this.#keep(engine);
    signal.throwIfAborted();
  }

  #isDue(): boolean {
    const { signal, keep, keepEvery = keepEveryDefault } = this.#options;
    // The reference does not fail: its state is for those who keep it.
    if (keep === undefined && this.#place.place.engine === "cpu") return false;
    if (keep !== undefined && signal?.aborted) return true;
    // Whoever asks for every rest gets it, whatever it costs.
    const pause = keepEvery === 0 ? 0 : Math.max(1000 * keepEvery, this.#keepingTime / keepingShare);
    return performance.now() - this.#keptAt >= pause;
  }

  async #state(engine: Engine): Promise<RunState> {
    await engine.takeEvents(this.#log);
    return {
      engine: await engine.state(),
      events: this.#log.rows,
      observed: this.#observer.observed(),
      seconds: this.#stepSeconds,
    };
  }

  async #keep(engine: Engine): Promise<void> {
    const from = performance.now();
    const state = await this.#state(engine);
    this.#onState(state);
    await ofCaller(this.#options.keep?.(state));
    this.#keptAt = performance.now();
    this.#keepingTime = this.#keptAt - from;
    this.#options.signal?.throwIfAborted();
  }

  async #conclude(engine: Engine): Promise<Omit<Played, "prepareSeconds" | "stepSeconds">> {
    await engine.takeEvents(this.#log);
    const events = this.#log.sorted();
    const end = await engine.snapshot();
    checkAgainstGenealogy(this.#system, events, end);
    if (this.#options.onEnd) await ofCaller(this.#options.onEnd(await this.#state(engine)));
    await this.#observer.end(engine, events);
    return {
      events,
      clock: engine.clock(),
      digest: digest(this.#system, events, end),
      observables: this.#observer.observables,
      work: engine.work(),
    };
  }
}

/** The log and the particles must tell the same story: a run that disagrees with itself has no result. Returns the circles that it leads to, see `replay`. */
export function checkAgainstGenealogy(
  system: System,
  sortedEvents: Uint32Array,
  { id, mass }: { id: Uint32Array; mass: Uint32Array },
): { next: Uint32Array } {
  const { after, next } = replay(system, sortedEvents);
  const living = after.reduce((sum, mass) => sum + (mass === 0 ? 0 : 1), 0);
  const differs = id.findIndex((one, k) => after[one] !== mass[k]);
  if (living !== id.length || differs >= 0) {
    throw new Error(
      `The event log leaves ${living} particles, but ${id.length} are there; please report this.`,
    );
  }
  return { next };
}
