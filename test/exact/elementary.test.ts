import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cos2pi, exp, inverseNormalTail, log, pow } from "../../src/exact/elementary.ts";

/** Math.* is itself only good to an ulp or so, so that two good values may differ by a few. */
const FEW_ULPS = 5e-16;

function expectRelative(value: number, expected: number, tolerance: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const positive = finite(-300, 300).map((x) => 10 ** x);

describe("exp and log", () => {
  test("exp agrees with Math.exp to a few ulps", () => {
    fc.assert(fc.property(finite(-700, 700), (x) => expectRelative(exp(x), Math.exp(x), FEW_ULPS)));
    fc.assert(fc.property(finite(-1, 1), (x) => expectRelative(exp(x), Math.exp(x), FEW_ULPS)));
  });

  test("log agrees with Math.log to a few ulps, next to 1 as well", () => {
    fc.assert(fc.property(positive, (x) => expectRelative(log(x), Math.log(x), FEW_ULPS)));
    fc.assert(fc.property(finite(0.999, 1.001), (x) => expectRelative(log(x), Math.log(x), FEW_ULPS)));
  });

  test("they are exact at 0 and 1 and keep the order of limits", () => {
    expect(exp(0)).toBe(1);
    expect(log(1)).toBe(0);
    expect(exp(-1000)).toBe(0);
    expect(exp(1000)).toBe(Number.POSITIVE_INFINITY);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(-1)).toBeNaN();
    expect(exp(Number.NaN)).toBeNaN();
  });

  test("subnormal numbers are not special", () => {
    expectRelative(log(5e-324), -744.4400719213812, FEW_ULPS);
    expect(exp(-744.4400719213812)).toBe(5e-324);
  });
});

describe("pow", () => {
  test("agrees with Math.pow to 1e-14 while |y log x| < 50", () => {
    fc.assert(
      fc.property(finite(0.01, 100), finite(-10, 10), (x, y) => expectRelative(pow(x, y), x ** y, 1e-14)),
    );
  });

  test("is exact where a product or a square root is", () => {
    for (let n = 1; n <= 1000; n++) {
      expect(pow(n, 0)).toBe(1);
      expect(pow(n, 1)).toBe(n);
      expect(pow(n, -1)).toBe(1 / n);
      expect(pow(n, 2)).toBe(n * n);
      expect(pow(n, 0.5)).toBe(Math.sqrt(n));
      expect(pow(n * n, 1.5)).toBe(n * n * n);
    }
  });

  test("reaches infinity and zero without a NaN", () => {
    expect(pow(10, 400.3)).toBe(Number.POSITIVE_INFINITY);
    expect(pow(10, -400.3)).toBe(0);
  });
});

describe("cos2pi", () => {
  test("agrees with Math.cos", () => {
    fc.assert(
      fc.property(finite(-1, 1), (x) => {
        expect(Math.abs(cos2pi(x) - Math.cos(2 * Math.PI * x))).toBeLessThan(2e-15);
      }),
    );
  });

  test("is even, of period 1, and exact at quarter turns", () => {
    expect([0, 0.25, 0.5, 0.75, 1, 1.25].map((x) => cos2pi(x) + 0)).toEqual([1, 0, -1, 0, 1, 0]);
    // Multiples of 2^-30, for which the shifts by whole turns are exact.
    const place = fc.integer({ min: 0, max: 2 ** 30 }).map((k) => k / 2 ** 30);
    fc.assert(
      fc.property(place, fc.integer({ min: -1000, max: 1000 }), (x, turns) => {
        expect(cos2pi(-x)).toBe(cos2pi(x));
        expect(cos2pi(x + turns)).toBe(cos2pi(x));
      }),
    );
  });
});

describe("inverseNormalTail", () => {
  test.each([
    // mpmath, 40 digits
    [0.5 - 2 ** -50, 2.2263331397374133e-15],
    [0.4, 0.2533471031357997],
    [0.025, 1.9599639845400543],
    [1e-3, 3.0902323061678136],
    [1e-9, 5.997807015007687],
    [2 ** -40, 7.047700256664409],
  ])("the tail %d begins at %d", (p, z) => expectRelative(inverseNormalTail(p), z, 1e-14));

  test("one half begins at zero, and the rest of the line has no answer", () => {
    expect(inverseNormalTail(0.5)).toBe(0);
    for (const p of [0, 1e-13, 0.51, 1, Number.NaN]) expect(inverseNormalTail(p)).toBeNaN();
  });

  test("its slope is -1 over the normal density", () => {
    fc.assert(
      fc.property(finite(-11.9, -0.4), (x) => {
        const p = 10 ** x;
        const slope = (inverseNormalTail(p * 1.0001) - inverseNormalTail(p * 0.9999)) / (2e-4 * p);
        const z = inverseNormalTail(p);
        expectRelative(slope, -Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2), 1e-6);
      }),
    );
  });
});
