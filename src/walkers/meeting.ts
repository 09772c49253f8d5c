import { cos2pi } from "../exact/elementary.ts";

/** From d = 3 on: the integral of (exp(-t / d) I_0(t / d))^d over t, to all digits. */
const returnTimes: Record<number, number> = {
  3: 1.516386059151978,
  4: 1.2394671218484816,
  5: 1.156308124840231,
};

/** G: the mean total time that a walk at rate 1 on Z^d spends where it begins; infinite for d = 1 and 2. Known up to d = 5. */
export const returnTime = (dimension: number): number => returnTimes[dimension] ?? Number.POSITIVE_INFINITY;

/**
 * G_L of the torus of this side: how much longer than the share of its site a walk at rate 1 spends where it begins. It is the sum of
 * 1 / (1 - lambda) / L^d over all eigenvalues lambda < 1 of a jump, the means of cos(2 pi k_i / L) over the axes. Two walkers that begin
 * independently and uniformly on the torus meet after L^d G_L / 2 in the mean, exactly. For d >= 3 it tends to G, as G_L = G - c / L^(d-2).
 */
export function torusReturnTime(dimension: number, side: number): number {
  const cosines = Array.from({ length: side }, (_, k) => cos2pi(k / side));
  // The cosines of all but the last axis, one after another.
  let sum = 0;
  const visit = (axes: number, cosine: number): void => {
    if (axes > 0) {
      for (const c of cosines) visit(axes - 1, cosine + c);
    } else if (cosine < dimension) sum += dimension / (dimension - cosine);
  };
  visit(dimension, 0);
  return sum / side ** dimension;
}

/**
 * The rate at which walkers of density 1 meet and merge, where a pair on one site merges at `rate`: k = 1 / (1 / rate + G / 2), which is
 * 2 / G at once. Two walkers merge at k / L^d, and a density falls by k rho^2 / 2, since there are rho^2 / 2 pairs in a volume.
 */
export const meetingRate = (g: number, rate: number): number => 1 / (1 / rate + g / 2);
