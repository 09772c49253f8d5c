import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";

/**
 * Lets an event happen to the masses of the particles of a replica. Where they split, `next` has their circles by id: a survivor and those it has taken up;
 * and of one who is dead before the event, the mass is that of his place on the circle of the "survivor", from whom he splits off. Otherwise it is
 * empty. Throws an Error if the event has a particle that is not there.
 */
export function applyEvent(
  mass: Uint32Array,
  next: Uint32Array,
  annihilation: boolean,
  survivor: number,
  vanished: number,
): void {
  const splits = next.length > 0 && mass[vanished] === 0;
  if (survivor === vanished || mass[survivor] === 0 || (mass[vanished] === 0 && !splits)) {
    throw new Error("An event has a particle that is not there.");
  }
  if (splits) {
    const leaves = cutCircle(next, survivor, vanished);
    mass[vanished] = leaves;
    mass[survivor] -= leaves;
    return;
  }
  if (next.length > 0) [next[survivor], next[vanished]] = [next[vanished], next[survivor]];
  mass[survivor] = annihilation ? 0 : mass[survivor] + mass[vanished];
  mass[vanished] = 0;
}

/** Cuts the circle of `first` behind `last`, and tells how many leave it. */
function cutCircle(next: Uint32Array, first: number, last: number): number {
  const begin = next[first];
  let count = 1;
  for (let one = begin; one !== last; one = next[one]) {
    if (one === first) throw new Error("An event has a particle that is not there.");
    count++;
  }
  next[first] = next[last];
  next[last] = begin;
  return count;
}

/** Of each of so many particles alone; empty unless particles split. */
export const circlesAtStart = ({ fragmentation }: System, count: number): Uint32Array =>
  fragmentation === null ? new Uint32Array(0) : Uint32Array.from({ length: count }, (_, id) => id);

/**
 * The masses of survivor and vanished just before each event, u32[events, 2], by replaying the sorted log from the start; and the masses
 * of all particles after the last, u32[replicas * N], 0 for the dead. Who splits off has mass 0 before. Throws if an event has a particle in it that is not
 * there.
 */
export function replay(
  system: System,
  sorted: Uint32Array,
): { before: Uint32Array; after: Uint32Array; next: Uint32Array } {
  const { particles, replicas, dimension, annihilation } = system;
  const width = 5 + dimension;
  const after = new Uint32Array(particles * replicas);
  for (let replica = 0; replica < replicas; replica++) {
    after.set(makeStart(system, replica).mass, replica * particles);
  }
  const next = circlesAtStart(system, after.length);
  const before = new Uint32Array((2 * sorted.length) / width);
  for (let e = 0; e * width < sorted.length; e++) {
    const [replica, step, , survivor, vanished] = sorted.subarray(e * width, (e + 1) * width);
    const s = replica * particles + survivor;
    const v = replica * particles + vanished;
    before[2 * e] = after[s];
    before[2 * e + 1] = after[v];
    try {
      applyEvent(after, next, annihilation, s, v);
    } catch {
      throw new Error(`Event ${e} of replica ${replica}, step ${step}, has a particle that is not there.`);
    }
  }
  return { before, after, next };
}
