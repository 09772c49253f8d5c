import { describe, expect, test } from "vitest";
import {
  makePotential,
  type Potential,
  type PotentialSpec,
  potentialNames,
  unitSphereArea,
} from "../../src/model/potential.ts";
import { reducedRate, solvePair } from "../../src/oracle/beta.ts";
import { logLogInterpolant } from "../../src/oracle/chebyshev.ts";
import { integrate } from "../../src/oracle/dopri5.ts";
import { solveRadial } from "../../src/oracle/radial.ts";
import { betaTable, macroscopicRate } from "../../src/oracle/rates.ts";
import vectors from "../vectors/beta.json" with { type: "json" };

const dimensions = [3, 4, 5];
const everyPotential = potentialNames.flatMap((V) => dimensions.map((d) => ({ V, d })));

function solve(V: PotentialSpec, d: number, alpha: number, D = 1) {
  return solvePair({ potential: makePotential(V, d), dimension: d, alpha, D });
}

describe("known values of beta", () => {
  test.each(vectors.radial)("$V, d = $d, alpha/D = $alpha_over_D, to 1e-14", (vector) => {
    const { beta, u0 } = solve(vector.V as PotentialSpec, vector.d, 3 * vector.alpha_over_D, 3);
    expect(Math.abs(beta / (3 * Number(vector.beta_over_D)) - 1)).toBeLessThan(1e-14);
    expect(u0).toBeCloseTo(Number(vector.u_at_0), 14);
  });

  test("the error estimate holds, and is no more than 1e-13 of beta", () => {
    for (const vector of [...vectors.radial, ...vectors.taylor]) {
      const { beta, errorEstimate } = solve(vector.V as PotentialSpec, vector.d, vector.alpha_over_D);
      expect(Math.abs(beta - Number(vector.beta_over_D))).toBeLessThan(errorEstimate);
      expect(errorEstimate).toBeLessThan(1e-13 * beta);
    }
  });

  test("the general solver gets the indicator without its closed form", () => {
    for (const { V, d, alpha_over_D, beta_over_D } of vectors.taylor) {
      if (V !== "indicator") continue;
      const { fraction } = solveRadial(makePotential(V, d), alpha_over_D);
      const capacity = (d - 2) * unitSphereArea(d);
      expect(Math.abs((fraction * capacity) / Number(beta_over_D) - 1)).toBeLessThan(4e-15);
    }
  });

  test.each(dimensions)("and does so for every alpha/D, in d = %i", (d) => {
    const potential = makePotential("indicator", d);
    for (let exponent = -300; exponent <= 300; exponent += 3) {
      const q = 10 ** exponent;
      const beta = solveRadial(potential, q).fraction * (d - 2) * unitSphereArea(d);
      expect(Math.abs(beta / reducedRate(potential, q) - 1)).toBeLessThan(4e-15);
    }
  });
});

describe("the indicator in d = 3", () => {
  const wavenumber = (q: number) => Math.sqrt((3 * q) / (4 * Math.PI));

  test("beta = 4 pi D (1 - tanh(k)/k)", () => {
    for (const q of [10, 1e2, 1e4, 1e8]) {
      const k = wavenumber(q);
      expect(solve("indicator", 3, q).beta).toBeCloseTo(4 * Math.PI * (1 - Math.tanh(k) / k), 13);
    }
  });

  test("u = 1 - sinh(kr) / (r k cosh k) inside and beta / (4 pi D r) outside", () => {
    for (const q of [1e-3, 1, 100, 1e4]) {
      const k = wavenumber(q);
      const { u, beta, u0 } = solve("indicator", 3, q);
      for (const r of [0.01, 0.3, 0.77, 1]) {
        expect(u(r)).toBeCloseTo(1 - Math.sinh(k * r) / (r * k * Math.cosh(k)), 13);
      }
      for (const r of [1, 1.5, 40]) expect(u(r)).toBeCloseTo(beta / (4 * Math.PI * r), 14);
      expect(u0).toBe(u(0));
      expect(u0).toBeCloseTo(1 - 1 / Math.cosh(k), 13);
    }
  });
});

/**
 * beta/D by another road: the capacity-like c(r) of the potential cut off at r grows as
 * c' = q V r^(d-1) (1 - c r^(2-d))^2 / (d-2) (Calogero's variable phase), and beta = D (d-2) omega_d c.
 */
function betaByVariablePhase({ breaks, onPiece, dimension: d }: Potential, q: number): number {
  let c = 0;
  for (let piece = 0; piece + 1 < breaks.length; piece++) {
    const rhs = (r: number, [value]: Float64Array, slope: Float64Array) => {
      const v = r > 0 ? 1 - value * r ** (2 - d) : 1;
      slope[0] = (q * onPiece(piece, r) * r ** (d - 1) * v * v) / (d - 2);
    };
    [[c]] = integrate(rhs, [c], [breaks[piece + 1]], { rtol: 1e-12, atol: 1e-18, start: breaks[piece] });
  }
  return (d - 2) * unitSphereArea(d) * c;
}

test.each(everyPotential)("$V in d = $d: beta is what the variable phase equation gives", ({ V, d }) => {
  const potential = makePotential(V, d);
  for (const q of [1e-2, 3, 300, 1e4]) {
    const { beta } = solve(V, d, q);
    expect(Math.abs(beta / betaByVariablePhase(potential, q) - 1)).toBeLessThan(1e-10);
  }
});

describe.each(everyPotential)("the limits of $V in d = $d", ({ V, d }) => {
  const potential = makePotential(V, d);
  const { breaks, onPiece } = potential;

  test("for small alpha, beta = alpha (1 - (alpha/D) E): the potential energy of V with itself", () => {
    // By midpoints: E = 2/(d-2) ∫ V(r) r M(r) dr, with M(r) the integral of V over the ball of radius r.
    let energy = 0;
    let within = 0;
    for (let k = 0; k + 1 < breaks.length; k++) {
      const h = (breaks[k + 1] - breaks[k]) / 4000;
      for (let i = 0; i < 4000; i++) {
        const r = breaks[k] + (i + 0.5) * h;
        const shell = unitSphereArea(d) * onPiece(k, r) * r ** (d - 1) * h;
        energy += (2 / (d - 2)) * onPiece(k, r) * r * h * (within + shell / 2);
        within += shell;
      }
    }
    const q = 1e-5;
    const { beta, naive } = solve(V, d, q);
    expect(naive).toBe(q);
    expect((1 - beta / q) / q).toBeCloseTo(energy, 4);
  });

  test("for large alpha, beta grows to the capacity limit from below", () => {
    const fractions = [1e2, 1e4, 1e6, 1e8].map((q) => {
      const { beta, capacityLimit } = solve(V, d, q);
      expect(capacityLimit).toBe((d - 2) * unitSphereArea(d));
      return beta / capacityLimit;
    });
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions[3]).toBeGreaterThan(0.84);
    expect(fractions[3]).toBeLessThan(1);
  });

  test("u falls from u0 to beta c0 r^(2-d), continuously", () => {
    for (const q of [0.1, 30, 1e6]) {
      const { u, u0, beta } = solve(V, d, q);
      const radii = Array.from({ length: 200 }, (_, i) => i / 100);
      const values = radii.map(u);
      expect(values[0]).toBe(u0);
      // Flat parts are flat to rounding only.
      for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1] + 1e-14);
      expect(u(1 - 1e-15)).toBeCloseTo(u(1), 13);
      expect(u(1)).toBeCloseTo(beta / ((d - 2) * unitSphereArea(d)), 14);
    }
  });
});

/**
 * With V = c s^p at depth s below the outer edge, v'' = q c s^p v has v = A - B s at the edge with A/B = factor (q c)^(-1/(p+2)): 1 for a jump,
 * -Ai(0)/Ai'(0) for a slope, and for a square that of the parabolic cylinder function D_(-1/2) (DLMF 9.2, 12.2).
 */
const factors = [1, 1.37172113417409, 1.4793375596019];
/** c and V(0.9) before V is normalised. */
const edges: { V: PotentialSpec; p: number; c: number; inside: number }[] = [
  { V: "indicator", p: 0, c: 1, inside: 1 },
  { V: "shell", p: 0, c: 1, inside: 1 },
  { V: "cone", p: 1, c: 1, inside: 0.1 },
  { V: "poly1", p: 1, c: 2, inside: 0.19 },
  { V: "poly2", p: 2, c: 4, inside: 0.19 ** 2 },
  { V: "shellq", p: 2, c: 1 / 4, inside: 0.04 ** 2 },
];

test.each(edges)(
  "for very large alpha, beta of $V falls short of the capacity by its edge",
  ({ V, p, c, inside }) => {
    for (const d of dimensions) {
      const scale = makePotential(V, d).at(0.9) / inside;
      for (const q of [1e12, 1e16, 1e20]) {
        const { beta, capacityLimit } = solve(V, d, q);
        const depth = factors[p] * (q * scale * c) ** (-1 / (p + 2));
        expect((1 - beta / capacityLimit) / ((d - 2) * depth)).toBeCloseTo(1, 2);
      }
    }
  },
);

const tables: PotentialSpec[] = [
  {
    radial: [
      [0, 0],
      [1e-9, 1],
    ],
  },
  {
    radial: [
      [0.5, 1],
      [0.5000001, 1e-300],
      [1, 1e-300],
    ],
  },
  {
    radial: [
      [0, 1e-300],
      [0.5, 1e-300],
      [0.50001, 1],
      [0.6, 1],
      [0.60001, 0],
      [1, 0],
    ],
  },
  {
    radial: [
      [0.1, 0],
      [0.2, 1],
      [0.3, 0],
      [0.4, 1e-20],
      [0.5, 0],
      [0.9, 1e-200],
      [1, 0],
    ],
  },
];
describe.each([...potentialNames, ...tables])("V = %j", (V) => {
  test.each(dimensions)(
    "for any alpha/D that is a number in d = %i, beta has not fallen, nor passed the capacity",
    (d) => {
      let before = 0;
      for (let exponent = -308; exponent <= 308; exponent += 4) {
        const { beta, capacityLimit, u0, u } = solve(V, d, 10 ** exponent);
        expect(beta).toBeGreaterThanOrEqual(before * (1 - 1e-13));
        expect(beta).toBeLessThanOrEqual(capacityLimit);
        for (const probability of [u0, u(0.5), u(1)]) {
          expect(probability).toBeGreaterThanOrEqual(0);
          expect(probability).toBeLessThanOrEqual(1);
        }
        before = beta;
      }
    },
  );
});

describe("special rates", () => {
  test("particles that do not react have beta 0 and u 0", () => {
    const { beta, u0, u, errorEstimate } = solve("poly2", 3, 0);
    expect([beta, u0, u(0.5), errorEstimate]).toEqual([0, 0, 0, 0]);
  });

  test("alpha = Infinity is a hard core", () => {
    const { beta, capacityLimit, u } = solve({ radial: [[0.5, 1]] }, 4, Number.POSITIVE_INFINITY, 3);
    expect(beta).toBe(capacityLimit);
    expect(capacityLimit).toBeCloseTo(3 * 2 * 2 * Math.PI ** 2 * 0.25, 12);
    expect([u(0.2), u(0.5), u(1)]).toEqual([1, 1, 0.25]);
  });

  test("shrinking the support by R shrinks beta by R^(d-2) at alpha R^(2-d)", () => {
    for (const d of dimensions) {
      const R = 0.6;
      const cone: PotentialSpec = {
        radial: [
          [0, 1],
          [R, 0],
        ],
      };
      const small = solve(cone, d, 20 * R ** (d - 2));
      const large = solve("cone", d, 20);
      expect(small.beta / (large.beta * R ** (d - 2))).toBeCloseTo(1, 13);
      expect(small.u(0.3 * R)).toBeCloseTo(large.u(0.3), 13);
    }
  });

  test("in the plane beta = 2 pi D alpha / (2 pi D + alpha), for every V, and there is no u", () => {
    const { beta, capacityLimit, u0, u } = solve("bump", 2, 5, 2);
    expect(beta).toBeCloseTo((2 * Math.PI * 2 * 5) / (2 * Math.PI * 2 + 5), 14);
    expect(capacityLimit).toBeCloseTo(4 * Math.PI, 14);
    expect(u0).toBeNull();
    expect(() => u(1)).toThrow(RangeError);
  });

  test("what is no rate, diffusivity or dimension is refused", () => {
    expect(() => solve("bump", 3, -1)).toThrow(RangeError);
    expect(() => solve("bump", 3, 1, 0)).toThrow(RangeError);
    const potential = makePotential("bump", 3);
    expect(() => solvePair({ potential, dimension: 4, alpha: 1, D: 1 })).toThrow(RangeError);
  });
});

describe("the scattering length", () => {
  test("is that of the survey's bosons: for alpha/D = 1/2, 8 pi a_0 is alpha ∫ V (1 - u) with D = 2", () => {
    // S §3.4 with the potential b_0 V: [-Δ + b_0 V / 2] (1 - w_0) = 0 and 8 pi a_0 = b_0 ∫ V (1 - w_0).
    for (const b0 of [0.3, 20]) {
      const { beta, scatteringLength } = solve("poly2", 3, b0, 2);
      expect(8 * Math.PI * Number(scatteringLength)).toBeCloseTo(beta, 12);
    }
  });

  test("is where (a/r)^(d-2) comes from: u far away", () => {
    for (const { V, d } of everyPotential) {
      const { u, scatteringLength } = solve(V, d, 7);
      expect((Number(scatteringLength) / 3) ** (d - 2)).toBeCloseTo(u(3), 13);
    }
  });

  test("is the radius of a hard core, 0 of nothing, and not there in the plane", () => {
    const core: PotentialSpec = { radial: [[0.5, 1]] };
    expect(solve(core, 4, Number.POSITIVE_INFINITY).scatteringLength).toBe(0.5);
    expect(solve(core, 5, 0).scatteringLength).toBe(0);
    expect(solve(core, 2, 1).scatteringLength).toBeNull();
  });
});

describe("rates for all masses", () => {
  const alpha = (n: number, m: number) => 0.01 * n * m;
  const diffusivity = (n: number) => n ** (-1 / 3);

  test.each(everyPotential)("of $V in d = $d are those of each pair solved alone", ({ V, d }) => {
    const potential = makePotential(V, d);
    const masses = 150;
    const table = betaTable(masses, { potential, alpha, diffusivity });
    const rate = macroscopicRate({ potential, alpha, diffusivity });
    for (let n = 1; n <= masses; n += 13) {
      for (let m = 1; m <= masses; m += 17) {
        const D = diffusivity(n) + diffusivity(m);
        const { beta } = solvePair({ potential, dimension: d, alpha: alpha(n, m), D });
        expect(Math.abs(rate(n, m) / beta - 1)).toBeLessThan(1e-11);
        expect(table[(n - 1) * masses + (m - 1)]).toBeCloseTo(rate(n, m), 10);
        expect(table[(m - 1) * masses + (n - 1)]).toBe(table[(n - 1) * masses + (m - 1)]);
      }
    }
  });

  test("up to mass 1000 take some hundred solves, not half a million", () => {
    let solves = 0;
    const rate = logLogInterpolant((q) => {
      solves++;
      return reducedRate(makePotential("shellq", 3), q);
    });
    for (let n = 1; n <= 1000; n++) {
      for (let m = 1; m <= n; m++) rate(alpha(n, m) / (diffusivity(n) + diffusivity(m)));
    }
    expect(solves).toBeLessThan(300);
  });

  test("in a small table are solved one by one", () => {
    const potential = makePotential("bump", 3);
    const table = betaTable(2, { potential, alpha, diffusivity });
    const { beta } = solvePair({ potential, dimension: 3, alpha: 0.04, D: 2 * diffusivity(2) });
    expect(Math.abs(table[3] / beta - 1)).toBeLessThan(1e-15);
  });

  test("vanish between particles that do not move or do not react, and reach the capacity of hard cores", () => {
    const potential = makePotential("bump", 3);
    const still = macroscopicRate({ potential, alpha, diffusivity: () => 0 });
    const inert = macroscopicRate({ potential, alpha: () => 0, diffusivity });
    const hard = macroscopicRate({ potential, alpha: () => Number.POSITIVE_INFINITY, diffusivity: () => 1 });
    expect([still(1, 2), inert(1, 2)]).toEqual([0, 0]);
    expect(hard(1, 1)).toBeCloseTo(8 * Math.PI, 13);
  });
});
