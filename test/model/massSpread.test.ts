import { describe, expect, test } from "vitest";
import { heaviestOf, lightestOf, massOf, shareBelow, startsAtOneMass } from "../../src/model/massSpread.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { makeStart } from "../../src/model/start.ts";
import { makeSystem } from "../../src/model/system.ts";

const steps = 4096;
/** The words in the middles of equal parts of their range. */
const words = Array.from({ length: steps }, (_, k) => k * (2 ** 32 / steps) + 2 ** 31 / steps);

describe.each(["exponential", "uniform"] as const)("masses that vary: %s", (spread) => {
  const law = { mass: 1024, spread };

  test("have the mean that is given, and the law that the equation begins with", () => {
    const masses = words.map((word) => massOf(law, word));
    expect(masses.reduce((a, b) => a + b) / steps / 1024).toBeCloseTo(1, 3);
    for (const mass of [100, 512, 800, 1024, 1500, 3000]) {
      const share = masses.filter((m) => m <= mass).length / steps;
      expect(Math.abs(share - shareBelow(law, mass + 0.5))).toBeLessThan(2 / steps);
    }
    expect([shareBelow(law, 0), shareBelow(law, Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
  });

  test("lie between the lightest and the heaviest, for all words", () => {
    for (const mass of [1, 2, 3, 1024, 2 ** 20]) {
      for (const word of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
        const m = massOf({ mass, spread }, word);
        expect(m).toBeGreaterThanOrEqual(lightestOf({ mass, spread }));
        expect(m).toBeLessThanOrEqual(heaviestOf({ mass, spread }));
        expect(Number.isInteger(m)).toBe(true);
      }
    }
  });
});

const scenario: ScenarioInput = {
  particles: 200,
  Z: 5,
  initial: [{ mass: 1000 }, { mass: 500, spread: "uniform" }],
  alpha: { constant: 10 },
  observe: { times: [1] },
};

test("who starts with one mass is told, so that statements of one mass are not made of many", () => {
  expect(startsAtOneMass([{ mass: 7 }, { mass: 7 }])).toBe(true);
  expect(startsAtOneMass([{ mass: 7 }, { mass: 8 }])).toBe(false);
  expect(startsAtOneMass([{ mass: 7, spread: "uniform" }])).toBe(false);
});

test("a start has each of its entries with its law", () => {
  const { mass } = makeStart(makeSystem(parseScenario(scenario)), 0);
  const others = mass.filter((m) => m !== 1000);
  expect(others.length).toBeGreaterThan(60);
  expect(others.length).toBeLessThan(140);
  expect(new Set(others).size).toBeGreaterThan(50);
  for (const m of others) {
    expect(m).toBeGreaterThanOrEqual(250);
    expect(m).toBeLessThanOrEqual(750);
  }
});

test.each<[string, Partial<ScenarioInput>, string]>([
  [
    "another law",
    { initial: [{ mass: 10, spread: "normal" as "uniform" }] },
    'initial[0].spread is "normal", but must be "exponential" or "uniform"',
  ],
  [
    "too heavy a tail",
    { particles: 2 ** 20, initial: [{ mass: 1000, spread: "exponential" }] },
    "so that the total mass, at 23000 each, stays below 2^31",
  ],
  [
    "half a width",
    { observe: { times: [1], massWidth: 0.5 } },
    "observe.massWidth is 0.5, but must be an integer",
  ],
  [
    "classes in sums over pairs",
    { observe: { times: [1], massWidth: 2, pairs: {} } },
    "observe.massWidth is 2, but must be left out, as observe.pairs tells single masses apart",
  ],
])("refuses %s", (_, changes, sentence) => {
  expect(() => parseScenario({ ...scenario, ...changes })).toThrow(sentence);
});
