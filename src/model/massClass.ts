/** Classes of masses that are counted together: of width 1 unless a scenario says otherwise. */
import type { Scenario } from "./scenario.ts";

type Classes = Pick<Scenario["observe"], "masses" | "massWidth">;

/** Class j, from 1 on, holds the masses above (j - 1) times this and up to j times this. */
export const classWidth = ({ massWidth }: Classes): number => massWidth ?? 1;

/** The class of a mass, from 0 on; K for all above the last of K classes. */
export const classOf = (observe: Classes, mass: number): number =>
  Math.min(Math.ceil(mass / classWidth(observe)), observe.masses + 1) - 1;
