/** The hypotheses of Theorem 1.1 and of Proposition 1.2 of Hammond's survey, one by one. */
import { heaviestOf } from "../../model/massSpread.ts";
import { makePotential, type Potential } from "../../model/potential.ts";
import { type Density, isPlain, type LineDensity, type Scenario } from "../../model/scenario.ts";
import { findGamma } from "./gamma.ts";
import {
  atMost,
  describeDiffusion,
  describeStrength,
  exponentOf,
  isNonIncreasing,
  rateExponents,
  strengthRange,
} from "./growth.ts";
import { type Hypothesis, short } from "./hypothesis.ts";

/** What both sets of assumptions take for granted. */
export function settingOf(scenario: Scenario): Hypothesis[] {
  const { model, dimension, domain, fragmentation, initial } = scenario;
  const set = "setting";
  const neverSplit: Hypothesis = {
    set,
    name: "particles never split",
    source: "S §1.3",
    holds: false,
    why: "They do, in reverse of their coagulation (S §8.3.4), for which no limit has been derived.",
  };
  const areIntegers: Hypothesis = {
    set,
    name: "masses are integers",
    source: "S §1.3",
    holds: false,
    why: "They vary like real ones, for which the limit has a derivation of its own (S §8.3.3).",
  };
  return [
    ...(fragmentation === undefined ? [] : [neverSplit]),
    ...(initial.every(({ spread }) => spread === undefined) ? [] : [areIntegers]),
    {
      set,
      name: "particles that meet merge",
      source: "S §1.3",
      holds: model === "coagulation",
      why:
        model === "coagulation"
          ? "The model is coagulation."
          : "Both vanish: the survey treats this in outline (S §3), and names Sznitman for a proof.",
    },
    {
      set,
      name: "pairs react at rate alpha eps^-2 V(. / eps)",
      source: "S §1.3",
      holds: isPlain(scenario),
      why: describeInteraction(scenario),
    },
    {
      set,
      name: "dimension 3 or more",
      source: "S Theorem 1.1",
      holds: dimension >= 3,
      why: dimension >= 3 ? `d = ${dimension}.` : "d = 2, the plane, has a theorem of its own (S §2.5).",
    },
    {
      set,
      name: "particles move in R^d",
      source: "S §1.3",
      holds: "space" in domain,
      why:
        "space" in domain
          ? `The box of side ${short(domain.space)} stands for R^d: a run ends if anybody leaves it.`
          : `They move on a torus of side ${short(domain.torus)}.`,
    },
  ];
}

function describeInteraction({ alpha, radius, scaling }: Scenario): string {
  if ("contact" in alpha) return "They react as soon as they meet, a remark of P §1.";
  if (radius !== undefined) return "Their range grows with their radii, a remark of P §1.";
  return scaling === 1
    ? "They do."
    : `They react within eps^${short(scaling)} and more weakly, S §3.4, where the limit has beta = alpha.`;
}

/** The original assumptions (S §1.8.1, P §1). */
export function originalAssumptions(scenario: Scenario): Hypothesis[] {
  const set = "original";
  const jump = firstJump(makePotential(scenario.potential, scenario.dimension));
  const broken = scenario.initial.findIndex(
    ({ density }) => !isContinuous(density, "space" in scenario.domain),
  );
  return [
    {
      set,
      name: "V is continuous with compact support and integral 1",
      source: "P §1",
      holds: jump === null,
      why:
        jump === null
          ? `${describePotential(scenario)} vanishes beyond the range and has no jump.`
          : `${describePotential(scenario)} jumps at r = ${short(jump)}.`,
    },
    gammaHypothesis(scenario),
    {
      set,
      name: "the starting densities h_n are continuous",
      source: "P §1",
      holds: broken < 0,
      why:
        broken < 0
          ? "None of them has a jump."
          : `initial[${broken}].density is constant on cells, and jumps between them.`,
    },
    {
      set,
      name: "the sums of h_n that P asks for are locally bounded",
      source: "P §1, S §1.8.1",
      holds: true,
      why: `${massesAtStart(scenario)}, and every h_n is bounded and integrable.`,
    },
  ];
}

function massesAtStart({ initial }: Scenario): string {
  const varying = initial.some(({ spread }) => spread !== undefined);
  if (varying) return `No start is heavier than mass ${Math.max(...initial.map(heaviestOf))}`;
  return `Only ${initial.length === 1 ? "one mass is" : `${initial.length} masses are`} there at the start`;
}

function gammaHypothesis(scenario: Scenario): Hypothesis {
  const { diffusion, alpha } = scenario;
  const { gamma, exponent, power, riseExponent } = findGamma(scenario);
  const what = `${describeStrength(alpha)} and ${describeDiffusion(diffusion)}`;
  const hypothesis = {
    set: "original",
    name: "a gamma >= alpha satisfies (1.10)",
    source: "S (1.10), P (1.9)",
    holds: gamma !== null,
  } as const;
  if (gamma === null) {
    const grows = Number.isFinite(exponent) ? `like m^${short(exponent)}` : "without bound";
    return {
      ...hypothesis,
      why: `None: with ${what} alpha(n, m) R(m)^${power}, R being by what d has risen from mass 1 on, grows ${grows}, and there is a gamma only where it is at most C(n) m.`,
    };
  }
  const own = 1 - power * riseExponent;
  const formula =
    "table" in diffusion && !isNonIncreasing(diffusion)
      ? `C(n) m / R(m)^${power}`
      : `C(n) ${own === 1 ? "m" : `m^${short(own)}`}`;
  return {
    ...hypothesis,
    why: `With ${what} gamma(n, m) = ${formula} will do.`,
    witness: { gamma: formula, "C(1)": Number(gamma(1, 1).toPrecision(6)) },
  };
}

/** The survey assumptions (S §1.8.2). */
export function surveyAssumptions(scenario: Scenario): Hypothesis[] {
  const { dimension, domain, alpha, initial, potential } = scenario;
  const set = "survey";
  const spread = initial.findIndex(({ density }) => "space" in domain && hasGaussian(density));
  const { sup, positive } = strengthRange(alpha);
  return [
    {
      set,
      name: "V is smooth with compact support",
      source: "S §1.8.2",
      holds: potential === "bump",
      why:
        potential === "bump"
          ? "bump has all derivatives."
          : `${describePotential(scenario)} has not all derivatives; of the named V only bump has.`,
    },
    {
      set,
      name: "the h_n are bounded, with supports in one compact set",
      source: "S §1.8.2",
      holds: spread < 0,
      why:
        spread < 0
          ? "Every h_n is bounded and stays in the domain, which is bounded."
          : `initial[${spread}].density is Gaussian, whose support is all of R^${dimension}.`,
    },
    surveyDiffusion(scenario),
    {
      set,
      name: "alpha is positive and bounded",
      source: "S §1.8.2",
      holds: positive && sup < Number.POSITIVE_INFINITY,
      why: !positive
        ? `${describeStrength(alpha)} is 0 for some masses.`
        : sup < Number.POSITIVE_INFINITY
          ? `${describeStrength(alpha)} is at most ${short(sup)}.`
          : `${describeStrength(alpha)} grows without bound.`,
    },
  ];
}

function surveyDiffusion({ dimension, diffusion }: Scenario): Hypothesis {
  const exponent = exponentOf(diffusion);
  const falls = isNonIncreasing(diffusion);
  const slowly = atMost(-exponent, 2 / dimension);
  const reason = !falls
    ? "rises with the mass"
    : slowly
      ? `does not rise, and falls no faster than m^${short(-2 / dimension)}`
      : `falls faster than m^${short(-2 / dimension)}`;
  return {
    set: "survey",
    name: "d is non-increasing and d(m)^(-d/2) / m is bounded",
    source: "S §1.8.2",
    holds: falls && slowly,
    why: `${describeDiffusion(diffusion)} ${reason}.`,
  };
}

/** The hypotheses of Proposition 1.2, which make the solution of the equation unique. */
export function uniquenessConditions(scenario: Scenario): Hypothesis[] {
  const { diffusion, initial } = scenario;
  const set = "uniqueness";
  const falls = isNonIncreasing(diffusion);
  return [
    {
      set,
      name: "d is non-increasing",
      source: "S Proposition 1.2",
      holds: falls,
      why: `${describeDiffusion(diffusion)} ${falls ? "does not rise" : "rises with the mass"}.`,
    },
    ratesHypothesis(scenario),
    {
      set,
      name: "sum of n^e times the bounds and the integrals of h_n is finite",
      source: "S Proposition 1.2",
      holds: true,
      why: `No start is heavier than mass ${Math.max(...initial.map(heaviestOf))}, and every h_n is bounded and integrable.`,
    },
  ];
}

function ratesHypothesis(scenario: Scenario): Hypothesis {
  const { diffusion, alpha } = scenario;
  const decay = Math.max(0, -exponentOf(diffusion));
  const growth = rateExponents(scenario).most;
  const holds = !atMost(1, decay) && !atMost(1, growth);
  // Both exponents must be positive, and what is not needed by one is shared out.
  const b = decay > 0 ? decay : (1 - growth) / 4;
  const a = growth > 0 ? growth : (1 - b) / 2;
  const hypothesis = {
    set: "uniqueness",
    name: "beta(n, m) <= c1 (n^a + m^a) and d(n) >= c2 n^-b with a, b > 0 and a + b < 1",
    source: "S Proposition 1.2",
    holds,
  } as const;
  const d = describeDiffusion(diffusion);
  if (holds) {
    const bound = growth > 0 ? `beta grows no faster than n^${short(growth)}` : "beta is bounded";
    return {
      ...hypothesis,
      why: `With ${d} and ${describeStrength(alpha)} ${bound}: a = ${short(a)} and b = ${short(b)} will do.`,
      witness: { a, b },
    };
  }
  return {
    ...hypothesis,
    why: atMost(1, decay)
      ? `${d} falls as fast as n^${short(-decay)}, so that b would have to be 1 or more.`
      : `beta(n, n) grows like n^${short(growth)}, so that a would have to be 1 or more.`,
  };
}

function describePotential({ potential }: Scenario): string {
  return typeof potential === "string" ? `V, ${potential},` : "V, a table,";
}

/** The least r at which V jumps; null for a continuous V. */
function firstJump({ breaks, onPiece, peak }: Potential): number | null {
  const last = breaks.length - 1;
  for (let k = 1; k <= last; k++) {
    const beyond = k < last ? onPiece(k, breaks[k]) : 0;
    if (Math.abs(onPiece(k - 1, breaks[k]) - beyond) > 1e-12 * peak) return breaks[k];
  }
  return null;
}

function isContinuous(density: Density, inSpace: boolean): boolean {
  if (density === "uniform" || !("product" in density)) return true;
  return density.product.every((line) => isContinuousLine(line, inSpace));
}

/** On R^d a table falls to 0 at the sides of the box. */
function isContinuousLine(line: LineDensity, inSpace: boolean): boolean {
  if (line === "uniform" || !("table" in line)) return true;
  return !inSpace && line.table.every((value) => value === line.table[0]);
}

function hasGaussian(density: Density): boolean {
  if (density === "uniform") return false;
  if ("product" in density) return density.product.some((line) => line !== "uniform" && "gaussian" in line);
  return "gaussian" in density;
}
