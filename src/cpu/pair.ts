/** What a pair of particles does in a step. Twin: `shaders/shared/pair.wgsl`. */
import { exponential } from "../exact/exponential.ts";
import { massFunction } from "../exact/massFunction.ts";
import { potentialAt } from "../exact/potentialTable.ts";
import { add, div, fromInteger, mul } from "../exact/single.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import type { Rate, System } from "../model/system.ts";

/** |x_i - x_j|^2 / eps^2 along the shorter way around the torus. */
export function separation(system: System, place: Uint32Array, i: number, j: number): number {
  return squaredDistance(place, system.dimension, system.inverseRange, i, j);
}

/** |x_i - x_j|^2 in units of a length whose inverse, in lattice units, is given in single precision. */
export function squaredDistance(
  place: Uint32Array,
  d: number,
  inverseUnit: number,
  i: number,
  j: number,
): number {
  let sum = 0;
  for (let k = 0; k < d; k++) {
    const apart = Math.abs((place[d * i + k] - place[d * j + k]) | 0);
    const scaled = mul(fromInteger(apart), inverseUnit);
    sum = add(sum, mul(scaled, scaled));
  }
  return sum;
}

/** Whether j lies in the cube of half-width `reach` (lattice units) around i. */
export function isNear(place: Uint32Array, d: number, reach: number, i: number, j: number): boolean {
  for (let k = 0; k < d; k++) {
    if (Math.abs((place[d * i + k] - place[d * j + k]) | 0) > reach) return false;
  }
  return true;
}

/** alpha(n, m) dt / eps^2: the hazard of a step where V is one. */
export function rateOf(rate: Rate, n: number, m: number): number {
  const { form, table, size } = rate;
  if (form === "constant") return table[0];
  if (form === "sum") return add(massFunction(table, n), massFunction(table, m));
  if (form === "product") return mul(massFunction(table, n), massFunction(table, m));
  return table[(Math.min(n, size) - 1) * size + Math.min(m, size) - 1];
}

/**
 * Writes the random words of the pair of particles with these ids in this step; `elapsed` tells sub-steps apart, and is 0 for a step
 * without any.
 */
export function pairWords(
  out: Uint32Array,
  system: System,
  replica: number,
  idI: number,
  idJ: number,
  step: number,
  elapsed: number,
): void {
  const [low, high] = system.seed;
  threefry(out, low, high, replica, streams.pair, Math.min(idI, idJ), Math.max(idI, idJ), step, elapsed);
}

const words = new Uint32Array(4);

/**
 * The fraction of the step after which the pair rings, in single precision, or null if it does not. A sub-step starts at `elapsed` and has
 * `share` of the hazard of system.dt, single precision.
 */
export function ringTime(
  system: System,
  particles: { replica: number; place: Uint32Array; mass: Uint32Array; id: Uint32Array },
  i: number,
  j: number,
  step: number,
  elapsed = 0,
  share = 1,
): number | null {
  const { replica, place, mass, id } = particles;
  const s = separation(system, place, i, j);
  if (s >= 1) return null;
  const hazard = mul(mul(rateOf(system.rate, mass[i], mass[j]), potentialAt(system.potential, s)), share);
  if (hazard === 0) return null;
  pairWords(words, system, replica, id[i], id[j], step, elapsed);
  const deviate = exponential(words[0]);
  return deviate < hazard ? div(deviate, hazard) : null;
}
