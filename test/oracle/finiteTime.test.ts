import { describe, expect, test } from "vitest";
import { makePotential, potentialNames, unitSphereArea } from "../../src/model/potential.ts";
import { type PairProblem, solvePair } from "../../src/oracle/beta.ts";
import { solveFiniteTime } from "../../src/oracle/finiteTime.ts";
import vectors from "../vectors/pair.json" with { type: "json" };

function pair(V: (typeof potentialNames)[number], dimension: number, alpha: number, D = 1): PairProblem {
  return { potential: makePotential(V, dimension), dimension, alpha, D };
}

/** One that jumps, one that is smooth, one with a tip, one that is hollow. */
const shapes = ["indicator", "bump", "cone", "shellq"] as const;
const everyCase = shapes.flatMap((V) => [2, 3, 4, 5].map((d) => ({ V, d })));

test.each(vectors.finite_time)("u^[t]($r) at D t = $Dt, alpha/D = $alpha_over_D, to 1e-12", (vector) => {
  const { u, errorEstimate } = solveFiniteTime(pair("indicator", 3, 2 * vector.alpha_over_D, 2), vector.Dt);
  // One of them reads "0 (<1e-25)".
  const known = Number.parseFloat(vector.u_t);
  expect(Math.abs(u(vector.r) - known)).toBeLessThanOrEqual(Math.min(errorEstimate, 1e-12));
  expect(errorEstimate).toBeLessThan(1e-11);
});

describe.each(everyCase)("$V in d = $d", ({ V, d }) => {
  const problem = pair(V, d, 30);
  const { potential } = problem;

  test("u solves du/dtau = Δu + q V (1 - u), by differences", () => {
    // Off the jumps of V.
    for (const [tau, r] of [
      [0.02, 0.3],
      [0.3, 0.77],
      [5, 0.2],
      [5, 1.4],
    ]) {
      const h = 1e-3;
      const at = (tau: number, r: number) => solveFiniteTime(problem, tau).u(r);
      const middle = solveFiniteTime(problem, tau).u;
      const rise = (at(tau * (1 + h), r) - at(tau * (1 - h), r)) / (2 * h * tau);
      const bend = (middle(r + h) - 2 * middle(r) + middle(r - h)) / h ** 2;
      const slope = (middle(r + h) - middle(r - h)) / (2 * h);
      const gain = 30 * potential.at(r) * (1 - middle(r));
      expect(Math.abs(rise - bend - ((d - 1) / r) * slope - gain)).toBeLessThan(5e-4 * (rise + gain + 0.1));
    }
  });

  test("u begins as q V tau and grows with time, falling with distance, to its limit", () => {
    for (const r of [0.3, 0.8]) {
      // A bend of V is felt at a distance of several sqrt(tau).
      const { u } = solveFiniteTime(problem, 1e-8);
      const first = 30 * potential.at(r) * 1e-8;
      expect(Math.abs(u(r) - first)).toBeLessThan(1e-4 * first + 1e-15);
    }
    const times = [1e-6, 1e-3, 0.1, 1, 10, 1e3, 1e6];
    const radii = [0, 0.3, 0.5, 0.8, 1, 1.2, 3];
    const table = times.map((tau) => radii.map(solveFiniteTime(problem, tau).u));
    for (const [i, row] of table.entries()) {
      for (const [j, value] of row.entries()) {
        expect(value).toBeGreaterThanOrEqual(i > 0 ? table[i - 1][j] - 1e-15 : 0);
        if (!V.startsWith("shell")) expect(value).toBeLessThanOrEqual(j > 0 ? row[j - 1] + 1e-9 : 1);
      }
    }
    if (d > 2)
      for (const r of radii) expect(table[6][radii.indexOf(r)]).toBeCloseTo(solvePair(problem).u(r), 3);
  });

  test("the rate is alpha ∫ V (1 - u^[t]), by midpoints", () => {
    const { rate, rateErrorEstimate, u } = solveFiniteTime(problem, 0.05);
    let captured = 0;
    const count = 4000;
    for (let i = 0; i < count; i++) {
      const r = (i + 0.5) / count;
      captured += (unitSphereArea(d) * potential.at(r) * r ** (d - 1) * u(r)) / count;
    }
    expect(rate).toBeCloseTo(30 * (1 - captured), 4);
    expect(rateErrorEstimate).toBeLessThan(1e-9);
  });

  test("alpha and D count by their ratio", () => {
    const one = solveFiniteTime(problem, 0.7);
    const other = solveFiniteTime({ ...problem, alpha: 90, D: 3 }, 0.7);
    expect(Math.abs(other.rate / 3 - one.rate)).toBeLessThan(1e-12 * one.rate);
    expect(other.u(0.4)).toBeCloseTo(one.u(0.4), 12);
  });
});

test.each(everyCase.filter(({ d }) => d > 2))(
  "$V in d = $d: the estimates of the error are true and small",
  ({ V, d }) => {
    for (const alpha of [1e-3, 1, 1e3]) {
      // When nothing is left to happen all is known.
      const problem = pair(V, d, alpha);
      const { u, beta } = solvePair(problem);
      const at = solveFiniteTime(problem, [1e28, 1e14, 1e10][d - 3]);
      for (const r of [0, 0.25, 0.6, 1, 2]) {
        // What is compared with is itself good to some 1e-16.
        expect(Math.abs(at.u(r) - u(r))).toBeLessThan(at.errorEstimate + 1e-15);
      }
      expect(Math.abs(at.rate - beta)).toBeLessThan(at.rateErrorEstimate);
      expect(at.errorEstimate).toBeLessThan(d === 3 ? 1e-10 : 1e-9);
      expect(at.rateErrorEstimate).toBeLessThan(1e-9 * alpha);
    }
  },
);

test.each(everyCase.filter(({ d }) => d > 2))(
  "$V in d = $d: u - u^[t] falls like t^(1-d/2), with its constant",
  ({ V, d }) => {
    const problem = pair(V, d, 8);
    const { u, beta } = solvePair(problem);
    const tau = d === 5 ? 1e3 : 1e4;
    const at = solveFiniteTime(problem, tau);
    // Whoever is still apart comes back with the density (4 pi tau)^(-d/2) at 0, and then reacts at rate beta.
    const share = (beta * (4 * Math.PI) ** (-d / 2) * tau ** (1 - d / 2)) / (d / 2 - 1);
    for (const r of [0.2, 1, 2]) {
      expect((u(r) - at.u(r)) / (share * (1 - u(r)))).toBeCloseTo(1, d === 4 ? 1 : 2);
    }
    expect(at.rate / beta - 1).toBeCloseTo(share, 4);
  },
);

describe("special cases", () => {
  test("the rate in d = 3 has the tail beta (1 + a / sqrt(pi tau))", () => {
    for (const V of potentialNames) {
      const problem = pair(V, 3, 30);
      const { beta, scatteringLength } = solvePair(problem);
      const tail = (tau: number) => beta * (1 + Number(scatteringLength) / Math.sqrt(Math.PI * tau));
      // What is left falls like tau^(-3/2).
      const left = (tau: number) => Math.abs(solveFiniteTime(problem, tau).rate - tail(tau));
      expect(left(100)).toBeLessThan(2e-3);
      expect(left(1000) / left(100)).toBeLessThan(0.05);
    }
  });

  test("a hard core has Smoluchowski's rate 4 pi D R (1 + R / sqrt(pi tau)), and is reached by erfc", () => {
    const problem = { ...pair("indicator", 3, Number.POSITIVE_INFINITY, 2) };
    const { rate, u, rateErrorEstimate, errorEstimate } = solveFiniteTime(problem, 0.3);
    const known = 8 * Math.PI * (1 + 1 / Math.sqrt(Math.PI * 0.3));
    expect(Math.abs(rate - known)).toBeLessThan(rateErrorEstimate);
    expect(rateErrorEstimate).toBeLessThan(1e-10);
    expect([u(0), u(1)]).toEqual([1, 1]);
    // erfc(1/2) = 0.47950012218695346, at (r - 1) / (2 sqrt(tau)) = 1/2.
    expect(Math.abs(u(1 + Math.sqrt(0.3)) - 0.4795001221869535 / (1 + Math.sqrt(0.3)))).toBeLessThan(
      errorEstimate,
    );
  });

  test("large alpha approaches the hard core, in every dimension", () => {
    for (const d of [2, 3, 4, 5]) {
      const soft = solveFiniteTime(pair("indicator", d, 1e8), 0.5);
      const hard = solveFiniteTime(pair("indicator", d, Number.POSITIVE_INFINITY), 0.5);
      expect(soft.rate / hard.rate).toBeCloseTo(1, 2);
      expect(soft.u(1.5)).toBeCloseTo(hard.u(1.5), 3);
    }
  });

  test("in the plane u grows to 1 and the rate falls like 4 pi D / log(tau)", () => {
    const problem = pair("poly2", 2, 20);
    const rates = [1e10, 1e20].map((tau) => solveFiniteTime(problem, tau).rate);
    // 1 / rate grows by log(1e10) / (4 pi).
    expect(1 / rates[1] - 1 / rates[0]).toBeCloseTo(Math.log(1e10) / (4 * Math.PI), 2);
    expect(solveFiniteTime(problem, 1e20).u(1)).toBeGreaterThan(0.9);
  });

  test("at time 0 nothing has happened", () => {
    const { u, rate } = solveFiniteTime(pair("cone", 4, 7), 0);
    expect([u(0), u(2), rate]).toEqual([0, 0, 7]);
  });

  test("what is no time, rate or dimension is refused", () => {
    expect(() => solveFiniteTime(pair("cone", 3, 1), -1)).toThrow(RangeError);
    expect(() => solveFiniteTime(pair("cone", 3, 1), Number.NaN)).toThrow(RangeError);
    expect(() => solveFiniteTime(pair("cone", 3, -1), 1)).toThrow(RangeError);
    expect(() => solveFiniteTime({ ...pair("cone", 3, 1), dimension: 4 }, 1)).toThrow(RangeError);
  });
});
