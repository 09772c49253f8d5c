import { gaussLegendre, legendre } from "../exact/quadrature.ts";
import type { Potential } from "../model/potential.ts";

/**
 * The radial equation of a pair, v'' + (d-1)/r v' = q V v with v = 1 - u regular at 0 and q = alpha/D, by
 * collocation.
 *
 * The ball is cut into elements, on each of which v is a polynomial through 16 Gauss nodes that satisfies the
 * integrated equation: with m = d - 2 and L = r v'/v,
 *
 *     v(r) = v(a) + v(a) L(a) (1 - (a/r)^m)/m + q ∫_a^r t (1 - (t/r)^m)/m V(t) v(t) dt.
 *
 * Everything in it is positive, so that no digits cancel, however small or large q is; and V is only looked
 * at inside its pieces, so that its jumps cost nothing.
 */

const COUNT = 16;
const { nodes: NODES, weights: WEIGHTS } = gaussLegendre(COUNT);
const LAGRANGE_SCALES = lagrangeScales();
/** PARTIAL[i * COUNT + j]: the integral over [0, NODES[i]] of the j-th Lagrange polynomial. */
const PARTIAL = partialIntegrals();
/**
 * TAILS[n * COUNT + j]: weight of node j in the Legendre coefficients COUNT - 1 (n = 0) and COUNT - 2 (n =
 * 1).
 */
const TAILS = tailWeights();

/** Relative size of the last two Legendre coefficients at which an element is fine enough. */
const TAIL_TOLERANCE = 1e-9;
/** Below the radius where v has fallen by e^-40, u is 1 to the last bit and L is forgotten to e^-80. */
const DEEP_ENOUGH = 40;
/** Of the radius: where v dies out within less, it might as well do so within this, to the last bit. */
const LEAST_DEPTH = 2e-14;
/** Share of an element's width, over its radius, by which rounding of the nodes may spoil its last coefficients. */
const NODE_ROUNDING = 1e-14;

/** v on [a, b], relative to v(a): at the nodes, and the factor it grows by. */
type Element = { piece: number; a: number; b: number; values: Float64Array; growth: number; slope: number };

/** Fraction of the capacity limit, beta / (D m omega_d R^m), and v = 1 - u with v -> 1 at infinity. */
export type RadialSolution = { fraction: number; coarseFraction: number; v(r: number): number };

/**
 * Solves the radial equation in d = 3, 4 or 5.
 *
 * @param q alpha/D, positive and finite.
 * @returns `fraction` in (0, 1) to some 1e-15 relative; `coarseFraction` is the same from elements twice as
 * wide, so that their distance bounds the error of discretisation.
 */
export function solveRadial(potential: Potential, q: number): RadialSolution {
  const coarse = march(potential, q, activePieces(potential, q), "resolved");
  const fine = march(potential, q, halves(coarse), "as they are");
  return {
    fraction: fraction(fine, potential.dimension),
    coarseFraction: fraction(coarse, potential.dimension),
    v: evaluator(fine, potential),
  };
}

/** L / (m + L) at the outer radius. */
function fraction(elements: Element[], dimension: number): number {
  const slope = elements[elements.length - 1].slope;
  return slope / (dimension - 2 + slope);
}

/** Elements from the inside out: on the intervals as they are, or on as many parts as the tolerance asks for. */
function march(
  potential: Potential,
  q: number,
  intervals: Interval[],
  wanted: "as they are" | "resolved",
): Element[] {
  const todo = intervals.toReversed();
  const done: Element[] = [];
  let slope = 0;
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { piece, a, b } = next;
    const { element, resolved } = solveElement(potential, q, piece, a, b, slope);
    const middle = (a + b) / 2;
    if (resolved || wanted === "as they are" || middle <= a || middle >= b) {
      done.push(element);
      slope = element.slope;
    } else {
      todo.push({ piece, a: middle, b }, { piece, a, b: middle });
    }
  }
  return done;
}

type Interval = { piece: number; a: number; b: number };

function halves(elements: Element[]): Interval[] {
  return elements.flatMap(({ piece, a, b }) => {
    const middle = (a + b) / 2;
    return [
      { piece, a, b: middle },
      { piece, a: middle, b },
    ];
  });
}

/**
 * The pieces of the potential, inside out, without the depth at which v has died out: from outside, the phase
 * ∫ sqrt(q V) dr is summed over panels that widen inwards, and where it passes 40 a reflecting end is put.
 * Each panel counts with the least V seen in it, and is cut where that may miss a depth: v dies out at or
 * above the end.
 */
function activePieces({ breaks, onPiece, radius }: Potential, q: number): Interval[] {
  const pieces: Interval[] = [];
  const limit = mostWavenumber(radius);
  let left = DEEP_ENOUGH;
  for (let piece = breaks.length - 2; piece >= 0 && left > 0; piece--) {
    const start = breaks[piece];
    const end = breaks[piece + 1];
    const wavenumber = (r: number) => Math.min(Math.sqrt(q) * Math.sqrt(onPiece(piece, r)), limit);
    let a = end;
    for (let width = (end - start) * 2 ** -44; a > start && left > 0; ) {
      const b = a;
      const finest = b * 2 ** -50;
      a = Math.max(start, b - Math.max(width, finest));
      const middle = (a + b) / 2;
      const k = [wavenumber(a), wavenumber(middle), wavenumber(b)];
      const least = Math.min(...k);
      const most = Math.max(...k);
      if (most > 2 * least && most * (b - a) > left && b - a > 2 * finest) {
        width = (b - a) / 2;
        a = b;
      } else if (least * (b - a) >= left) {
        a = b - left / least;
        left = 0;
      } else {
        left -= least * (b - a);
        width = 2 * (b - a);
      }
    }
    pieces.unshift({ piece, a, b: end });
  }
  return pieces;
}

/** Of sqrt(q V), so that no depth is lost between two numbers. */
function mostWavenumber(radius: number): number {
  return DEEP_ENOUGH / (LEAST_DEPTH * radius);
}

const matrix = new Float64Array(COUNT * COUNT);
const source = new Float64Array(COUNT);

/**
 * v on [a, b] with v(a) = 1 and L(a) = `slope`; `resolved` where v and V v are polynomials to the tolerance.
 */
function solveElement(
  { dimension, onPiece, radius }: Potential,
  q: number,
  piece: number,
  a: number,
  b: number,
  slope: number,
): { element: Element; resolved: boolean } {
  const m = dimension - 2;
  const h = b - a;
  const limit = mostWavenumber(radius) ** 2;
  const values = new Float64Array(COUNT);
  const central = a === 0 ? centralWeights(m) : undefined;
  for (let j = 0; j < COUNT; j++) {
    const t = a + h * NODES[j];
    const strength = Math.min(q * onPiece(piece, t), limit);
    source[j] = strength;
    values[j] = 1 + (slope * h * NODES[j] * meanPower(a / t, m)) / t;
    for (let i = 0; i < COUNT; i++) {
      const ij = i * COUNT + j;
      const r = a + h * NODES[i];
      const weight = central
        ? central[ij]
        : PARTIAL[ij] * (NODES[i] - NODES[j]) * (t / r) * meanPower(t / r, m);
      matrix[ij] = (i === j ? 1 : 0) - h * h * strength * weight;
    }
  }
  solveInPlace(matrix, values);

  let growth = 1 + (slope * h * meanPower(a / b, m)) / b;
  let flux = slope * power(a / b, m); // L(b) v(b)
  for (let j = 0; j < COUNT; j++) {
    const t = a + h * NODES[j];
    const captured = source[j] * values[j] * h;
    source[j] = captured * t * power(t / b, m);
    flux += WEIGHTS[j] * source[j];
    growth += WEIGHTS[j] * captured * h * (1 - NODES[j]) * (t / b) * meanPower(t / b, m);
  }
  const tolerance = TAIL_TOLERANCE + (NODE_ROUNDING * b) / h;
  const resolved = tail(values) <= tolerance * growth && tail(source) <= tolerance * flux;
  return { element: { piece, a, b, values, growth, slope: flux / growth }, resolved };
}

/** v as a function, from elements that are each known only relative to their beginning. */
function evaluator(elements: Element[], { dimension, radius }: Potential): (r: number) => number {
  const m = dimension - 2;
  const f = fraction(elements, dimension);
  const starts = new Float64Array(elements.length);
  // 1 - fraction, v at the outer radius, without the digits that the difference loses when q is large.
  let value = m / (m + elements[elements.length - 1].slope);
  for (let k = elements.length - 1; k >= 0; k--) {
    value /= elements[k].growth;
    starts[k] = value;
  }
  return (r) => {
    if (r >= radius) return 1 - f * power(radius / r, m);
    if (r < elements[0].a) return starts[0];
    const k = elements.findIndex(({ b }) => r <= b);
    const { a, b, values } = elements[k];
    return starts[k] * interpolate(values, (r - a) / (b - a));
  };
}

/** (1 - x^m) / (m (1 - x)) for m = 1, 2, 3. */
function meanPower(x: number, m: number): number {
  return m === 1 ? 1 : m === 2 ? (1 + x) / 2 : (1 + x * (1 + x)) / 3;
}

function power(x: number, m: number): number {
  return m === 1 ? x : m === 2 ? x * x : x * x * x;
}

/** |c| of the last two Legendre coefficients of the polynomial through `values`. */
function tail(values: Float64Array): number {
  let last = 0;
  let lastButOne = 0;
  for (let j = 0; j < COUNT; j++) {
    last += TAILS[j] * values[j];
    lastButOne += TAILS[COUNT + j] * values[j];
  }
  return Math.abs(last) + Math.abs(lastButOne);
}

/** Gauss elimination with row pivots: overwrites b by the solution of a x = b, and a by its factors. */
function solveInPlace(a: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    if (pivot !== k) {
      for (let j = k; j < n; j++) [a[k * n + j], a[pivot * n + j]] = [a[pivot * n + j], a[k * n + j]];
      [b[k], b[pivot]] = [b[pivot], b[k]];
    }
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / a[k * n + k];
      for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    let sum = b[k];
    for (let j = k + 1; j < n; j++) sum -= a[k * n + j] * b[j];
    b[k] = sum / a[k * n + k];
  }
}

/** Barycentric weights of the nodes. */
function lagrangeScales(): Float64Array {
  return NODES.map((x) => NODES.reduce((product, y) => (x === y ? product : product / (x - y)), 1));
}

/** The polynomial through `values` at the nodes, at x in [0, 1]. */
function interpolate(values: Float64Array, x: number): number {
  let above = 0;
  let below = 0;
  for (let j = 0; j < COUNT; j++) {
    if (x === NODES[j]) return values[j];
    const weight = LAGRANGE_SCALES[j] / (x - NODES[j]);
    above += weight * values[j];
    below += weight;
  }
  return above / below;
}

/** The weights on the nodes of a functional of polynomials: the functional of each Lagrange polynomial. */
function onLagrange(functional: (f: (x: number) => number) => number): Float64Array {
  const unit = new Float64Array(COUNT);
  return unit.map((_, j) => {
    const values = unit.map((_, k) => (k === j ? 1 : 0));
    return functional((x) => interpolate(values, x));
  });
}

function rows(row: (i: number) => Float64Array): Float64Array {
  const result = new Float64Array(COUNT * COUNT);
  for (let i = 0; i < COUNT; i++) result.set(row(i), i * COUNT);
  return result;
}

function average(f: (x: number) => number): number {
  let sum = 0;
  for (let j = 0; j < COUNT; j++) sum += WEIGHTS[j] * f(NODES[j]);
  return sum;
}

function partialIntegrals(): Float64Array {
  return rows((i) => onLagrange((f) => NODES[i] * average((x) => f(NODES[i] * x))));
}

function tailWeights(): Float64Array {
  const result = new Float64Array(2 * COUNT);
  for (let n = 0; n < 2; n++) {
    const degree = COUNT - 1 - n;
    for (let j = 0; j < COUNT; j++) {
      result[n * COUNT + j] = (2 * degree + 1) * WEIGHTS[j] * legendre(degree, 2 * NODES[j] - 1).value;
    }
  }
  return result;
}

const centralCache = new Map<number, Float64Array>();

/**
 * At the centre t (1 - (t/r)^m)/m is not smooth, but for a polynomial g the repeated integral
 * ∫_0^r s ( ∫_0^1 x^(m+1) g(s x) dx ) ds is one: its weights on g at the nodes, for r = each node.
 */
function centralWeights(m: number): Float64Array {
  let weights = centralCache.get(m);
  if (!weights) {
    const inner = rows((i) => onLagrange((f) => average((x) => power(x, m) * x * f(NODES[i] * x))));
    weights = rows((i) =>
      onLagrange((f) => {
        const atNodes = NODES.map((x) => f(x));
        let sum = 0;
        for (let k = 0; k < COUNT; k++) {
          let mean = 0;
          for (let j = 0; j < COUNT; j++) mean += inner[k * COUNT + j] * atNodes[j];
          sum += PARTIAL[i * COUNT + k] * NODES[k] * mean;
        }
        return sum;
      }),
    );
    centralCache.set(m, weights);
  }
  return weights;
}
