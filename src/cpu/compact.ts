import type { Particles } from "./particles.ts";

/** Moves the living together, in the order they have; behind them lie the dead, in any order. */
export function compact(particles: Particles): void {
  const { place, mass, id } = particles;
  const dimension = place.length / mass.length;
  let to = 0;
  for (let from = 0; from < particles.living; from++) {
    if (mass[from] === 0) continue;
    swap(mass, to, from);
    swap(id, to, from);
    for (let k = 0; k < dimension; k++) swap(place, dimension * to + k, dimension * from + k);
    to++;
  }
  particles.living = to;
}

function swap(list: Uint32Array, a: number, b: number): void {
  const kept = list[a];
  list[a] = list[b];
  list[b] = kept;
}
