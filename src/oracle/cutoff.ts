import { UserError } from "../errors.ts";

/** How far to look for the heaviest mass that must be followed one by one. */
export interface CutoffSearch {
  last: number;
  /** A gel ends the search from this cutoff on; the higher, the sharper its beginning. */
  gelFrom: number;
  /** Share of the mass that may have passed the cutoff by the last time. */
  tolerance: number;
}

export interface Passed {
  cutoff: number;
  /** Share of the mass beyond the cutoff at the last time. */
  lost: number;
  /** The same with half the cutoff; Infinity for the first. */
  lostBefore: number;
}

/** The cutoff to try next: double, until little enough is lost, a gel takes it, or the last has been tried; then null. */
export function nextCutoff(
  { last, gelFrom, tolerance }: CutoffSearch,
  { cutoff, lost, lostBefore }: Passed,
): number | null {
  if (lost <= tolerance || cutoff >= last || (cutoff >= gelFrom && isGel(lost, lostBefore))) return null;
  return Math.min(2 * cutoff, last);
}

/**
 * Whether what passes the cutoff hardly changes as it doubles: close before gelation it falls by 1/sqrt(2) or
 * faster, and a gel stays.
 */
export function isGel(lost: number, lostBefore: number): boolean {
  return lost > 1e-3 && lost > 0.8 * lostBefore;
}

/** @throws UserError if more than the tolerance passes a cutoff that the user gave. */
export function refuseLoss(cutoff: number, lost: number, tolerance: number, times: readonly number[]): void {
  if (lost <= tolerance) return;
  throw new UserError(
    `masses is ${cutoff}, but ${lost.toPrecision(2)} of the mass passes it by t = ${times[times.length - 1]}, more than the tolerance ${tolerance}; raise either, or leave masses out to have it chosen.`,
  );
}
