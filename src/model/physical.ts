/** A colloid in SI units, and the model that it is in micrometres and seconds. */
import { pow } from "../exact/elementary.ts";

/** What a scenario may say instead of lengths, rates and diffusivities. */
export interface Physical {
  /** K. */
  temperature: number;
  /** Of the fluid, Pa s. */
  viscosity: number;
  /** r_1, m. */
  monomerRadius: number;
  /** Particles of all masses at the start, 1/m^3. */
  concentration: number;
  /** D_f: m monomers have the radius r_1 m^(1/D_f). */
  fractalDimension: number;
  /** Rate of a pair over that of pairs that coagulate on contact, 1 / W with W the stability ratio. */
  sticking: number;
}

/** k of Boltzmann, J/K; exact in the SI. */
export const boltzmann = 1.380649e-23;

/** What lengths and times are in. */
export const physicalUnits = { length: "µm", time: "s" } as const;
const micrometre = 1e-6;

/** The keys of a scenario that `physical` sets. */
export type PhysicalKeys = ReturnType<typeof physicalKeys>;

/**
 * The model of N particles in micrometres and seconds. Contact of two monomers is at eps = 2 r_1, so that Z = N eps; the box holds the concentration. A particle
 * of m monomers has the radius r_m = r_1 m^(1/D_f), and diffuses by Stokes and Einstein, d(m) = k T / (6 pi mu r_m): on contact this is Smoluchowski's
 * kernel (2 k T / 3 mu) (r_n + r_m) (1 / r_n + 1 / r_m). Less sticking makes alpha(n, m) the same share of d(n) + d(m) for all pairs, and so their rates
 * the same share of that kernel.
 */
export function physicalKeys(
  { temperature, viscosity, monomerRadius, concentration, fractalDimension, sticking }: Physical,
  particles: number,
) {
  const r1 = monomerRadius / micrometre;
  const d1 = (boltzmann * temperature) / (6 * Math.PI * viscosity * monomerRadius) / micrometre ** 2;
  const side = cubeRoot(particles / concentration / micrometre ** 3);
  const exponent = 1 / fractalDimension;
  return {
    dimension: 3,
    domain: { torus: side },
    Z: particles * 2 * r1,
    diffusion: { power: { scale: d1, exponent: -exponent } },
    alpha:
      sticking === 1
        ? { contact: true as const }
        : { sum: { scale: strengthOf(sticking) * d1, exponent: -exponent } },
    potential: "indicator" as const,
    radius: { power: { scale: 0.5, exponent } },
    scaling: 1,
  };
}

/** With a step of Newton's, so that what is a whole number comes out as one. */
function cubeRoot(x: number): number {
  const root = pow(x, 1 / 3);
  return root - (root - x / root ** 2) / 3;
}

/**
 * alpha / D of a pair whose rate is a share p in [0, 1) of 4 pi D (d = 3, V constant in the ball): p = 1 - tanh(k) / k with k^2 = 3 alpha / (4 pi D). In
 * Lambert's continued fraction tanh(k) / k = 1 / (1 + t), t = k^2 / (3 + k^2 / (5 + ...)), so that t = p / (1 - p).
 */
function strengthOf(p: number): number {
  const t = p / (1 - p);
  // As t < k^2 / 3, and tanh(k) < 1.
  let [low, high] = [3 * t, (1 - p) ** -2];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return (4 * Math.PI * low) / 3;
    if (fraction(middle) < t) low = middle;
    else high = middle;
  }
}

/** k^2 / (3 + k^2 / (5 + ...)), to rounding for k up to 50. */
function fraction(square: number): number {
  let below = 0;
  for (let odd = 401; odd >= 3; odd -= 2) below = square / (odd + below);
  return below;
}

export type Units = typeof physicalUnits | null;

/** What lengths and times of a scenario are in; null where they are the user's own. */
export const unitsOf = ({ physical }: { physical?: Physical | undefined }): Units =>
  physical === undefined ? null : physicalUnits;

/** The title of an axis or a column of times. */
export const timeTitle = (units: Units): string => (units === null ? "time" : `time / ${units.time}`);
