import { gaussLegendre } from "./quadrature.ts";

const rule = gaussLegendre(2); // exact for cubics

/** Weights with which the values of a smooth function at these increasing times give its integral over them: piecewise cubic, through the four nearest. */
export function integralWeights(times: readonly number[]): number[] {
  const weights = times.map(() => 0);
  for (let k = 0; k + 1 < times.length; k++) {
    const first = Math.max(0, Math.min(k - 1, times.length - 4));
    const near = times.slice(first, first + 4);
    const length = times[k + 1] - times[k];
    for (const [q, node] of rule.nodes.entries()) {
      const t = times[k] + length * node;
      for (const [j, own] of near.entries()) {
        const basis = near.reduce(
          (product, other, i) => (i === j ? product : (product * (t - other)) / (own - other)),
          1,
        );
        weights[first + j] += rule.weights[q] * length * basis;
      }
    }
  }
  return weights;
}
