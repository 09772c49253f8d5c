/**
 * The kinetic limit within reach: one run of 10,000 particles at eps = 1e-4, for which uniform steps would need days. What is one standard
 * error of a single run is known from the linear noise of the limit's own reactions (`linearNoise.ts`).
 */
import { expect } from "vitest";
import type { ScenarioInput } from "../../src/model/scenario.ts";
import { simulate } from "../../src/simulate.ts";
import ofReference from "../vectors/tenThousand.json" with { type: "json" };

export const particles = 10_000;
export const time = 0.08;
export const alpha = 10;

/** A run takes a minute, and more beside others. */
export const patience = 15 * 60_000;

/** On the best adapter, which is far faster than the reference: that it takes the same trajectory the digest shows. */
export async function playTenThousand(
  changes: Partial<ScenarioInput> & { model: "annihilation" | "coagulation" },
) {
  const result = await simulate(
    { particles, Z: 1, alpha: { constant: alpha }, observe: { times: [time], masses: 5 }, ...changes },
    { engine: "gpu" },
  ).result;
  expect(result.digest).toBe(ofReference[changes.model]);
  return result;
}
