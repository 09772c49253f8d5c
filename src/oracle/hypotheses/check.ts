/** Which theorem covers a scenario, and what it then says. */
import { makePotential } from "../../model/potential.ts";
import type { Scenario } from "../../model/scenario.ts";
import { diffusivity, interactionRange, interactionStrength } from "../../model/system.ts";
import { solvePair } from "../beta.ts";
import { originalAssumptions, settingOf, surveyAssumptions, uniquenessConditions } from "./assumptions.ts";
import { type Coverage, conclude } from "./conclusion.ts";
import { findGamma } from "./gamma.ts";
import type { Hypothesis } from "./hypothesis.ts";
import { massConservation } from "./mass.ts";

/** What `checkHypotheses` finds. */
export interface HypothesisReport {
  /** Each thing asked, whether it holds, and why. */
  hypotheses: Hypothesis[];
  coverage: Coverage;
  /** The interaction range, in the scenario's lengths. */
  eps: number;
  /** The macroscopic rate of two particles of mass 1, and alpha(1, 1), the naive guess at it. */
  beta: number;
  alpha: number;
  /** What the theorem says of this scenario, or what is missing: one paragraph. */
  conclusion: string;
}

/**
 * Which hypotheses of the kinetic limit hold for a scenario (Hammond's survey §1.8, (1.10), Proposition 1.2; Hammond and Rezakhanlou
 * (1.9)), decided for all masses, and what Theorem 1.1 then says.
 */
export function checkHypotheses(scenario: Scenario): HypothesisReport {
  const { dimension, particles, Z, potential, diffusion } = scenario;
  const assumptions = [
    ...settingOf(scenario),
    ...originalAssumptions(scenario),
    ...surveyAssumptions(scenario),
    ...uniquenessConditions(scenario),
  ];
  const holds = (...sets: Hypothesis["set"][]) =>
    assumptions.every((hypothesis) => !sets.includes(hypothesis.set) || hypothesis.holds === true);
  const coverage: Coverage = {
    original: holds("setting", "original"),
    survey: holds("setting", "survey"),
    unique: holds("uniqueness"),
  };
  const hasGamma = findGamma(scenario).gamma !== null;
  const mass = massConservation(scenario, { unique: coverage.unique, hasGamma });
  const hypotheses = [...assumptions, mass];
  const eps = interactionRange(dimension, particles, Z);
  const alpha = interactionStrength(scenario.alpha, 1, 1);
  const { beta } = solvePair({
    potential: makePotential(potential, dimension),
    dimension,
    alpha,
    D: 2 * diffusivity(diffusion, 1),
  });
  const conclusion = conclude({ scenario, hypotheses, coverage, eps, alpha, beta });
  return { hypotheses, coverage, eps, beta, alpha, conclusion };
}
