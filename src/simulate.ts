/** The way through the whole house: a scenario in, observations as they come, and a result. */
import type { Snapshot } from "./engine.ts";
import { classWidth } from "./model/massClass.ts";
import { type ClockSegment, tickOf } from "./model/pace.ts";
import {
  type PhysicalScenarioInput,
  parseScenario,
  type Scenario,
  type ScenarioInput,
  uniformStepDefault,
} from "./model/scenario.ts";
import { makeSystem, type System } from "./model/system.ts";
import type { Observables } from "./observe/observables.ts";
import { type Estimate, estimate } from "./observe/statistics.ts";
import { type LimitPoint, limitBeside } from "./oracle/limit.ts";
import { type OpenPlace, openPlace, type Place, type PlaceOptions } from "./place.ts";
import { type KeepOptions, type Played, play } from "./play.ts";
import { version } from "./version.generated.ts";

export interface SimulateOptions extends PlaceOptions, KeepOptions {
  /**
   * What the first replica is numbered, for a run in pieces: replica r of this run takes the trajectory of replica firstReplica + r of a
   * run from 0 on, the default. In what comes out, replicas are counted from 0 all the same.
   */
  firstReplica?: number;
  /** Called at the k-th observation with who is where. */
  onSnapshot?: (k: number, snapshot: Snapshot) => void | Promise<void>;
  /** Called now and then with the fraction of the steps that are done. */
  onProgress?: (fraction: number) => void;
  /** Ends the run with an error soon after it is aborted. */
  signal?: AbortSignal;
}

/** An estimate beside the kinetic limit; null where that would take minutes to solve for (`limitBeside`). */
export interface Compared extends Estimate {
  theory: number | null;
}

/** What is seen at one time. All numbers are fractions of N. */
export interface Observation {
  time: number;
  /** Particles of all masses. */
  count: Compared;
  /** Particles of mass 1, 2, ..., as many as the scenario observes. */
  masses: ({ mass: number } & Compared)[];
}

export interface SimulationResult extends Place {
  name: string;
  version: string;
  /** See `observe/digest.ts`: equal digests, equal trajectories. */
  digest: string;
  /** The kind of time step. */
  method: Scenario["engine"]["kind"];
  /** The knob of the multirate step, which the scenario sets or eps (`model/missedEncounters.ts`); null by uniform steps. */
  k: number | null;
  particles: number;
  replicas: number;
  seed: number | string;
  eps: number;
  dt: number;
  observations: Observation[];
  work: {
    /** Steps of the whole system. */
    macroSteps: number;
    /** Moves of single particles, all replicas. */
    particleSteps: number;
    /** Those of them in clusters beyond each member's first of a step; 0 in a uniform run. */
    subSteps: number;
    /** Moves that a run with the default uniform step would take. */
    uniformParticleSteps: number;
  };
  /** Coagulations or annihilations, all replicas. */
  events: number;
  /** Seconds of wall time: to open the device, compile and place the particles; to play the steps; and for the rest. */
  timings: { prepare: number; steps: number; rest: number };
  wallSeconds: number;
}

/** A run under way. Iterate over it for its observations, or await `result`, or both. */
export interface Simulation extends AsyncIterable<Observation> {
  /** The checked scenario and what follows from it. */
  readonly system: System;
  /** Where it runs, once that is known. */
  readonly place: Promise<Place>;
  readonly result: Promise<SimulationResult>;
  /** All events, sorted; see `EventLog`. */
  readonly events: Promise<Uint32Array>;
  /** How long the steps of each replica were, in ticks of system.dt; `tickOf` tells when one starts. */
  readonly clock: Promise<ClockSegment[][]>;
  /** What `scenario.observe` asks for beside counts. */
  readonly observables: Promise<Observables>;
}

/**
 * Runs a scenario. Throws a UserError at once for a scenario that is not valid; whatever goes wrong later rejects `result` and the
 * iteration.
 */
export function simulate(
  scenario: ScenarioInput | PhysicalScenarioInput,
  options: SimulateOptions = {},
): Simulation {
  const system = makeSystem(parseScenario(scenario), options.firstReplica);
  const seen: Observation[] = [];
  let waiting: (() => void)[] = [];
  const wake = () => {
    for (const resume of waiting) resume();
    waiting = [];
  };
  let ended = false;
  const opening = openPlace(options);
  const run = report(system, opening, options, (observation) => {
    seen.push(observation);
    wake();
  }).finally(() => {
    ended = true;
    wake();
  });
  const place = opening.then(({ place }) => place);
  const result = run.then(({ result }) => result);
  const events = run.then(({ events }) => events);
  const clock = run.then(({ clock }) => clock);
  const observables = run.then(({ observables }) => observables);
  // Whoever looks at one of these hears of the failure; nobody must look at all of them.
  for (const promise of [place, result, events, clock, observables]) promise.catch(() => {});
  return {
    system,
    place,
    result,
    events,
    clock,
    observables,
    async *[Symbol.asyncIterator]() {
      for (let k = 0; ; k++) {
        while (k === seen.length && !ended) {
          await new Promise<void>((resolve) => waiting.push(resolve));
        }
        if (k === seen.length) break;
        yield seen[k];
      }
      await run;
    },
  };
}

async function report(
  system: System,
  opening: Promise<OpenPlace>,
  options: SimulateOptions,
  onObservation: (observation: Observation) => void,
): Promise<Pick<Played, "events" | "clock" | "observables"> & { result: SimulationResult }> {
  const clock = () => performance.now() / 1000;
  const begin = clock();
  const { scenario } = system;
  const opened = await opening;
  const openSeconds = clock() - begin;
  try {
    const limit = await limitBeside(scenario, scenario.observe.times, () => {
      options.signal?.throwIfAborted();
      options.onProgress?.(0);
    });
    const observations: Observation[] = [];
    const played = await play(system, opened, {
      ...options,
      onCounts(k, counts) {
        observations.push(observe(system, scenario.observe.times[k], counts, limit?.[k]));
        onObservation(observations[k]);
      },
    });
    const { events } = played;
    const wallSeconds = clock() - begin;
    const prepare = openSeconds + played.prepareSeconds;
    const steps = played.stepSeconds;
    const result: SimulationResult = {
      name: scenario.name,
      version,
      digest: played.digest,
      ...opened.place,
      method: scenario.engine.kind,
      k: system.multirate?.k ?? null,
      particles: system.particles,
      replicas: system.replicas,
      seed: scenario.seed,
      eps: system.eps,
      dt: system.dt,
      observations,
      work: { ...played.work, uniformParticleSteps: uniformWork(system, played) },
      events: events.length / (5 + system.dimension),
      timings: { prepare, steps, rest: wallSeconds - prepare - steps },
      wallSeconds,
    };
    return { result, events, clock: played.clock, observables: played.observables };
  } finally {
    opened.release();
  }
}

/** Means over replicas, from u32[replicas, K + 1]. */
function observe(
  system: System,
  time: number,
  counts: Uint32Array,
  limit: LimitPoint | undefined,
): Observation {
  const { replicas, particles, scenario } = system;
  const columns = scenario.observe.masses + 1;
  const fractions = (ofReplica: (row: Uint32Array) => number) =>
    estimate(
      Array.from(
        { length: replicas },
        (_, r) => ofReplica(counts.subarray(r * columns, (r + 1) * columns)) / particles,
      ),
    );
  return {
    time,
    count: { ...fractions((row) => row.reduce((a, b) => a + b)), theory: limit?.count ?? null },
    masses: Array.from({ length: columns - 1 }, (_, k) => ({
      mass: (k + 1) * classWidth(scenario.observe),
      ...fractions((row) => row[k]),
      theory: limit?.masses[k] ?? null,
    })),
  };
}

/** Moves of single particles that a run with the default uniform step would take: the particles' lifetimes over the step. */
function uniformWork(
  system: System,
  { work, events, clock }: Pick<Played, "work" | "events" | "clock">,
): number {
  const { particles, replicas, annihilation, observeAt, dt, smallestRange, fastest, scenario } = system;
  if (scenario.engine.kind === "uniform") return work.particleSteps;
  const width = 5 + system.dimension;
  const end = observeAt.at(-1)!;
  let ticks = particles * replicas * end;
  for (let at = 0; at < events.length; at += width) {
    const [replica, step] = events.subarray(at, at + 2);
    // The event takes effect at the end of its step.
    ticks -= (annihilation ? 2 : 1) * (end - tickOf(clock[replica], step + 1));
  }
  return Math.round((ticks * dt * 2 * fastest) / (uniformStepDefault * smallestRange * smallestRange));
}
