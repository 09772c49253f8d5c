import type { Snapshot } from "../engine.ts";
import type { TestFunctionSpec } from "../model/scenario.ts";
import type { System } from "../model/system.ts";
import { factorsOf, valueAt } from "../model/testFunction.ts";
import { forEachParticle } from "./places.ts";

/**
 * ∫ J dmu_n, the empirical measure of mass n (Hammond's survey §1.7) paired with each test function: weight Σ_i J(x_i) 1{m_i = n}.
 *
 * @returns f64[replicas, test functions, K + 1]: masses 1..K, and particles of all masses. In units of Z.
 */
export function pairings(
  system: System,
  snapshot: Snapshot,
  testFunctions: readonly TestFunctionSpec[],
): Float64Array {
  const { replicas, scenario, weight } = system;
  const K = scenario.observe.masses;
  const factors = testFunctions.map((J) => factorsOf(J, scenario));
  const sums = new Float64Array(replicas * factors.length * (K + 1));
  forEachParticle(system, snapshot, (replica, row, x) => {
    for (let j = 0; j < factors.length; j++) {
      const value = valueAt(factors[j], x);
      const at = (replica * factors.length + j) * (K + 1);
      if (row < K) sums[at + row] += value;
      sums[at + K] += value;
    }
  });
  return sums.map((sum) => weight * sum);
}
