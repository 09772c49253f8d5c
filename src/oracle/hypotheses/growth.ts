/**
 * How d(m) and alpha(n, m) grow with the masses, for all masses: a scenario's forms are constants, powers, and tables whose last entry
 * goes on for ever, so that everything can be told from exponents and finitely many values.
 */
import { pow } from "../../exact/elementary.ts";
import type { MassLaw } from "../../model/massLaw.ts";
import type { Alpha, Diffusion, Scenario } from "../../model/scenario.ts";
import { diffusivity } from "../../model/system.ts";
import { short } from "./hypothesis.ts";

/** Powers such as 1/3 are not doubles: within this of a bound counts as the bound. */
const slack = 1e-12;

export const atMost = (exponent: number, bound: number): boolean => exponent <= bound + slack;

/** A law such as d(m) is between constants times m to this power. */
export function exponentOf(law: MassLaw): number {
  return "power" in law ? law.power.exponent : 0;
}

export function isNonIncreasing(diffusion: Diffusion): boolean {
  if (!("table" in diffusion)) return exponentOf(diffusion) <= 0;
  return diffusion.table.every((d, i) => i === 0 || d <= diffusion.table[i - 1]);
}

/** The product of max(1, d(k + 1) / d(k)) over k below a mass: by what d has risen on the way there, its falls apart. */
export function rise(diffusion: Diffusion, mass: number): number {
  if (!("table" in diffusion)) return pow(mass, Math.max(0, exponentOf(diffusion)));
  let product = 1;
  for (let k = 1; k < Math.min(mass, diffusion.table.length); k++) {
    product *= Math.max(1, diffusivity(diffusion, k + 1) / diffusivity(diffusion, k));
  }
  return product;
}

/** For the worst fixed n, alpha(n, m) is at most a constant times m to this power; -Infinity where it is 0 from some m on. */
export function strengthExponent(alpha: Alpha): number {
  if ("sum" in alpha) return alpha.sum.scale > 0 ? Math.max(0, alpha.sum.exponent) : Number.NEGATIVE_INFINITY;
  if ("product" in alpha) return alpha.product.scale > 0 ? alpha.product.exponent : Number.NEGATIVE_INFINITY;
  if ("contact" in alpha) return 0;
  const last = "table" in alpha ? alpha.table.at(-1)! : [alpha.constant];
  return last.some((value) => value > 0) ? 0 : Number.NEGATIVE_INFINITY;
}

/** alpha(m, m) is between constants times m to this power, or bounded where that is 0 or less. */
export function diagonalExponent(alpha: Alpha): number {
  return ("product" in alpha ? 2 : 1) * strengthExponent(alpha);
}

/** The infimum and the supremum of alpha over all masses, and whether it is positive for all. */
export function strengthRange(alpha: Alpha): { inf: number; sup: number; positive: boolean } {
  if ("contact" in alpha) {
    return { inf: Number.POSITIVE_INFINITY, sup: Number.POSITIVE_INFINITY, positive: true };
  }
  if ("constant" in alpha || "table" in alpha) {
    const values = "table" in alpha ? alpha.table.flat() : [alpha.constant];
    const inf = values.reduce((a, b) => Math.min(a, b));
    return { inf, sup: values.reduce((a, b) => Math.max(a, b)), positive: inf > 0 };
  }
  const { scale, exponent } = "sum" in alpha ? alpha.sum : alpha.product;
  const lightest = "sum" in alpha ? 2 * scale : scale;
  return {
    inf: exponent >= 0 ? lightest : 0,
    sup: exponent <= 0 || scale === 0 ? lightest : Number.POSITIVE_INFINITY,
    positive: scale > 0,
  };
}

/**
 * How beta(n, m) grows: it is at most a constant times n^most + m^most, and at least one times (n m)^(least/2), for it is between constants times
 * (r_n + r_m)^(d-2) min(alpha, d(n) + d(m)) (at most alpha and at most D times the capacity, both of the range). `most` is not negative.
 */
export function rateExponents({
  dimension,
  diffusion,
  alpha,
  radius,
}: Pick<Scenario, "dimension" | "diffusion" | "alpha" | "radius">): { most: number; least: number } {
  const strength = "contact" in alpha ? Number.POSITIVE_INFINITY : diagonalExponent(alpha);
  const pair = Math.min(exponentOf(diffusion), strength);
  const range = radius === undefined ? 0 : (dimension - 2) * exponentOf(radius);
  // Of a heavy and a light particle the light one may still be fast, and the heavy one large.
  return { most: Math.max(0, Math.max(0, pair) + range), least: pair + range };
}

/** d(m) in words. */
export function describeDiffusion(diffusion: Diffusion): string {
  if ("constant" in diffusion) return `d(m) = ${short(diffusion.constant)}`;
  if ("table" in diffusion) {
    const { length } = diffusion.table;
    return `d(m), a table that stays at ${short(diffusion.table[length - 1])} from m = ${length} on,`;
  }
  const { scale, exponent } = diffusion.power;
  return `d(m) = ${scale === 1 ? "" : `${short(scale)} `}m^${short(exponent)}`;
}

/** alpha(n, m) in words. */
export function describeStrength(alpha: Alpha): string {
  if ("contact" in alpha) return "alpha, infinite,";
  if ("constant" in alpha) return `alpha = ${short(alpha.constant)}`;
  if ("table" in alpha) return `alpha(n, m), a table that ends at mass ${alpha.table.length},`;
  if ("sum" in alpha) {
    const power = short(alpha.sum.exponent);
    return `alpha(n, m) = ${short(alpha.sum.scale)} (n^${power} + m^${power})`;
  }
  return `alpha(n, m) = ${short(alpha.product.scale)} (n m)^${short(alpha.product.exponent)}`;
}
