import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";

/**
 * The masses of survivor and vanished just before each event, u32[events, 2], by replaying the sorted log from the start; and the masses
 * of all particles after the last, u32[replicas * N], 0 for the dead. Throws if an event has a dead particle in it.
 */
export function replay(system: System, sorted: Uint32Array): { before: Uint32Array; after: Uint32Array } {
  const { particles, replicas, dimension, annihilation } = system;
  const width = 5 + dimension;
  const after = new Uint32Array(particles * replicas);
  for (let replica = 0; replica < replicas; replica++) {
    after.set(makeStart(system, replica).mass, replica * particles);
  }
  const before = new Uint32Array((2 * sorted.length) / width);
  for (let e = 0; e * width < sorted.length; e++) {
    const [replica, step, , survivor, vanished] = sorted.subarray(e * width, (e + 1) * width);
    const s = replica * particles + survivor;
    const v = replica * particles + vanished;
    if (s === v || after[s] === 0 || after[v] === 0) {
      throw new Error(`Event ${e} of replica ${replica}, step ${step}, has a particle that is not there.`);
    }
    before[2 * e] = after[s];
    before[2 * e + 1] = after[v];
    after[s] = annihilation ? 0 : after[s] + after[v];
    after[v] = 0;
  }
  return { before, after };
}
