/** Clusters whose members never ring, followed in plain arithmetic: places are integers of any length, distances and levels doubles. */
import type { Particles } from "../../src/cpu/particles.ts";
import { massFunction } from "../../src/exact/massFunction.ts";
import { mul } from "../../src/exact/single.ts";
import { streams } from "../../src/exact/streams.ts";
import { threefry } from "../../src/exact/threefry.ts";
import type { Pace } from "../../src/model/pace.ts";
import type { System } from "../../src/model/system.ts";
import { bigCoarsen, bigDisplacement, bigDistance, bigLength, bigMove, bigRefine } from "./bigPlaces.ts";

/** A particle on the refined lattice. */
export interface Member {
  id: number;
  mass: number;
  place: bigint[];
}

export function memberOf({ dimension: d, multirate }: System, particles: Particles, i: number): Member {
  const place = [...particles.place.subarray(d * i, d * (i + 1))];
  return {
    id: particles.id[i],
    mass: particles.mass[i],
    place: place.map((x) => bigRefine(x, multirate!.fineWords)),
  };
}

/** Its place on the base lattice. */
export const placeOf = ({ multirate }: System, { place }: Member): number[] =>
  place.map((x) => bigCoarsen(x, multirate!.fineWords));

/** A coordinate's standard deviation in a macro-step, in lattice units. */
export const sigmaOf = (system: System, pace: Pace, mass: number) =>
  mul(pace.stretch, massFunction(system.sigma, mass));

/** A sub-step of the macro-step `step` moves a member. */
export function moveMember(
  system: System,
  replica: number,
  step: number,
  pace: Pace,
  member: Member,
  { number, level }: { number: number; level: number },
): void {
  const words = new Uint32Array(4);
  const n = system.multirate!.fineWords;
  // A level is a factor of sqrt(2) in the standard deviation.
  const whole = sigmaOf(system, pace, member.mass);
  const sigma = level % 2 === 0 ? whole : mul(whole, Math.fround(Math.SQRT1_2));
  member.place = member.place.map((x, k) => {
    threefry(words, ...system.seed, replica, streams.move, member.id, step, Math.floor(k / 4), number);
    return bigMove(x, bigDisplacement(words[k % 4], sigma, Math.floor(level / 2), n), n);
  });
}

/**
 * The level, not rounded up, at which k standard deviations of the relative displacement of two just fit into their gap to eps, if the slower one
 * moved as fast as the other; infinite for two in range. Null where the gap is too small for doubles.
 */
function fittingLevel(system: System, pace: Pace, k: number, one: Member, other: Member): number | null {
  const n = system.multirate!.fineWords;
  const apart = one.place.map((x, axis) => bigDistance(x, other.place[axis], n));
  // Distances have 14 bits.
  const cut = Math.max(0, ...apart.map((distance) => bigLength(distance) - 14));
  const squares = apart.map((distance) => Number(distance >> BigInt(cut)) ** 2);
  const distance = Math.sqrt(squares.reduce((a, b) => a + b)) * 2 ** (cut - 32 * (n - 1));
  const range = (system.eps / system.side) * 2 ** 32;
  const gap = distance / range - 1;
  if (Math.abs(gap) < 1e-6) return null;
  if (gap < 0) return Number.POSITIVE_INFINITY;
  const sigma = Math.max(...[one, other].map(({ mass }) => sigmaOf(system, pace, mass)));
  const fitting = 2 * Math.log2((k * Math.SQRT2 * sigma) / range / gap);
  const nearest = Math.round(fitting);
  const close = Math.abs(fitting - nearest) < 2e-5 + 2e-6 / gap;
  return close && nearest >= 0 && nearest < pace.levels ? null : fitting;
}

/** Follows members through a macro-step: how many moves that takes; null where rounding might decide a level. `k` is that of the pace. */
export function replay(
  system: System,
  pace: Pace,
  k: number,
  replica: number,
  step: number,
  members: readonly Member[],
): number | null {
  const lengthOf = (level: number) => 2n ** BigInt(pace.levels - level);
  // When each member's sub-step ends.
  const until = new Map(members.map((member) => [member, 0n]));
  let moves = 0;
  let elapsed = 0n;
  for (let number = 0; elapsed < lengthOf(0); number++) {
    let coarsest = 0;
    while (elapsed % lengthOf(coarsest) > 0n) coarsest++;
    const free = members.filter((member) => until.get(member) === elapsed);
    for (const member of free) {
      let level = coarsest;
      for (const other of free) {
        if (other === member) continue;
        const fitting = fittingLevel(system, pace, k, member, other);
        if (fitting === null) return null;
        level = Math.max(level, Math.min(pace.levels, Math.ceil(fitting)));
      }
      until.set(member, elapsed + lengthOf(level));
    }
    for (const member of free) {
      const level = pace.levels + 1 - bigLength(until.get(member)! - elapsed);
      moveMember(system, replica, step, pace, member, { number, level });
    }
    moves += free.length;
    elapsed = [...until.values()].reduce((a, b) => (a < b ? a : b));
  }
  return moves;
}
