/** The kinetic limit of a scenario, in the units in which its simulation is reported. */
import { makePotential } from "../model/potential.ts";
import type { Density, Scenario } from "../model/scenario.ts";
import { diffusivity, interactionStrength } from "../model/system.ts";
import { macroscopicRate } from "./rates.ts";
import { homogeneousLimit } from "./smoluchowski.ts";

export interface LimitPoint {
  time: number;
  /** Particles of all masses, as a fraction of N. */
  count: number;
  /** Particles of mass 1, 2, ..., K, as fractions of N. */
  masses: number[];
}

/**
 * What the fractions of N at these times (increasing, from 0) tend to as eps -> 0, from the Smoluchowski equation with the recipe's rates
 * (Hammond's survey (1.1), (1.8)). Null unless the system is homogeneous: a torus and uniform densities.
 */
export function limitOf(scenario: Scenario, times: readonly number[]): LimitPoint[] | null {
  const { dimension, domain, initial, Z, model, observe } = scenario;
  if (!("torus" in domain) || !initial.every(({ density }) => isUniform(density))) return null;
  const rate = macroscopicRate({
    potential: makePotential(scenario.potential, dimension),
    alpha: (n, m) => interactionStrength(scenario.alpha, n, m),
    diffusivity: (n) => diffusivity(scenario.diffusion, n),
  });
  // Z is the number of particles times their weight; a density is that over the volume.
  const density = Z / domain.torus ** dimension;
  const total = initial.reduce((sum, { weight }) => sum + weight, 0);
  const start = new Array<number>(Math.max(...initial.map(({ mass }) => mass))).fill(0);
  for (const { mass, weight } of initial) start[mass - 1] += (density * weight) / total;
  const points = homogeneousLimit({
    model,
    initial: start,
    beta: rate,
    times: [...times],
    masses: observe.masses,
  });
  return points.map((point) => ({
    time: point.time,
    count: point.total / density,
    masses: Array.from(point.masses, (f) => f / density),
  }));
}

function isUniform(density: Density): boolean {
  if (density === "uniform") return true;
  if ("cosine" in density) return density.cosine.amplitude === 0;
  return "product" in density && density.product.every((line) => line === "uniform");
}
