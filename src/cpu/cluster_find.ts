import { clusterCapacity, type Pace } from "../model/pace.ts";
import { makeNeighbours } from "./neighbours.ts";
import { isInBall } from "./pair.ts";
import type { Particles } from "./particles.ts";

/**
 * The clusters of particles connected by distances below the pace's radius: for each its members, as entries of the particle arrays in
 * increasing order. Particles alone are in none. Null if a cluster exceeds the capacity.
 */
export function cluster_find(
  pace: Pace,
  particles: Particles,
  bits: readonly number[],
  start: Uint32Array,
  order: Uint32Array,
): number[][] | null {
  const { living, place } = particles;
  // A forest: every particle points towards the lowest entry of its cluster found so far.
  const towards = Uint32Array.from({ length: living }, (_, i) => i);
  const lowest = (i: number) => {
    while (towards[i] !== i) i = towards[i];
    return i;
  };
  const neighbours = makeNeighbours(place, bits, start, order, pace.reach);
  let i = 0;
  const visit = (j: number) => {
    if (j < i || !isInBall(place, bits.length, pace.reach, i, j)) return;
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
