import { describe, expect, test } from "vitest";
import { boltzmann, physicalKeys } from "../../src/model/physical.ts";
import { atParticles, checkScenario, parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { scenarioRate } from "../../src/oracle/scenarioRate.ts";

const [temperature, viscosity] = [298.15, 8.9e-4];
const physical = { temperature, viscosity, monomerRadius: 1e-7, concentration: 1e15 };
const value = { particles: 1000, physical, observe: { times: [40, 162] } };
const colloid = (changes: object = {}, more: object = {}) =>
  parseScenario({ ...value, physical: { ...physical, ...changes }, ...more });

function complaints(changes: object): string[] {
  const result = checkScenario({ ...value, ...changes });
  return "problems" in result ? result.problems.map(({ sentence }) => sentence) : [];
}

describe("a colloid in SI units becomes a model in micrometres and seconds", () => {
  test("contact of monomers is at eps = 2 r_1, and the box holds the concentration", () => {
    const scenario = colloid();
    const { eps, side, smallestRange } = makeSystem(scenario);
    expect(eps).toBeCloseTo(0.2, 15);
    expect(smallestRange).toBeCloseTo(0.2, 15);
    expect(side).toBe(100);
    expect(scenario.Z).toBe(200);
    expect(scenario.physical).toEqual({ ...physical, fractalDimension: 3, sticking: 1 });
  });

  test("diffusion is that of Stokes and Einstein: 6 pi mu r_m d(m) = k T, in m^2/s", () => {
    for (const fractalDimension of [3, 1.8]) {
      const { diffusion } = colloid({ fractalDimension });
      const { scale, exponent } = (diffusion as { power: { scale: number; exponent: number } }).power;
      const stokes = 6 * Math.PI * viscosity * 1e-7;
      expect((scale * 1e-12 * stokes) / (boltzmann * temperature)).toBeCloseTo(1, 14);
      expect(exponent).toBe(-1 / fractalDimension);
    }
  });

  test.each([1, 0.98, 0.5, 0.01, 1e-9])("pairs have the share %d of Smoluchowski's rate", (sticking) => {
    for (const fractalDimension of [3, 1.8]) {
      const scenario = colloid({ sticking, fractalDimension });
      const beta = scenarioRate(scenario, "recipe");
      const { eps } = makeSystem(scenario);
      for (const [n, m] of [
        [1, 1],
        [1, 8],
        [5, 300],
      ]) {
        const [a, b] = [n ** (1 / fractalDimension), m ** (1 / fractalDimension)];
        // In m^3/s.
        const smoluchowski = ((2 * boltzmann * temperature) / (3 * viscosity)) * (a + b) * (1 / a + 1 / b);
        expect((beta(n, m) * eps * 1e-18) / smoluchowski / sticking).toBeCloseTo(1, 8);
      }
    }
  });

  test("nothing sticks where sticking is 0", () => {
    expect(scenarioRate(colloid({ sticking: 0 }), "recipe")(1, 2)).toBe(0);
  });

  test("a scenario that has been parsed stays as it is, also through JSON", () => {
    for (const scenario of [
      colloid(),
      colloid({ sticking: 0.3, fractalDimension: 2.1 }, { particles: 77 }),
    ]) {
      expect(parseScenario(scenario)).toEqual(scenario);
      expect(parseScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    }
  });

  test("another N leaves Z, the box and the laws, and SI units behind", () => {
    const scenario = colloid();
    const { physical: _, ...rest } = scenario;
    const wider = parseScenario(atParticles(scenario, 2000));
    expect(wider).toEqual({ ...rest, particles: 2000 });
    expect(makeSystem(wider).eps).toBeCloseTo(0.1, 15);
  });
});

describe("one sentence for each mistake", () => {
  test("every key that physical sets is refused beside it", () => {
    for (const [key, own] of Object.entries({
      dimension: 4,
      domain: { torus: 1 },
      Z: 3,
      diffusion: { constant: 1 },
      alpha: "contact",
      potential: "bump",
      radius: { constant: 1 },
      scaling: 0.5,
    })) {
      const [sentence, ...others] = complaints({ [key]: own });
      expect(sentence).toMatch(new RegExp(`^${key} is .*, but must be left out, as physical sets it\\.$`));
      expect(others).toEqual([]);
    }
    expect(Object.keys(physicalKeys(colloid().physical!, 1)).length).toBe(8);
  });

  test.each<[string, object, string[]]>([
    [
      "micrometres",
      { monomerRadius: 0.1 },
      ["physical.monomerRadius is 0.1, but must be a number from 1e-10 to 0.001."],
    ],
    [
      "an indecisive sticking",
      { sticking: 0.99 },
      ["physical.sticking is 0.99, but must be a number from 0 to 0.98, or 1 for contact."],
    ],
    [
      "a missing viscosity",
      { viscosity: undefined },
      ["physical.viscosity is missing; it must be a number from 1e-7 to 100000."],
    ],
    [
      "a misspelt key",
      { temprature: 300 },
      [
        'unknown key "temprature" in physical (did you mean "temperature"?); allowed here: temperature, viscosity, monomerRadius, concentration, fractalDimension, sticking.',
      ],
    ],
  ])("%s", (_, changes, sentences) => {
    expect(complaints({ physical: { ...physical, ...changes } })).toEqual(sentences);
  });

  test("what is no map, and a number of particles that is none", () => {
    expect(complaints({ physical: 3 })).toEqual([expect.stringMatching(/^physical is 3, but must be a map/)]);
    expect(complaints({ particles: -1 })).toEqual([expect.stringMatching(/^particles is -1, but must be/)]);
    expect(complaints({ physical: undefined })).toEqual([
      expect.stringMatching(/^physical is missing; it must be a map/),
    ]);
  });

  test("a suspension too dense for its box is told what to lower", () => {
    const dense = colloid({ concentration: 1e19 });
    expect(() => makeSystem(dense)).not.toThrow();
    expect(() => makeSystem(colloid({ concentration: 1e19 }, { particles: 10 }))).toThrow(
      /lower physical\.monomerRadius or physical\.concentration, or raise particles\.$/,
    );
  });
});
