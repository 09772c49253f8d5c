/** What a run observes: counts always, the rest as its key under `scenario.observe` asks for it. */
import type { Engine } from "../engine.ts";
import type { System } from "../model/system.ts";
import { candidateDensities, type DensityGrid, densityGrid } from "./densities.ts";
import { type DensityProducts, densityProducts } from "./densityProducts.ts";
import { type Everybody, GhostWatch } from "./ghosts.ts";
import { pairings } from "./pairings.ts";

/** By observation time. */
export interface Observables {
  /** The living by mass, u32[replicas, K + 1] at each time: masses 1..K and all above. */
  counts: Uint32Array[];
  /** See `Everybody`. */
  ghosts?: Everybody[];
  /** As `observe.densities` asks; see `candidateDensities`. */
  densities?: { grid: DensityGrid; values: Float64Array[] };
  /** As `observe.testFunctions` asks; see `pairings`. */
  pairings?: Float64Array[];
  /** As `observe.pairs` asks: what its sums were, see `PairSums`, of all replicas; and the products of candidate densities. */
  pairs?: { sums: BigUint64Array[]; products: DensityProducts[] };
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
  const { ghosts, densities, testFunctions, pairs } = system.scenario.observe;
  const watch = ghosts === true ? new GhostWatch(system) : null;
  const observables: Observables = {
    counts: [],
    ...(densities && { densities: { grid: densityGrid(system.scenario, densities), values: [] } }),
    ...(testFunctions && { pairings: [] }),
    ...(pairs && { pairs: { sums: [], products: [] } }),
  };
  return {
    observables,
    async see(engine) {
      observables.counts.push(await engine.countMasses());
      await watch?.see(engine);
      if (pairs) observables.pairs?.sums.push(await engine.pairSums());
      if (!densities && !testFunctions && !pairs?.widths) return;
      const snapshot = await engine.snapshot();
      const seen = observables.densities;
      seen?.values.push(candidateDensities(system, snapshot, seen.grid));
      if (testFunctions) observables.pairings?.push(pairings(system, snapshot, testFunctions));
      if (pairs?.widths) {
        observables.pairs?.products.push(densityProducts(system, snapshot, pairs.masses, pairs.widths));
      }
    },
    async end(engine, events) {
      if (watch !== null) observables.ghosts = await watch.end(engine, events);
    },
  };
}
