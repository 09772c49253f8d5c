/** A positive law of the mass as a scenario states it, such as d(m) and r_m. */
import { pow } from "../exact/elementary.ts";

export type MassLaw =
  | { constant: number }
  | { power: { scale: number; exponent: number } }
  /** Of masses 1, 2, ...; those beyond use the last. */
  | { table: number[] };

export function massLaw(law: MassLaw, mass: number): number {
  if ("constant" in law) return law.constant;
  if ("power" in law) return law.power.scale * pow(mass, law.power.exponent);
  return law.table[Math.min(mass, law.table.length) - 1];
}

/** The largest value of any mass from `lightest` to `heaviest`: powers are monotone, and tables end. */
export function largestOf(law: MassLaw, lightest: number, heaviest: number): number {
  if ("table" in law) return law.table.reduce((a, b) => Math.max(a, b));
  return Math.max(massLaw(law, lightest), massLaw(law, heaviest));
}
