/** The uniform block that every stage reads: numbers of a run, all u32, in this order. */

import { toBits } from "../exact/single.ts";
import type { Grid } from "../grid.ts";
import { classWidth } from "../model/massClass.ts";
import type { System } from "../model/system.ts";
import { tablesOf } from "../sizes.ts";

export const parameterNames = [
  /** Entries of the particle arrays in use. */
  "slots",
  /** N, per replica. */
  "particles",
  "replicas",
  /** What the first of them is numbered in random words. */
  "first_replica",
  "seed_low",
  "seed_high",
  /** The grid: axis k has 2^(cell_base + (k >= dimension - cell_extra)) cells, a replica 2^cell_bits, all replicas n_cells. */
  "cell_base",
  "cell_extra",
  "cell_bits",
  "n_cells",
  "reach",
  "margin",
  "range",
  "inverse_range",
  "drop",
  "tick_hazard",
  "observed_masses",
  "mass_width",
  "pairs_reach",
  /** The most events in a step of those who take uniform steps, in a multirate run of some of the replicas. */
  "uniform_events",
  /** Classes of masses, and the binary logarithm of the slabs. */
  "pair_masses",
  "slab_bits",
  "rate_size",
  "gaussian_table",
  "exponential_table",
  "potential_table",
  "rate_table",
  "sigma_table",
  "radius_table",
  "split_table",
] as const;

export type ParameterName = (typeof parameterNames)[number];

/** The block for `slots` entries, a grid, and the most events of uniform steps: u32 words, padded to a multiple of 16 bytes. */
export function packParameters(
  system: System,
  slots: number,
  grid: Grid,
  uniformEvents: number,
): Uint32Array<ArrayBuffer> {
  let at = 0;
  const tables = Object.fromEntries(
    tablesOf(system).map(([name, table]) => {
      const start = at;
      at += table.length;
      return [name, start];
    }),
  ) as Record<ReturnType<typeof tablesOf>[number][0], number>;
  const values: Record<ParameterName, number> = {
    slots,
    particles: system.particles,
    replicas: system.replicas,
    first_replica: system.firstReplica,
    seed_low: system.seed[0],
    seed_high: system.seed[1],
    cell_base: grid.base,
    cell_extra: grid.extra,
    cell_bits: grid.total,
    n_cells: grid.cells * system.replicas,
    reach: system.reach,
    margin: system.margin,
    range: toBits(system.range),
    inverse_range: toBits(system.inverseRange),
    drop: system.multirate?.drop ?? 0,
    tick_hazard: toBits(system.tickHazard),
    observed_masses: system.scenario.observe.masses,
    mass_width: classWidth(system.scenario.observe),
    pairs_reach: system.pairs?.reach ?? 0,
    uniform_events: uniformEvents,
    pair_masses: (system.pairs?.masses ?? 0) + 1,
    slab_bits: Math.log2(system.pairs?.slabs ?? 1),
    rate_size: system.rate.size,
    ...tables,
  };
  const block = new Uint32Array(4 * Math.ceil(parameterNames.length / 4));
  parameterNames.forEach((name, k) => {
    block[k] = values[name];
  });
  return block;
}
