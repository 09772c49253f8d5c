import { describe, expect, test } from "vitest";
import { boltzmann } from "../../src/model/physical.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { correctionAt } from "../../src/oracle/correction.ts";
import { dilutionOf } from "../../src/oracle/dilution.ts";

const physical = { temperature: 298.15, viscosity: 8.9e-4, monomerRadius: 1e-7, concentration: 1e15 };
const of = (changes: object = {}, more: object = {}) =>
  dilutionOf(
    parseScenario({
      particles: 1000,
      physical: { ...physical, ...changes },
      observe: { times: [1] },
      ...more,
    }),
  )!;

describe("how dilute a colloid is", () => {
  test("the half-time is Smoluchowski's 3 mu / (4 k T n_0), whatever the size, and longer where fewer stick", () => {
    const smoluchowski = (3 * 8.9e-4) / (4 * boltzmann * 298.15 * 1e15);
    expect(smoluchowski).toBeCloseTo(162.16, 2);
    expect(of().halfTime! / smoluchowski).toBeCloseTo(1, 13);
    expect(of({ monomerRadius: 3e-8 }).halfTime! / smoluchowski).toBeCloseTo(1, 13);
    expect(of({}, { initial: [{ mass: 8 }] }).halfTime! / smoluchowski).toBeCloseTo(1, 13);
    expect((of({ sticking: 0.1 }).halfTime! * 0.1) / smoluchowski).toBeCloseTo(1, 9);
    expect(of({}, { model: "annihilation" }).halfTime! / smoluchowski).toBeCloseTo(0.5, 13);
    expect(of({ sticking: 0 })).toMatchObject({ halfTime: null, excess: 0 });
  });

  test("distances and the volume are those of the mean mass", () => {
    const ball = (4 / 3) * Math.PI * 1e-21;
    expect(of()).toMatchObject({ contact: expect.closeTo(0.2, 12), spacing: expect.closeTo(50, 9) });
    expect(of().volumeFraction).toBeCloseTo(ball * 1e15, 12);
    const heavy = of({}, { initial: [{ mass: 8 }] });
    expect(heavy).toMatchObject({ contact: expect.closeTo(0.4, 12), spacing: expect.closeTo(25, 9) });
    expect(heavy.volumeFraction).toBeCloseTo(8 * ball * 1e15, 12);
    expect(heavy.diffusivity / of().diffusivity).toBeCloseTo(0.5, 12);
  });

  test("the excess is the leading correction of the same system in units of the side, over 1/2", () => {
    // In the unit torus eps is 0.002, Z is 2, and with D = 2 beta is 8 pi and the half-time 2 / (beta Z).
    const problem = { model: "coagulation", beta: 8 * Math.PI, D: 2, Z: 2, side: 1 } as const;
    const h1 = correctionAt(problem, 2 / (8 * Math.PI * 2));
    expect(of().excess / ((0.002 * h1) / 0.5)).toBeCloseTo(1, 9);
  });

  test("is not told of a scenario in other units", () => {
    const plain = { particles: 10, Z: 1, alpha: "contact", observe: { times: [1] } };
    expect(dilutionOf(parseScenario(plain))).toBeNull();
  });
});
