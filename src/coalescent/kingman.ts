import { exp } from "../exact/elementary.ts";

/** The number of blocks of Kingman's coalescent at one time. */
export interface KingmanMoments {
  mean: number;
  variance: number;
}

/** The shortest time for which the law is summed: below, that takes long, and the law is close to a normal one. */
export const shortestLaw = 0.01;

/** Below this time the expansion of the series from infinitely many blocks is better than its sum. */
const shortTime = 1e-5;

/**
 * Mean and variance of the number of blocks at a time from `blocks` on, where every pair merges at rate 1 (Hammond's survey §2.1). From
 * Infinity the coalescent comes down at once: 2 / time + 1/3 blocks are left, with variance 2 / (3 time), to the first orders.
 *
 * With rho_k = exp(-k (k - 1) time / 2) and w_k = n (n - 1) ... (n - k + 1) / (n (n + 1) ... (n + k - 1)), which is 1 for n infinite,
 * E A = sum (2 k - 1) w_k rho_k (Tavaré 1984, "Line-of-descent and genealogical processes"), and E A (A - 1) = -2 d/dt E A. All terms
 * are positive, so the mean is good to 1e-14 relative; the variance, a difference, to 1e-14 of the squared mean.
 *
 * @param blocks An integer from 1 on, or Infinity. @param time At least 0, and positive where `blocks` is Infinity.
 * @throws RangeError for others.
 */
export function kingmanMoments(blocks: number, time: number): KingmanMoments {
  check(blocks, time);
  if (time === 0) return { mean: blocks, variance: 0 };
  if (blocks === Number.POSITIVE_INFINITY && time < shortTime) {
    // Euler and Maclaurin's summation over half-integers; what is left out is below time^2.
    return { mean: 2 / time + 1 / 3 + time / 30, variance: 2 / (3 * time) + 1 / 45 };
  }
  let mean = 0;
  let pairs = 0;
  let share = 1;
  for (let k = 1; k <= blocks; k++) {
    if (k > 1 && blocks < Number.POSITIVE_INFINITY) share *= (blocks - k + 1) / (blocks + k - 1);
    const term = (2 * k - 1) * share * exp((-k * (k - 1) * time) / 2);
    mean += term;
    pairs += term * k * (k - 1);
    // The terms rise to one peak and then fall ever faster.
    if (k > 1 && term * k * (k - 1) <= 1e-20 * pairs) break;
  }
  return { mean, variance: Math.max(0, pairs + mean - mean * mean) };
}

/**
 * The law of the number of blocks at a time: entry j - 1 is the probability of j blocks, for j from 1 to `most`, with an absolute error
 * below 1e-15. The series (Tavaré 1984, (6.1) and (6.2))
 *
 *     P(A = j) = sum_{k >= j} (-1)^(k - j) (2 k - 1) j (j + 1) ... (j + k - 2) / (j! (k - j)!) w_k rho_k
 *
 * alternates, and its terms grow like exp(c / time): they are summed in integers with as many digits as they have.
 *
 * @param blocks An integer from 1 on, or Infinity. @param time At least `shortestLaw`.
 * @throws RangeError for others.
 */
export function kingmanLaw(blocks: number, time: number, most: number): number[] {
  check(blocks, time);
  if (!(time >= shortestLaw)) throw new RangeError(`time is ${time}; it must be at least ${shortestLaw}`);
  return Array.from({ length: most }, (_, i) => (i < blocks ? lawAt(blocks, time, i + 1) : 0));
}

/** Bits beyond those of the largest number, after the point. */
const spareBits = 64n;

function lawAt(blocks: number, time: number, j: number): number {
  // A first pass tells how large the coefficients grow, whose errors are of the last bit times that.
  for (let bits = 256n; ; ) {
    const { sum, largest } = lawSum(blocks, time, j, bits);
    const needed = bitLength(largest) - bits + spareBits;
    if (needed <= bits) return Math.max(0, Number(sum >> (bits - 60n)) * 2 ** -60);
    bits = needed + 64n;
  }
}

/** The series in fixed point, and its largest coefficient; the terms are summed until they are below all bits. */
function lawSum(blocks: number, time: number, j: number, bits: bigint) {
  const one = 1n << bits;
  const q = decay(time, bits);
  let coefficient = firstCoefficient(blocks, j, one);
  let rho = power(q, (j * (j - 1)) / 2, bits);
  let step = power(q, j, bits); // q^k
  let sum = 0n;
  let largest = coefficient;
  for (let k = j; k <= blocks; k++) {
    const term = (coefficient * rho) >> bits;
    if (term === 0n) break;
    sum += (k - j) % 2 === 0 ? term : -term;
    rho = (rho * step) >> bits;
    step = (step * q) >> bits;
    coefficient = (coefficient * BigInt((2 * k + 1) * (j + k - 1))) / BigInt((2 * k - 1) * (k + 1 - j));
    if (blocks < Number.POSITIVE_INFINITY) {
      coefficient = (coefficient * BigInt(blocks - k)) / BigInt(blocks + k);
    }
    if (coefficient > largest) largest = coefficient;
  }
  return { sum, largest };
}

/** Of k = j: (2 j - 1)! / (j! (j - 1)!) w_j. */
function firstCoefficient(blocks: number, j: number, one: bigint): bigint {
  let coefficient = one;
  for (let i = 1; i < j; i++) {
    coefficient = (coefficient * BigInt(2 * (2 * i + 1))) / BigInt(i + 1);
    if (blocks < Number.POSITIVE_INFINITY)
      coefficient = (coefficient * BigInt(blocks - i)) / BigInt(blocks + i);
  }
  return coefficient;
}

/** exp(-time) in fixed point: Taylor's series of exp(-time / 2^halvings), squared as often. */
function decay(time: number, bits: bigint): bigint {
  const halvings = Math.max(0, Math.ceil(Math.log2(time)) + 8);
  const guard = bits + BigInt(halvings) + 16n;
  // A double is an integer times a power of two.
  const x = (BigInt(Math.round(time * 2 ** 60)) << guard) >> BigInt(60 + halvings);
  let term = 1n << guard;
  let sum = term;
  for (let n = 1n; term !== 0n; n++) {
    term = -((term * x) >> guard) / n;
    sum += term;
  }
  for (let h = 0; h < halvings; h++) sum = (sum * sum) >> guard;
  return sum >> (guard - bits);
}

function power(base: bigint, exponent: number, bits: bigint): bigint {
  let result = 1n << bits;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * square) >> bits;
    square = (square * square) >> bits;
  }
  return result;
}

const bitLength = (n: bigint) => BigInt(n.toString(16).length * 4);

function check(blocks: number, time: number): void {
  const whole = Number.isInteger(blocks) || blocks === Number.POSITIVE_INFINITY;
  if (!(whole && blocks >= 1))
    throw new RangeError(`blocks is ${blocks}; it must be an integer from 1 on or Infinity`);
  if (!(time >= 0 && time < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`time is ${time}; it must be finite and not negative`);
  }
  if (time === 0 && blocks === Number.POSITIVE_INFINITY) {
    throw new RangeError("time is 0, when infinitely many blocks are there; it must be positive");
  }
}
