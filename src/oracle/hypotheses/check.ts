/** Which theorem covers a scenario, and what it then says. */
import { rangeOf } from "../../model/ranges.ts";
import type { Scenario } from "../../model/scenario.ts";
import { interactionRange, interactionStrength } from "../../model/system.ts";
import { scenarioRate } from "../scenarioRate.ts";
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
  /** In the scenario's lengths. */
  eps: number;
  /** The macroscopic rate of two particles of mass 1, and the naive guess at it: alpha(1, 1), where particles have radii times (r_1 + r_1)^(d-2). */
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
  const { dimension, particles, Z } = scenario;
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
  const alpha = interactionStrength(scenario.alpha, 1, 1) * rangeOf(scenario, 1, 1) ** (dimension - 2);
  const beta = scenarioRate(scenario, "recipe")(1, 1);
  const conclusion = conclude({ scenario, hypotheses, coverage, eps, alpha, beta });
  return { hypotheses, coverage, eps, beta, alpha, conclusion };
}
