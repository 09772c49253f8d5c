import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { makeStart } from "../../src/model/start.ts";
import { makeSystem } from "../../src/model/system.ts";
import { afterMove } from "../../src/theorem/halfMove.ts";
import { twoParticles } from "../../src/theorem/twoParticles.ts";
import { binomialScore, expectStandardNormal } from "../physics/support.ts";
import { observed } from "./support.ts";

const apart = [0, 0.5, 1, 1.5, 3];
const scenario = {
  model: "annihilation",
  particles: 2,
  Z: 0.002,
  initial: [{ mass: 1, density: { pair: { apart } } }],
  alpha: { constant: 20 },
  observe: { times: [5e-8, 5e-7, 5e-6] },
  replicas: 5000,
  seed: 5,
} satisfies ScenarioInput;

describe("a pair's start", () => {
  const system = makeSystem(parseScenario(scenario));

  test.each([0, 1, 2, 3, 4, 5, 12])(
    "of replica %i is at its turn's distance along the first axis, to the lattice unit",
    (r) => {
      const { place, mass } = makeStart(system, r);
      expect([...mass]).toEqual([1, 1]);
      expect([...place.subarray(0, 3)]).toEqual([2 ** 31, 2 ** 31, 2 ** 31]);
      expect([...place.subarray(4)]).toEqual([2 ** 31, 2 ** 31]);
      const distance = (place[3] - 2 ** 31) * 2 ** -32;
      expect(Math.abs(distance - apart[r % 5] * system.eps)).toBeLessThanOrEqual(2 ** -33);
    },
  );

  const refused = (change: Partial<ScenarioInput>) => () => {
    makeStart(makeSystem(parseScenario({ ...scenario, ...change })), 0);
  };
  const pairOf = (...apart: number[]) => [{ mass: 1, density: { pair: { apart } } }];

  test.each([
    [{ particles: 3 }, "particles is 3, but must be 2, as they start as a pair."],
    [
      { initial: pairOf(300) },
      "initial[0].density.pair.apart has 300, but a pair must start at most a quarter of the side apart, 250.0 eps.",
    ],
    [
      { Z: 1e-6 },
      "Z is 0.000001, which makes eps 5.000e-7, but where a pair starts at exact places eps must be at least 0.000116; raise Z.",
    ],
  ] as [Partial<ScenarioInput>, string][])("%j is refused", (change, sentence) => {
    expect(refused(change)).toThrow(UserError);
    expect(refused(change)).toThrow(sentence);
  });
});

test("a move averages a quadratic function as a Gaussian does", () => {
  expect(afterMove((r) => r * r, 2, 0.01, 3)).toBeCloseTo(4 + 3 * 0.01, 8);
  expect(afterMove((r) => r * r, 0, 0.01, 5)).toBeCloseTo(5 * 0.01, 8);
});

/**
 * Seed 5, 1000 pairs for each distance. The steps' error (docs/numerics.md) beyond half a move is below a tenth of a standard error. A rate of
 * 2 alpha or a variance of d t fails.
 */
test("two particles coagulate by a time with probability u^[t] (stochastic)", async () => {
  const { rows } = twoParticles([await observed(scenario)])!;
  expect(rows.length).toBe(15);
  const scores = rows.map(({ what, mean, theory }) => [
    what,
    binomialScore(Math.round(1000 * mean), 1000, theory!),
  ]);
  expectStandardNormal(Object.fromEntries(scores));
});
