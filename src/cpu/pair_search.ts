import type { System } from "../model/system.ts";
import { makeNeighbours } from "./neighbours.ts";
import { ringTime } from "./pair.ts";
import type { Particles } from "./particles.ts";
import { largestRadius, largestRangeOf, latticeUnitsOf } from "./radii.ts";

/** A pair that rings within the step. `i` and `j` are entries of the particle arrays, id[i] < id[j]; `time` in [0, 1]. */
export interface Candidate {
  i: number;
  j: number;
  time: number;
}

/**
 * Every pair that rings in this step, once. `bits`, `start` and `order` are the cell list: the partners of a particle are in the
 * cells that a cube around it touches which holds all in range of it.
 */
export function pair_search(
  system: System,
  particles: Particles,
  step: number,
  bits: readonly number[],
  start: Uint32Array,
  order: Uint32Array,
): Candidate[] {
  const candidates: Candidate[] = [];
  const { living, place, id } = particles;
  const largest = largestRadius(system, particles);
  const reachOf = (i: number) =>
    system.radius === null
      ? system.reach
      : latticeUnitsOf(system, largestRangeOf(system, particles, i, largest)) + system.margin;
  const neighbours = makeNeighbours(place, bits, start, order, reachOf);
  let i = 0;
  const visit = (j: number) => {
    if (id[j] <= id[i]) return;
    const time = ringTime(system, particles, i, j, step);
    if (time !== null) candidates.push({ i, j, time });
  };
  for (; i < living; i++) neighbours(i, visit);
  return candidates;
}
