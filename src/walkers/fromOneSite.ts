import { log } from "../exact/elementary.ts";
import type { RandomWords } from "../exact/randomWords.ts";
import type { Crowd } from "./crowd.ts";
import type { Lattice } from "./lattice.ts";

/** N, or its natural logarithm where it is larger than walkers can be counted. */
export type WalkerNumber = number | { ln: number };

/** Of those that begin at one site, so many are simulated from the first on, where N is given by its logarithm. */
const followed = 2 ** 18;

export const leastLogarithm = 20;
export const mostLogarithm = 1e7;
/** The smallest rate at which what is left out stays as small as `placeMany` says. */
export const leastRateOfMany = 0.1;

/**
 * Puts e^ln walkers on the origin, as they are when all but 2^18 (`kept`) there have jumped or merged: after a time below 2 / (rate 2^18), which is
 * taken as 0. While n are there, the next to go jumps with probability 1 / (1 + rate (n - 1) / 2) and merges otherwise, whatever was
 * before. So the number that jump is a sum of independent trials, of mean (2 / rate) ln (N / 2^18) nearly, and a Poisson number in its place is
 * wrong with a probability below 4 / (rate^2 2^18). What they do among their neighbours in that short time is left out.
 */
export function placeMany(
  crowd: Crowd,
  lattice: Lattice,
  ln: number,
  rate: number,
  random: RandomWords,
  kept = followed,
): void {
  const jumps = (2 / rate) * (ln - log(kept + 2 / rate - 0.5));
  const directions = 2 * lattice.dimension;
  crowd.add(lattice.origin, kept);
  for (let direction = 0; direction < directions; direction++) {
    crowd.add(lattice.neighbour(lattice.origin, direction), poisson(jumps / directions, random));
  }
}

/** The arrivals, at rate 1, until a time. */
function poisson(mean: number, random: RandomWords): number {
  let arrivals = 0;
  for (let at = random.exponential(); at <= mean; at += random.exponential()) arrivals++;
  return arrivals;
}

/** log* N: how often one takes the logarithm until it is below zero. */
export function iteratedLogarithm(walkers: WalkerNumber): number {
  let value = typeof walkers === "number" ? Math.log(walkers) : walkers.ln;
  let times = 1;
  for (; value >= 0; times++) value = Math.log(value);
  return times;
}
