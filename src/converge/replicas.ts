/** How many replicas a level needs: a pure function of those that are there, so that a study gives the same however it is cut. */
import { estimate } from "../observe/statistics.ts";

/** A number of replicas, or a standard error of the mean and the most replicas that may be spent on it. */
export type Goal = { replicas: number } | { se: number; most: number };

/** Replicas from which the spread is known well enough, to an eighth, to say how many more are needed. */
const pilot = 32;

/** Replicas of a level to begin with. */
export const pilotOf = (goal: Goal) => Math.min(pilot, "replicas" in goal ? goal.replicas : goal.most);

/** A standard error this much above the wanted one will do: the spread itself is only estimated. */
const slack = 1.05;

/**
 * Replicas wanted, from the fractions left in those there are, in their order: first a pilot, then as many as its spread asks for, and more
 * if those show that it was underestimated.
 */
export function wantedReplicas(fractions: readonly number[], goal: Goal): number {
  if ("replicas" in goal) return goal.replicas;
  let wanted = pilotOf(goal);
  while (wanted <= fractions.length) {
    const se = estimate(fractions.slice(0, wanted)).se ?? 0;
    if (se <= slack * goal.se || wanted === goal.most) break;
    wanted = Math.min(goal.most, Math.ceil(wanted * (se / goal.se) ** 2));
  }
  return wanted;
}

/**
 * As `wantedReplicas`, for a level whose pilot is not done, from the standard deviation `spread` of a replica at another N: it goes as
 * N^(-1/2). Undefined where nothing is known yet.
 */
export function guessReplicas(
  particles: number,
  like: { particles: number; spread: number | null } | undefined,
  goal: Goal,
): number {
  if ("replicas" in goal) return goal.replicas;
  const spread = like === undefined ? 0 : (like.spread ?? 0) * Math.sqrt(like.particles / particles);
  return Math.max(pilotOf(goal), Math.min(goal.most, Math.ceil((spread / goal.se) ** 2)));
}
