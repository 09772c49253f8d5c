/**
 * The engine moves before it lets pairs ring, at the rate where they then are: steps of second order, were the start half a move later. So
 * theory for a pair at a distance is taken after half a move.
 */
import { gaussLegendre } from "../exact/quadrature.ts";
import type { PairProblem } from "../oracle/beta.ts";
import { tauOf } from "./onePair.ts";
import type { ObservedRun } from "./statement.ts";

/** D dt / eps^2 of the finest sub-step at the start: the variance, in eps^2, of each coordinate of a pair's half move. */
export function finestMove({ system, clock }: ObservedRun, pair: PairProblem): number {
  const { ticks, levels } = clock[0][0];
  return tauOf(system, pair, (ticks * system.dt) / 2 ** levels);
}

const rule = gaussLegendre(24);

/** The mean of a radial u, started at distance r, after a Gaussian move of this variance in each coordinate. */
export function afterMove(u: (r: number) => number, r: number, variance: number, dimension: number): number {
  const far = 7;
  let [sum, all] = [0, 0];
  for (const [a, x] of rule.nodes.entries()) {
    const along = far * (2 * x - 1);
    for (const [b, y] of rule.nodes.entries()) {
      const across = far * y;
      const weight =
        rule.weights[a] *
        rule.weights[b] *
        across ** (dimension - 2) *
        Math.exp(-(along ** 2 + across ** 2) / 2);
      sum += weight * u(Math.hypot(r + along * Math.sqrt(variance), across * Math.sqrt(variance)));
      all += weight;
    }
  }
  return sum / all;
}
