/** What a run observes: counts always, the rest as its key under `scenario.observe` asks for it. */
import type { Engine, Snapshot } from "../engine.ts";
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

/** What an observer holds between two observations; lists that nobody asked for are empty. */
export interface Observed {
  counts: Uint32Array[];
  /** The living at each observation, for the ghosts. */
  living: Snapshot[];
  densities: Float64Array[];
  pairings: Float64Array[];
  sums: BigUint64Array[];
  products: DensityProducts[];
}

export interface Observer {
  /** Looks at the engine at the next observation. Changes nothing of the run. */
  see(engine: Engine): Promise<void>;
  /** Works out what takes the whole run, from the engine after the last observation and all events, sorted. */
  end(engine: Engine, events: Uint32Array): Promise<void>;
  /** What has been seen so far. */
  readonly observables: Observables;
  /** The same, for an observer of the same system to go on from. */
  observed(): Observed;
}

export function makeObserver(system: System, from?: Observed): Observer {
  const { ghosts, densities, testFunctions, pairs } = system.scenario.observe;
  const watch = ghosts === true ? new GhostWatch(system, from?.living) : null;
  const observables: Observables = {
    counts: [...(from?.counts ?? [])],
    ...(densities && {
      densities: { grid: densityGrid(system.scenario, densities), values: [...(from?.densities ?? [])] },
    }),
    ...(testFunctions && { pairings: [...(from?.pairings ?? [])] }),
    ...(pairs && { pairs: { sums: [...(from?.sums ?? [])], products: [...(from?.products ?? [])] } }),
  };
  return {
    observables,
    observed: () => ({
      counts: [...observables.counts],
      living: [...(watch?.living ?? [])],
      densities: [...(observables.densities?.values ?? [])],
      pairings: [...(observables.pairings ?? [])],
      sums: [...(observables.pairs?.sums ?? [])],
      products: [...(observables.pairs?.products ?? [])],
    }),
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
