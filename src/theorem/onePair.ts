/** The pairs that particles make: which there are, and their clock. */
import { gaussLegendre, integrateOver } from "../exact/quadrature.ts";
import { startsAtOneMass } from "../model/massSpread.ts";
import { isPlain, pairStart, type Scenario } from "../model/scenario.ts";
import { diffusivity, interactionStrength, type System } from "../model/system.ts";
import type { PairProblem } from "../oracle/beta.ts";
import { solveFiniteTime } from "../oracle/finiteTime.ts";
import { isHomogeneous } from "../oracle/geometry.ts";

/** Whether all start with one mass, in d >= 3, where a pair may part for ever, and pairs react at a finite rate within eps. */
export function hasOnePair(scenario: Scenario): boolean {
  const { dimension, initial } = scenario;
  return isPlain(scenario) && dimension > 2 && startsAtOneMass(initial);
}

/** Whether ghosts are asked for where the survey's §3 tells of them: particles of one mass, spread evenly over a torus of d >= 3. */
export function hasGhosts(scenario: Scenario): boolean {
  const { ghosts, times } = scenario.observe;
  const evenly = () => pairStart(scenario) === null && isHomogeneous(scenario);
  return ghosts === true && times.at(-1)! > 0 && hasOnePair(scenario) && evenly();
}

/** That pair; null where there are several. */
export function onePair(system: System): PairProblem | null {
  if (!hasOnePair(system.scenario)) return null;
  const [{ mass }] = system.scenario.initial;
  return pairOf(system, mass, mass);
}

/** The pair that particles of masses n and m make, d >= 3. */
export function pairOf({ scenario, dimension, potentialShape }: System, n: number, m: number): PairProblem {
  return {
    potential: potentialShape,
    dimension,
    alpha: interactionStrength(scenario.alpha, n, m),
    D: diffusivity(scenario.diffusion, n) + diffusivity(scenario.diffusion, m),
  };
}

/** D t / eps^2. */
export const tauOf = ({ eps }: System, { D }: PairProblem, time: number) => (D * time) / eps ** 2;

/** When the observations really were: at a tick, which for short times is not quite when they were asked for. */
export const observedAt = ({ observeAt, dt }: System): number[] => observeAt.map((tick) => tick * dt);

const rule = gaussLegendre(8);

/** alpha ∫ V (1 - u^[t]), averaged over D t / eps^2; near 0 it changes like a power of its root. */
export function meanRate(pair: PairProblem, from: number, to: number): number {
  const [a, b] = [Math.sqrt(from), Math.sqrt(to)];
  return integrateOver(rule, a, b, (v) => solveFiniteTime(pair, v * v).rate * 2 * v) / (to - from);
}
