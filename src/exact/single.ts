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
/** a - b, which must not be negative. */
export const sub = (a: number, b: number) => fromDouble(a - b);
export const div = (a: number, b: number) => fromDouble(a / b);
export const sqrt = (a: number) => Math.fround(Math.sqrt(a));
export const fromInteger = (n: number) => Math.fround(n);

/** 2^0 in the middle: Math.pow would take most of the time of those who scale by powers of two. */
const powers = Float64Array.from({ length: 2047 }, (_, k) => 2 ** (k - 1023));

/** 2^n for an integer n from -1022 to 1023. */
export const powerOfTwo = (n: number) => powers[n + 1023];

/** a * 2^by, at most 2^40: what is larger need not be told apart. */
export const scale = (a: number, by: number) => Math.min(fromDouble(a * powerOfTwo(by)), largestScaled);
const largestScaled = 2 ** 40;

/** sqrt(1/2). */
const rootHalf = Math.fround(Math.SQRT1_2);

/** a * 2^(-1/2) for an odd level, else a: what is left of a * 2^(-level/2) once whole powers of two are set aside. */
export const parityOf = (a: number, level: number) => ((level & 1) === 1 ? mul(a, rootHalf) : a);

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
