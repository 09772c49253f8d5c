/** Masses at the start that vary about their mean, for systems whose mass is as good as real: integers in a fine unit (Hammond's survey §8.3.3). */
import { log } from "../exact/elementary.ts";
import type { InitialLaw } from "./scenario.ts";

type Spread = Pick<InitialLaw, "mass" | "spread">;

/** The last random word stands for a survival probability of 2^-33. */
const longestTail = 23;

/** The heaviest and the lightest particle that an entry of `initial` can give. */
export const heaviestOf = ({ mass, spread }: Spread): number =>
  spread === undefined ? mass : spread === "exponential" ? longestTail * mass : Math.ceil(1.5 * mass);
export const lightestOf = ({ mass, spread }: Spread): number =>
  spread === undefined ? mass : spread === "exponential" ? 1 : Math.max(1, Math.floor(mass / 2));

/** Whether all particles start with one mass. */
export const startsAtOneMass = (initial: readonly Spread[]): boolean =>
  initial.every(({ mass, spread }) => mass === initial[0].mass && spread === undefined);

/** The mass that a random word gives, to the nearest integer from 1 on. */
export function massOf({ mass, spread }: Spread, word: number): number {
  if (spread === undefined) return mass;
  const u = (word + 0.5) / 2 ** 32;
  const x = spread === "exponential" ? -log(1 - u) : 0.5 + u;
  return Math.max(1, Math.round(mass * x));
}

/** The share of the particles of an entry of at most this mass, were masses real. */
export function shareBelow({ mass: mean, spread }: Spread, mass: number): number {
  const x = mass / mean;
  if (spread === "exponential") return x <= 0 ? 0 : -Math.expm1(-x);
  if (spread === "uniform") return Math.min(1, Math.max(0, x - 0.5));
  return x >= 1 ? 1 : 0;
}
