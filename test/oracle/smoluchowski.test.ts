import { describe, expect, test } from "vitest";
import { integrate } from "../../src/oracle/dopri5.ts";
import { homogeneousLimit } from "../../src/oracle/smoluchowski.ts";

const times = [0, 0.1, 0.7, 2];

function coagulate(beta: (n: number, m: number) => number, at: number[], masses = 12, initial = [1]) {
  return homogeneousLimit({ model: "coagulation", initial, beta, times: at, masses });
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

describe("coagulation", () => {
  test("of single particles at a constant rate: M0 = Z/(1+b), f_n = Z b^(n-1)/(1+b)^(n+1), b = beta Z t/2", () => {
    const Z = 3;
    const beta = 2.5;
    for (const { time, total, masses, lostMass } of coagulate(() => beta, times, 100, [Z])) {
      const b = (beta * Z * time) / 2;
      expect(total).toBeCloseTo(Z / (1 + b), 8);
      for (const [i, f] of masses.entries()) expect(f).toBeCloseTo((Z * b ** i) / (1 + b) ** (i + 2), 9);
      expect(lostMass).toBeLessThan(1e-6 * Z);
    }
  });

  test("counts particles beyond the cutoff exactly when the rate is constant", () => {
    const [{ total, lostMass }] = homogeneousLimit({
      model: "coagulation",
      initial: [1],
      beta: () => 1,
      times: [60],
      masses: 3,
      tolerance: 1,
    });
    expect(lostMass).toBeGreaterThan(0.1);
    expect(total).toBeCloseTo(1 / 31, 9);
  });

  test("at the rate n + m is Golovin's solution", () => {
    for (const { time, total, masses } of coagulate((n, m) => n + m, [0, 0.3, 1])) {
      const left = Math.exp(-time);
      const tau = 1 - left;
      expect(total).toBeCloseTo(left, 9);
      for (const [i, f] of masses.entries()) {
        const n = i + 1;
        const exact = (left * (n * tau) ** (n - 1) * Math.exp(-n * tau)) / factorial(n);
        expect(f).toBeCloseTo(exact, 9);
      }
    }
  });

  const productSolution = (n: number, t: number) =>
    ((n * t) ** (n - 1) * Math.exp(-n * t)) / (n * factorial(n));

  test("at the rate n m, before gelation, is the branching solution", () => {
    for (const { time, total, masses, lostMass } of coagulate((n, m) => n * m, [0, 0.4, 0.7])) {
      expect(total).toBeCloseTo(1 - time / 2, 7);
      for (const [i, f] of masses.entries()) expect(f).toBeCloseTo(productSolution(i + 1, time), 9);
      expect(lostMass).toBeLessThan(1e-6);
    }
  });

  test("at the rate n m shows its gel: the root g of g = 1 - exp(-g t) is the mass lost", () => {
    const [{ masses, lostMass }] = coagulate((n, m) => n * m, [2]);
    expect(lostMass).toBeCloseTo(0.7968121300200199, 8);
    for (const [i, f] of masses.entries()) expect(f).toBeCloseTo(productSolution(i + 1, 2), 9);
  });

  /** Monodisperse start of number density Z and mass m each, beta = n m: the second moment is Z m^2. */
  test.each([
    [1, 1],
    [0.25, 4],
    [3, 2],
  ])("at the rate n m loses mass from 1 / (second moment) on, and not before: Z = %d, mass %d", (Z, mass) => {
    const gelation = 1 / (Z * mass * mass);
    const initial = [...new Array(mass - 1).fill(0), Z];
    const at = [0.5, 1.1, 1.5].map((share) => share * gelation);
    const [before, soon, later] = coagulate((n, m) => n * m, at, 1, initial);
    const whole = Z * mass;
    expect(before.lostMass / whole).toBeLessThan(1e-6);
    // The roots of g = 1 - exp(-g t).
    expect(Math.abs(soon.lostMass / whole - 0.1761341436)).toBeLessThan(0.02);
    expect(later.lostMass / whole).toBeCloseTo(0.5828116, 4);
    expect(later.cutoff).toBe(512);
  });

  test("conserves mass, whatever the rate and the start", () => {
    const rate = (n: number, m: number) => (n ** (1 / 3) + m ** (1 / 3)) * (1 / n + 1 / m) ** 0.5;
    const initial = [0.5, 0, 0.25, 1];
    for (const { masses, lostMass } of coagulate(rate, times, 512, initial)) {
      const mass = masses.reduce((sum, f, i) => sum + (i + 1) * f, 0);
      expect(mass + lostMass).toBeCloseTo(5.25, 12);
    }
  });

  test("with a given cutoff stays with it, and more mass passes a lower one", () => {
    const [low, high] = [8, 32].map(
      (cutoff) =>
        homogeneousLimit({
          model: "coagulation",
          initial: [1],
          beta: () => 1,
          times: [3],
          masses: 2,
          cutoff,
        })[0],
    );
    expect([low.cutoff, high.cutoff]).toEqual([8, 32]);
    expect(low.lostMass).toBeGreaterThan(100 * high.lostMass);
    expect(high.lostMass).toBeGreaterThan(0);
  });

  test("starts from what it is given", () => {
    const [{ total, masses }] = coagulate(() => 1, [0], 3, [0.5, 0, 0.25, 1]);
    expect(total).toBe(1.75);
    expect(masses).toEqual([0.5, 0, 0.25]);
  });
});

describe("annihilation", () => {
  test("of one kind of particle: h = Z / (1 + beta Z t)", () => {
    for (const { time, total } of homogeneousLimit({
      model: "annihilation",
      initial: [3],
      beta: () => 2,
      times,
      masses: 1,
    })) {
      expect(total).toBeCloseTo(3 / (1 + 6 * time), 8);
    }
  });

  test("between two kinds keeps the difference of their numbers", () => {
    const initial = [2, 1];
    const beta = (n: number, m: number) => (n === m ? 0 : 1);
    for (const { time, masses, lostMass } of homogeneousLimit({
      model: "annihilation",
      initial,
      beta,
      times,
      masses: 3,
    })) {
      const ratio = (1 / 2) * Math.exp(-time);
      expect(masses[0]).toBeCloseTo(1 / (1 - ratio), 8);
      expect(masses[1]).toBeCloseTo(ratio / (1 - ratio), 8);
      expect(masses[2]).toBe(0);
      expect(lostMass).toBe(0);
    }
  });
});

test("a start without particles, or with fewer than none, is refused", () => {
  expect(() => coagulate(() => 1, [1], 1, [0, 0])).toThrow(RangeError);
  expect(() => coagulate(() => 1, [1], 1, [1, -1])).toThrow(RangeError);
  expect(() => coagulate(() => 1, [2, 1])).toThrow(RangeError);
});

describe("the integrator", () => {
  const oscillator = (_t: number, y: Float64Array, change: Float64Array) => {
    change[0] = y[1];
    change[1] = -y[0];
  };

  test("meets its tolerance at and between the steps", () => {
    const stops = Array.from({ length: 50 }, (_, i) => i / 5);
    for (const rtol of [1e-5, 1e-8, 1e-11]) {
      const states = integrate(oscillator, [1, 0], stops, { rtol, atol: rtol });
      for (const [i, [x]] of states.entries())
        expect(Math.abs(x - Math.cos(stops[i]))).toBeLessThan(50 * rtol);
    }
  });

  test("is of fifth order: the error against the evaluations it took", () => {
    const rungs = [1e-4, 1e-6, 1e-8, 1e-10].map((rtol) => {
      let evaluations = 0;
      const counted = (t: number, y: Float64Array, change: Float64Array) => {
        evaluations++;
        oscillator(t, y, change);
      };
      const [[x, v]] = integrate(counted, [1, 0], [20], { rtol, atol: rtol });
      return { evaluations, error: Math.hypot(x - Math.cos(20), v + Math.sin(20)) };
    });
    const [first, last] = [rungs[0], rungs[rungs.length - 1]];
    const order = Math.log(first.error / last.error) / Math.log(last.evaluations / first.evaluations);
    expect(order).toBeGreaterThan(4.5);
    expect(order).toBeLessThan(5.5);
  });

  test("gives back the start at the start, as often as asked", () => {
    const states = integrate(oscillator, [1, 0], [3, 3, 3.5], { rtol: 1e-8, atol: 1e-8, start: 3 });
    expect(states.slice(0, 2).map((y) => [...y])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(states[2][0]).toBeCloseTo(Math.cos(0.5), 7);
  });

  test("stops at a singularity instead of crossing it", () => {
    const explosion = (_t: number, y: Float64Array, change: Float64Array) => {
      change[0] = y[0] * y[0];
    };
    expect(() => integrate(explosion, [1], [2], { rtol: 1e-6, atol: 1e-6 })).toThrow(/stopped at t = /);
  });
});
