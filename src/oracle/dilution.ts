/** How dilute a colloid in SI units is, and what that makes of the Smoluchowski equation. */
import { massLaw } from "../model/massLaw.ts";
import { rangeOf } from "../model/ranges.ts";
import type { Scenario } from "../model/scenario.ts";
import { interactionRange } from "../model/system.ts";
import { correctionAt } from "./correction.ts";
import { scenarioRate } from "./scenarioRate.ts";

/** In micrometres and seconds, of particles of the mean mass at the start. */
export interface Dilution {
  /** Of Stokes and Einstein, µm^2/s. */
  diffusivity: number;
  /** The distance of two centres at contact, µm. */
  contact: number;
  /** Share of the volume that the monomers fill. */
  volumeFraction: number;
  /** n_0^(-1/3) over `contact`. */
  spacing: number;
  /**
   * When half of the particles are left if all pairs have the rate of these, s: on contact 3 mu / (4 k T n_0) (Smoluchowski 1917), half of that in annihilation; null where
   * nothing sticks.
   */
  halfTime: number | null;
  /**
   * eps h1 over h at that time, the leading relative difference of the particles left from the limit eps -> 0 (`correctionAt`), as if all had these radii
   * and diffusivities.
   */
  excess: number;
}

/** Null for a scenario that is not given in SI units. */
export function dilutionOf(scenario: Scenario): Dilution | null {
  const { physical, particles, dimension, domain, Z, initial, model, diffusion } = scenario;
  if (physical === undefined || !("torus" in domain)) return null;
  const side = domain.torus;
  const weights = initial.reduce((sum, { weight }) => sum + weight, 0);
  const mass = initial.reduce((sum, law) => sum + law.mass * law.weight, 0) / weights;
  const eps = interactionRange(dimension, particles, Z);
  const contact = eps * rangeOf(scenario, mass, mass);
  const monomers = mass * (particles / side ** 3);
  const diffusivity = massLaw(diffusion, mass);
  const beta = scenarioRate(scenario, "recipe")(mass, mass);
  const halfTime = beta > 0 ? side ** 3 / ((model === "annihilation" ? beta : beta / 2) * Z) : null;
  const problem = { model, beta, D: 2 * diffusivity, Z, side };
  return {
    diffusivity,
    contact,
    volumeFraction: monomers * (4 / 3) * Math.PI * ((eps * rangeOf(scenario, 1, 1)) / 2) ** 3,
    spacing: (particles / side ** 3) ** (-1 / 3) / contact,
    halfTime,
    excess: halfTime === null ? 0 : (eps * correctionAt(problem, halfTime)) / (1 / 2),
  };
}
