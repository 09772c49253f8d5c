import type { Scenario } from "../../model/scenario.ts";
import { isHomogeneous } from "../geometry.ts";
import { atMost, rateExponent, strengthRange } from "./growth.ts";
import { type Hypothesis, short } from "./hypothesis.ts";

/**
 * Whether the limit keeps its mass for ever (Hammond's survey §2.4), given whether Proposition 1.2 applies and there is a gamma. For a homogeneous system this is decided:
 * with the lambda of `rateExponent`, beta <= C (n + m) up to lambda = 1, where mass is conserved (Ball and Carr 1990), and
 * beta >= c (n m)^(lambda / 2) beyond, where a gel takes mass in finite time (Jeon 1998; Escobedo, Mischler and Perthame 2002).
 */
export function massConservation(
  scenario: Scenario,
  { unique, hasGamma }: { unique: boolean; hasGamma: boolean },
): Hypothesis {
  const { model, domain, diffusion, alpha } = scenario;
  const verdict = (holds: Hypothesis["holds"], source: string, why: string): Hypothesis => ({
    set: "mass",
    name: "the limit conserves mass",
    source,
    holds,
    why,
  });
  if (model === "annihilation") return verdict(false, "S §3", "Particles that meet vanish with their mass.");
  const lambda = rateExponent(diffusion, alpha);
  const growth = lambda > 0 ? `grows like n^${short(lambda)}` : "is bounded";
  if (isHomogeneous(scenario)) {
    return atMost(lambda, 1)
      ? verdict(
          true,
          "S §2.1",
          `beta(n, n) ${growth}, so that beta <= C (n + m), and the system is homogeneous.`,
        )
      : verdict(false, "S §2.4", `beta(n, n) ${growth}, faster than n: a gel forms in finite time.`);
  }
  if ("torus" in domain) {
    return verdict("unknown", "S §2.4", "On a torus the papers say nothing of a start that is not even.");
  }
  if (unique) {
    return verdict(true, "S §2.4.1", "The unique solution that Proposition 1.2 gives conserves mass.");
  }
  const { inf } = strengthRange(alpha);
  if (inf > 0 && hasGamma) {
    return verdict(
      true,
      "P §1",
      `alpha is at least ${short(inf)}, with which Wrzosek's condition can be verified.`,
    );
  }
  return verdict(
    "unknown",
    "S §2.4",
    `beta(n, n) ${growth}, and neither Proposition 1.2 nor the remark of P on alpha >= c > 0 applies.`,
  );
}
