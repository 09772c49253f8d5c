import { describe, expect, test } from "vitest";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { equilibrium, hasEquilibrium } from "../../src/theorem/equilibrium.ts";
import { asksForStatements } from "../../src/theorem/statements.ts";
import { expectStandardNormal, studentScore } from "../physics/support.ts";
import { observed, rowOf } from "./support.ts";

const replicas = 150;
const scenario: ScenarioInput = {
  ...{ particles: 200, Z: 8, replicas, seed: 21 },
  alpha: { constant: 20 },
  fragmentation: { weights: [4, 4, 4, 4] },
  engine: { kind: "uniform", step: 0.05 },
  observe: {
    times: [0.1, 0.105, 0.11, 0.12],
    masses: 4,
    testFunctions: [{ cosine: { axis: 0 } }, { cosine: { axis: 1 } }, { cosine: { axis: 2 } }],
  },
};

/** Seed 21, false alarm `falseAlarm`. */
describe("coagulation and fragmentation in equilibrium (stochastic)", async () => {
  const statement = equilibrium([await observed(scenario)])!;
  const score = (what: string) => {
    const { mean, se, theory } = rowOf(statement, what);
    return studentScore(mean - theory!, se!, replicas);
  };

  test("leave as many particles of each mass as Poisson numbers have", () => {
    const masses = [1, 2, 3, 4].map((m) => [m, score(`at the end, N = 200, particles of mass ${m}`)]);
    expectStandardNormal(Object.fromEntries(masses));
  });

  test("balance each other, at the naive rate", () => {
    const balanced = statement.rows.filter(({ what }) => what === "  splittings of it, for each");
    expect(balanced).toHaveLength(3);
    const scores = balanced.map(({ mean, se }, k) => [
      `back from ${k + 2}`,
      studentScore(mean - 1, se!, replicas),
    ]);
    const rates = [2, 3, 4].map((m) => [`to ${m}`, score(`coagulations to mass ${m}`)]);
    expectStandardNormal(Object.fromEntries([...scores, ...rates]));
  });

  test("let fluctuations relax as the linearised equation says, by reactions and by diffusion", () => {
    const rows = statement.rows.filter(({ what }) => what.startsWith("covariance at lag"));
    // Four observations with five distances, 0 among them; for mass 1 and for all.
    expect(rows).toHaveLength(2 * 5);
    expectStandardNormal(
      Object.fromEntries(
        rows.map(({ what, mean, se, theory }) => [what, studentScore(mean - theory!, se!, replicas)]),
      ),
    );
    // Diffusion alone would leave more of mass 1.
    const { mean, se } = rowOf(statement, "covariance at lag 0.01, mass 1");
    expect(mean + 5 * se!).toBeLessThan(Math.exp(-4 * Math.PI ** 2 * 0.01));
  });

  test("are drawn with a curve for each row of points", () => {
    expect(statement.figure!.series.map(({ kind }) => kind)).toEqual(["points", "line", "points", "line"]);
  });
});

test("are asked for by fragmentation with an even start", () => {
  const { fragmentation, ...without } = scenario;
  expect(hasEquilibrium(parseScenario(scenario))).toBe(true);
  const plain = parseScenario({ ...without, observe: { times: [0.1] } });
  expect(asksForStatements(plain)).toBe(false);
  const wavy = { mass: 1, density: { cosine: { axis: 0, amplitude: 0.5 } } };
  expect(hasEquilibrium(parseScenario({ ...scenario, initial: [wavy] }))).toBe(false);
});
