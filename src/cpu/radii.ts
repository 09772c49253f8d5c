/** Ranges of pairs whose particles have radii. Twin: `shaders/shared/radii.wgsl`. */
import { massFunction } from "../exact/massFunction.ts";
import { add, mul, scale } from "../exact/single.ts";
import type { System } from "../model/system.ts";
import type { Particles } from "./particles.ts";

/** r_n + r_m, the range of a pair in units of `rangeUnit`, single precision; 1 where particles have no radius. */
export function rangeOfPair({ radius }: System, n: number, m: number): number {
  return radius === null ? 1 : add(massFunction(radius, n), massFunction(radius, m));
}

/** The same of particle i and the largest of all living, which no partner exceeds. */
export function largestRangeOf(system: System, { mass }: Particles, i: number, largest: number): number {
  return system.radius === null ? 1 : add(massFunction(system.radius, mass[i]), largest);
}

/** The largest radius of the living; 0 where they have none. */
export function largestRadius({ radius }: System, { mass, living }: Particles): number {
  let largest = 0;
  if (radius === null) return largest;
  for (let i = 0; i < living; i++) largest = Math.max(largest, massFunction(radius, mass[i]));
  return largest;
}

/** A little more, so that rounding can never make a pair beyond it one in range. */
const slack = 1 + 2 ** -20;

/** Lattice units that such a range does not exceed. */
export function latticeUnitsOf({ range, multirate }: System, rangeOfPair: number): number {
  const { fineWords, drop } = multirate ?? { fineWords: 1, drop: 0 };
  return Math.floor(scale(mul(mul(range, rangeOfPair), slack), drop - 32 * (fineWords - 1))) + 1;
}
