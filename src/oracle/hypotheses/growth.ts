/**
 * How d(m) and alpha(n, m) grow with the masses, for all masses: a scenario's forms are constants, powers, and tables whose last entry
 * goes on for ever, so that everything can be told from exponents and finitely many values.
 */
import { pow } from "../../exact/elementary.ts";
import type { Alpha, Diffusion } from "../../model/scenario.ts";
import { diffusivity } from "../../model/system.ts";
import { short } from "./hypothesis.ts";

/** Powers such as 1/3 are not doubles: within this of a bound counts as the bound. */
const slack = 1e-12;

export const atMost = (exponent: number, bound: number): boolean => exponent <= bound + slack;

/** d(m) is between constants times m to this power. */
export function diffusionExponent(diffusion: Diffusion): number {
  return "power" in diffusion ? diffusion.power.exponent : 0;
}

export function isNonIncreasing(diffusion: Diffusion): boolean {
  if (!("table" in diffusion)) return diffusionExponent(diffusion) <= 0;
  return diffusion.table.every((d, i) => i === 0 || d <= diffusion.table[i - 1]);
}

/** The product of max(1, d(k + 1) / d(k)) over k below a mass: by what d has risen on the way there, its falls apart. */
export function rise(diffusion: Diffusion, mass: number): number {
  if (!("table" in diffusion)) return pow(mass, Math.max(0, diffusionExponent(diffusion)));
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
  const last = "table" in alpha ? alpha.table.at(-1)! : [alpha.constant];
  return last.some((value) => value > 0) ? 0 : Number.NEGATIVE_INFINITY;
}

/** alpha(m, m) is between constants times m to this power, or bounded where that is 0 or less. */
export function diagonalExponent(alpha: Alpha): number {
  return ("product" in alpha ? 2 : 1) * strengthExponent(alpha);
}

/** The infimum and the supremum of alpha over all masses, and whether it is positive for all. */
export function strengthRange(alpha: Alpha): { inf: number; sup: number; positive: boolean } {
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
 * The lambda >= 0 for which beta(n, m) is at most a constant times n^lambda + m^lambda and, where lambda is positive, at least one times
 * (n m)^(lambda/2): beta is between constants times min(alpha, d(n) + d(m)) (it is at most alpha and at most D times the capacity).
 */
export function rateExponent(diffusion: Diffusion, alpha: Alpha): number {
  return Math.max(0, Math.min(diffusionExponent(diffusion), diagonalExponent(alpha)));
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
  if ("constant" in alpha) return `alpha = ${short(alpha.constant)}`;
  if ("table" in alpha) return `alpha(n, m), a table that ends at mass ${alpha.table.length},`;
  if ("sum" in alpha) {
    const power = short(alpha.sum.exponent);
    return `alpha(n, m) = ${short(alpha.sum.scale)} (n^${power} + m^${power})`;
  }
  return `alpha(n, m) = ${short(alpha.product.scale)} (n m)^${short(alpha.product.exponent)}`;
}
