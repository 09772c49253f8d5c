/**
 * Places on a lattice refined by a power of two, for clusters that are followed down to distances the base lattice cannot hold.
 *
 * A coordinate takes `words` words, least significant first: the last is the place on the base lattice, those before it are its fraction.
 * Adding wraps around the torus as on the base lattice, and is exact. With one word the lattice is the base one. Twin:
 * `shaders/shared/fine.wgsl`.
 */
import { deviateUnit, gaussianMagnitude } from "./gaussian.ts";

/** The coordinate at fine[at ..] becomes a place of the base lattice. */
export function refine(fine: Uint32Array, at: number, words: number, place: number): void {
  fine.fill(0, at, at + words - 1);
  fine[at + words - 1] = place;
}

/** The nearest place of the base lattice. */
export function coarsen(fine: Uint32Array, at: number, words: number): number {
  const half = words === 1 ? 0 : fine[at + words - 2] >>> 31;
  return (fine[at + words - 1] + half) >>> 0;
}

/**
 * Adds to a coordinate a Gaussian of standard deviation sigma * scale units of the refined lattice, rounded to the nearest, halves away from
 * zero. `sigma` is in single precision and `scale` a power of two, so that the product is exact in a double.
 */
export function displaceFine(
  fine: Uint32Array,
  at: number,
  words: number,
  word: number,
  sigma: number,
  scale: number,
): void {
  const exact = gaussianMagnitude(word) * sigma * (scale * deviateUnit);
  // From 2^52 on it is an integer already, and adding a half would round it.
  let size = exact < 2 ** 52 ? Math.floor(exact + 0.5) : exact;
  const sign = word >>> 31 === 1 ? -1 : 1;
  let carry = 0;
  for (let w = at; w < at + words; w++) {
    const above = Math.floor(size / 2 ** 32);
    const sum = fine[w] + sign * (size - above * 2 ** 32 + carry);
    carry = sum < 0 || sum >= 2 ** 32 ? 1 : 0;
    fine[w] = sum;
    size = above;
  }
}

/** Writes |x - y| along the shorter way around the torus, for the coordinates at fine[atX ..] and fine[atY ..]. */
export function distanceFine(
  out: Uint32Array,
  outAt: number,
  fine: Uint32Array,
  atX: number,
  atY: number,
  words: number,
): void {
  let borrow = 0;
  for (let w = 0; w < words; w++) {
    const difference = fine[atX + w] - fine[atY + w] - borrow;
    borrow = difference < 0 ? 1 : 0;
    out[outAt + w] = difference;
  }
  if (out[outAt + words - 1] >>> 31 === 0) return;
  let carry = 1;
  for (let w = outAt; w < outAt + words; w++) {
    const negated = (~out[w] >>> 0) + carry;
    carry = negated >= 2 ** 32 ? 1 : 0;
    out[w] = negated;
  }
}

/** Bits of a number without its leading zeros; 0 for zero. */
export function bitLength(value: Uint32Array, at: number, words: number): number {
  for (let w = words - 1; w >= 0; w--)
    if (value[at + w] !== 0) return 32 * (w + 1) - Math.clz32(value[at + w]);
  return 0;
}

/** The number without its lowest `drop` bits, which must leave at most 32. */
export function leading(value: Uint32Array, at: number, words: number, drop: number): number {
  const [w, shift] = [at + (drop >>> 5), drop & 31];
  const above = shift === 0 || w + 1 >= at + words ? 0 : value[w + 1] << (32 - shift);
  return ((value[w] >>> shift) | above) >>> 0;
}
