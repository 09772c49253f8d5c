/**
 * How fine the finest sub-step must be. Nothing here is drawn at random: a pair that takes steps of a fixed length is a chain whose probability u
 * of ever coagulating solves a linear equation.
 */
import { describe, expect, test } from "vitest";
import { makePotential, type Potential } from "../../src/model/potential.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { solvePair } from "../../src/oracle/beta.ts";

/**
 * lim r u(r) in d = 3 for a pair that moves by a Gaussian of variance 2 delta (in units of eps) along each axis, then coagulates with
 * probability 1 - exp(-q V(r) delta), q = alpha / D: the rate of the step is 4 pi D times that. In three dimensions w(r) = r u(r),
 * continued as an odd function, moves as on the line:
 *
 *     w(r) = ∫ phi(r - s) [s p(s) + (1 - p(s)) w(s)] ds
 *
 * by the midpoint rule, whose points avoid the jump of V at 1; far out w is constant.
 */
function reachOfStep(potential: Potential, q: number, delta: number): number {
  const sigma = Math.sqrt(2 * delta);
  const h = 1 / Math.ceil(Math.max(50, 8 / sigma));
  const n = Math.ceil((1 + 8 * sigma) / h);
  const r = (j: number) => (j + 0.5) * h;
  const phi = (x: number) => (Math.exp((-x * x) / (4 * delta)) / Math.sqrt(4 * Math.PI * delta)) * h;
  const p = Float64Array.from({ length: n }, (_, j) => -Math.expm1(-q * potential.at(r(j)) * delta));
  // Beyond this many points nobody moves.
  const band = Math.ceil((8 * sigma) / h);
  // Rows of the equation, with the right side as the last column.
  const rows = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n + 1);
    for (let j = Math.max(0, i - band); j <= i + band; j++) {
      const moved = phi(r(i) - r(j)) - phi(r(i) + r(j));
      if (j >= n) row[n - 1] -= moved;
      else {
        row[j] -= moved * (1 - p[j]);
        row[n] += moved * r(j) * p[j];
      }
    }
    row[i] += 1;
    return row;
  });
  return solve(rows, band).at(-1)!;
}

/** Gauss' elimination within the band; the matrix is an identity less a substochastic one, and needs no pivots. */
function solve(rows: Float64Array[], band: number): Float64Array {
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    for (let i = c + 1; i < Math.min(n, c + band + 1); i++) {
      const factor = rows[i][c] / rows[c][c];
      for (let j = c; j < Math.min(n, c + band + 1); j++) rows[i][j] -= factor * rows[c][j];
      rows[i][n] -= factor * rows[c][n];
    }
  }
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let rest = rows[i][n];
    for (let j = i + 1; j < Math.min(n, i + band + 1); j++) rest -= rows[i][j] * x[j];
    x[i] = rest / rows[i][i];
  }
  return x;
}

/** The relative error of beta for a fixed step. */
function errorOf(name: "indicator" | "poly2", q: number, delta: number): number {
  const potential = makePotential(name, 3);
  const { beta } = solvePair({ potential, dimension: 3, alpha: q, D: 1 });
  return (4 * Math.PI * reachOfStep(potential, q, delta)) / beta - 1;
}

/** The finest sub-step of a multirate run at alpha / D = q, as D dt / eps^2. */
function finestOf(name: "indicator" | "poly2", q: number): number {
  const { dt, eps, multirate } = makeSystem(
    parseScenario({
      particles: 1000,
      Z: 1,
      potential: name,
      alpha: { constant: 2 * q },
      observe: { times: [1] },
    }),
  );
  return (2 * dt) / 2 ** multirate!.tickLevels / eps ** 2;
}

describe("a fixed step is wrong by what was worked out independently", () => {
  // In percent, to the digits that were given, at alpha / D = 25.
  test.each([
    ["indicator", 0.2, -9.3],
    ["indicator", 0.1, -3.4],
    ["indicator", 0.05, -1.25],
    ["indicator", 0.025, -0.45],
    ["indicator", 0.0125, -0.16],
    ["poly2", 0.2, -11.9],
    ["poly2", 0.1, -3.9],
    ["poly2", 0.05, -1.1],
    ["poly2", 0.025, -0.29],
    ["poly2", 0.0125, -0.073],
  ] as const)("%s, D dt / eps^2 = %d: %d percent", (name, delta, percent) => {
    expect(Math.abs(100 * errorOf(name, 25, delta) - percent)).toBeLessThan(0.07);
  });
});

describe("the finest sub-step of a multirate run", () => {
  const strengths = [0.1, 1, 5, 25, 26, 100, 1000, 1e4];

  test.each(strengths)("at alpha / D = %d changes beta by less than a thousandth", (q) => {
    for (const name of ["indicator", "poly2"] as const) {
      expect(Math.abs(errorOf(name, q, finestOf(name, q)))).toBeLessThan(1e-3);
    }
  });

  test("when halved is wrong by a half to a quarter of that", () => {
    for (const q of [5, 25, 100]) {
      const step = finestOf("indicator", q);
      const ratio = errorOf("indicator", q, step / 2) / errorOf("indicator", q, step);
      expect(ratio).toBeGreaterThan(1 / 4);
      expect(ratio).toBeLessThan(1 / 2);
    }
  });

  test("without regard to how fast a pair reacts would be wrong by far more", () => {
    expect(errorOf("indicator", 1e4, 0.008)).toBeLessThan(-0.03);
  });
});
