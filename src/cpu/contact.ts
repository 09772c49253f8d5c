/**
 * When a pair that coagulates on contact does so within a step: its distance crosses its range with the probability of a Brownian bridge between
 * the distances at the two ends. Twin: `shaders/shared/contact.wgsl`.
 *
 * The distance of a pair in R^3 is a Bessel process, which between two given values crosses a lower one with the probability
 * (exp(-2 g h / v) - exp(-2 r s / v)) / (1 - exp(-2 r s / v)), r and s the distances, g and h the gaps left to the range, v the variance of a
 * coordinate; steps near contact are so short that exp(-2 r s / v) is nothing, and in other dimensions exp(-2 g h / v) is right to order v.
 * docs/ranges.md derives it.
 */
import { displacement } from "../exact/gaussian.ts";
import { massFunction } from "../exact/massFunction.ts";
import { add, div, mul, sqrt, sub } from "../exact/single.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import type { System } from "../model/system.ts";
import { squaredShare } from "./distance.ts";
import type { Particles } from "./particles.ts";

/** A deviate of the exponential law is at most this: what has a larger exponent to beat never happens. */
const largestExponent = 32;

/**
 * The fraction of a step after which a pair meets, or null: `before` and `after` its squared distances at both ends, `range` its range and
 * `variance` that of a coordinate of its relative move, in units of `rangeUnit`; `deviate` exponential with mean 1. All in single precision.
 */
export function meetingTime(
  before: number,
  after: number,
  range: number,
  variance: number,
  deviate: number,
): number | null {
  const [from, to] = [sqrt(before), sqrt(after)];
  if (from <= range) return 0;
  const gap = sub(from, range);
  if (to <= range) return div(gap, sub(from, to));
  const left = sub(to, range);
  const exponent = mul(2, mul(gap, left));
  // With probability exp(-exponent / variance).
  if (exponent >= mul(largestExponent, variance) || deviate <= div(exponent, variance)) return null;
  return div(gap, add(gap, left));
}

/**
 * The variance of a coordinate of the relative move of masses n and m, in units of `rangeUnit`^2, in a sub-step whose standard deviations are
 * `stretch` times those of a tick.
 */
export function varianceOfPair(system: System, n: number, m: number, stretch: number): number {
  const [a, b] = [n, m].map((mass) => {
    const sigma = mul(mul(massFunction(system.sigma, mass), stretch), system.inverseRange);
    return mul(sigma, sigma);
  });
  return add(a, b);
}

const words = [new Uint32Array(4), new Uint32Array(4)];

/** |x_i - x_j|^2 in units of `rangeUnit`^2 before the two moved by the uniform step of this number. */
export function separationBefore(
  system: System,
  particles: Particles,
  i: number,
  j: number,
  step: number,
): number {
  const { dimension: d, seed, firstReplica, sigma } = system;
  const { place, mass, id } = particles;
  const replica = firstReplica + particles.replica;
  let sum = 0;
  for (let k = 0; k < d; k++) {
    const [x, y] = [i, j].map((a, of) => {
      if (k % 4 === 0) threefry(words[of], seed[0], seed[1], replica, streams.move, id[a], step, k / 4, 0);
      return place[d * a + k] - displacement(words[of][k % 4], massFunction(sigma, mass[a]));
    });
    sum = add(sum, squaredShare(system, Math.abs((x - y) | 0)));
  }
  return sum;
}
