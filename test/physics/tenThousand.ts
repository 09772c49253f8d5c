/**
 * The kinetic limit within reach: one run of 10,000 particles at eps = 1e-4, for which uniform steps would need days. What is one standard
 * error of a single run is known from the linear noise of the limit's own reactions (`linearNoise.ts`).
 */
import type { ScenarioInput } from "../../src/model/scenario.ts";
import { simulate } from "../../src/simulate.ts";

export const particles = 10_000;
export const time = 0.08;
export const alpha = 10;

/** A run takes minutes: each has a file of its own, so that they run side by side. */
export const patience = 15 * 60_000;

export const playTenThousand = (changes: Partial<ScenarioInput>) =>
  simulate(
    { particles, Z: 1, alpha: { constant: alpha }, observe: { times: [time], masses: 5 }, ...changes },
    { engine: "cpu" },
  ).result;
