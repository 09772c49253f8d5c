/**
 * The function gamma that P (1.9), S (1.10) asks for: gamma >= alpha with
 *
 *     n2 gamma(n1, n2 + n3) max{1, r^((3d-2)/2), r^(2d-1)} <= (n2 + n3) gamma(n1, n2),    r = d(n2 + n3) / d(n2).
 *
 * With q = 2 d - 1, the larger power, the maximum is max(1, r^q). So for each n1 the condition says of g(m) = gamma(n1, m) / m that
 * g(m + 1) max(1, (d(m + 1) / d(m))^q) <= g(m): steps of 1 imply all others. Hence g(m) R(m)^q does not increase, R(m) being the product
 * of the rises of d on the way from 1 to m. The least such g is the supremum over k >= m of alpha(n1, k) R(k)^q / k, over R(m)^q: there is
 * a gamma exactly if that is finite, and then gamma(n, m) = C(n) m / R(m)^q is one, with C(n) the supremum over all k.
 *
 * The papers' remark on a constant alpha takes gamma = alpha: then d(n) n^(-1/(2d-1)) may not increase (the printed exponent 1/(2-3d) is
 * only sufficient). With gamma free, d may rise more steeply now and then.
 */
import { pow } from "../../exact/elementary.ts";
import type { Scenario } from "../../model/scenario.ts";
import { interactionStrength } from "../../model/system.ts";
import { atMost, exponentOf, rise, strengthExponent } from "./growth.ts";

export interface Gamma {
  /** Null: there is none. */
  gamma: ((n: number, m: number) => number) | null;
  /** alpha(n, m) R(m)^q grows like m to this power; there is a gamma exactly if it is at most 1. */
  exponent: number;
  /** q. */
  power: number;
  /** R(m) grows like m to this power. */
  riseExponent: number;
}

export function findGamma({ dimension, diffusion, alpha }: Scenario): Gamma {
  const power = 2 * dimension - 1;
  const riseExponent = Math.max(0, exponentOf(diffusion));
  const exponent = strengthExponent(alpha) + power * riseExponent;
  if ("contact" in alpha || !atMost(exponent, 1)) return { gamma: null, exponent, power, riseExponent };
  const risen = (mass: number) => pow(rise(diffusion, mass), power);
  // Beyond the tables alpha(n, k) R(k)^q / k is a sum of powers that do not rise.
  const last = Math.max(
    "table" in diffusion ? diffusion.table.length : 1,
    "table" in alpha ? alpha.table.length : 1,
  );
  const factor = (n: number) => {
    let largest = 0;
    for (let k = 1; k <= last; k++) {
      largest = Math.max(largest, (interactionStrength(alpha, n, k) * risen(k)) / k);
    }
    // gamma must be positive, even where alpha is 0.
    return largest > 0 ? largest : 1;
  };
  return { gamma: (n, m) => (factor(n) * m) / risen(m), exponent, power, riseExponent };
}
