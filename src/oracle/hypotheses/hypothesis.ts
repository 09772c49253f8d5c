/** Which of a theorem's demands a hypothesis belongs to. */
export type HypothesisSet = "setting" | "original" | "survey" | "uniqueness" | "mass";

/** One thing that the theorems ask of a scenario. */
export interface Hypothesis {
  set: HypothesisSet;
  /** What is asked. */
  name: string;
  /** Where: S is Hammond's survey, P Hammond and Rezakhanlou. */
  source: string;
  /** Decided for all masses, not only for those that N particles can have; "unknown" where no theorem tells. */
  holds: boolean | "unknown";
  /** The reason, in one sentence. */
  why: string;
  /** What was found that shows it, such as gamma or the exponents a and b. */
  witness?: Record<string, number | string>;
}

/** A number as people write it, to four digits. */
export const short = (x: number): string => String(Number(x.toPrecision(4)));
