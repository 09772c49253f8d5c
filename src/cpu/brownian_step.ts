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
  const { living, mass, id } = particles;
  let leaver: number | null = null;
  for (let i = 0; i < living; i++) {
    if (moveBy(system, particles, i, step, massFunction(system.sigma, mass[i]))) {
      leaver = Math.min(id[i], leaver ?? id[i]);
    }
  }
  return leaver;
}

/**
 * Moves particle i by a Gaussian of standard deviation `sigma` (lattice units, single precision) along each axis. Whether it crossed the seam of the torus that stands for R^d.
 */
export function moveBy(
  system: System,
  particles: Particles,
  i: number,
  step: number,
  sigma: number,
): boolean {
  const { dimension, seed, open } = system;
  const { place, id } = particles;
  const replica = system.firstReplica + particles.replica;
  let left = false;
  for (let k = 0; k < dimension; k++) {
    if (k % 4 === 0) threefry(words, seed[0], seed[1], replica, streams.move, id[i], step, k / 4, 0);
    const at = dimension * i + k;
    const before = place[at];
    const by = displacement(words[k % 4], sigma);
    place[at] = before + by;
    // A move to the right must not end further left, nor the reverse.
    if (open && by !== 0 && place[at] < before !== by >= 0x80000000) left = true;
  }
  return left;
}
