import { describe, expect, test } from "vitest";
import { makePotential } from "../../src/model/potential.ts";
import { displaced, displacedIntegral, shellMean } from "../../src/theorem/shellMeans.ts";

test.each([3, 4, 5])("a shell's mean of r^2 in dimension %i is that of its closed form", (d) => {
  const exact = ((d / (d + 2)) * (1.5 ** (d + 2) - 0.5 ** (d + 2))) / (1.5 ** d - 0.5 ** d);
  expect(shellMean((r) => r * r, 0.5, 1.5, d)).toBeCloseTo(exact, 12);
});

const V = (name: "indicator" | "poly2" | "shell", d: number) => makePotential(name, d);

describe.each([3, 4, 5])("in dimension %i V, displaced by z", (d) => {
  test.each([0, 0.3, 1, 2.5])("of length %f, has the integral of V", (z) => {
    for (const name of ["indicator", "poly2", "shell"] as const) {
      expect(
        displacedIntegral(
          V(name, d),
          () => 1,
          () => 1,
          z,
        ),
      ).toBeCloseTo(1, 4);
    }
  });

  test("has at the place it is displaced from the value at that distance", () => {
    const { at } = V("poly2", d);
    expect(displaced(V("poly2", d), () => 1, 0.4, d)(0)).toBeCloseTo(at(0.4), 12);
    expect(displaced(V("poly2", d), (r) => r, 0, d)(0.7)).toBeCloseTo(0.7 * at(0.7), 12);
  });

  test("has the mean over directions that adding them up gives", () => {
    const { at } = V("poly2", d);
    const [r, z] = [0.8, 0.5];
    let [sum, all] = [0, 0];
    for (let k = 0; k < 20_000; k++) {
      const angle = ((k + 0.5) / 20_000) * Math.PI;
      const weight = Math.sin(angle) ** (d - 2);
      sum += weight * at(Math.sqrt(r * r + z * z + 2 * r * z * Math.cos(angle)));
      all += weight;
    }
    expect(displaced(V("poly2", d), () => 1, z, d)(r)).toBeCloseTo(sum / all, 4);
  });
});
