/** Test functions J(x) (Hammond's survey §1.6): all are products of functions of one coordinate. */
import { cos2pi, exp } from "../exact/elementary.ts";
import type { Scenario, TestFunctionSpec } from "./scenario.ts";

/** J(x) = the product of factor[k](x_k), x in the scenario's lengths; null where J does not depend on x_k. */
export type Factors = readonly (((x: number) => number) | null)[];

export function factorsOf(J: TestFunctionSpec, { dimension, domain }: Scenario): Factors {
  const side = "space" in domain ? domain.space : domain.torus;
  return Array.from({ length: dimension }, (_, axis) => {
    if (J === "constant") return null;
    if ("cosine" in J) {
      const { waves } = J.cosine;
      if (axis !== J.cosine.axis) return null;
      return (x) => {
        const turns = (waves * x) / side;
        return cos2pi(turns - Math.floor(turns));
      };
    }
    const { centre, sd } = J.gaussian;
    const bump = (x: number) => exp(-0.5 * ((x - centre[axis]) / sd) ** 2);
    if ("space" in domain) return bump;
    // Nine standard deviations away there is 3e-18 of it left.
    const turns = Math.ceil((9 * sd) / side) + 1;
    return (x) => {
      const near = x - side * Math.round((x - centre[axis]) / side);
      let sum = 0;
      for (let k = -turns; k <= turns; k++) sum += bump(near + k * side);
      return sum;
    };
  });
}

export function valueAt(factors: Factors, place: ArrayLike<number>): number {
  let product = 1;
  for (let k = 0; k < factors.length; k++) product *= factors[k]?.(place[k]) ?? 1;
  return product;
}

/** "1", "cos(2 pi 3 x0 / side)", "Gaussian at 0, 0, 0, sd 0.2": for people. */
export function nameOf(J: TestFunctionSpec): string {
  if (J === "constant") return "1";
  if ("cosine" in J) {
    const { axis, waves } = J.cosine;
    return `cos(2 pi ${waves === 1 ? "" : `${waves} `}x${axis} / side)`;
  }
  return `Gaussian at ${J.gaussian.centre.join(", ")}, sd ${J.gaussian.sd}`;
}
