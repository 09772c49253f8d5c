/**
 * Fragmentation as the reverse of coagulation (Hammond's survey §8.3.4; Ranjbar and Rezakhanlou), so that independent Poisson processes of
 * density f_m = w(m) z^m, for any z, are in equilibrium.
 *
 * A particle of mass m splits into one of mass n, which stays where it is, and one of mass m - n, somewhere in the ball of radius eps around it.
 * Detailed balance fixes the probability of that in a step: with p(n, m - n) that with which a pair in range coagulates and n/m that with which
 * it is n that stays then,
 *
 *     P(m -> n stays) = (n/m) p(n, m - n) |ball| eps^d rho_n rho_(m-n) / rho_m,        rho_m = f_m / weight: particles per volume.
 *
 * So what holds in equilibrium holds for every step, not only for short ones, but for pairs that have a third particle in reach.
 */
import { exp } from "../exact/elementary.ts";
import { unitSphereArea } from "./potential.ts";
import type { Scenario } from "./scenario.ts";

export interface Fragmentation {
  /** K: no heavier particle comes to be. */
  heaviest: number;
  /**
   * u32[K + 1, K]: entry n - 1 of row m is the probability that a particle of mass m splits in a step and at most n stays, in units of
   * 2^-32; from n = m on it is the same for all n.
   */
  thresholds: Uint32Array;
}

/** alpha(n, m), and 0 where both together would be heavier than K: as a table, since fragmentation ends there. */
export function alphaUpTo(alpha: (n: number, m: number) => number, heaviest: number): number[][] {
  return Array.from({ length: heaviest }, (_, i) =>
    Array.from({ length: heaviest }, (_, j) => (i + j + 2 > heaviest ? 0 : alpha(i + 1, j + 1))),
  );
}

/** The table of a scenario with weights; `hazard(n, m)`: of a pair in range in a step. Null for a probability above one. */
export function makeFragmentation(
  scenario: Scenario,
  { eps, weight, hazard }: { eps: number; weight: number; hazard: (n: number, m: number) => number },
): Fragmentation | null {
  const weights = scenario.fragmentation!.weights;
  const heaviest = weights.length;
  const { dimension } = scenario;
  const perWeight = ((unitSphereArea(dimension) / dimension) * eps ** dimension) / weight;
  const thresholds = new Uint32Array((heaviest + 1) * heaviest);
  for (let m = 2; m <= heaviest; m++) {
    let sum = 0;
    for (let n = 1; n <= heaviest; n++) {
      if (n < m) {
        const together = 1 - exp(-hazard(n, m - n));
        sum += ((n / m) * together * perWeight * weights[n - 1] * weights[m - n - 1]) / weights[m - 1];
      }
      if (sum >= 1) return null;
      thresholds[m * heaviest + n - 1] = Math.round(sum * 2 ** 32);
    }
  }
  return { heaviest, thresholds };
}
