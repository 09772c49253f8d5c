/** Ranges far below the lattice: pairs find each other on a lattice refined inside their cluster, as often as the recipe says. */
import { describe, expect, test } from "vitest";
import { makePotential } from "../../src/model/potential.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeStart } from "../../src/model/start.ts";
import { makeSystem } from "../../src/model/system.ts";
import { solvePair } from "../../src/oracle/beta.ts";
import { simulate } from "../../src/simulate.ts";
import { expectStandardNormal } from "./support.ts";

const alpha = 100;
const pair = solvePair({ potential: makePotential("indicator", 3), dimension: 3, alpha, D: 2 });

/**
 * Two particles that start on the base lattice near each other, in many replicas, for long enough to part for good: how many pairs coagulate, and
 * how many of those with the same start would in the mean, by u; apart for pairs at one place and others.
 */
async function coagulations(eps: number, sd: number, replicas: number, seed: number) {
  const scenario = parseScenario({
    particles: 2,
    Z: 2 * eps,
    alpha: { constant: alpha },
    initial: [{ mass: 1, density: { gaussian: { centre: [0.5, 0.5, 0.5], sd } } }],
    observe: { times: [1e-9] },
    replicas,
    seed,
  });
  const simulation = simulate(scenario, { engine: "cpu" });
  const events = await simulation.events;
  const system = makeSystem(scenario);
  expect(system.multirate!.fineWords).toBeGreaterThan(1);
  const coagulated = new Set<number>();
  for (let at = 0; at < events.length; at += 8) coagulated.add(events[at]);
  const seen = { together: { hits: 0, mean: 0 }, apart: { hits: 0, mean: 0 } };
  for (let r = 0; r < replicas; r++) {
    const { place } = makeStart(system, r);
    const distance = Math.hypot(...[0, 1, 2].map((k) => (place[k] - place[3 + k]) | 0)) / 2 ** 32;
    const kind = seen[distance === 0 ? "together" : "apart"];
    kind.mean += pair.u(distance / eps);
    if (coagulated.has(r)) kind.hits++;
  }
  return seen;
}

/** A number of rare and independent events as a standard normal deviation, by Anscombe's square root. */
const rareScore = ({ hits, mean }: { hits: number; mean: number }) =>
  2 * (Math.sqrt(hits + 3 / 8) - Math.sqrt(mean + 3 / 8));

/** Seeds 91 and 92. */
describe("a pair coagulates with the probability u of its distance (stochastic)", () => {
  test("at eps = 2^-40 of the side, a 256th of the lattice unit", async () => {
    const { together, apart } = await coagulations(2 ** -40, 1.2e-10, 4000, 91);
    const n = together.mean / pair.u(0);
    const se = Math.sqrt(n * pair.u(0) * (1 - pair.u(0)));
    expect(n).toBeGreaterThan(100);
    expectStandardNormal({ together: (together.hits - together.mean) / se, apart: rareScore(apart) });
  });

  // About 50 of the pairs coagulate: a u wrong by half would be seen.
  test("at eps = 2^-36 of the side, from some 30 eps", async () => {
    const { apart } = await coagulations(2 ** -36, 4.7e-10, 4000, 92);
    expect(apart.mean).toBeGreaterThan(30);
    expectStandardNormal({ apart: rareScore(apart) });
  });
});
