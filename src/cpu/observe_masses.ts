import type { Particles } from "./particles.ts";

/**
 * The number of living particles of masses 1..K and, last, of all masses above: adds into count, u32[K + 1]. With a `width` above 1 of classes of so many
 * masses instead of single ones.
 */
export function observe_masses(particles: Particles, count: Uint32Array, width = 1): void {
  for (let i = 0; i < particles.living; i++) {
    count[Math.min(Math.ceil(particles.mass[i] / width), count.length) - 1]++;
  }
}
