/** What a pair of particles does in a step. Twin: `shaders/shared/pair.wgsl`. */
import { exponential } from "../exact/exponential.ts";
import { massFunction } from "../exact/massFunction.ts";
import { potentialAt } from "../exact/potentialTable.ts";
import { add, div, fromInteger, mul } from "../exact/single.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import type { Rate, System } from "../model/system.ts";

/** Lattice units between two particles along axis k, the shorter way around the torus. */
const apart = (place: Uint32Array, d: number, i: number, j: number, k: number) =>
  Math.abs((place[d * i + k] - place[d * j + k]) | 0);

/** A distance along one axis as its share of |x_i - x_j|^2 / eps^2, single precision; of an axis after another they are to be added up. */
export function squaredShare(system: System, distance: number): number {
  const scaled = mul(fromInteger(distance), system.inverseRange);
  return mul(scaled, scaled);
}

/** |x_i - x_j|^2 / eps^2 along the shorter way around the torus. */
export function separation(system: System, place: Uint32Array, i: number, j: number): number {
  const d = system.dimension;
  let sum = 0;
  for (let k = 0; k < d; k++) sum = add(sum, squaredShare(system, apart(place, d, i, j, k)));
  return sum;
}

/** Whether j lies in the cube of half-width `reach` (lattice units) around i. */
export function isNear(place: Uint32Array, d: number, reach: number, i: number, j: number): boolean {
  for (let k = 0; k < d; k++) if (apart(place, d, i, j, k) > reach) return false;
  return true;
}

/** Bits to which distances are cut where they only decide who belongs together and how finely to step: their squares add up in a word. */
export const coarseBits = 14;

/**
 * Whether j lies in the ball of radius `reach` (lattice units) around i, in distances cut to 14 bits: whoever is nearer does, and none much
 * further away.
 */
export function isInBall(place: Uint32Array, d: number, reach: number, i: number, j: number): boolean {
  const drop = Math.max(0, 32 - Math.clz32(reach) - coarseBits);
  let square = 0;
  for (let k = 0; k < d; k++) square += (apart(place, d, i, j, k) >>> drop) ** 2;
  return square < ((reach >>> drop) + 1) ** 2;
}

/** alpha(n, m) dt / eps^2: the hazard of a step where V is one. */
export function rateOf(rate: Rate, n: number, m: number): number {
  const { form, table, size } = rate;
  if (form === "constant") return table[0];
  if (form === "sum") return add(massFunction(table, n), massFunction(table, m));
  if (form === "product") return mul(massFunction(table, n), massFunction(table, m));
  return table[(Math.min(n, size) - 1) * size + Math.min(m, size) - 1];
}

/** The hazard of a pair of masses n and m at |x_i - x_j|^2 / eps^2 = s, in a sub-step that has `share` of that of `system.rate`, single precision. */
export function hazardAt(system: System, n: number, m: number, s: number, share: number): number {
  return s >= 1 ? 0 : mul(mul(rateOf(system.rate, n, m), potentialAt(system.potential, s)), share);
}

/** Writes the random words of the pair of particles with these ids in this step and sub-step; a step without any has only number 0. */
export function pairWords(
  out: Uint32Array,
  system: System,
  replica: number,
  idI: number,
  idJ: number,
  step: number,
  subStep: number,
): void {
  const [low, high] = system.seed;
  const key = system.firstReplica + replica;
  threefry(out, low, high, key, streams.pair, Math.min(idI, idJ), Math.max(idI, idJ), step, subStep);
}

const words = new Uint32Array(4);

/** What of particles decides when a pair of them rings. */
interface Pairable {
  replica: number;
  mass: Uint32Array;
  id: Uint32Array;
}

/** The fraction of a tick, a uniform step, after which the pair rings, in single precision, or null if it does not. */
export function ringTime(
  system: System,
  particles: Pairable & { place: Uint32Array },
  i: number,
  j: number,
  step: number,
): number | null {
  return ringTimeAt(
    system,
    particles,
    i,
    j,
    separation(system, particles.place, i, j),
    step,
    0,
    system.tickHazard,
  );
}

/** The same for a pair at |x_i - x_j|^2 / eps^2 = s, in a sub-step that has `share` of the hazard of `system.rate`, single precision. */
export function ringTimeAt(
  system: System,
  { replica, mass, id }: Pairable,
  i: number,
  j: number,
  s: number,
  step: number,
  subStep: number,
  share: number,
): number | null {
  const hazard = hazardAt(system, mass[i], mass[j], s, share);
  if (hazard === 0) return null;
  pairWords(words, system, replica, id[i], id[j], step, subStep);
  const deviate = exponential(words[0]);
  return deviate < hazard ? div(deviate, hazard) : null;
}
