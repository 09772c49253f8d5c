/** The weak form of the Smoluchowski equation (Hammond's survey §1.6, (1.9)), to judge a solution by. */
import { gaussLegendre } from "../exact/quadrature.ts";
import type { Scenario } from "../model/scenario.ts";
import { diffusivity } from "../model/system.ts";
import { scenarioRate } from "./scenarioRate.ts";
import type { EquationSolution, Profile, SolveOptions } from "./solution.ts";
import { solveSmoluchowski } from "./solve.ts";

/** J_n(x, t) for n = 1..masses and 0 for heavier ones; x as in `EquationSolution.places`: along the axes that matter, or the distance. */
export interface TestFunction {
  masses: number;
  /** J_n(x, t), its derivative in time, and its Laplacian in space. */
  at(
    mass: number,
    place: readonly number[],
    time: number,
  ): { value: number; slope: number; laplacian: number };
}

export interface WeakResidual {
  /** The left side of (1.9), summed over n, minus the right side: 0 for a solution. */
  residual: number;
  /** The sum of what is added up in it, each taken positive: what the residual is small against. */
  scale: number;
}

/**
 * Solves a scenario that is not homogeneous up to time `end` and puts the solution into the weak form, once for each test function. The
 * integral over time is Gauss' with `nodes` nodes, where the solution's steps end; that over space is the sum over cells.
 */
export function weakResiduals(
  scenario: Scenario,
  end: number,
  tests: readonly TestFunction[],
  { nodes = 24, ...options }: SolveOptions & { nodes?: number } = {},
): WeakResidual[] {
  const rule = gaussLegendre(nodes);
  const times = [0, ...Array.from(rule.nodes, (node) => end * node), end];
  const solution = solveSmoluchowski(scenario, [end], { ...options, profileTimes: times });
  const beta = scenarioRate(scenario, solution.rate);
  const heaviest = solution.profiles[0].densities.length;
  const rates = Array.from({ length: Math.max(...tests.map(({ masses }) => masses)) }, (_, i) =>
    Float64Array.from({ length: heaviest }, (_, j) => beta(i + 1, j + 1)),
  );
  return tests.map((test) => {
    let [residual, scale] = [0, 0];
    const add = (x: number) => {
      residual += x;
      scale += Math.abs(x);
    };
    for (const [k, profile] of solution.profiles.entries()) {
      if (k === 0) add(-paired(solution, profile, test));
      else if (k === nodes + 1) add(paired(solution, profile, test));
      else add(-end * rule.weights[k - 1] * production(scenario, solution, profile, test, rates));
    }
    return { residual, scale };
  });
}

/** Σ_n ∫ J_n f_n. */
function paired(solution: EquationSolution, { time, densities }: Profile, test: TestFunction): number {
  let sum = 0;
  for (let c = 0; c < solution.volumes.length; c++) {
    const place = placeOf(solution, c);
    for (let n = 1; n <= test.masses; n++) {
      sum += solution.volumes[c] * test.at(n, place, time).value * densities[n - 1][c];
    }
  }
  return sum;
}

/** Σ_n ∫ (∂J_n/∂t + d(n) ΔJ_n) f_n + 1/2 Σ_{n,m} ∫ beta(n, m) f_n f_m (J_{n+m} - J_n - J_m); in annihilation without J_{n+m}. */
function production(
  { diffusion, model }: Scenario,
  solution: EquationSolution,
  { time, densities }: Profile,
  test: TestFunction,
  rates: readonly Float64Array[],
): number {
  let sum = 0;
  for (let c = 0; c < solution.volumes.length; c++) {
    const place = placeOf(solution, c);
    const J = Array.from({ length: test.masses }, (_, n) => test.at(n + 1, place, time));
    let here = 0;
    for (const [i, { value, slope, laplacian }] of J.entries()) {
      const f = densities[i][c];
      here += (slope + diffusivity(diffusion, i + 1) * laplacian) * f;
      for (let j = 0; j < densities.length; j++) {
        const pairs = rates[i][j] * f * densities[j][c];
        // J_n and J_m alike, hence no half.
        here -= pairs * value;
        if (model === "coagulation" && i + j + 1 < test.masses) here += 0.5 * pairs * J[i + j + 1].value;
      }
    }
    sum += solution.volumes[c] * here;
  }
  return sum;
}

function placeOf({ places }: EquationSolution, cell: number): number[] {
  let rest = cell;
  return places
    .toReversed()
    .map((along) => {
      const x = along[rest % along.length];
      rest = Math.floor(rest / along.length);
      return x;
    })
    .reverse();
}
