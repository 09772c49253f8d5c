import type { System } from "../model/system.ts";
import { cellCoordinate } from "./cells.ts";
import { ringTime } from "./pair.ts";
import type { Particles } from "./particles.ts";
import { read } from "./strict.ts";

/** A pair that rings within the step. `i` and `j` are entries of the particle arrays, id[i] < id[j]; `time` in [0, 1]. */
export interface Candidate {
  i: number;
  j: number;
  time: number;
}

/**
 * Every pair that rings in this step, once. `bits`, `start` and `order` are the cell list: the partners of a particle are in the
 * cells that the cube of half-width `reach` around it touches.
 */
export function pair_search(
  system: System,
  particles: Particles,
  step: number,
  bits: readonly number[],
  start: Uint32Array,
  order: Uint32Array,
): Candidate[] {
  const { dimension, reach } = system;
  const { living, place, id } = particles;
  const candidates: Candidate[] = [];
  const mask = Int32Array.from(bits, (b) => (1 << b) - 1);
  const first = new Int32Array(dimension);
  const count = new Int32Array(dimension);
  for (let i = 0; i < living; i++) {
    let nCells = 1;
    for (let k = 0; k < dimension; k++) {
      const x = place[dimension * i + k];
      first[k] = cellCoordinate((x - reach) >>> 0, bits[k]);
      count[k] = ((cellCoordinate((x + reach) >>> 0, bits[k]) - first[k]) & mask[k]) + 1;
      nCells *= count[k];
    }
    for (let c = 0; c < nCells; c++) {
      let cell = 0;
      let rest = c;
      for (let k = 0; k < dimension; k++) {
        cell = (cell << bits[k]) | ((first[k] + (rest % count[k])) & mask[k]);
        rest = (rest / count[k]) | 0;
      }
      const end = read(start, cell + 1);
      for (let slot = start[cell]; slot < end; slot++) {
        const j = read(order, slot);
        if (id[j] <= id[i]) continue;
        const time = ringTime(system, particles, i, j, step);
        if (time !== null) candidates.push({ i, j, time });
      }
    }
  }
  return candidates;
}
