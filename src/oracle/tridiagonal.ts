/** Eigenvalues, and eigenvectors of length 1: entry i of vector k is vectors[k * size + i]. */
export interface Spectrum {
  values: Float64Array;
  vectors: Float64Array;
}

const MOST_SWEEPS = 60;

/**
 * The spectrum of the symmetric matrix with this diagonal and, beside it, `beside[i]` between i and i + 1: the
 * implicit QL method (EISPACK's imtql2; Numerical Recipes §11.3).
 */
export function tridiagonalSpectrum(diagonal: ArrayLike<number>, beside: ArrayLike<number>): Spectrum {
  const size = diagonal.length;
  const values = Float64Array.from(diagonal);
  const off = new Float64Array(size);
  off.set(beside);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;

  for (let low = 0; low < size; low++) {
    for (let sweep = 0; ; sweep++) {
      let high = low;
      while (high < size - 1 && !isNegligible(off[high], values[high], values[high + 1])) high++;
      if (high === low) break;
      if (sweep === MOST_SWEEPS) throw new Error("a matrix has no spectrum: it holds what is not a number");
      sweepUp(values, off, vectors, low, high);
    }
  }
  return { values, vectors };
}

function isNegligible(beside: number, a: number, b: number): boolean {
  return Math.abs(beside) <= Number.EPSILON * (Math.abs(a) + Math.abs(b));
}

/** One QL sweep with implicit shift over the block from `low` to `high`. */
function sweepUp(
  values: Float64Array,
  off: Float64Array,
  vectors: Float64Array,
  low: number,
  high: number,
): void {
  const size = values.length;
  let g = (values[low + 1] - values[low]) / (2 * off[low]);
  let r = Math.hypot(g, 1);
  g = values[high] - values[low] + off[low] / (g + (g >= 0 ? r : -r));
  let [sine, cosine, p] = [1, 1, 0];
  for (let i = high - 1; i >= low; i--) {
    const f = sine * off[i];
    const b = cosine * off[i];
    r = Math.hypot(f, g);
    off[i + 1] = r;
    if (r === 0) {
      // The block splits here.
      values[i + 1] -= p;
      off[high] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = values[i + 1] - p;
    r = (values[i] - g) * sine + 2 * cosine * b;
    p = sine * r;
    values[i + 1] = g + p;
    g = cosine * r - b;
    for (let k = 0, x = i * size, y = x + size; k < size; k++, x++, y++) {
      const upper = vectors[y];
      vectors[y] = sine * vectors[x] + cosine * upper;
      vectors[x] = cosine * vectors[x] - sine * upper;
    }
  }
  values[low] -= p;
  off[low] = g;
  off[high] = 0;
}
