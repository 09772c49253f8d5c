/**
 * Elementary functions of doubles with the same bits in every JavaScript engine.
 *
 * ECMAScript leaves the last bits of `Math.exp` and its like to the engine. Tables that a run depends on must
 * not: here everything is built from + - * / sqrt, floor and the bits of a double, all of which IEEE 754
 * fixes. (`**` is Math.pow, and so out as well.) The reductions and the polynomials of `exp` and `log` are
 * those of Sun's fdlibm.
 */

const LN2_HI = 0.6931471803691238; // its last 21 bits are zero, so k * LN2_HI is exact
const LN2_LO = 1.9082149292705877e-10;
const ONE_OVER_LN2 = Math.LOG2E;
const SMALLEST_NORMAL = 2.2250738585072014e-308; // 2^-1022
const TWO_54 = 18014398509481984;
const LEAST_TAIL = 9.094947017729282e-13; // 2^-40
const SQRT_TWO = Math.sqrt(2);
const TWO_PI = 6.283185307179586;
const SQRT_TWO_PI = Math.sqrt(TWO_PI);

const EXP_TERMS = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6,
  4.1381367970572385e-8,
];
const LOG_TERMS = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
];
/**
 * Taylor coefficients of cos(y) and sin(y)/y in y^2; the first one left out is below 2^-58 for |y| <= pi/4.
 */
const COS_TERMS = taylor(0, 9);
const SINC_TERMS = taylor(1, 9);

const bits = new DataView(new ArrayBuffer(8));

/** e^x. Relative error below 1.3e-16 (1 ulp) where the result is a normal number; 0 and Infinity beyond. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  if (Number.isNaN(x)) return x;
  const k = Math.floor(x * ONE_OVER_LN2 + 0.5);
  const hi = x - k * LN2_HI;
  const lo = k * LN2_LO;
  const r = hi - lo;
  const c = r - r * r * polynomial(EXP_TERMS, r * r);
  const y = 1 - (lo - (r * c) / (2 - c) - hi);
  // In two factors, for neither 2^1024 nor 2^-1074 can be reached by one normal power.
  const half = Math.floor(k / 2);
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

/** Natural logarithm, x >= 0 (NaN below). Relative error below 1.2e-16 (1 ulp). */
export function log(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (!(x > 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const [head, tail] = logInTwo(x);
  return head + tail;
}

/**
 * x^y for finite x > 0 (NaN otherwise). Relative error below 5e-16 while |y log x| < 50.
 * Where 2y is an integer up to 32 it is products and one square root, hence exact wherever those are:
 * pow(n, 1) = n, pow(n, 0.5) = Math.sqrt(n), pow(4, 2) = 16.
 */
export function pow(x: number, y: number): number {
  if (!(x > 0)) return Number.NaN;
  const size = Math.abs(y);
  if (size <= 16 && Math.floor(2 * size) === 2 * size) {
    const whole = Math.floor(size);
    const value = integerPower(x, whole) * (size > whole ? Math.sqrt(x) : 1);
    return y < 0 ? 1 / value : value;
  }
  const [head, tail] = logInTwo(x);
  const product = y * head;
  const rest = productError(y, head, product) + y * tail;
  const value = exp(product);
  return value > 0 && value < Number.POSITIVE_INFINITY ? value + value * rest : value;
}

/** cos(2 pi x) for finite |x| < 2^53; relative error below 4e-16, and exact at multiples of 1/4. */
export function cos2pi(x: number): number {
  const turn = Math.abs(x) - Math.floor(Math.abs(x));
  const folded = turn > 0.5 ? 1 - turn : turn;
  const sign = folded > 0.25 ? -1 : 1;
  const f = folded > 0.25 ? 0.5 - folded : folded;
  if (f <= 0.125) {
    const y = TWO_PI * f;
    return sign * polynomial(COS_TERMS, y * y);
  }
  const y = TWO_PI * (0.25 - f);
  return sign * y * polynomial(SINC_TERMS, y * y);
}

/**
 * The z >= 0 that a standard normal variable exceeds with probability p, for p in [2^-40, 1/2] (NaN
 * elsewhere). Relative error below 1e-14.
 */
export function inverseNormalTail(p: number): number {
  if (p === 0.5) return 0;
  if (!(p >= LEAST_TAIL && p < 0.5)) return Number.NaN;
  // Abramowitz & Stegun 26.2.23 is good to 4.5e-4, and each step triples the number of digits.
  const t = Math.sqrt(-2 * log(p));
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const newton = normalTailExcess(z, p) / normalDensity(z);
    z += newton / (1 + (z * newton) / 2);
  }
  return z;
}

/**
 * P(Z > z) - p, without cancellation for p near 1/2: there it is (1/2 - p) minus the probability of [0, z].
 */
function normalTailExcess(z: number, p: number): number {
  if (z < 2) {
    let term = z;
    let sum = z;
    for (let k = 3; term > sum * 1e-17; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - p - normalDensity(z) * sum;
  }
  // Laplace's continued fraction; 120 levels are enough from z = 2 on.
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
  return normalDensity(z) / fraction - p;
}

function normalDensity(z: number): number {
  return exp((-z * z) / 2) / SQRT_TWO_PI;
}

/** log x as an unevaluated sum, its error below 2^-60 beside the head. */
function logInTwo(x: number): [number, number] {
  const { fraction, exponent } = split(x);
  const f = fraction - 1;
  const g = fraction + 1;
  const s = f / g;
  // What the division and the rounding of g left out of s.
  const product = s * g;
  const rest = f - product - productError(s, g, product) - s * (f - (g - 2));
  const tail = (2 * rest) / g + s * s * s * polynomial(LOG_TERMS, s * s) + exponent * LN2_LO;
  const whole = exponent * LN2_HI;
  const sum = whole + 2 * s;
  const lost = Math.abs(whole) > Math.abs(2 * s) ? whole - sum + 2 * s : 2 * s - sum + whole;
  const head = sum + (lost + tail);
  return [head, sum - head + (lost + tail)];
}

/** x = fraction * 2^exponent with fraction in [sqrt(1/2), sqrt(2)]. */
function split(x: number): { fraction: number; exponent: number } {
  const lift = x < SMALLEST_NORMAL ? 54 : 0; // subnormal numbers hide their exponent
  bits.setFloat64(0, lift > 0 ? x * TWO_54 : x);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) - 1023 - lift;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  const fraction = bits.getFloat64(0);
  return fraction > SQRT_TWO ? { fraction: fraction / 2, exponent: exponent + 1 } : { fraction, exponent };
}

/** 2^k as a double, k in [-1022, 1023]. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** a * b - product to the last bit, where product = a * b rounded (Dekker). */
function productError(a: number, b: number, product: number): number {
  const SPLIT = 134217729; // 2^27 + 1
  const aTop = a * SPLIT - (a * SPLIT - a);
  const bTop = b * SPLIT - (b * SPLIT - b);
  const aLow = a - aTop;
  const bLow = b - bTop;
  return aTop * bTop - product + aTop * bLow + aLow * bTop + aLow * bLow;
}

function integerPower(x: number, n: number): number {
  let result = 1;
  let square = x;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

function polynomial(terms: readonly number[], x: number): number {
  let sum = 0;
  for (let k = terms.length - 1; k >= 0; k--) sum = sum * x + terms[k];
  return sum;
}

/** (-1)^k / (2k + odd)!, k = 0..count-1. */
function taylor(odd: 0 | 1, count: number): number[] {
  const terms = [1];
  let factorial = 1;
  for (let k = 1; k < count; k++) {
    factorial *= (2 * k + odd) * (2 * k + odd - 1);
    terms.push((k % 2 === 0 ? 1 : -1) / factorial);
  }
  return terms;
}
