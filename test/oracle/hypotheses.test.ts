import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { diffusivity, interactionStrength } from "../../src/model/system.ts";
import { checkHypotheses } from "../../src/oracle/hypotheses/check.ts";
import { findGamma } from "../../src/oracle/hypotheses/gamma.ts";

/** A scenario in R^3 that the theorem covers by either set of assumptions, with changes. */
const scenario = (changes: Partial<ScenarioInput> = {}) =>
  parseScenario({
    particles: 1000,
    Z: 10,
    domain: { space: 8 },
    initial: [{ mass: 1, density: { gaussian: { centre: [0, 0, 0], sd: 0.5 } } }],
    alpha: { constant: 5 },
    potential: "bump",
    observe: { times: [0.1] },
    ...changes,
  });

const power = (exponent: number, scale = 1) => ({ power: { scale, exponent } });
const product = (exponent: number, scale = 1) => ({ product: { scale, exponent } });
const sum = (exponent: number, scale = 1) => ({ sum: { scale, exponent } });
const torus: Partial<ScenarioInput> = { domain: { torus: 1 }, initial: [{ mass: 1 }] };

function verdict(changes: Partial<ScenarioInput>, ...nameParts: string[]) {
  const found = checkHypotheses(scenario(changes)).hypotheses.filter(({ name, set }) =>
    nameParts.every((part) => name.includes(part) || set === part),
  );
  expect(found).toHaveLength(1);
  return found[0].holds;
}

describe("gamma of (1.10)", () => {
  // q = 2 d - 1 is 5 in d = 3 and 7 in d = 4; a power law asks that alpha's power in m and q times that of d add up to at most 1.
  test.each<[string, boolean, Partial<ScenarioInput>]>([
    ["d constant, alpha constant", true, {}],
    ["d falling however fast", true, { diffusion: power(-3) }],
    ["d falling, alpha = n m: at most C(n) m", true, { diffusion: power(-0.5), alpha: product(1) }],
    [
      "d falling, alpha = (n m)^1.01: more than C(n) m",
      false,
      { diffusion: power(-0.5), alpha: product(1.01) },
    ],
    ["d falling, alpha = n + m", true, { diffusion: power(-0.5), alpha: sum(1) }],
    ["d falling, alpha = n^1.1 + m^1.1", false, { diffusion: power(-0.5), alpha: sum(1.1) }],
    ["d = m^(1/7), the printed power for a constant alpha", true, { diffusion: power(1 / 7) }],
    ["d = m^(1/5), where it really ends", true, { diffusion: power(1 / 5) }],
    ["d = m^0.201", false, { diffusion: power(0.201) }],
    ["d = m^0.1, alpha = (n m)^0.5: 0.5 + 5 * 0.1", true, { diffusion: power(0.1), alpha: product(0.5) }],
    ["d = m^0.11, alpha = (n m)^0.5", false, { diffusion: power(0.11), alpha: product(0.5) }],
    ["d = m^0.3, alpha = (n m)^-0.5: -0.5 + 5 * 0.3", true, { diffusion: power(0.3), alpha: product(-0.5) }],
    [
      "d = m^0.3, alpha = n^-0.5 + m^-0.5, which stays above n^-0.5",
      false,
      { diffusion: power(0.3), alpha: sum(-0.5) },
    ],
    ["d rising without bound, alpha 0", true, { diffusion: power(2), alpha: { constant: 0 } }],
    [
      "d rising without bound, alpha 0 for heavy ones",
      true,
      {
        diffusion: power(2),
        alpha: {
          table: [
            [1, 0],
            [0, 0],
          ],
        },
      },
    ],
    [
      "d rising, alpha 0 among some heavy ones only",
      false,
      {
        diffusion: power(2),
        alpha: {
          table: [
            [0, 1],
            [1, 0],
          ],
        },
      },
    ],
    ["d a table with a steep rise", true, { diffusion: { table: [1, 50, 3, 4] } }],
  ])("%s: %s", (_name, exists, changes) => {
    expect(verdict(changes, "gamma")).toBe(exists);
  });

  test("in d = 4 the power of d may be 1/7", () => {
    const initial = [{ mass: 1, density: { gaussian: { centre: [0, 0, 0, 0], sd: 0.5 } } }];
    expect(verdict({ dimension: 4, initial, diffusion: power(1 / 7) }, "gamma")).toBe(true);
    expect(verdict({ dimension: 4, initial, diffusion: power(1 / 6) }, "gamma")).toBe(false);
  });

  const exponents = fc.double({ min: -2, max: 1.5, noNaN: true });
  const values = fc.double({ min: 0.1, max: 10, noNaN: true });
  const diffusions = fc.oneof(
    exponents.map((exponent) => power(exponent, 2)),
    fc.array(values, { minLength: 1, maxLength: 6 }).map((table) => ({ table })),
  );
  const alphas = fc.oneof(
    exponents.map((exponent) => sum(exponent, 3)),
    exponents.map((exponent) => product(exponent, 3)),
    fc.array(values, { minLength: 1, maxLength: 4 }).map((row) => ({
      table: row.map((_, n) => row.map((_, m) => row[Math.max(n, m)])),
    })),
  );

  test("is at least alpha and satisfies the inequality as printed; where there is none, none could", () => {
    const property = fc.property(diffusions, alphas, (diffusion, alpha) => {
      const given = scenario({ diffusion, alpha });
      const { gamma } = findGamma(given);
      const d = (m: number) => diffusivity(given.diffusion, m);
      const a = (n: number, m: number) => interactionStrength(given.alpha, n, m);
      const factor = (r: number) => Math.max(1, r ** 3.5, r ** 5);
      if (gamma === null) {
        // By the inequality with n2 = 1, gamma(1, 1) would be at least this for every mass; it grows without bound.
        const atLeast = (m: number) => (a(1, m) * factor(d(m) / d(1))) / m;
        expect(atLeast(2 ** 100)).toBeGreaterThan(atLeast(2 ** 99));
        expect(atLeast(2 ** 99)).toBeGreaterThan(atLeast(2 ** 98));
        return;
      }
      for (let n1 = 1; n1 <= 6; n1++) {
        for (let n2 = 1; n2 <= 12; n2++) {
          expect(gamma(n1, n2)).toBeGreaterThan(0);
          expect(gamma(n1, n2)).toBeGreaterThanOrEqual(a(n1, n2) * (1 - 1e-12));
          for (let n3 = 1; n3 <= 12; n3++) {
            const left = n2 * gamma(n1, n2 + n3) * factor(d(n2 + n3) / d(n2));
            expect(left).toBeLessThanOrEqual((n2 + n3) * gamma(n1, n2) * (1 + 1e-9));
          }
        }
      }
    });
    fc.assert(property, { seed: 11, numRuns: 150 });
  });
});

describe("the other hypotheses of Theorem 1.1", () => {
  test.each<[ScenarioInput["potential"], boolean, boolean]>([
    ["indicator", false, false],
    ["bump", true, true],
    ["poly1", true, false],
    ["poly2", true, false],
    ["cone", true, false],
    ["shell", false, false],
    ["shellq", true, false],
    [
      {
        radial: [
          [0, 1],
          [0.5, 2],
          [1, 0],
        ],
      },
      true,
      false,
    ],
    [
      {
        radial: [
          [0.2, 1],
          [0.7, 1],
        ],
      },
      false,
      false,
    ],
    [
      {
        radial: [
          [0, 1],
          [0.4, 0],
          [0.6, 0],
        ],
      },
      true,
      false,
    ],
  ])("V = %j is continuous: %s, smooth: %s", (potential, continuous, smooth) => {
    expect(verdict({ potential }, "V is continuous")).toBe(continuous);
    expect(verdict({ potential }, "V is smooth")).toBe(smooth);
  });

  test.each<[number | number[], boolean]>([
    [0, true],
    [-1 / 3, true],
    [-2 / 3, true],
    [-0.6666666666666667, true],
    [-0.7, false],
    [-1, false],
    [0.1, false],
    [[3, 2, 2, 0.01], true],
    [[3, 2, 2.1], false],
  ])("d = m^ or table %j meets the survey's demand in d = 3, down to m^(-2/3): %s", (form, holds) => {
    const diffusion = typeof form === "number" ? power(form) : { table: form };
    expect(verdict({ diffusion }, "d is non-increasing and")).toBe(holds);
  });

  test.each<[ScenarioInput["alpha"], boolean]>([
    [{ constant: 7 }, true],
    [{ constant: 0 }, false],
    [sum(0.1), false],
    [sum(-2), true],
    [product(0.001), false],
    [product(-1), true],
    [
      {
        table: [
          [1, 2],
          [2, 9],
        ],
      },
      true,
    ],
    [
      {
        table: [
          [1, 0],
          [0, 9],
        ],
      },
      false,
    ],
  ])("alpha = %j is positive and bounded: %s", (alpha, holds) => {
    expect(verdict({ alpha }, "alpha is positive")).toBe(holds);
  });

  test("a Gaussian start has no compact support, a start on cells is not continuous; evenly on a torus is both", () => {
    const cells = { product: [{ table: [0, 1] }, { table: [1] }, { gaussian: { centre: 0, sd: 1 } }] };
    const onlyCells = { product: [{ table: [0, 1] }, { table: [1] }, { table: [1, 2] }] };
    const starts = (density: object, more: Partial<ScenarioInput> = {}) => {
      const changes = { ...more, initial: [{ mass: 2, density }] } as Partial<ScenarioInput>;
      return [verdict(changes, "compact set"), verdict(changes, "h_n are continuous")];
    };
    expect(starts({ gaussian: { centre: [0, 0, 0], sd: 1 } })).toEqual([false, true]);
    expect(starts(cells)).toEqual([false, false]);
    expect(starts(onlyCells)).toEqual([true, false]);
    const even = { product: [{ table: [1, 1] }, "uniform", "uniform"] };
    expect(starts(even, { domain: { torus: 1 } })).toEqual([true, true]);
    expect(starts(onlyCells, { domain: { torus: 1 } })).toEqual([true, false]);
  });

  test("the setting: coagulation, three dimensions or more, all of space", () => {
    expect(verdict({ model: "annihilation" }, "meet merge")).toBe(false);
    expect(verdict({}, "meet merge")).toBe(true);
    expect(verdict(torus, "move in R^d")).toBe(false);
    expect(verdict({}, "move in R^d")).toBe(true);
    expect(verdict({ ...torus, dimension: 2 }, "3 or more")).toBe(false);
  });
});

describe("Proposition 1.2", () => {
  // beta is at most alpha and at most D Cap, so that for a non-increasing d it is bounded, and any a > 0 will do.
  test.each<[string, Partial<ScenarioInput>, [boolean, boolean]]>([
    ["d constant, alpha = n m", { alpha: product(1) }, [true, true]],
    ["d = m^-0.9", { diffusion: power(-0.9) }, [true, true]],
    ["d = 1/m: b would be 1", { diffusion: power(-1) }, [true, false]],
    ["d = m^0.1 rises", { diffusion: power(0.1) }, [false, true]],
    ["d = m, alpha = n m: beta(n, n) ~ n", { diffusion: power(1), alpha: product(1) }, [false, false]],
    [
      "d = m^3, alpha = n^0.9 + m^0.9: beta(n, n) ~ n^0.9",
      { diffusion: power(3), alpha: sum(0.9) },
      [false, true],
    ],
    ["d a falling table", { diffusion: { table: [4, 2, 0.001] } }, [true, true]],
  ])("%s", (_name, changes, [falls, rates]) => {
    expect(verdict(changes, "uniqueness", "d is non-increasing")).toBe(falls);
    expect(verdict(changes, "uniqueness", "beta(n, m)")).toBe(rates);
  });

  test("the exponents that it gives are positive with a sum below 1, and bound d and beta", () => {
    for (const exponent of [0, -0.25, -0.9, -0.999]) {
      const { hypotheses } = checkHypotheses(scenario({ diffusion: power(exponent), alpha: product(1) }));
      const { a, b } = hypotheses.find(({ name }) => name.includes("a + b < 1"))!.witness as Record<
        string,
        number
      >;
      expect(Math.min(a, b)).toBeGreaterThan(0);
      expect(a + b).toBeLessThan(1);
      expect(b).toBeGreaterThanOrEqual(-exponent);
    }
  });

  test("the survey assumptions imply it", () => {
    for (const exponent of [0, -0.5, -2 / 3]) {
      const start = { product: [{ table: [1] }, { table: [1] }, { table: [1] }] };
      const { coverage } = checkHypotheses(
        scenario({
          diffusion: power(exponent),
          initial: [{ mass: 1, density: start }],
        } as Partial<ScenarioInput>),
      );
      expect(coverage).toEqual({ original: false, survey: true, unique: true });
    }
  });
});

describe("mass", () => {
  test.each<[string, boolean | "unknown", Partial<ScenarioInput>]>([
    ["Proposition 1.2 applies", true, {}],
    ["annihilation", false, { model: "annihilation" }],
    [
      "d = m^0.1 rises, but alpha >= 1 and there is a gamma",
      true,
      { diffusion: power(0.1), alpha: product(0.5) },
    ],
    ["d = 1/m, alpha falls to 0", "unknown", { diffusion: power(-1), alpha: product(-1) }],
    ["homogeneous, the same: beta is bounded", true, { ...torus, diffusion: power(-1), alpha: product(-1) }],
    [
      "homogeneous, d = m and alpha = n + m: beta <= C (n + m)",
      true,
      { ...torus, diffusion: power(1), alpha: sum(1) },
    ],
    [
      "homogeneous, d = m^2 and alpha = n m: a gel",
      false,
      { ...torus, diffusion: power(2), alpha: product(1) },
    ],
    ["homogeneous, d = m^2 and alpha constant: bounded by it", true, { ...torus, diffusion: power(2) }],
    ["on a torus, not evenly", "unknown", { domain: { torus: 1 } }],
    ["not homogeneous, d = m^2 and alpha = n m", "unknown", { diffusion: power(2), alpha: product(1) }],
  ])("%s: %s", (_name, holds, changes) => {
    expect(verdict(changes, "conserves mass")).toBe(holds);
  });
});

describe("the conclusion", () => {
  const conclusionOf = (changes: Partial<ScenarioInput> = {}) =>
    checkHypotheses(scenario(changes)).conclusion;

  test("states the theorem with its numbers where it applies", () => {
    const text = conclusionOf({ potential: "poly2", alpha: { constant: 20 }, diffusion: { constant: 1 } });
    expect(text).toMatch(/^Theorem 1\.1 of the survey covers this scenario, by the original assumptions: /);
    expect(text).toContain("N eps = Z = 10 (here N = 1000 and eps = 0.01)");
    // Twice 4.4279..., the known beta / D of poly2 at alpha / D = 10.
    expect(text).toContain("beta(1, 1) = 8.856, where the naive guess is alpha(1, 1) = 20");
    expect(text).toContain("Corollary 1.3");
    expect(text).toMatch(/The limit conserves mass\. The unique solution/);
  });

  test("says what is not known without uniqueness", () => {
    const text = conclusionOf({ diffusion: power(0.1) });
    expect(text).toMatch(/^Theorem 1\.1 .* covers/);
    expect(text).toContain("Proposition 1.2 does not apply (d is non-increasing)");
    expect(text).not.toContain("Corollary 1.3");
  });

  test("names what fails where nothing applies", () => {
    expect(conclusionOf({ potential: "indicator" })).toMatch(
      /does not cover this scenario\. Of the original assumptions this fails: V is continuous.*A continuous V near indicator/,
    );
    expect(conclusionOf(torus)).toMatch(
      /Of its setting this fails: particles move in R\^d\. But for that the original and the survey assumptions hold\. .*ordinary differential equation/,
    );
    expect(conclusionOf({ ...torus, dimension: 2 })).toContain("(S §2.5, (2.4))");
    expect(conclusionOf({ model: "annihilation" })).toContain("The limit does not conserve mass");
  });
});
