/** What long steps lose: encounters, within a step, of pairs that it started too far apart. See docs/numerics.md. */
import { exp } from "../exact/elementary.ts";

/** Encounters that may be missed, as a share of all, unless a scenario says otherwise. */
export const mostMissed = 1e-4;

/** A level of sub-steps is a factor of sqrt(2) in their standard deviation. */
const perLevel = Math.SQRT2;

/** The `k` that is chosen is a multiple of this. */
const grain = 1 / 16;

/**
 * The share of encounters that steps of one level miss: those of pairs whose gap exceeded k > 0 standard deviations of their relative move, when the
 * target is small and pairs are spread evenly. 2 ∫_k^inf x erfc(x / sqrt 2) dx, which is (1 - k^2) erfc(k / sqrt 2) + sqrt(2 / pi) k exp(-k^2 / 2).
 */
export function missedAtOneLevel(k: number): number {
  // Mills' ratio, exp(k^2 / 2) ∫_k^inf exp(-x^2 / 2) dx, as Laplace's continued fraction.
  let below = k;
  for (let j = 100; j >= 1; j--) below = k + j / below;
  return Math.sqrt(2 / Math.PI) * exp((-k * k) / 2) * ((1 - k * k) / below + k);
}

/**
 * How many levels of sub-steps a pair passes at most on its way from `room`, the widest gap of a cluster, to the range, with k standard deviations
 * in a gap: those whose standard deviation is longer than the range, and one more. Both are lengths.
 */
function levelsPassed(k: number, room: number, range: number): number {
  let levels = 1;
  for (let sigma = room / k; sigma > range; sigma /= perLevel) levels++;
  return levels;
}

/** The least k, a multiple of 1/16, at which all levels together miss no more than `mostMissed`. It decides trajectories. */
export function enoughClearance(room: number, range: number): number {
  let k = 1;
  while (levelsPassed(k, room, range) * missedAtOneLevel(k) > mostMissed) k += grain;
  return k;
}
