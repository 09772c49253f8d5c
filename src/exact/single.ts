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
