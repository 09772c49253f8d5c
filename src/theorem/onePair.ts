import { diffusivity, interactionStrength, type System } from "../model/system.ts";
import type { PairProblem } from "../oracle/beta.ts";

/** The pair that any two particles make, where all start with one mass and d >= 3; else null. */
export function onePair(system: System): PairProblem | null {
  const { scenario, dimension } = system;
  const [{ mass }] = scenario.initial;
  if (dimension === 2 || scenario.initial.some((law) => law.mass !== mass)) return null;
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
