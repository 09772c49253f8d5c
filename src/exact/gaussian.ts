/**
 * A standard Gaussian as an integer function of one random word, and displacements made from it.
 *
 * The top bit of the word is the sign. The other 31, v, choose the tail probability p = (2 v + 1) / 2^33 of |z|: the number of
 * leading zeros picks the octave [2^-(k+2), 2^-(k+1)) of p, the next 7 bits one of 128 segments, and 16 more bits
 * interpolate between the segment's ends in a table of the inverse normal distribution function. So the tail reaches
 * 6.3 standard deviations, and the deviate is a fixed-point integer. `docs/numerics.md` states its errors and
 * `test/exact/gaussian.test.ts` measures them over all words. Twin: `shaders/shared/gaussian.wgsl`.
 */
import { inverseNormalTail } from "./elementary.ts";

/** Fractional bits of a deviate. |z| < 2^3, so a deviate is below 2^24. */
export const gaussianBits = 21;
/** The unit of a deviate. */
export const deviateUnit = 2 ** -gaussianBits;

const octaves = 32;
const segments = 128;

/** Entries: octaves * (segments + 1) ends of segments, |z| in units of 2^-21. */
export const gaussianTable = makeTable();

/** Scaled so that the second moment is one: chords of a convex function would be a little too large. */
function makeTable(): Uint32Array {
  const ends = new Float64Array(octaves * (segments + 1));
  let secondMoment = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const p = 2 ** -(octave + 2);
    for (let s = 0; s <= segments; s++) {
      const at = octave * (segments + 1) + s;
      ends[at] = s === segments && octave === 0 ? 0 : inverseNormalTail(p * (1 + s / segments));
      // On a segment z is uniform between its ends; both signs count.
      if (s > 0) {
        const [a, b] = [ends[at - 1], ends[at]];
        secondMoment += (2 * p * (a * a + a * b + b * b)) / (3 * segments);
      }
    }
  }
  const scale = 2 ** gaussianBits / Math.sqrt(secondMoment);
  return Uint32Array.from(ends, (z) => Math.round(z * scale));
}

/** |z| in units of 2^-21 for a random word (its top bit, the sign, is ignored). */
export function gaussianMagnitude(word: number): number {
  const p = ((word << 1) | 1) >>> 0;
  const octave = Math.clz32(p);
  const fraction = (p << octave) >>> 0;
  const at = octave * (segments + 1) + ((fraction >>> 24) & 127);
  const drop = gaussianTable[at] - gaussianTable[at + 1];
  return gaussianTable[at] - ((drop * ((fraction >>> 8) & 0xffff) + 0x8000) >>> 16);
}

/**
 * The displacement of one coordinate whose standard deviation is `sigma` lattice units (single precision), an integer: z * sigma
 * rounded to the nearest, halves away from zero, so without bias. The product of two 24-bit numbers is exact in a double.
 */
export function signedDisplacement(word: number, sigma: number): number {
  const size = Math.floor(gaussianMagnitude(word) * sigma * deviateUnit + 0.5);
  return word >>> 31 === 1 ? -size : size;
}

/** The same modulo 2^32, as an unsigned word. */
export const displacement = (word: number, sigma: number) => signedDisplacement(word, sigma) >>> 0;
