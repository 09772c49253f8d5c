/** When a pair of particles rings in a step. Twin: `shaders/shared/pair.wgsl`. */
import { exponential } from "../exact/exponential.ts";
import { massFunction } from "../exact/massFunction.ts";
import { potentialAt } from "../exact/potentialTable.ts";
import { add, div, mul } from "../exact/single.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import type { Rate, System } from "../model/system.ts";
import { meetingTime, separationBefore, varianceOfPair } from "./contact.ts";
import { separation } from "./distance.ts";
import type { Particles } from "./particles.ts";
import { rangeOfPair } from "./radii.ts";

/** The hazard of a step where V is one, see `Rate`. */
export function rateOf(rate: Rate, n: number, m: number): number {
  const { form, table, size } = rate;
  if (form === "constant") return table[0];
  if (form === "sum") return add(massFunction(table, n), massFunction(table, m));
  if (form === "product") return mul(massFunction(table, n), massFunction(table, m));
  return table[(Math.min(n, size) - 1) * size + Math.min(m, size) - 1];
}

/**
 * The hazard of a pair of masses n and m at |x_i - x_j|^2 / rangeUnit^2 = s, in a sub-step that has `share` of that of `system.rate`, single
 * precision.
 */
export function hazardAt(system: System, n: number, m: number, s: number, share: number): number {
  const range = rangeOfPair(system, n, m);
  const square = mul(range, range);
  if (s >= square) return 0;
  const hazard = mul(rateOf(system.rate, n, m), potentialAt(system.potential, div(s, square)));
  return mul(div(hazard, square), share);
}

/** Writes the random words of the pair of particles with these ids in this step and sub-step; a step without any has only number 0. */
export function pairWords(
  out: Uint32Array,
  system: System,
  replica: number,
  idI: number,
  idJ: number,
  step: number,
  subStep: number,
): void {
  const [low, high] = system.seed;
  const key = system.firstReplica + replica;
  threefry(out, low, high, key, streams.pair, Math.min(idI, idJ), Math.max(idI, idJ), step, subStep);
}

const words = new Uint32Array(4);

/**
 * The fraction of a tick, a uniform step that has just moved the particles, after which the pair rings, in single precision, or null if it does
 * not.
 */
export function ringTime(
  system: System,
  particles: Particles,
  i: number,
  j: number,
  step: number,
): number | null {
  const s = separation(system, particles.place, i, j);
  if (system.rate.form !== "contact")
    return ringTimeAt(system, particles, i, j, s, step, 0, system.tickHazard);
  const before = separationBefore(system, particles, i, j, step);
  return meetingTimeAt(system, particles, i, j, before, s, step, 0, 1);
}

/**
 * The fraction of a sub-step after which a pair at |x_i - x_j|^2 / rangeUnit^2 = s rings, in single precision, or null if it does not. The sub-step
 * has `share` of the hazard of `system.rate`.
 */
export function ringTimeAt(
  system: System,
  { replica, mass, id }: Particles,
  i: number,
  j: number,
  s: number,
  step: number,
  subStep: number,
  share: number,
): number | null {
  const hazard = hazardAt(system, mass[i], mass[j], s, share);
  if (hazard === 0) return null;
  pairWords(words, system, replica, id[i], id[j], step, subStep);
  const deviate = exponential(words[0]);
  return deviate < hazard ? div(deviate, hazard) : null;
}

/**
 * The same for a pair that reacts as soon as it meets: from `before` to `after`, its |x_i - x_j|^2 / rangeUnit^2, in a sub-step whose standard
 * deviations are `stretch` times those of a tick, single precision.
 */
export function meetingTimeAt(
  system: System,
  { replica, mass, id }: Particles,
  i: number,
  j: number,
  before: number,
  after: number,
  step: number,
  subStep: number,
  stretch: number,
): number | null {
  pairWords(words, system, replica, id[i], id[j], step, subStep);
  const range = rangeOfPair(system, mass[i], mass[j]);
  const variance = varianceOfPair(system, mass[i], mass[j], stretch);
  return meetingTime(before, after, range, variance, exponential(words[0]));
}
