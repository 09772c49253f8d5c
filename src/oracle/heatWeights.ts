/** From here on the sampled Gaussian spreads as the heat equation does: to exp(-4 pi^2 s) = 5e-11 for long waves, 2e-8 for 8 cells. */
const GAUSSIAN_FROM = 0.6;
/** Weights below this share of the largest are left out. */
const LEAST = 1e-18;

/**
 * What one of `count` cells on a circle gives to those 0, 1, ..., reach cells away, to either side, when its content spreads by the
 * heat equation for a time t, with s = d t / h^2 >= 0 and h the width of a cell. All weights are positive and sum to 1 (the first once,
 * the others twice), so spreading keeps densities positive and their integral unchanged.
 *
 * Where most of the content leaves its cell, s >= 0.6, they are those of the Gaussian itself at the cells' centres, with an error
 * that is negligible in whatever the cells resolve. Below, the Gaussian between the centres would be missed, and they are those of the
 * second difference, exp(s Δ_h): e^(-2s) I_k(2s), exact in time and of second order in h.
 */
export function heatWeights(s: number, count: number): Float64Array {
  // A mode that is left by then is below exp(-4 pi^2).
  if (s > count * count) return symmetric(new Float64Array(count).fill(1));
  const around = new Float64Array(count);
  for (let k = 0; ; k++) {
    const weight = s >= GAUSSIAN_FROM ? Math.exp((-k * k) / (4 * s)) : differenceWeight(s, k);
    if (k > 0 && !(weight > LEAST * around[0])) return symmetric(around);
    around[k % count] += weight;
    if (k > 0) around[(count - (k % count)) % count] += weight;
  }
}

/** e^(2s) times the weight, I_k(2s), by its series of positive terms. */
function differenceWeight(s: number, k: number): number {
  let term = 1;
  for (let j = 1; j <= k; j++) term *= s / j;
  let sum = term;
  for (let m = 1; term > 1e-17 * sum; m++) {
    term *= (s * s) / (m * (m + k));
    sum += term;
  }
  return sum;
}

/** Of weights all around the circle, one half, of sum 1 and without the zeros at its end. */
function symmetric(around: Float64Array): Float64Array {
  const total = around.reduce((a, b) => a + b);
  const half = around.subarray(0, Math.floor(around.length / 2) + 1).map((weight) => weight / total);
  // The cell opposite is reached from both sides.
  if (around.length % 2 === 0) half[half.length - 1] /= 2;
  return half.subarray(0, half.findLastIndex((weight) => weight > 0) + 1);
}
