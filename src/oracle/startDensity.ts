import type { LineDensity, Scenario } from "../model/scenario.ts";
import { coordinateLaw } from "../model/start.ts";
import type { Axis, BoxGrid } from "./boxGrid.ts";
import type { RadialGrid } from "./radialGrid.ts";

/** Cells of the density of each mass of the start: of integral Z in all, the law from which particles are drawn. */
export type StartDensities = Map<number, Float64Array>;

/** A product of the laws along the axes, entry by entry of `initial`. */
export function boxStart(scenario: Scenario, grid: BoxGrid): StartDensities {
  const { axes, count } = grid;
  return densities(scenario, grid.volumes, (entry) => {
    const lines = axes.map((axis) => {
      const law = coordinateLaw(scenario.initial[entry].density, axis.coordinate);
      return shares(law, scenario, axis, grid);
    });
    return (cell) => {
      let share = 1;
      for (let k = axes.length - 1, rest = cell; k >= 0; k--) {
        share *= lines[k][rest % count];
        rest = Math.floor(rest / count);
      }
      return share;
    };
  });
}

/** Round Gaussians. */
export function radialStart(scenario: Scenario, { radii, volumes }: RadialGrid): StartDensities {
  return densities(scenario, volumes, (entry) => {
    const law = coordinateLaw(scenario.initial[entry].density, 0);
    const sd = law !== "uniform" && "gaussian" in law ? law.gaussian.sd : Number.NaN;
    const weights = volumes.map((volume, i) => volume * Math.exp(-0.5 * (radii[i] / sd) ** 2));
    const total = weights.reduce((a, b) => a + b);
    return (cell) => weights[cell] / total;
  });
}

/** Adds up the entries, each given by the share of its particles in every cell. */
function densities(
  { initial, Z }: Scenario,
  volumes: Float64Array,
  sharesOf: (entry: number) => (cell: number) => number,
): StartDensities {
  const total = initial.reduce((sum, { weight }) => sum + weight, 0);
  const start: StartDensities = new Map();
  for (const [entry, { mass, weight }] of initial.entries()) {
    const share = sharesOf(entry);
    const field = start.get(mass) ?? new Float64Array(volumes.length);
    for (let c = 0; c < field.length; c++) field[c] += (((Z * weight) / total) * share(c)) / volumes[c];
    start.set(mass, field);
  }
  return start;
}

/** The probabilities of the cells along an axis. Smooth laws are taken at the middles, tables averaged over the cells. */
function shares(law: LineDensity, { domain }: Scenario, axis: Axis, grid: BoxGrid): Float64Array {
  const { count } = grid;
  const weights = Float64Array.from({ length: count }, (_, i) => {
    const x = grid.middle(axis, i);
    if (law === "uniform") return 1;
    if ("cosine" in law) {
      return 1 + law.cosine.amplitude * Math.cos((2 * Math.PI * law.cosine.waves * x) / axis.length);
    }
    if ("gaussian" in law)
      return wrappedGaussian((x - law.gaussian.centre) / law.gaussian.sd, axis, law.gaussian.sd);
    const [low, side] = "space" in domain ? [-domain.space / 2, domain.space] : [0, domain.torus];
    const half = axis.length / count / 2;
    return tableBetween(law.table, (x - half - low) / side, (x + half - low) / side);
  });
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

/** exp(-z^2 / 2), summed over the images of a place around the axis. */
function wrappedGaussian(z: number, { length }: Axis, sd: number): number {
  const turn = length / sd;
  const turns = Math.ceil(9 / turn) + 1;
  let sum = 0;
  for (let k = -turns; k <= turns; k++) sum += Math.exp(-0.5 * (z + k * turn) ** 2);
  return sum;
}

/** The integral from `from` to `to` of a table that is constant on equal cells of [0, 1], and 0 outside. */
function tableBetween(table: readonly number[], from: number, to: number): number {
  let sum = 0;
  const last = Math.min(table.length - 1, Math.floor(to * table.length));
  for (let k = Math.max(0, Math.floor(from * table.length)); k <= last; k++) {
    const overlap = Math.min(to * table.length, k + 1) - Math.max(from * table.length, k);
    sum += table[k] * Math.max(0, overlap);
  }
  return sum;
}
