import { massFunction } from "../exact/massFunction.ts";
import { add, ceilLog2, div, minusOne, mul, sqrt } from "../exact/single.ts";
import type { Pace } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import type { EventLog } from "../observe/eventLog.ts";
import { moveBy } from "./brownian_step.ts";
import { merge_apply } from "./merge_apply.ts";
import { merge_resolve } from "./merge_resolve.ts";
import { isNear, ringTime, separation } from "./pair.ts";
import type { Candidate } from "./pair_search.ts";
import type { Particles } from "./particles.ts";

/** What following a cluster came to. */
export interface Followed {
  moves: number;
  /** The lowest id of those who left the box that stands for R^d, or null. */
  leaver: number | null;
}

/**
 * Follows one cluster through a macro-step. The level of a sub-step is the coarsest at which no pair's relative displacement has k standard
 * deviations beyond its gap to eps; it is only made coarser when the time elapsed is a multiple of its length, so that every
 * sub-step is one of the levels' and the time elapsed tells it apart. After every sub-step each pair in range may ring.
 */
export function cluster_follow(
  system: System,
  pace: Pace,
  particles: Particles,
  members: readonly number[],
  step: number,
  log: EventLog,
): Followed {
  const { mass, id } = particles;
  const end = 4 ** pace.levels;
  const followed: Followed = { moves: 0, leaver: null };
  const there = members.slice();
  const candidates: Candidate[] = [];
  for (let elapsed = 0; elapsed < end; ) {
    let level = 0;
    for (let a = 1; a < there.length; a++) {
      for (let b = 0; b < a; b++) {
        level = Math.max(level, levelOf(system, pace, particles, there[a], there[b]));
      }
    }
    while (elapsed % 4 ** (pace.levels - level) !== 0) level++;
    const length = 4 ** (pace.levels - level);

    // A level is a factor of two in the standard deviation and of four in the hazard: exact.
    for (const i of there) {
      const sigma = mul(pace.stretch, massFunction(system.sigma, mass[i])) * 2 ** -level;
      if (moveBy(system, particles, i, step, elapsed, sigma)) {
        followed.leaver = Math.min(id[i], followed.leaver ?? id[i]);
      }
    }
    followed.moves += there.length;

    const hazard = pace.hazard * 4 ** -level;
    for (let a = 1; a < there.length; a++) {
      for (let b = 0; b < a; b++) {
        // Members are in the order of their ids.
        const [i, j] = [there[b], there[a]];
        if (!isNear(particles.place, system.dimension, system.reach, i, j)) continue;
        const time = ringTime(system, particles, i, j, step, elapsed, hazard);
        if (time !== null) candidates.push({ i, j, time });
      }
    }
    if (candidates.length > 0) {
      merge_apply(system, particles, step, merge_resolve(candidates, id), log, { elapsed, length, end });
      candidates.length = 0;
      for (let a = there.length - 1; a >= 0; a--) if (mass[there[a]] === 0) there.splice(a, 1);
      if (there.length === 0) break;
    }
    elapsed += length;
  }
  return followed;
}

/** Farther apart than this, in units of eps, a pair's gap to eps is taken as its distance: that is exact, and the same to 24 bits. */
const far = 2 ** 24;

/** The coarsest level at which k standard deviations of the pair's relative displacement fit into its gap to eps. */
function levelOf(system: System, pace: Pace, { place, mass }: Particles, i: number, j: number): number {
  const distance = sqrt(separation(system, place, i, j));
  if (distance <= 1) return pace.levels;
  const gap = distance < far ? minusOne(distance) : distance;
  // In units of eps, for a whole macro-step.
  const spread = (m: number) => mul(mul(pace.stretch, massFunction(system.sigma, m)), system.inverseRange);
  const [a, b] = [spread(mass[i]), spread(mass[j])];
  const needed = mul(pace.k, sqrt(add(mul(a, a), mul(b, b))));
  return Math.min(pace.levels, ceilLog2(div(needed, gap)));
}
