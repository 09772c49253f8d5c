import { coarsestLevel, elapse } from "../exact/elapsed.ts";
import { bitLength, coarsen, displaceFine, distanceFine, leading, refine } from "../exact/fine.ts";
import { massFunction } from "../exact/massFunction.ts";
import { add, fromInteger, mul, parityOf, powerOfTwo, scale } from "../exact/single.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import { clusterCapacity, type Pace } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import type { EventLog } from "../observe/eventLog.ts";
import { coarseBits, squaredShare } from "./distance.ts";
import { merge_apply, momentOf, type SubStep } from "./merge_apply.ts";
import { merge_resolve } from "./merge_resolve.ts";
import { hazardAt, meetingTimeAt, ringTimeAt } from "./pair.ts";
import type { Candidate } from "./pair_search.ts";
import type { PairSums } from "./pairSums.ts";
import type { Particles } from "./particles.ts";
import { rangeOfPair } from "./radii.ts";

/** What following a cluster came to. */
export interface Followed {
  moves: number;
  /** The lowest id of those who left the box that stands for R^d, or null. */
  leaver: number | null;
}

/**
 * Follows one cluster through a macro-step. Each member takes sub-steps of its own: of the coarsest level at which k standard deviations fit into
 * its gap to eps of every other member that begins one at the same time, and of whose length the time elapsed is a multiple. So those who
 * are not close to anybody take few, and who begins together ends together, unless farther apart than that. Pairs that took the same sub-step
 * and are in range at its end may ring. Meanwhile places are on the refined lattice.
 */
export function cluster_follow(
  system: System,
  pace: Pace,
  particles: Particles,
  members: readonly number[],
  step: number,
  log: EventLog,
  sums: PairSums | null = null,
): Followed {
  const { mass, id } = particles;
  const isContact = system.rate.form === "contact";
  const there = members.slice();
  begin(system, particles, there);
  const followed: Followed = { moves: 0, leaver: null };
  for (let number = 0; there.length > 0; number++) {
    const coarsest = coarsestLevel(elapsed);
    const free: number[] = [];
    for (let a = 0; a < there.length; a++) if (level[a] >= coarsest) free.push(a);
    if (sums !== null) endIntervals(system, pace, particles, there, coarsest, sums);
    for (const a of free) level[a] = coarsest;
    for (const a of free) {
      for (const b of free) {
        if (b >= a) break;
        // The faster of the two may stand for both: the gap then has room for a little more than it need have.
        const sigma = Math.max(sigmaOf(system, mass[there[a]]), sigmaOf(system, mass[there[b]]));
        const least = Math.min(level[a], level[b]);
        const range = rangeOfPair(system, mass[there[a]], mass[there[b]]);
        const needed = levelOf(system, pace, a, b, range, mul(pace.clearance, sigma), least);
        level[a] = Math.max(level[a], needed);
        level[b] = Math.max(level[b], needed);
        if (isContact) before[pairIndex(a, b)] = squareApart(system) ?? Infinity;
      }
    }

    if (sums !== null) beginIntervals(system, pace, particles, there, free, sums);
    for (const a of free) {
      const i = there[a];
      const sigma = mul(pace.stretch, sigmaOf(system, mass[i]));
      if (move(system, system.firstReplica + particles.replica, id[i], a, step, number, sigma)) {
        followed.leaver = Math.min(id[i], followed.leaver ?? id[i]);
      }
    }
    followed.moves += free.length;

    react(system, pace, particles, there, free, step, number, log, sums);
    if (!elapse(elapsed, finestOf(there.length))) break;
  }
  if (sums !== null) endIntervals(system, pace, particles, there, 0, sums);
  settle(system, particles, there);
  return followed;
}

const sigmaOf = (system: System, mass: number) => massFunction(system.sigma, mass);

// Scratch that one cluster after the other uses: where the members are on the refined lattice, how far apart two of them, the level of the sub-step
// that each is in, the earliest moment at which it can merge, and the time elapsed.
let fine = new Uint32Array(0);
let apart = new Uint32Array(0);
let elapsed = new Uint32Array(0);
const level = new Uint32Array(clusterCapacity);
// Of pairs that begin a sub-step together, |x_a - x_b|^2 / rangeUnit^2 then; Infinity if they are farther apart than any range.
const before = new Float64Array(clusterCapacity ** 2);
const pairIndex = (a: number, b: number) => clusterCapacity * a + b;
const earliest = new Float64Array(clusterCapacity);
const words = new Uint32Array(4);

/** The finest level at which one of the first n members is. */
function finestOf(n: number): number {
  let finest = 0;
  for (let a = 0; a < n; a++) finest = Math.max(finest, level[a]);
  return finest;
}

/** Takes the members' places to the refined lattice, at the start of the macro-step. */
function begin({ dimension: d, multirate }: System, { place }: Particles, there: readonly number[]): void {
  const n = multirate!.fineWords;
  if (fine.length < clusterCapacity * d * n) fine = new Uint32Array(clusterCapacity * d * n);
  if (apart.length < d * n) apart = new Uint32Array(d * n);
  if (elapsed.length !== multirate!.elapsedWords) elapsed = new Uint32Array(multirate!.elapsedWords);
  elapsed.fill(0);
  level.fill(0);
  earliest.fill(0);
  for (const [a, i] of there.entries()) {
    for (let k = 0; k < d; k++) refine(fine, n * (d * a + k), n, place[d * i + k]);
  }
}

/** Writes where the members are now. */
function settle({ dimension: d, multirate }: System, { place }: Particles, there: readonly number[]): void {
  const n = multirate!.fineWords;
  for (const [a, i] of there.entries()) {
    for (let k = 0; k < d; k++) place[d * i + k] = coarsen(fine, n * (d * a + k), n);
  }
}

/** Leaves the living only, in the order they have. */
function dropTheDead({ dimension: d, multirate }: System, { mass }: Particles, there: number[]): void {
  const n = d * multirate!.fineWords;
  for (let a = there.length - 1; a >= 0; a--) {
    if (mass[there[a]] !== 0) continue;
    there.splice(a, 1);
    for (const list of [level, earliest]) list.copyWithin(a, a + 1, there.length + 1);
    fine.copyWithin(n * a, n * (a + 1), n * (there.length + 1));
  }
}

/** Measures how far apart members a and b are along each axis. */
function measure({ dimension: d, multirate }: System, a: number, b: number): void {
  const n = multirate!.fineWords;
  for (let k = 0; k < d; k++) distanceFine(apart, n * k, fine, n * (d * a + k), n * (d * b + k), n);
}

/**
 * The coarsest level from `least` on at which `clearance` (lattice units, for a whole macro-step) fits into the gap between a and b, whose range is
 * this, and whose distance it measures.
 */
function levelOf(
  system: System,
  pace: Pace,
  a: number,
  b: number,
  rangeOfTwo: number,
  clearance: number,
  least: number,
): number {
  const { dimension: d, multirate, range } = system;
  const { fineWords: n, drop } = multirate!;
  measure(system, a, b);
  // The distance in units that leave coarseBits bits of its largest coordinate: units of 2^cut of the refined lattice's.
  let cut = 0;
  for (let k = 0; k < d; k++) cut = Math.max(cut, bitLength(apart, n * k, n) - coarseBits);
  let square = 0;
  for (let k = 0; k < d; k++) square += leading(apart, n * k, n, cut) ** 2;
  const distance = fromInteger(square);
  const inUnits = scale(mul(range, rangeOfTwo), drop - cut);
  let found = least;
  for (; found < pace.levels; found++) {
    // A level is a factor of sqrt(2) in the standard deviation.
    const needed = add(inUnits, scale(parityOf(clearance, found), 32 * (n - 1) - cut - (found >> 1)));
    if (mul(needed, needed) <= distance) break;
  }
  return found;
}

/** Moves member a, of this id, by its sub-step; `sigma` is that of the macro-step. Whether it left the box that stands for R^d. */
function move(
  { dimension: d, seed, open, multirate }: System,
  replica: number,
  id: number,
  a: number,
  step: number,
  number: number,
  sigma: number,
): boolean {
  const n = multirate!.fineWords;
  const unit = powerOfTwo(32 * (n - 1) - (level[a] >> 1));
  const significand = parityOf(sigma, level[a]);
  let left = false;
  for (let k = 0; k < d; k++) {
    if (k % 4 === 0) threefry(words, seed[0], seed[1], replica, streams.move, id, step, k / 4, number);
    const at = n * (d * a + k);
    const before = fine[at + n - 1];
    displaceFine(fine, at, n, words[k % 4], significand, unit);
    const after = fine[at + n - 1];
    // A move to the right must not end further left, nor the reverse.
    if (open && (words[k % 4] >>> 31 === 1 ? after > before : after < before)) left = true;
  }
  return left;
}

/** Lets pairs of those who took a sub-step together ring. */
function react(
  system: System,
  pace: Pace,
  particles: Particles,
  there: number[],
  free: readonly number[],
  step: number,
  number: number,
  log: EventLog,
  sums: PairSums | null,
): void {
  const candidates = ringing(system, pace, particles, there, free, step, number);
  const matches = merge_resolve(candidates, particles.id);
  if (sums !== null) observe(system, pace, particles, there, free, matches, sums);
  if (matches.length === 0) return;
  settle(system, particles, there);
  for (const match of matches) {
    const [a, b] = [there.indexOf(match.i), there.indexOf(match.j)];
    const subStep: SubStep = {
      number,
      start: elapsed[0],
      length: powerOfTwo(Math.max(0, 32 - level[a])),
      // Sub-steps may be shorter than the moments' unit: still, who merges later does so at a later moment.
      earliest: Math.max(earliest[a], earliest[b]),
      latest: 2 ** 32 - there.length,
    };
    merge_apply(system, particles, step, [match], log, subStep);
    earliest[a] = earliest[b] = 1 + momentOf(match.time, subStep);
  }
  dropTheDead(system, particles, there);
}

/** The pairs that ring, as entries of the particle arrays. */
function ringing(
  system: System,
  pace: Pace,
  particles: Particles,
  there: readonly number[],
  free: readonly number[],
  step: number,
  number: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (const a of free) {
    for (const b of free) {
      if (b >= a) break;
      if (level[a] !== level[b]) continue;
      measure(system, a, b);
      const s = squareApart(system);
      if (s === null) continue;
      // Members are in the order of their ids.
      const [i, j] = [there[b], there[a]];
      let time: number | null;
      if (system.rate.form === "contact") {
        const s0 = before[pairIndex(a, b)];
        const stretch = stretchOf(system, pace, level[a]);
        time = s0 === Infinity ? null : meetingTimeAt(system, particles, i, j, s0, s, step, number, stretch);
      } else {
        const share = scale(pace.hazard, pace.levels - level[a]);
        time = ringTimeAt(system, particles, i, j, s, step, number, share);
      }
      if (time !== null) candidates.push({ i, j, time });
    }
  }
  return candidates;
}

/** |x_a - x_b|^2 / rangeUnit^2 of the two measured last, or null if they are farther apart than any range. */
function squareApart(system: System): number | null {
  const { dimension: d, multirate } = system;
  const { fineWords: n, drop } = multirate!;
  let s = 0;
  for (let k = 0; k < d; k++) {
    if (bitLength(apart, n * k, n) - drop > 32) return null;
    s = add(s, squaredShare(system, leading(apart, n * k, n, drop)));
  }
  return s;
}

/** How many times the standard deviation of a tick's move one of this level has, on the scale of ranges. */
function stretchOf({ multirate }: System, { stretch }: Pace, level: number): number {
  const { fineWords: n, drop } = multirate!;
  return scale(parityOf(stretch, level), 32 * (n - 1) - drop - (level >> 1));
}

// What is summed up over pairs. The time of a pair falls into intervals that start when both begin a sub-step and end when the coarser of the two
// ends, as the finer one then does too. By the trapezoid rule an interval counts half where it starts and half where it ends.

/** Adds the first halves of the intervals of pairs that begin a sub-step together. */
function beginIntervals(
  system: System,
  pace: Pace,
  particles: Particles,
  there: readonly number[],
  free: readonly number[],
  sums: PairSums,
): void {
  for (const a of free) {
    for (const b of free) {
      if (b >= a) break;
      addHalf(pace, particles, there, a, b, separationOf(system, a, b), sums);
    }
  }
}

/** Adds the second halves of the intervals of pairs that end sub-steps of different levels, down to `coarsest`, now; of the same level `observe` has done so. */
function endIntervals(
  system: System,
  pace: Pace,
  particles: Particles,
  there: readonly number[],
  coarsest: number,
  sums: PairSums,
): void {
  for (let a = 0; a < there.length; a++) {
    for (let b = 0; b < a; b++) {
      if (level[a] === level[b] || Math.min(level[a], level[b]) < coarsest) continue;
      addHalf(pace, particles, there, a, b, separationOf(system, a, b), sums);
    }
  }
}

/** Of the pairs that took a sub-step together, before its matches are carried out: the second halves, and the hazards lived through. */
function observe(
  system: System,
  pace: Pace,
  particles: Particles,
  there: readonly number[],
  free: readonly number[],
  matches: readonly Candidate[],
  sums: PairSums,
): void {
  const { mass } = particles;
  const until = (a: number) => matches.find(({ i, j }) => i === there[a] || j === there[a])?.time ?? 1;
  const memberOf = (a: number) => ({ mass: mass[there[a]], x0: onLattice(system, a, 0) });
  for (const a of free) {
    for (const b of free) {
      if (b >= a) break;
      if (level[a] !== level[b]) continue;
      const s = separationOf(system, a, b);
      addHalf(pace, particles, there, a, b, s, sums);
      const share = scale(pace.hazard, pace.levels - level[a]);
      const hazard = hazardAt(system, mass[there[a]], mass[there[b]], s, share);
      sums.addHazard(memberOf(a), memberOf(b), mul(hazard, Math.min(until(a), until(b))));
    }
  }
}

/** Adds half of an interval of a and b, which lasts as long as the coarser of their sub-steps, at |x_a - x_b|^2 / eps^2 = s. */
function addHalf(
  pace: Pace,
  { mass }: Particles,
  there: readonly number[],
  a: number,
  b: number,
  s: number,
  sums: PairSums,
): void {
  const half = scale(pace.hazard, pace.levels - Math.min(level[a], level[b]) - 1);
  sums.addTime(mass[there[a]], mass[there[b]], s, half);
}

/** A member's place along axis k on the base lattice, without the fraction. */
function onLattice({ dimension: d, multirate }: System, a: number, k: number): number {
  const n = multirate!.fineWords;
  return fine[n * (d * a + k) + n - 1];
}

/** |x_a - x_b|^2 / eps^2; infinity for pairs so far apart that they are in no bin. */
function separationOf(system: System, a: number, b: number): number {
  const { dimension: d, multirate } = system;
  const { fineWords: n, drop } = multirate!;
  measure(system, a, b);
  let bits = 0;
  for (let k = 0; k < d; k++) bits = Math.max(bits, bitLength(apart, n * k, n));
  // On a refined lattice 32 eps can have a bit more than a word.
  const beyond = Math.max(0, bits - drop - 32);
  if (beyond > 1) return Number.POSITIVE_INFINITY;
  let s = 0;
  for (let k = 0; k < d; k++) s = add(s, squaredShare(system, leading(apart, n * k, n, drop + beyond)));
  return scale(s, 2 * beyond);
}
