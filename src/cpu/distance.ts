/** How far apart two particles are, the shorter way around the torus. Twin: `shaders/shared/distance.wgsl`. */
import { add, fromInteger, mul } from "../exact/single.ts";
import type { System } from "../model/system.ts";

/** Lattice units between two particles along axis k, the shorter way around the torus. */
const apart = (place: Uint32Array, d: number, i: number, j: number, k: number) =>
  Math.abs((place[d * i + k] - place[d * j + k]) | 0);

/** A distance along one axis as its share of |x_i - x_j|^2 / rangeUnit^2, single precision; of an axis after another they are to be added up. */
export function squaredShare(system: System, distance: number): number {
  const scaled = mul(fromInteger(distance), system.inverseRange);
  return mul(scaled, scaled);
}

/** |x_i - x_j|^2 / rangeUnit^2 along the shorter way around the torus. */
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
