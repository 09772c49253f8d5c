/**
 * IEEE single precision with round to nearest even: the arithmetic of everything that is neither a place nor a count
 * (separations in units of eps, hazards, ring times, standard deviations).
 *
 * WGSL lets a compiler fuse and reassociate its own floats, so on the GPU the same operations are done in integers on
 * the bit patterns (`shaders/shared/single.wgsl`). Here Math.fround of a double result is the correctly rounded single
 * result: 53 bits are more than 2 * 24 + 2, so rounding twice does no harm.
 *
 * Numbers are zero or positive and normal; what falls below 2^-126 is zero. The order of two of them is the order of their bits.
 */

const smallest = 2 ** -126;

/** The nearest such number, which every table holds in place of a double. */
export const fromDouble = (x: number) => (x < smallest ? 0 : Math.fround(x));

export const mul = (a: number, b: number) => fromDouble(a * b);
export const add = (a: number, b: number) => Math.fround(a + b);
export const div = (a: number, b: number) => fromDouble(a / b);
export const fromInteger = (n: number) => Math.fround(n);

export const sqrt = (a: number) => Math.fround(Math.sqrt(a));

/** a - 1 for 1 < a < 2^24, which is exact. */
export const minusOne = (a: number) => Math.fround(a - 1);

/** The smallest l >= 0 with a <= 2^l. */
export function ceilLog2(a: number): number {
  if (a <= 1) return 0;
  const pattern = toBits(a);
  return (pattern >>> 23) - 127 + ((pattern & 0x7fffff) === 0 ? 0 : 1);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bit pattern of a single-precision number. */
export function toBits(x: number): number {
  float[0] = x;
  return bits[0];
}

/** The single-precision number with this bit pattern. */
export function fromBits(pattern: number): number {
  bits[0] = pattern;
  return float[0];
}
