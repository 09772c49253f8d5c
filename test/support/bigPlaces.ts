/**
 * Places on a refined lattice as single integers of any length, in plain arithmetic: what `src/exact/fine.ts` does with words. A coordinate of
 * n words lies in [0, 2^(32 n)).
 */
import { gaussianMagnitude } from "../../src/exact/gaussian.ts";
import { toBits } from "../../src/exact/single.ts";

/** Points along an axis. */
export const pointsOf = (words: number) => 1n << BigInt(32 * words);

/** The number that words make, least significant first. */
export const toBig = (words: Iterable<number>): bigint =>
  [...words].reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);

/** Its words again. */
export const toWords = (value: bigint, words: number): number[] =>
  Array.from({ length: words }, (_, w) => Number((value >> BigInt(32 * w)) & 0xffffffffn));

/** The place on the refined lattice of one on the base lattice, and the nearest place of the base lattice of one on the refined. */
export const bigRefine = (place: number, words: number) => BigInt(place) << BigInt(32 * (words - 1));
export function bigCoarsen(value: bigint, words: number): number {
  const unit = 1n << BigInt(32 * (words - 1));
  return Number(((value + unit / 2n) / unit) % (1n << 32n));
}

/**
 * A Gaussian of standard deviation sigma * 2^-level lattice units, in units of the refined lattice, to the nearest, halves away from zero.
 * sigma is a positive normal number in single precision, or zero.
 */
export function bigDisplacement(word: number, sigma: number, level: number, words: number): bigint {
  if (sigma === 0) return 0n;
  const pattern = toBits(sigma);
  const significand = BigInt((pattern & 0x7fffff) | 0x800000);
  const product = BigInt(gaussianMagnitude(word)) * significand;
  // 21 fractional bits of the deviate, 23 of the significand.
  const up = 32 * (words - 1) - level + ((pattern >>> 23) - 127) - 44;
  const size = up >= 0 ? product << BigInt(up) : ((product >> BigInt(-up - 1)) + 1n) >> 1n;
  return word >>> 31 === 1 ? -size : size;
}

/** The place after a displacement, around the torus. */
export const bigMove = (value: bigint, by: bigint, words: number) => BigInt.asUintN(32 * words, value + by);

/** |x - y| along the shorter way around the torus. */
export function bigDistance(x: bigint, y: bigint, words: number): bigint {
  const around = BigInt.asUintN(32 * words, x - y);
  return around * 2n < pointsOf(words) ? around : pointsOf(words) - around;
}

export const bigLength = (value: bigint) => (value === 0n ? 0 : value.toString(2).length);
