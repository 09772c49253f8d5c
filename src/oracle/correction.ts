/** How far a system at finite eps is from its kinetic limit, to leading order, in three dimensions. */
import { exp } from "../exact/elementary.ts";
import { gaussLegendre, integrateOver, type Quadrature } from "../exact/quadrature.ts";
import type { Scenario } from "../model/scenario.ts";
import { isHomogeneous } from "./geometry.ts";
import { scenarioRate } from "./scenarioRate.ts";

export type CorrectionProblem = {
  model: "coagulation" | "annihilation";
  /** The macroscopic rate of every pair, > 0. */
  beta: number;
  /** d(n) + d(m) of every pair, > 0. */
  D: number;
  /** N eps. */
  Z: number;
  /** Of the torus. */
  side: number;
};

/**
 * h1 of the fraction left, h_N = 1/s + eps h1 + O(eps^2 log(1/eps)), at these times (0 or more; any order), for a scenario in the 3-torus
 * whose particles start uniform and with one mass, d(m), alpha(n, m) (or contact) and radii constant. Null for any other: h1 is not known there.
 */
export function leadingCorrection(scenario: Scenario, times: readonly number[]): number[] | null {
  const { dimension, domain, initial, model, diffusion, Z } = scenario;
  if (dimension !== 3 || !("torus" in domain) || !("constant" in diffusion)) return null;
  if (!hasOneRate(scenario)) return null;
  if (!isHomogeneous(scenario) || !initial.every(({ mass }) => mass === initial[0].mass)) return null;
  const beta = scenarioRate(scenario, "recipe")(1, 1);
  if (beta === 0) return times.map(() => 0);
  const D = 2 * diffusion.constant;
  const problem = { model, beta, D, Z, side: domain.torus };
  return times.map((time) => correctionAt(problem, time));
}

/** Whether beta(n, m) is the same for all masses where d is, and comes from particles avoiding each other. */
function hasOneRate({ alpha, radius, scaling, fragmentation }: Scenario): boolean {
  if (fragmentation !== undefined) return false;
  const oneStrength = "constant" in alpha || "contact" in alpha;
  return oneStrength && (radius === undefined || "constant" in radius) && scaling === 1;
}

/**
 * h1 at a time t >= 0, to rounding, 1e-13 relative: in the unit torus, with b = beta (annihilation) or beta / 2 (coagulation) and
 * s(t) = 1 + b Z t,
 *
 *     h1(t) = -(b/Z) s^-2 ∫_0^t s(τ)^2 R(τ) dτ
 *     R(t)  = -s^-4 { Z + beta Z^2 [ - s^2 / (4 pi D sqrt(pi D t))                     the pair's transient
 *                                    - ∫_0^t (s(t)^2 - s(t-u)^2) (4 pi D u)^(-3/2) du   memory of earlier losses
 *                                    + ∫_0^t s(t-u)^2 (p(u) - (4 pi D u)^(-3/2)) du ] } images around the torus
 *
 * where p(u) is the torus' heat kernel of diffusivity D at 0. The pair correlation G obeys, to this order,
 * G_t = D ΔG - 4 b Z h G - beta eps δ h^2 from G = -1/N on (exactly N independent particles), and
 * h' = -b Z (h^2 + G(0)), G(0) without the part that makes beta: Hammond's survey §3 gives the system, its closed hierarchy the rest.
 */
export function correctionAt({ model, beta, D, Z, side }: CorrectionProblem, t: number): number {
  if (t === 0) return 0;
  // Lengths in sides: the law of the fraction left is that in the unit torus at t / side^2, eps / side and Z / side.
  const density = Z / side;
  return inUnitTorus(model === "annihilation" ? beta : beta / 2, beta, D, density, t / side ** 2) / side;
}

const rule = gaussLegendre(24);

function inUnitTorus(b: number, beta: number, D: number, Z: number, t: number): number {
  const g = b * Z;
  const s = (tau: number) => 1 + g * tau;
  // s^2 R
  const source = (tau: number) => {
    const transient = s(tau) ** 2 / (4 * Math.PI * D * Math.sqrt(Math.PI * D * tau));
    const memory = (g * Math.sqrt(tau) * (4 * s(tau) - (2 / 3) * g * tau)) / (4 * Math.PI * D) ** 1.5;
    const images = integrateInPanels(rule, imagesFrom / D, tau, (u) => s(tau - u) ** 2 * imageDensity(D * u));
    return -(Z - beta * Z ** 2 * (transient + memory - images)) / s(tau) ** 2;
  };
  // In v = sqrt(tau), which takes the singularity at 0 away; the source varies on the scales of the losses and of the images.
  const scale = Math.sqrt(Math.min(1 / g, imagesFrom / D));
  const start = Math.min(scale, Math.sqrt(t));
  const integrand = (v: number) => source(v * v) * 2 * v;
  const integral =
    integrateOver(rule, 0, start, integrand) + integrateInPanels(rule, start, Math.sqrt(t), integrand);
  return (-(b / Z) * integral) / s(t) ** 2;
}

/** The integral of f over [a, b], a > 0, in panels whose ends double; 0 if b <= a. */
function integrateInPanels(rule: Quadrature, a: number, b: number, f: (x: number) => number): number {
  let sum = 0;
  for (let from = a; from < b; from *= 2) sum += integrateOver(rule, from, Math.min(b, 2 * from), f);
  return sum;
}

/** D u below which the images count for nothing: exp(-1 / (4 D u)) is below 1e-21. */
const imagesFrom = 0.005;

/** The heat kernel of the unit 3-torus at 0 less that of space, after x = D u. */
function imageDensity(x: number): number {
  const free = 1 / Math.sqrt(4 * Math.PI * x);
  if (x > 1 / (4 * Math.PI)) {
    let modes = 0;
    for (let n = 1; n <= 6; n++) modes += 2 * exp(-4 * Math.PI ** 2 * n * n * x);
    return (1 + modes) ** 3 - free ** 3;
  }
  let images = 0;
  for (let n = 1; n <= 6; n++) images += 2 * exp(-(n * n) / (4 * x));
  // (1 + images)^3 - 1, without cancellation.
  return free ** 3 * images * (3 + images * (3 + images));
}
