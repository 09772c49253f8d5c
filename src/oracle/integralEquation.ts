import type { SpatialPotential } from "../model/spatialPotential.ts";
import { conjugateGradients, dot } from "./conjugateGradients.ts";
import { makeFft } from "./fft.ts";
import { transformOnLattice } from "./shapeTransform.ts";

/**
 * The equation of a pair for a V on R^3 that need not be radial, in its integral form (Hammond & Rezakhanlou
 * (6.10); their u is minus this one),
 *
 *     u = G * (q V (1 - u)),   G(x) = 1 / (4 pi |x|),   q = alpha/D.
 *
 * Where V lives only the part of G within the diameter of the support counts, so that all may be periodic
 * (Vico, Greengard & Ferrando, J. Comp. Phys. 323, 2016). With u = G^(1/2) w the equation is symmetric and
 * positive,
 *
 *     (1 + q G^(1/2) V G^(1/2)) w = b,   b = q G^(1/2) V,   beta/D = q - <b, w>,
 *
 * so that conjugate gradients converge, and a restriction to waves up to K (Galerkin) gives beta from above,
 * falling as K grows; for a V that jumps like K^-3. V enters by its exact Fourier transform, and products
 * are free of aliases.
 */
export type WaveSolution = {
  /** beta/D of these waves, above that of all waves. */
  rate: number;
  /** u(x) is the sum of coefficients[p] cos(k x), k = step * numbers[3p..3p+2], for |x| up to the potential's radius. */
  coefficients: Float64Array;
  numbers: Int32Array;
  step: number;
};

/** Relative error of the rate that conjugate gradients leave. */
const UNSOLVED = 1e-9;

/**
 * @param q alpha/D, positive and finite.
 * @param waves Whole waves along half the period, which is 4 radii: a power of two. The grid has (4 waves)^3 points,
 * of 24 bytes each.
 * @param coarse A solution with fewer waves, to begin with.
 */
export function solveWaves(
  potential: SpatialPotential,
  q: number,
  waves: number,
  coarse?: WaveSolution,
): WaveSolution {
  const n = 4 * waves;
  const { radius } = potential;
  const volume = (4 * radius) ** 3;
  const step = (2 * Math.PI) / (4 * radius);
  const numbers = wavesWithin(waves);
  const places = placesOf(numbers, n);
  const rootG = rootOfGreen(numbers, step, radius);

  const transform = makeFft(n);
  const re = transformOnLattice(potential, step, n / 2);
  const im = new Float64Array(n ** 3);
  const b = rootG.map((root, p) => (q * root * re[places[p]]) / volume);
  const all = { re, im };
  // Waves are few: along the first axis only those in these two slabs.
  const slabs = [
    [0, waves + 1],
    [n - waves, n],
  ].map(([from, to]) => ({
    re: re.subarray(from * n * n, to * n * n),
    im: im.subarray(from * n * n, to * n * n),
  }));
  const toPoints = (slabs: (typeof all)[]) => {
    for (const slab of slabs) for (const stride of [1, n]) transform(slab.re, slab.im, stride, 1);
    transform(re, im, n * n, 1);
  };
  const toWaves = () => {
    transform(re, im, n * n, -1);
    for (const slab of slabs) for (const stride of [n, 1]) transform(slab.re, slab.im, stride, -1);
  };
  toPoints([all]);
  const V = re.map((value) => value / volume); // at the points of the grid

  const w = new Float64Array(numbers.length / 3);
  if (coarse) {
    re.fill(0);
    placesOf(coarse.numbers, n).forEach((place, p) => {
      re[place] = coarse.coefficients[p];
    });
    for (let p = 0; p < w.length; p++) w[p] = rootG[p] > 0 ? re[places[p]] / rootG[p] : 0;
  }
  // beta/D >= q / (1 + q E), E the energy of V with itself, and q^2 E = volume <b, b>.
  const least = q ** 2 / (q + volume * dot(b, b));
  const captured = conjugateGradients(
    (x, out) => {
      re.fill(0);
      im.fill(0);
      for (let p = 0; p < x.length; p++) re[places[p]] = rootG[p] * x[p];
      toPoints(slabs);
      // V is even, so that all is real.
      im.fill(0);
      for (let i = 0; i < V.length; i++) re[i] *= V[i];
      toWaves();
      for (let p = 0; p < x.length; p++) out[p] = x[p] + (q / V.length) * rootG[p] * re[places[p]];
    },
    b,
    w,
    (UNSOLVED * least) / volume,
  );
  return { rate: q - volume * captured, coefficients: w.map((value, p) => rootG[p] * value), numbers, step };
}

/** All (i, j, l) of length `waves` at most. */
function wavesWithin(waves: number): Int32Array {
  const numbers: number[] = [];
  for (let i = -waves; i <= waves; i++) {
    for (let j = -waves; j <= waves; j++) {
      for (let l = -waves; l <= waves; l++) {
        if (i * i + j * j + l * l <= waves * waves) numbers.push(i, j, l);
      }
    }
  }
  return Int32Array.from(numbers);
}

/** Where each wave stands in an n x n x n array, the last axis contiguous. */
function placesOf(numbers: Int32Array, n: number): Uint32Array {
  const index = (m: number) => (m < 0 ? m + n : m);
  return Uint32Array.from({ length: numbers.length / 3 }, (_, p) => {
    const [i, j, l] = numbers.subarray(3 * p, 3 * p + 3);
    return (index(i) * n + index(j)) * n + index(l);
  });
}

/** The root of (1 - cos(2 R k)) / k^2, the transform of 1 / (4 pi |x|) cut off at |x| = 2 R; 0 where rounding is all. */
function rootOfGreen(numbers: Int32Array, step: number, radius: number): Float64Array {
  return Float64Array.from({ length: numbers.length / 3 }, (_, p) => {
    const k = step * Math.hypot(numbers[3 * p], numbers[3 * p + 1], numbers[3 * p + 2]);
    if (k === 0) return Math.SQRT2 * radius;
    const sine = Math.abs(Math.sin(k * radius));
    return sine > 1e-12 ? (Math.SQRT2 * sine) / k : 0;
  });
}
