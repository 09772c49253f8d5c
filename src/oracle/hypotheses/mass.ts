import type { Scenario } from "../../model/scenario.ts";
import { isHomogeneous } from "../geometry.ts";
import { atMost, rateExponents, strengthRange } from "./growth.ts";
import { type Hypothesis, short } from "./hypothesis.ts";

/**
 * Whether the limit keeps its mass for ever (Hammond's survey §2.4), given whether Proposition 1.2 applies and there is a gamma. For a homogeneous system this is decided:
 * with the exponents of `rateExponents`, beta <= C (n + m) where `most` is at most 1, and mass is conserved (Ball and Carr 1990), and
 * beta >= c (n m)^(least / 2) with `least` > 1, where a gel takes mass in finite time (Jeon 1998; Escobedo, Mischler and Perthame 2002).
 */
export function massConservation(
  scenario: Scenario,
  { unique, hasGamma }: { unique: boolean; hasGamma: boolean },
): Hypothesis {
  const { model, domain, alpha } = scenario;
  const verdict = (holds: Hypothesis["holds"], source: string, why: string): Hypothesis => ({
    set: "mass",
    name: "the limit conserves mass",
    source,
    holds,
    why,
  });
  if (model === "annihilation") return verdict(false, "S §3", "Particles that meet vanish with their mass.");
  const { most, least } = rateExponents(scenario);
  const growth = most > 0 ? `grows like n^${short(most)}` : "is bounded";
  if (isHomogeneous(scenario)) {
    if (atMost(most, 1)) {
      const why = `beta(n, ${least < most ? "1" : "n"}) ${growth}, so that beta <= C (n + m), and the system is homogeneous.`;
      return verdict(true, "S §2.1", why);
    }
    return atMost(least, 1)
      ? verdict("unknown", "S §2.4", `beta(n, 1) ${growth}, but beta(n, n) only like n^${short(least)}.`)
      : verdict(
          false,
          "S §2.4",
          `beta(n, n) grows like n^${short(least)}, faster than n: a gel forms in finite time.`,
        );
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
