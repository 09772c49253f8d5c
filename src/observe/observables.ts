/** What a run observes: counts always, the rest as its key under `scenario.observe` asks for it. */
import type { Engine } from "../engine.ts";
import type { System } from "../model/system.ts";
import { type Everybody, GhostWatch } from "./ghosts.ts";

/** By observation time. */
export interface Observables {
  /** The living by mass, u32[replicas, K + 1] at each time: masses 1..K and all above. */
  counts: Uint32Array[];
  /** See `Everybody`. */
  ghosts?: Everybody[];
}

export interface Observer {
  /** Looks at the engine at the next observation. Changes nothing of the run. */
  see(engine: Engine): Promise<void>;
  /** Works out what takes the whole run, from the engine after the last observation and all events, sorted. */
  end(engine: Engine, events: Uint32Array): Promise<void>;
  /** What has been seen so far. */
  readonly observables: Observables;
}

export function makeObserver(system: System): Observer {
  const observables: Observables = { counts: [] };
  const ghosts = system.scenario.observe.ghosts === true ? new GhostWatch(system) : null;
  return {
    observables,
    async see(engine) {
      observables.counts.push(await engine.countMasses());
      await ghosts?.see(engine);
    },
    async end(engine, events) {
      if (ghosts !== null) observables.ghosts = await ghosts.end(engine, events);
    },
  };
}
