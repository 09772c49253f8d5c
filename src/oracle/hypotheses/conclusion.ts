import { isPlain, type Scenario } from "../../model/scenario.ts";
import { isHomogeneous } from "../geometry.ts";
import { type Hypothesis, type HypothesisSet, short } from "./hypothesis.ts";

/** Which demands are met as a whole; the setting counts to both sets of assumptions. */
export interface Coverage {
  /** Theorem 1.1 applies by the original assumptions. */
  original: boolean;
  /** Theorem 1.1 applies by the survey assumptions. */
  survey: boolean;
  /** Proposition 1.2 applies. */
  unique: boolean;
}

export interface Findings {
  scenario: Scenario;
  hypotheses: readonly Hypothesis[];
  coverage: Coverage;
  eps: number;
  alpha: number;
  beta: number;
}

/** One paragraph: what Theorem 1.1 says of the scenario, or why it says nothing and what is to be expected. */
export function conclude(findings: Findings): string {
  const { original, survey } = findings.coverage;
  const sentences = original || survey ? covered(findings) : notCovered(findings);
  return [...sentences, massSentence(findings)].join(" ");
}

function covered(findings: Findings): string[] {
  const { coverage, hypotheses } = findings;
  const { original, survey, unique } = coverage;
  const by = original && survey ? "original and the survey" : original ? "original" : "survey";
  const failing = names(hypotheses, "uniqueness");
  return [
    `Theorem 1.1 of the survey covers this scenario, by the ${by} assumptions: as N grows with ${scaling(findings)}, the empirical densities are tight, and every limit is a weak solution of ${limit(findings)}.`,
    unique
      ? "By Proposition 1.2 there is only one such solution, so the densities converge to it: in mean, against every bounded continuous test function (Corollary 1.3)."
      : `Proposition 1.2 does not apply (${failing}), so it is not known here that there is one solution only: along subsequences the densities may follow different ones.`,
  ];
}

function notCovered(findings: Findings): string[] {
  const { scenario, hypotheses } = findings;
  const setting = names(hypotheses, "setting");
  const original = names(hypotheses, "original");
  const survey = names(hypotheses, "survey");
  const outside = setting === "" ? "" : `Of its setting this fails: ${setting}. `;
  const sets =
    original === "" || survey === ""
      ? `But for that the ${original !== "" ? "survey" : survey !== "" ? "original" : "original and the survey"} assumptions hold.`
      : `Of the original assumptions this fails: ${original}. Of the survey assumptions this fails: ${survey}.`;
  return [
    "Theorem 1.1 of the survey does not cover this scenario.",
    `${outside}${sets}`,
    ...nearby(scenario, hypotheses),
    `What one expects all the same, with ${scaling(findings)}, is ${limit(findings)}.`,
  ];
}

/** What is known close by. */
function nearby(
  { dimension, model, domain, potential }: Scenario,
  hypotheses: readonly Hypothesis[],
): string[] {
  const sentences: string[] = [];
  if (dimension === 2 && model === "coagulation") {
    sentences.push(
      "In the plane Hammond and Rezakhanlou have a theorem of the same form, with beta = 2 pi D alpha / (2 pi D + alpha) (S §2.5, (2.4)), and the survey's proof extends to it under the survey assumptions (S §8.3.2).",
    );
  }
  if ("torus" in domain) {
    sentences.push("The torus is treated in the survey in outline only, for annihilation (S §3).");
  }
  const failing = hypotheses.filter(({ set, holds }) => set === "original" && holds === false);
  if (failing.length === 1 && failing[0].name.startsWith("V is")) {
    sentences.push(
      `A continuous V near ${typeof potential === "string" ? potential : "the table"}, such as poly2 or bump, would meet the original assumptions on V.`,
    );
  }
  return sentences;
}

function scaling({ scenario: { dimension, particles, Z }, eps }: Findings): string {
  const law = dimension === 2 ? "N / |log eps|" : dimension === 3 ? "N eps" : `N eps^${dimension - 2}`;
  return `${law} = Z = ${short(Z)} (here N = ${particles} and eps = ${short(eps)})`;
}

function limit({ scenario, alpha, beta }: Findings): string {
  const form = isHomogeneous(scenario)
    ? ", here an ordinary differential equation as the start is even,"
    : "";
  const naive = isPlain(scenario) ? `alpha(1, 1) = ${short(alpha)}` : short(alpha);
  const rate =
    scenario.scaling < 1
      ? `beta = alpha: beta(1, 1) = ${short(beta)}, since pairs are within range for long and hardly ever react`
      : `the recipe's rates: beta(1, 1) = ${short(beta)}, where the naive guess is ${naive}`;
  return `the Smoluchowski equation${form} with ${rate}`;
}

function massSentence({ hypotheses }: Findings): string {
  const { holds, why } = hypotheses.find(({ set }) => set === "mass")!;
  if (holds === "unknown") return "Whether the limit conserves mass is not known.";
  return `The limit ${holds ? "conserves mass" : "does not conserve mass"}. ${why}`;
}

const names = (hypotheses: readonly Hypothesis[], which: HypothesisSet) =>
  hypotheses
    .filter(({ set, holds }) => set === which && holds !== true)
    .map(({ name }) => name)
    .join("; ");
