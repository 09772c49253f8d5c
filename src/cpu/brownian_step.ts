import { displacement } from "../exact/gaussian.ts";
import { massFunction } from "../exact/massFunction.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import type { System } from "../model/system.ts";
import type { Particles } from "./particles.ts";

const words = new Uint32Array(4);

/**
 * Every living particle moves by its Gaussian step. Returns the lowest id of those who crossed the seam of the torus that stands
 * for R^d, or null; on a torus proper nobody can.
 */
export function brownian_step(system: System, particles: Particles, step: number): number | null {
  const { dimension, seed, sigma } = system;
  const { living, place, mass, id, replica } = particles;
  let offender: number | null = null;
  for (let i = 0; i < living; i++) {
    const deviation = massFunction(sigma, mass[i]);
    for (let k = 0; k < dimension; k++) {
      if (k % 4 === 0) threefry(words, seed[0], seed[1], replica, streams.move, id[i], step, k / 4, 0);
      const at = dimension * i + k;
      const before = place[at];
      const by = displacement(words[k % 4], deviation);
      place[at] = before + by;
      // In R^d nobody may cross the seam: a move to the right must not end further left, nor the reverse.
      if (system.open && by !== 0 && place[at] < before !== by >= 0x80000000) {
        offender = Math.min(id[i], offender ?? id[i]);
      }
    }
  }
  return offender;
}
