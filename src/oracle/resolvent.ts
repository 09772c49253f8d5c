import { gaussLegendre, type Quadrature } from "../exact/quadrature.ts";
import type { Potential } from "../model/potential.ts";
import { type Complex, scaled } from "./complex.ts";
import { exteriorSlope } from "./exterior.ts";

/**
 * The Laplace transform of a pair's killed motion: psi = s ∫_0^inf exp(-s tau) u^[tau] dtau satisfies
 *
 *     s psi - psi'' - (d-1)/r psi' = q V (1 - psi),   psi -> 0 at infinity,   s = p^2, q = alpha/D,
 *
 * solved by spectral elements on [0, R] with the exact condition psi' = -slope psi at R, for as many p as an
 * inversion wants. Elements are small where psi has layers, at the jumps of V, and grow with the distance
 * from them.
 */
export type Resolvent = {
  /** Values that describe a function on [0, R]. */
  count: number;
  /** Writes psi into `re` and `im`, of length `count`. */
  solve(p: Complex, re: Float64Array, im: Float64Array): Boundary;
  /** The function that `values` describe, at r in [0, R]. */
  at(values: Float64Array, r: number): number;
};

/** psi at R, -psi'/psi there, and ∫ psi r^(d-1) dr over [0, R]. */
export type Boundary = { edge: Complex; slope: Complex; volume: Complex };

type Element = {
  /** ∫ (l_i' l_j' + q V l_i l_j) r^(d-1) dr */
  stiffness: Float64Array;
  /** ∫ l_i l_j r^(d-1) dr */
  mass: Float64Array;
  /** ∫ q V l_i r^(d-1) dr */
  source: Float64Array;
  /** ∫ l_i r^(d-1) dr */
  volume: Float64Array;
};

/** The width of a layer, times this, is the smallest width of an element. */
const LAYERS = 2;
/** Of the maximum of V: how far its interpolant may be from it within an element. */
const POTENTIAL_TOLERANCE = 1e-13;
const LEAST_WIDTH = 1e-9;

/**
 * @param q alpha/D, positive and finite.
 * @param p0 The real p whose layers, with those of V, the mesh resolves: the real part of the p to come.
 * @param degree Of the polynomials: 16 gives some 1e-14.
 */
export function makeResolvent(potential: Potential, q: number, p0: number, degree: number): Resolvent {
  const { dimension, radius } = potential;
  const basis = makeBasis(degree);
  const intervals = makeMesh(potential, Math.sqrt(4 * p0 * p0 + q * potential.peak), basis);
  const elements = intervals.map((interval) => makeElement(potential, q, interval, basis));
  const size = degree + 1;
  const count = elements.length * size;
  const rows = elements.map(() => ({
    re: new Float64Array(size * (size + 1)),
    im: new Float64Array(size * (size + 1)),
  }));

  const solve: Resolvent["solve"] = (p, re, im) => {
    const slope = exteriorSlope(dimension, p, radius);
    const s: Complex = [p[0] * p[0] - p[1] * p[1], 2 * p[0] * p[1]];
    elements.forEach((element, e) => {
      condense(element, s, rows[e]);
    });
    const ends = solveEnds(rows, size, scaled(slope, radius ** (dimension - 1)));
    let volumeRe = 0;
    let volumeIm = 0;
    for (let e = 0; e < elements.length; e++) {
      const place = e * size;
      fillInside(rows[e], size, ends, e, re.subarray(place, place + size), im.subarray(place, place + size));
      for (let i = 0; i < size; i++) {
        volumeRe += elements[e].volume[i] * re[place + i];
        volumeIm += elements[e].volume[i] * im[place + i];
      }
    }
    return {
      edge: [ends.re[elements.length], ends.im[elements.length]],
      slope,
      volume: [volumeRe, volumeIm],
    };
  };
  const at: Resolvent["at"] = (values, r) => {
    const e = intervals.findIndex(({ b }) => r <= b);
    const { a, b } = intervals[e];
    return interpolate(basis, values.subarray(e * size, e * size + size), (r - a) / (b - a));
  };
  return { count, solve, at };
}

/** Lagrange polynomials on [0, 1] at Chebyshev's extrema, the two ends last, with values and slopes at Gauss' points. */
type Basis = {
  nodes: Float64Array;
  /** Barycentric weights of the nodes. */
  scales: Float64Array;
  rule: Quadrature;
  values: Float64Array[];
  slopes: Float64Array[];
};

function makeBasis(degree: number): Basis {
  const sorted = Float64Array.from(
    { length: degree + 1 },
    (_, j) => (1 - Math.cos((Math.PI * j) / degree)) / 2,
  );
  const nodes = Float64Array.of(...sorted.subarray(1, degree), 0, 1);
  const scales = nodes.map((x) => nodes.reduce((product, y) => (x === y ? product : product / (x - y)), 1));
  const rule = gaussLegendre(degree + 4);
  const values = Array.from(nodes, (_, j) => rule.nodes.map((x) => lagrange(nodes, j, x)));
  const slopes = Array.from(nodes, (_, j) => rule.nodes.map((x) => lagrangeSlope(nodes, j, x)));
  return { nodes, scales, rule, values, slopes };
}

function lagrange(nodes: Float64Array, j: number, x: number): number {
  return nodes.reduce((product, y, k) => (k === j ? product : (product * (x - y)) / (nodes[j] - y)), 1);
}

/** At an x that is no node. */
function lagrangeSlope(nodes: Float64Array, j: number, x: number): number {
  return lagrange(nodes, j, x) * nodes.reduce((sum, y, k) => (k === j ? sum : sum + 1 / (x - y)), 0);
}

/** The polynomial through `values` at the nodes, at x in [0, 1]. */
function interpolate({ nodes, scales }: Basis, values: Float64Array, x: number): number {
  let above = 0;
  let below = 0;
  for (let j = 0; j < nodes.length; j++) {
    if (x === nodes[j]) return values[j];
    const weight = scales[j] / (x - nodes[j]);
    above += weight * values[j];
    below += weight;
  }
  return above / below;
}

type Interval = { piece: number; a: number; b: number };

/** `rate`: 1 / the width of the thinnest layer. */
function makeMesh(
  { breaks, onPiece, peak }: Potential,
  rate: number,
  { nodes, rule, values }: Basis,
): Interval[] {
  const resolves = (piece: number, a: number, b: number) => {
    const atNodes = nodes.map((x) => onPiece(piece, a + (b - a) * x));
    return rule.nodes.every((x, i) => {
      const interpolant = values.reduce((sum, l, j) => sum + l[i] * atNodes[j], 0);
      return Math.abs(interpolant - onPiece(piece, a + (b - a) * x)) <= POTENTIAL_TOLERANCE * peak;
    });
  };
  const todo = breaks.slice(1).map((b, piece) => ({ piece, a: breaks[piece], b }));
  todo.reverse();
  const done: Interval[] = [];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { piece, a, b } = next;
    const distance = Math.min(a - breaks[piece], breaks[piece + 1] - b);
    const fine = b - a <= Math.max(LAYERS / rate, distance) && resolves(piece, a, b);
    if (fine || b - a < LEAST_WIDTH) done.push(next);
    else todo.push({ piece, a: (a + b) / 2, b }, { piece, a, b: (a + b) / 2 });
  }
  return done;
}

function makeElement(potential: Potential, q: number, { piece, a, b }: Interval, basis: Basis): Element {
  const { rule, values, slopes } = basis;
  const size = values.length;
  const h = b - a;
  const stiffness = new Float64Array(size * size);
  const mass = new Float64Array(size * size);
  const source = new Float64Array(size);
  const volume = new Float64Array(size);
  for (let g = 0; g < rule.nodes.length; g++) {
    const r = a + h * rule.nodes[g];
    const weight = h * rule.weights[g] * r ** (potential.dimension - 1);
    const strength = q * potential.onPiece(piece, r);
    for (let i = 0; i < size; i++) {
      source[i] += weight * strength * values[i][g];
      volume[i] += weight * values[i][g];
      for (let j = 0; j < size; j++) {
        const overlap = weight * values[i][g] * values[j][g];
        mass[i * size + j] += overlap;
        stiffness[i * size + j] += strength * overlap + (weight / (h * h)) * slopes[i][g] * slopes[j][g];
      }
    }
  }
  return { stiffness, mass, source, volume };
}

/** A complex matrix of `size` rows, its right side as a last column. */
type Rows = { re: Float64Array; im: Float64Array };

/**
 * Eliminates the inner nodes of (stiffness + s mass) x = source: what is left in the last two rows are the
 * equations of the ends. No pivots are needed: the matrix turned by half the angle of s has a positive real
 * part.
 */
function condense({ stiffness, mass, source }: Element, [sRe, sIm]: Complex, { re, im }: Rows): void {
  const size = source.length;
  const width = size + 1;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      re[i * width + j] = stiffness[i * size + j] + sRe * mass[i * size + j];
      im[i * width + j] = sIm * mass[i * size + j];
    }
    re[i * width + size] = source[i];
    im[i * width + size] = 0;
  }
  for (let k = 0; k < size - 2; k++) {
    const pivot = k * width + k;
    const norm = re[pivot] * re[pivot] + im[pivot] * im[pivot];
    for (let i = k + 1; i < size; i++) {
      const ik = i * width + k;
      const fRe = (re[ik] * re[pivot] + im[ik] * im[pivot]) / norm;
      const fIm = (im[ik] * re[pivot] - re[ik] * im[pivot]) / norm;
      for (let j = k + 1; j < width; j++) {
        const kj = k * width + j;
        re[i * width + j] -= fRe * re[kj] - fIm * im[kj];
        im[i * width + j] -= fRe * im[kj] + fIm * re[kj];
      }
    }
  }
}

/** psi at the ends of the elements: a tridiagonal system, eliminated from the centre outwards. */
function solveEnds(elements: Rows[], size: number, outer: Complex): Rows {
  const width = size + 1;
  const left = (size - 2) * width + size - 2;
  const right = left + width;
  const count = elements.length + 1;
  const x = { re: new Float64Array(count), im: new Float64Array(count) };
  const diagonal = { re: new Float64Array(count), im: new Float64Array(count) };
  const upper = { re: new Float64Array(count), im: new Float64Array(count) };
  for (const part of ["re", "im"] as const) {
    elements.forEach((rows, e) => {
      diagonal[part][e] += rows[part][left];
      upper[part][e] = rows[part][left + 1];
      x[part][e] += rows[part][left + 2];
      diagonal[part][e + 1] = rows[part][right + 1];
      x[part][e + 1] = rows[part][right + 2];
    });
    diagonal[part][count - 1] += outer[part === "re" ? 0 : 1];
  }
  // The matrix is symmetric.
  for (let e = 1; e < count; e++) {
    const norm = diagonal.re[e - 1] ** 2 + diagonal.im[e - 1] ** 2;
    const fRe = (upper.re[e - 1] * diagonal.re[e - 1] + upper.im[e - 1] * diagonal.im[e - 1]) / norm;
    const fIm = (upper.im[e - 1] * diagonal.re[e - 1] - upper.re[e - 1] * diagonal.im[e - 1]) / norm;
    diagonal.re[e] -= fRe * upper.re[e - 1] - fIm * upper.im[e - 1];
    diagonal.im[e] -= fRe * upper.im[e - 1] + fIm * upper.re[e - 1];
    x.re[e] -= fRe * x.re[e - 1] - fIm * x.im[e - 1];
    x.im[e] -= fRe * x.im[e - 1] + fIm * x.re[e - 1];
  }
  for (let e = count - 1; e >= 0; e--) {
    const next = e + 1 < count;
    const re = x.re[e] - (next ? upper.re[e] * x.re[e + 1] - upper.im[e] * x.im[e + 1] : 0);
    const im = x.im[e] - (next ? upper.re[e] * x.im[e + 1] + upper.im[e] * x.re[e + 1] : 0);
    const norm = diagonal.re[e] ** 2 + diagonal.im[e] ** 2;
    x.re[e] = (re * diagonal.re[e] + im * diagonal.im[e]) / norm;
    x.im[e] = (im * diagonal.re[e] - re * diagonal.im[e]) / norm;
  }
  return x;
}

/** psi at all nodes of an element, from its values at the two ends. */
function fillInside(
  rows: Rows,
  size: number,
  ends: Rows,
  e: number,
  re: Float64Array,
  im: Float64Array,
): void {
  const width = size + 1;
  for (let side = 0; side < 2; side++) {
    re[size - 2 + side] = ends.re[e + side];
    im[size - 2 + side] = ends.im[e + side];
  }
  for (let k = size - 3; k >= 0; k--) {
    let sumRe = rows.re[k * width + size];
    let sumIm = rows.im[k * width + size];
    for (let j = k + 1; j < size; j++) {
      const kj = k * width + j;
      sumRe -= rows.re[kj] * re[j] - rows.im[kj] * im[j];
      sumIm -= rows.re[kj] * im[j] + rows.im[kj] * re[j];
    }
    const pivot = k * width + k;
    const norm = rows.re[pivot] ** 2 + rows.im[pivot] ** 2;
    re[k] = (sumRe * rows.re[pivot] + sumIm * rows.im[pivot]) / norm;
    im[k] = (sumIm * rows.re[pivot] - sumRe * rows.im[pivot]) / norm;
  }
}
