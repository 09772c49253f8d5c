/** The densities of the Smoluchowski equation in space, as particles are compared with them: smoothed, and paired with test functions. */
import { gaussLegendre } from "../exact/quadrature.ts";
import { makePotential } from "../model/potential.ts";
import type { Scenario, TestFunctionSpec } from "../model/scenario.ts";
import { coordinateLaw } from "../model/start.ts";
import { factorsOf, valueAt } from "../model/testFunction.ts";
import { interpolation } from "./interpolation.ts";
import { profilesBeside } from "./limit.ts";
import type { LimitRate } from "./scenarioRate.ts";
import type { EquationSolution } from "./solution.ts";

/** All arrays are f64[K + 1]: masses 1..K, and all masses. */
export interface LimitFields {
  method: EquationSolution["method"];
  /** The coordinates along which the densities vary; all of them in a space. */
  varying: number[];
  /** (eta_delta * f_n)(x) at time k, eta as in `candidateDensities`. In units of Z per volume. */
  smoothed(k: number, width: number): (x: readonly number[]) => Float64Array;
  /** ∫ J f_n at time k. In units of Z. */
  paired(k: number, J: TestFunctionSpec): Float64Array;
}

/** Null where the equation is not solved in seconds; see `profilesBeside`. */
export function limitFields(
  scenario: Scenario,
  times: readonly number[],
  rate: LimitRate = "recipe",
): LimitFields | null {
  const solution = profilesBeside(scenario, times, rate);
  if (solution === null) return null;
  const { dimension, Z, domain, observe } = scenario;
  const { method, coordinates, points, profiles, volumes } = solution;
  const all = Array.from({ length: dimension }, (_, k) => k);
  if (method === "homogeneous" || method === "sections") {
    const totals = points.map(({ masses, count }) => Float64Array.from([...masses, count], (f) => Z * f));
    const volume = ("torus" in domain ? domain.torus : domain.space) ** dimension;
    return {
      method,
      varying: [],
      smoothed(k) {
        const densities = totals[k].map((total) => total / volume);
        return () => densities;
      },
      paired: (k, J) => totals[k].map((total) => total * average(J, scenario, all)),
    };
  }
  const fields = profiles.map(({ densities }) => [
    ...densities.slice(0, observe.masses),
    volumes.map((_, cell) => densities.reduce((sum, field) => sum + field[cell], 0)),
  ]);
  const varying = method === "radial" ? all : coordinates.map((name) => Number(name.slice(1)));
  const centre = all.map((k) => centreAlong(scenario, k));
  const reduce = (x: readonly number[]) =>
    method === "radial" ? [Math.hypot(...x.map((at, k) => at - centre[k]))] : varying.map((k) => x[k]);
  const interpolate = interpolation(solution, "torus" in domain);
  return {
    method,
    varying,
    smoothed(k, width) {
      const nodes = ballRule(dimension);
      // Many points of a grid are alike in the coordinates that matter.
      const known = new Map<string, Float64Array>();
      return (x) => {
        const key = reduce(x)
          .map((at) => at.toPrecision(12))
          .join();
        const densities = known.get(key) ?? new Float64Array(observe.masses + 1);
        if (known.has(key)) return densities;
        for (const { z, weight } of nodes) {
          interpolate(fields[k], reduce(x.map((at, axis) => at + width * z[axis])), weight, densities);
        }
        known.set(key, densities);
        return densities;
      };
    },
    paired(k, J) {
      const values =
        method === "radial"
          ? shellMeans(J, scenario, centre, solution)
          : cellValues(J, scenario, varying, solution);
      return Float64Array.from(fields[k], (field) =>
        field.reduce((sum, f, cell) => sum + volumes[cell] * values[cell] * f, 0),
      );
    },
  };
}

function centreAlong({ initial }: Scenario, axis: number): number {
  const law = coordinateLaw(initial[0].density, axis);
  return law !== "uniform" && "gaussian" in law ? law.gaussian.centre : 0;
}

/** The product of J's averages over the side along these coordinates. */
function average(J: TestFunctionSpec, scenario: Scenario, along: readonly number[]): number {
  const { domain } = scenario;
  const side = "torus" in domain ? domain.torus : domain.space;
  const factors = factorsOf(J, scenario);
  // J is smooth and periodic, for which the sum over equal steps is as good as exact.
  const nodes = 4096;
  return along.reduce((product, axis) => {
    const factor = factors[axis];
    if (factor === null) return product;
    let sum = 0;
    for (let i = 0; i < nodes; i++) sum += factor((i / nodes) * side);
    return (product * sum) / nodes;
  }, 1);
}

/** J at each cell's middle, averaged over the coordinates along which nothing varies. */
function cellValues(
  J: TestFunctionSpec,
  scenario: Scenario,
  varying: readonly number[],
  { places, volumes }: EquationSolution,
): Float64Array {
  const flat = Array.from({ length: scenario.dimension }, (_, k) => k).filter((k) => !varying.includes(k));
  const mean = average(J, scenario, flat);
  const factors = varying.map((k) => factorsOf(J, scenario)[k]);
  const x = new Float64Array(varying.length);
  return volumes.map((_, cell) => {
    for (let k = places.length - 1, rest = cell; k >= 0; k--) {
      x[k] = places[k][rest % places[k].length];
      rest = Math.floor(rest / places[k].length);
    }
    return mean * valueAt(factors, x);
  });
}

/** J averaged over the spheres around the centre through the shells' middles: it depends on an angle alone. */
function shellMeans(
  J: TestFunctionSpec,
  { dimension, domain }: Scenario,
  centre: readonly number[],
  { places: [radii] }: EquationSolution,
): Float64Array {
  const side = "space" in domain ? domain.space : domain.torus;
  const at = (r: number, cosine: number): number => {
    if (J === "constant") return 1;
    if ("cosine" in J) {
      const { axis, waves } = J.cosine;
      return Math.cos((2 * Math.PI * waves * (centre[axis] + r * cosine)) / side);
    }
    const away = Math.hypot(...J.gaussian.centre.map((c, k) => c - centre[k]));
    return Math.exp((-0.5 * (r * r + away * away - 2 * r * away * cosine)) / J.gaussian.sd ** 2);
  };
  const { nodes, weights } = gaussLegendre(96);
  const angles = Array.from(nodes, (node, i) => {
    const angle = Math.PI * node;
    return { cosine: Math.cos(angle), weight: weights[i] * Math.sin(angle) ** (dimension - 2) };
  });
  const total = angles.reduce((sum, { weight }) => sum + weight, 0);
  return radii.map(
    (r) => angles.reduce((sum, { cosine, weight }) => sum + weight * at(r, cosine), 0) / total,
  );
}

/** Lattice points per radius of the ball: which give the mean square distance to 1 part in 1000, in d = 5 to 5. */
const perRadius = { 2: 12, 3: 5, 4: 4, 5: 3 } as Record<number, number>;

/** eta as a sum over a lattice in the unit ball, of sum 1. */
export function ballRule(dimension: number): { z: number[]; weight: number }[] {
  const eta = makePotential("bump", dimension);
  const m = perRadius[dimension];
  const count = 2 * m - 1;
  const nodes = Array.from({ length: count ** dimension }, (_, cell) => {
    const z = Array.from(
      { length: dimension },
      (_, k) => ((Math.floor(cell / count ** k) % count) + 1 - m) / m,
    );
    return { z, weight: eta.at(Math.hypot(...z)) };
  }).filter(({ weight }) => weight > 0);
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  return nodes.map(({ z, weight }) => ({ z, weight: weight / total }));
}
