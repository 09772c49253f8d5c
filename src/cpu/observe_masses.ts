import type { Particles } from "./particles.ts";

/** The number of living particles of mass 1..K and, last, of all masses above: adds into count, u32[K + 1]. */
export function observe_masses(particles: Particles, count: Uint32Array): void {
  for (let i = 0; i < particles.living; i++) {
    count[Math.min(particles.mass[i], count.length) - 1]++;
  }
}
