/** At what distances pairs interact: within eps of each other, unless a scenario gives particles radii or weakens the scaling. */
import { pow } from "../exact/elementary.ts";
import { largestOf, massLaw } from "./massLaw.ts";
import { heaviestOf, lightestOf } from "./massSpread.ts";
import type { Scenario } from "./scenario.ts";

type Ranged = Pick<Scenario, "radius" | "scaling" | "initial">;

/** What ranges are measured in, in the scenario's lengths: eps^b, b the scaling (Hammond's survey §3.4); eps itself where b = 1. */
export function rangeUnit({ scaling }: Ranged, eps: number): number {
  return scaling === 1 ? eps : pow(eps, scaling);
}

/** r_n + r_m, the range of a pair in units of `rangeUnit` (Hammond and Rezakhanlou §1, remarks); 1 where particles have no radius. */
export function rangeOf({ radius }: Ranged, n: number, m: number): number {
  return radius === undefined ? 1 : massLaw(radius, n) + massLaw(radius, m);
}

/** The ranges of pairs in a run, in the scenario's lengths. */
export interface Ranges {
  /** Of two particles of one mass that is there at the start: the smallest and the largest. */
  smallest: number;
  largest: number;
  /** What none may exceed in this box. */
  limit: number;
  /** What none may outgrow in the run. */
  bound: number;
}

/** Ranges must be at most this share of the side, so that a pair in range is so along one way around the torus only. */
export const largestShare = 1 / 5;

/** The share of the side that a search may reach to each side: a wider one could come back to the cell it starts in, the other way around the torus. */
const widestSearch = 1 / 4;

/** Standard deviations that a pair's relative move exceeds along an axis with probability 2e-9: as far ahead a uniform step looks for contact. */
export const farthestMove = 6;

/** `unit` is that of ranges; total mass is at most `mostMass`, and `expectedMass` on average. */
export function rangesOf(
  scenario: Ranged & Pick<Scenario, "alpha" | "engine">,
  { unit, side, mostMass, expectedMass }: Record<"unit" | "side" | "mostMass" | "expectedMass", number>,
): Ranges {
  const { radius, initial, alpha, engine } = scenario;
  const atStart = initial.flatMap((law) =>
    [lightestOf(law), heaviestOf(law)].map((mass) => unit * rangeOf(scenario, mass, mass)),
  );
  const [smallest, largest] = [Math.min(...atStart), Math.max(...atStart)];
  // The standard deviation of a pair's relative move in a uniform step is sqrt(2 step) times the smallest range, if both are as fast as the fastest.
  const ahead = "contact" in alpha ? farthestMove * Math.sqrt(2 * engine.step) * smallest : 0;
  const limit = Math.min(largestShare * side, widestSearch * side - ahead);
  if (radius === undefined) return { smallest, largest, limit, bound: largest };
  // Masses drawn at random hardly come to twice what is expected.
  const heaviest = Math.min(mostMass, Math.ceil(2 * expectedMass));
  const lightest = Math.min(...initial.map(lightestOf));
  return {
    smallest,
    largest,
    limit,
    bound: Math.min(limit, 2 * unit * largestOf(radius, lightest, heaviest)),
  };
}
