/** What a run observes: counts always, the rest as its key under `scenario.observe` asks for it. */
import type { Engine } from "../engine.ts";
import type { System } from "../model/system.ts";

/** By observation time. */
export interface Observables {
  /** The living by mass, u32[replicas, K + 1] at each time: masses 1..K and all above. */
  counts: Uint32Array[];
}

export interface Observer {
  /** Looks at the engine at the next observation. Changes nothing of the run. */
  see(engine: Engine): Promise<void>;
  /** What has been seen so far. */
  readonly observables: Observables;
}

export function makeObserver(_system: System): Observer {
  const observables: Observables = { counts: [] };
  return {
    observables,
    async see(engine) {
      observables.counts.push(await engine.countMasses());
    },
  };
}
