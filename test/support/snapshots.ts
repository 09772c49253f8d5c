import type { Snapshot } from "../../src/engine.ts";
import type { System } from "../../src/model/system.ts";
import { wordSource } from "./words.ts";

/** All particles of a system anywhere, of masses 1 to 4. */
export function anySnapshot({ particles, replicas, dimension }: System, seed: number): Snapshot {
  const next = wordSource(seed);
  const length = particles * replicas;
  return {
    id: Uint32Array.from({ length }, (_, i) => i),
    mass: Uint32Array.from({ length }, () => 1 + (next() % 4)),
    place: Uint32Array.from({ length: dimension * length }, () => next()),
  };
}

/** Those of a snapshot that are left where every third is gone. */
export function thinned({ id, mass, place }: Snapshot): Snapshot {
  const dimension = place.length / id.length;
  const stays = (i: number) => i % 3 !== 1;
  return {
    id: id.filter((_, i) => stays(i)),
    mass: mass.filter((_, i) => stays(i)),
    place: place.filter((_, c) => stays(Math.floor(c / dimension))),
  };
}

/** Where particle i of a snapshot is, in the scenario's lengths. */
export function placeOf({ dimension, side, open }: System, { place }: Snapshot, i: number): number[] {
  return Array.from(
    place.subarray(dimension * i, dimension * (i + 1)),
    (x) => (x / 2 ** 32 - (open ? 0.5 : 0)) * side,
  );
}
