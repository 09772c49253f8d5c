import { UserError } from "../errors.ts";
import { makePotential } from "../model/potential.ts";
import { rangeOf } from "../model/ranges.ts";
import type { Scenario } from "../model/scenario.ts";
import { diffusivity, interactionStrength } from "../model/system.ts";
import { type MassRate, macroscopicRate } from "./rates.ts";

/**
 * The rate of a pair in the Smoluchowski equation: "recipe", the right one, beta(n, m) = alpha(n, m) ∫ V (1 - u); or "naive",
 * alpha(n, m) ∫ V = alpha(n, m), which forgets that particles avoid each other (Hammond's survey §3.2), and is the rate of the mean-field
 * equation with kernel alpha.
 */
export type LimitRate = "recipe" | "naive";

/**
 * That rate for the masses of a scenario. A range of r_n + r_m multiplies it by (r_n + r_m)^(d-2) (both rates are those of V scaled); where the
 * scaling is weaker the naive rate is the right one (Hammond's survey §3.4). Throws a UserError for the naive rate where pairs react as soon as they
 * meet, for which it is infinite.
 */
export function scenarioRate(scenario: Scenario, rate: LimitRate): MassRate {
  const { dimension, radius } = scenario;
  if (rate === "naive" && "contact" in scenario.alpha) {
    throw new UserError("alpha is contact, for which the naive rate is infinite; take the recipe's.");
  }
  const alpha: MassRate = (n, m) => interactionStrength(scenario.alpha, n, m);
  const own =
    rate === "naive" || scenario.scaling < 1
      ? alpha
      : macroscopicRate({
          potential: makePotential(scenario.potential, dimension),
          alpha,
          diffusivity: (n) => diffusivity(scenario.diffusion, n),
        });
  if (radius === undefined) return own;
  return (n, m) => own(n, m) * rangeOf(scenario, n, m) ** (dimension - 2);
}
