/** Every size on the device, as pure functions of the system: what an adapter must hold is known before anything is allocated. */
import { exponentialTable } from "./exact/exponential.ts";
import { gaussianTable } from "./exact/gaussian.ts";
import { makeGrid } from "./grid.ts";
import { clusterCapacity } from "./model/pace.ts";
import type { System } from "./model/system.ts";
import { type BufferName, buffers, type Sizes, sharedWith } from "./stages.ts";

/** Cells that one invocation of a scan sums. */
export const scanRun = 32;

/** So that the device seldom halts, and with few particles never does. */
const usualSpareEvents = (slots: number) => 4096 + Math.ceil(slots / 16);

export function sizesOf(system: System, spareEvents?: number): Sizes {
  const { dimension, particles, replicas } = system;
  const slots = particles * replicas;
  const cells = replicas * makeGrid(dimension, particles, system.reach).cells;
  return {
    dimension,
    slots,
    cells,
    runs: Math.ceil(cells / scanRun),
    replicas,
    pairSums: replicas * (system.pairs?.sums ?? 0),
    splits: system.fragmentation !== null,
    macro: system.multirate !== null,
    spareEvents: Math.max(spareEvents ?? usualSpareEvents(slots), clusterCapacity - 1),
    massCounts: replicas * (system.scenario.observe.masses + 1),
    tables: tablesOf(system).reduce((sum, [, table]) => sum + table.length, 0),
  };
}

/** The tables in the order they lie in the buffer `tables`, with the names of the parameters that say where. */
export function tablesOf(system: System) {
  return [
    ["gaussian_table", gaussianTable],
    ["exponential_table", exponentialTable],
    ["potential_table", system.potential],
    ["rate_table", system.rate.table],
    ["sigma_table", system.sigma],
    ["radius_table", system.radius ?? new Float32Array(0)],
    ["split_table", system.fragmentation?.thresholds ?? new Uint32Array(0)],
  ] as const satisfies [string, Uint32Array | Float32Array][];
}

/** Bytes of each buffer that is not shared with another, at least 16 since no binding may be empty. */
export function bufferBytes(sizes: Sizes): Partial<Record<BufferName, number>> {
  const shared = sharedWith(sizes);
  return Object.fromEntries(
    Object.entries(buffers)
      .filter(([name]) => !(name in shared))
      .map(([name, words]) => [name, Math.max(16, 4 * words(sizes))]),
  );
}

/** The most particles, N times replicas, that fit an adapter's limits where none split: the largest buffer decides, which is the event log. */
export function largestParticles(
  dimension: number,
  {
    maxStorageBufferBindingSize,
    maxBufferSize,
  }: Pick<GPUSupportedLimits, "maxStorageBufferBindingSize" | "maxBufferSize">,
): number {
  const words = Math.min(maxStorageBufferBindingSize, maxBufferSize) / 4;
  const fits = (slots: number) =>
    buffers.events({ dimension, slots, splits: false, spareEvents: usualSpareEvents(slots) }) <= words;
  let [fit, tooMany] = [0, 2 ** 32];
  while (tooMany - fit > 1) {
    const middle = Math.floor((fit + tooMany) / 2);
    if (fits(middle)) fit = middle;
    else tooMany = middle;
  }
  return fit;
}
