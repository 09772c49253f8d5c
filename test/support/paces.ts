/** Paces for the tests of the multirate stages, and the rows of the buffer `progress` that tell a GPU of them. */
import fc from "fast-check";
import { toBits } from "../../src/exact/single.ts";
import type { Pace } from "../../src/model/pace.ts";
import { progressFields } from "../../src/stages.ts";
import { wordSource } from "./words.ts";

/** A pace of macro-steps of `ticks` ticks; pairs nearer than `radius`, a share of the side, are in one cluster. */
export function makePace(ticks: number, radius: number, k = 4): Pace {
  let levels = 0;
  while (2 ** levels < ticks) levels++;
  return {
    ticks,
    steps: 1,
    levels,
    stretch: Math.fround(Math.sqrt(ticks)),
    hazard: Math.fround(ticks / 2 ** levels),
    clearance: Math.fround(k * Math.sqrt(2 * ticks)),
    reach: Math.ceil(radius * 2 ** 32 * (1 + 2 ** -20)) + 1,
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
    clearance: toBits(pace.clearance),
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

/** How a replica enters a step. */
export type ReplicaState = "uniform" | "macro" | "done" | "overflowed";

/** The step of a replica that takes a uniform one; null of any other. */
export const uniformStepOf = ({ step, left, macro, overflow }: ProgressRow): number | null =>
  left > 0 && macro === 0 && overflow === 0 ? step : null;

/** For the replicas of a cloud, of which there are at most four. */
export const pacesFor = (replicas: number): Pace[] =>
  [16, 5, 40, 4].slice(0, replicas).map((ticks) => makePace(ticks, 0.2));

export const anyState = fc.constantFrom<ReplicaState>("uniform", "uniform", "macro", "done", "overflowed");

export const anyStates = fc.array(anyState, { minLength: 4, maxLength: 4 });

/** A row for each replica that has a pace, as its state says; their steps are all different. */
export function rowsOf(states: readonly ReplicaState[], paces: readonly Pace[], seed: number): ProgressRow[] {
  const next = wordSource(seed);
  return paces.map((pace, r) => {
    const state = states[r];
    return progressRow(pace, {
      step: next(),
      left: state === "done" ? 0 : 1 + (next() % 64),
      // Who is done or has overflowed may have been on the way at either pace.
      macro: state === "uniform" || (state !== "macro" && next() % 2 === 0) ? 0 : 1,
      overflow: state === "overflowed" ? 1 : 0,
      moves: next(),
    });
  });
}
