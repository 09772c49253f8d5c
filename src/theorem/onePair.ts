import { diffusivity, interactionStrength, type System } from "../model/system.ts";
import type { PairProblem } from "../oracle/beta.ts";

/** The pair that any two particles make, where all start with one mass and d >= 3; else null. */
export function onePair(system: System): PairProblem | null {
  const { scenario, dimension, potentialShape } = system;
  const [{ mass }] = scenario.initial;
  if (dimension === 2 || scenario.initial.some((law) => law.mass !== mass)) return null;
  return {
    potential: potentialShape,
    dimension,
    alpha: interactionStrength(scenario.alpha, mass, mass),
    D: 2 * diffusivity(scenario.diffusion, mass),
  };
}

/** D t / eps^2. */
export const tauOf = ({ eps }: System, { D }: PairProblem, time: number) => (D * time) / eps ** 2;

/** When the observations really were: at a tick, which for short times is not quite when they were asked for. */
export const observedAt = ({ observeAt, dt }: System): number[] => observeAt.map((tick) => tick * dt);
