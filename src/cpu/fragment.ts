import { add } from "../exact/single.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import type { System } from "../model/system.ts";
import type { EventLog } from "../observe/eventLog.ts";
import { squaredShare } from "./distance.ts";
import type { Candidate } from "./pair_search.ts";
import type { Particles } from "./particles.ts";

const words = new Uint32Array(4);

/** When in its step a particle splits, as a moment of `EventLog`: at the end. */
export const splitMoment = 2 ** 32 - 1;

/**
 * Every particle that coagulates with nobody in this step may split (`model/fragmentation.ts`). The part that leaves is one of those that it has taken
 * up: of mass m, the m-th on its circle; the circle is cut behind it. Returns whether anybody did.
 */
export function fragment(
  system: System,
  particles: Particles,
  step: number,
  matches: readonly Candidate[],
  log: EventLog,
): boolean {
  const { living, replica, place, mass, id, next } = particles;
  const { dimension: d } = system;
  const { heaviest, thresholds } = system.fragmentation!;
  const matched = new Set(matches.flatMap(({ i, j }) => [i, j]));
  const entryOf = new Map<number, number>();
  for (let entry = living; entry < id.length; entry++) entryOf.set(id[entry], entry);
  let split = false;
  for (let i = 0; i < living; i++) {
    if (matched.has(i)) continue;
    randomWords(system, replica, id[i], step, 0, 0);
    const row = thresholds.subarray(mass[i] * heaviest, (mass[i] + 1) * heaviest);
    const stays = row.findIndex((threshold) => words[0] < threshold) + 1;
    if (stays === 0) continue;
    const leaves = mass[i] - stays;
    const child = release(next, id[i], leaves);
    const entry = entryOf.get(child)!;
    mass[i] = stays;
    mass[entry] = leaves;
    placeInBall(system, particles, i, entry, step);
    log.append(replica, step, splitMoment, id[i], child, place.subarray(d * entry, d * (entry + 1)));
    split = true;
  }
  return split;
}

/** Cuts the next `count` from the circle of `first`; the last of them comes to life, the others are its circle. */
function release(next: Uint32Array, first: number, count: number): number {
  const begin = next[first];
  let child = begin;
  for (let k = 1; k < count; k++) child = next[child];
  next[first] = next[child];
  next[child] = begin;
  return child;
}

/** Puts `entry` at a uniform place of the lattice in the ball around i: the first that is in it of those drawn from the cube. */
function placeInBall(system: System, particles: Particles, i: number, entry: number, step: number): void {
  const { replica, place, id } = particles;
  const { dimension: d, reach } = system;
  const cube = BigInt(2 * reach + 1);
  for (let attempt = 0, s = 1; s >= 1; attempt++) {
    s = 0;
    for (let k = 0; k < d; k++) {
      if (k % 4 === 0) randomWords(system, replica, id[i], step, 1 + k / 4, attempt);
      const by = Number((BigInt(words[k % 4]) * cube) >> 32n) - reach;
      place[d * entry + k] = place[d * i + k] + by;
      s = add(s, squaredShare(system, Math.abs(by)));
    }
  }
}

function randomWords(
  system: System,
  replica: number,
  particle: number,
  step: number,
  block: number,
  attempt: number,
): void {
  const [low, high] = system.seed;
  const key = system.firstReplica + replica;
  threefry(words, low, high, key, streams.fragment, particle, step, block, attempt);
}

/** Once somebody has come to life: the living, in order of their ids, then the dead. */
export function settle(particles: Particles): void {
  const { place, mass, id } = particles;
  const d = place.length / mass.length;
  const order = Uint32Array.from(id.keys()).sort(
    (a, b) => Number(mass[a] === 0) - Number(mass[b] === 0) || id[a] - id[b],
  );
  const [places, masses, ids] = [place.slice(), mass.slice(), id.slice()];
  for (const [to, from] of order.entries()) {
    mass[to] = masses[from];
    id[to] = ids[from];
    place.set(places.subarray(d * from, d * (from + 1)), d * to);
  }
  particles.living = mass.reduce((sum, m) => sum + Number(m !== 0), 0);
}
