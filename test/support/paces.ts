/** Paces for the tests of the multirate stages, and the rows of the buffer `progress` that tell a GPU of them. */
import { toBits } from "../../src/exact/single.ts";
import type { Pace } from "../../src/model/pace.ts";
import type { System } from "../../src/model/system.ts";
import { progressFields } from "../../src/stages.ts";
import { type CloudSpec, makeCloud } from "./clouds.ts";

/** A cloud of a multirate system. */
export function makeMultirate(spec: CloudSpec) {
  const cloud = makeCloud(spec);
  const system: System = { ...cloud.system, multirate: { k: 4, crowd: 0.2 } };
  return { ...cloud, system };
}

/** A pace of macro-steps of `ticks` ticks; pairs nearer than `radius`, a share of the side, are in one cluster. */
export function makePace(ticks: number, radius: number, k = 4): Pace {
  let levels = 0;
  while (4 ** levels < ticks) levels++;
  return {
    ticks,
    steps: 1,
    levels,
    stretch: Math.fround(Math.sqrt(ticks)),
    hazard: Math.fround(ticks),
    k,
    reach: Math.ceil(radius * 2 ** 32 * (1 + 2 ** -20)) + 1,
    inverseRadius: Math.fround(1 / (radius * 2 ** 32)),
  };
}

export type ProgressRow = Record<(typeof progressFields)[number], number>;

/** A replica that is about to take a macro-step of this pace, but for what is `given`. */
export function progressRow(pace: Pace, given: Partial<ProgressRow> = {}): ProgressRow {
  return {
    step: 0,
    left: 1,
    macro: 1,
    levels: pace.levels,
    stretch: toBits(pace.stretch),
    hazard: toBits(pace.hazard),
    k: toBits(pace.k),
    inverse_radius: toBits(pace.inverseRadius),
    reach: pace.reach,
    overflow: 0,
    moves: 0,
    ...given,
  };
}

/** The buffer `progress`, a row for each replica. */
export function progressOf(rows: readonly ProgressRow[]): Uint32Array {
  return Uint32Array.from(rows.flatMap((row) => progressFields.map((name) => row[name])));
}
