import { cos2pi } from "./elementary.ts";

/**
 * Nodes in (0, 1), increasing, and weights of sum 1; exact for polynomials of degree 2 * nodes.length - 1.
 */
export type Quadrature = { nodes: Float64Array; weights: Float64Array };

/** The Gauss-Legendre rule of `count` nodes on [0, 1], to rounding; the same bits in every engine. */
export function gaussLegendre(count: number): Quadrature {
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < Math.ceil(count / 2); i++) {
    let x = cos2pi((i + 0.75) / (2 * count + 1));
    for (let step = 0; step < 6; step++) {
      const { value, slope } = legendre(count, x);
      x -= value / slope;
    }
    const { slope } = legendre(count, x);
    const weight = 1 / ((1 - x) * (1 + x) * slope * slope);
    nodes[i] = (1 - x) / 2;
    nodes[count - 1 - i] = (1 + x) / 2;
    weights[i] = weight;
    weights[count - 1 - i] = weight;
  }
  return { nodes, weights };
}

/** The Legendre polynomial of a degree >= 1 and its derivative at x in (-1, 1). */
export function legendre(degree: number, x: number): { value: number; slope: number } {
  let previous = 1;
  let value = x;
  for (let k = 2; k <= degree; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * previous) / k;
    previous = value;
    value = next;
  }
  return { value, slope: (degree * (previous - x * value)) / ((1 - x) * (1 + x)) };
}

/** The integral of f over [a, b]. */
export function integrateOver(rule: Quadrature, a: number, b: number, f: (x: number) => number): number {
  let sum = 0;
  for (let i = 0; i < rule.nodes.length; i++) sum += rule.weights[i] * f(a + (b - a) * rule.nodes[i]);
  return sum * (b - a);
}
