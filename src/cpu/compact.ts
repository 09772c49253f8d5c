import type { Particles } from "./particles.ts";

/** Moves the living together, in the order they have, and drops the dead. */
export function compact(particles: Particles): void {
  const { place, mass, id } = particles;
  const dimension = place.length / mass.length;
  let to = 0;
  for (let from = 0; from < particles.living; from++) {
    if (mass[from] === 0) continue;
    mass[to] = mass[from];
    id[to] = id[from];
    place.copyWithin(dimension * to, dimension * from, dimension * (from + 1));
    to++;
  }
  particles.living = to;
}
