import { clusterCapacity, type Pace } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import { isInBall } from "./distance.ts";
import { makeNeighbours } from "./neighbours.ts";
import type { Particles } from "./particles.ts";
import { largestRadius, largestRangeOf, latticeUnitsOf, rangeOfPair } from "./radii.ts";

/**
 * The clusters of particles connected by distances below the pace's radius: for each its members, as entries of the particle arrays in
 * increasing order. Particles alone are in none. Null if a cluster exceeds the capacity.
 */
export function cluster_find(
  system: System,
  pace: Pace,
  particles: Particles,
  bits: readonly number[],
  start: Uint32Array,
  order: Uint32Array,
): number[][] | null {
  const { living, place, mass } = particles;
  // A forest: every particle points towards the lowest entry of its cluster found so far.
  const towards = Uint32Array.from({ length: living }, (_, i) => i);
  const lowest = (i: number) => {
    while (towards[i] !== i) i = towards[i];
    return i;
  };
  // Where particles have radii the pace's reach is that of a gap.
  const reachAt = (range: number) =>
    pace.reach + (system.radius === null ? 0 : latticeUnitsOf(system, range));
  const largest = largestRadius(system, particles);
  const reachOf = (i: number) => reachAt(largestRangeOf(system, particles, i, largest));
  const neighbours = makeNeighbours(place, bits, start, order, reachOf);
  let i = 0;
  const visit = (j: number) => {
    const reach = reachAt(rangeOfPair(system, mass[i], mass[j]));
    if (j < i || !isInBall(place, bits.length, reach, i, j)) return;
    const [a, b] = [lowest(i), lowest(j)];
    towards[Math.max(a, b)] = Math.min(a, b);
  };
  for (; i < living; i++) neighbours(i, visit);

  const clusters = new Map<number, number[]>();
  for (let i = 0; i < living; i++) {
    const head = lowest(i);
    if (head === i) continue;
    const members = clusters.get(head) ?? [head];
    members.push(i);
    if (members.length > clusterCapacity) return null;
    clusters.set(head, members);
  }
  return [...clusters.values()];
}
