import { makePotential } from "../model/potential.ts";
import type { Scenario } from "../model/scenario.ts";
import { diffusivity, interactionStrength } from "../model/system.ts";
import { type MassRate, macroscopicRate } from "./rates.ts";

/**
 * The rate of a pair in the Smoluchowski equation: "recipe", the right one, beta(n, m) = alpha(n, m) ∫ V (1 - u); or "naive",
 * alpha(n, m) ∫ V = alpha(n, m), which forgets that particles avoid each other (Hammond's survey §3.2), and is the rate of the mean-field
 * equation with kernel alpha.
 */
export type LimitRate = "recipe" | "naive";

export function scenarioRate(scenario: Scenario, rate: LimitRate): MassRate {
  const alpha: MassRate = (n, m) => interactionStrength(scenario.alpha, n, m);
  if (rate === "naive") return alpha;
  return macroscopicRate({
    potential: makePotential(scenario.potential, scenario.dimension),
    alpha,
    diffusivity: (n) => diffusivity(scenario.diffusion, n),
  });
}
