/** The way through the whole house: a scenario in, observations as they come, and a result. */
import { CpuEngine } from "./cpu/engine.ts";
import type { Engine } from "./engine.ts";
import { UserError } from "./errors.ts";
import { type OpenDevice, openDevice } from "./gpu/device.ts";
import { GpuEngine, type GpuOptions } from "./gpu/engine.ts";
import { type ClockSegment, tickOf } from "./model/pace.ts";
import { parseScenario, type Scenario, type ScenarioInput, uniformStepDefault } from "./model/scenario.ts";
import { makeSystem, type System } from "./model/system.ts";
import { digest } from "./observe/digest.ts";
import { EventLog } from "./observe/eventLog.ts";
import { replay } from "./observe/genealogy.ts";
import { type Estimate, estimate } from "./observe/statistics.ts";
import { type LimitPoint, limitOf } from "./oracle/limit.ts";
import { version } from "./version.generated.ts";

export type EngineChoice = "auto" | "gpu" | "cpu";

export interface SimulateOptions extends GpuOptions {
  /** Where to run. "auto" (the default): a hardware GPU, else a software adapter, else the CPU reference. */
  engine?: EngineChoice;
  /** Part of the name of the adapter to use. */
  adapter?: string;
  /** Called now and then with the fraction of the steps that are done. */
  onProgress?: (fraction: number) => void;
  /** Ends the run with an error soon after it is aborted. */
  signal?: AbortSignal;
}

/** An estimate beside the kinetic limit; null where the limit is not known yet. */
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

/** Where a run takes place, and why there. */
export interface Place {
  engine: "gpu" | "cpu";
  /** Its name and driver, and whether it is a software adapter; null on the CPU reference. */
  adapter: string | null;
  driver: string | null;
  software: boolean | null;
  /** A sentence. */
  why: string;
}

export interface SimulationResult extends Place {
  name: string;
  version: string;
  /** See `observe/digest.ts`: equal digests, equal trajectories. */
  digest: string;
  /** The kind of time step. */
  method: Scenario["engine"]["kind"];
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
    /** The same for a run with the uniform step. */
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
}

/**
 * Runs a scenario. Throws a UserError at once for a scenario that is not valid; whatever goes wrong later rejects `result` and the
 * iteration.
 */
export function simulate(scenario: ScenarioInput, options: SimulateOptions = {}): Simulation {
  const system = makeSystem(parseScenario(scenario));
  const seen: Observation[] = [];
  let waiting: (() => void)[] = [];
  const wake = () => {
    for (const resume of waiting) resume();
    waiting = [];
  };
  let ended = false;
  const chosen = chooseEngine(system, options);
  const run = play(system, chosen, options, (observation) => {
    seen.push(observation);
    wake();
  }).finally(() => {
    ended = true;
    wake();
  });
  const place = chosen.then(({ place }) => place);
  const result = run.then(({ result }) => result);
  const events = run.then(({ events }) => events);
  const clock = run.then(({ clock }) => clock);
  // Whoever looks at one of these hears of the failure; nobody must look at all of them.
  for (const promise of [place, result, events, clock]) promise.catch(() => {});
  return {
    system,
    place,
    result,
    events,
    clock,
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

interface Chosen {
  place: Place;
  create(): Promise<Engine>;
  release(): void;
}

async function chooseEngine(system: System, options: SimulateOptions): Promise<Chosen> {
  const { engine = "auto", adapter } = options;
  const reference = (why: string): Chosen => ({
    place: { engine: "cpu", adapter: null, driver: null, software: null, why },
    create: async () => new CpuEngine(system),
    release() {},
  });
  if (engine === "cpu") {
    if (adapter === undefined) return reference("the CPU reference was asked for");
    throw new UserError(
      `adapter is "${adapter}", but engine is "cpu", which runs without one; allowed with it are "auto" and "gpu".`,
    );
  }
  const open = await openDevice(adapter);
  if (open === null) {
    const why = "there is no WebGPU adapter (coagula doctor tells how to get one)";
    if (engine === "auto") return reference(why);
    throw new UserError(`engine is "gpu", but ${why}; allowed here are "auto" and "cpu".`);
  }
  return {
    place: placeOf(open, adapter),
    create: () => GpuEngine.create(system, open, options),
    release: open.release,
  };
}

function placeOf({ info }: OpenDevice, wanted: string | undefined): Place {
  const found = info.software
    ? "the best adapter is a software one: there is no GPU with a driver"
    : "it is the best GPU";
  const why = wanted === undefined ? found : `"${wanted}" was asked for`;
  return { engine: "gpu", adapter: info.name, driver: info.driver, software: info.software, why };
}

async function play(
  system: System,
  choosing: Promise<Chosen>,
  { onProgress, signal }: SimulateOptions,
  onObservation: (observation: Observation) => void,
): Promise<{ result: SimulationResult; events: Uint32Array; clock: ClockSegment[][] }> {
  const clock = () => performance.now() / 1000;
  const begin = clock();
  let stepping = 0;
  const { scenario, observeAt } = system;
  const steps = observeAt.at(-1)!;
  const chosen = await choosing;
  let engine: Engine | null = null;
  try {
    engine = await chosen.create();
    const prepare = clock() - begin;
    const limit = limitOf(scenario, scenario.observe.times);
    const log = new EventLog(system.dimension);
    const observations: Observation[] = [];
    for (const [k, step] of observeAt.entries()) {
      // A short run may be over before it reports any progress.
      signal?.throwIfAborted();
      const from = clock();
      await engine.advance(step, (done) => {
        signal?.throwIfAborted();
        onProgress?.(steps === 0 ? 1 : done / steps);
      });
      stepping += clock() - from;
      const observation = observe(system, scenario.observe.times[k], await engine.countMasses(), limit?.[k]);
      observations.push(observation);
      onObservation(observation);
    }
    await engine.takeEvents(log);
    const events = log.sorted();
    const end = await engine.snapshot();
    checkAgainstGenealogy(system, events, end);
    const { macroSteps, particleSteps } = engine.work();
    const wallSeconds = clock() - begin;
    const result: SimulationResult = {
      name: scenario.name,
      version,
      digest: digest(system, events, end),
      ...chosen.place,
      method: scenario.engine.kind,
      particles: system.particles,
      replicas: system.replicas,
      seed: scenario.seed,
      eps: system.eps,
      dt: system.dt,
      observations,
      work: {
        macroSteps,
        particleSteps,
        uniformParticleSteps: uniformWork(system, events, engine.clock()),
      },
      events: log.length,
      timings: { prepare, steps: stepping, rest: wallSeconds - prepare - stepping },
      wallSeconds,
    };
    return { result, events, clock: engine.clock() };
  } finally {
    engine?.dispose();
    chosen.release();
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
      mass: k + 1,
      ...fractions((row) => row[k]),
      theory: limit?.masses[k] ?? null,
    })),
  };
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

/** Moves of single particles that a run with the default uniform step would take: the particles' lifetimes over the step. */
function uniformWork(system: System, events: Uint32Array, clock: ClockSegment[][]): number {
  const { particles, replicas, annihilation, observeAt, dt, eps, fastest, scenario } = system;
  const width = 5 + system.dimension;
  const end = observeAt.at(-1)!;
  let ticks = particles * replicas * end;
  for (let at = 0; at < events.length; at += width) {
    const [replica, step] = events.subarray(at, at + 2);
    // The event takes effect at the end of its step.
    ticks -= (annihilation ? 2 : 1) * (end - tickOf(clock[replica], step + 1));
  }
  if (scenario.engine.kind === "uniform") return ticks;
  return Math.round((ticks * dt * 2 * fastest) / (uniformStepDefault * eps * eps));
}
