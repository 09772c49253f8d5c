import type { Snapshot } from "../engine.ts";
import { gaussLegendre, integrateOver } from "../exact/quadrature.ts";
import { makePotential, unitSphereArea } from "../model/potential.ts";
import type { System } from "../model/system.ts";
import { candidateDensities, type DensityGrid } from "./densities.ts";
import { forEachParticle } from "./places.ts";

/** What both sides of the Stosszahlansatz are weighted with: 1, and cos(2 pi x0 / side). */
export const productWeights = ["1", "cos"] as const;

/** f64[replicas, widths, weights, masses, masses], in units of Z^2 per volume. */
export interface DensityProducts {
  /** ∫ J f_n f_m dx of the candidate densities of each width. */
  all: Float64Array;
  /** What each particle's product with itself, in the candidate density of its mass, has part in that. */
  selves: Float64Array;
}

/** Grid points within a width. Sums over such a grid are right in the mean over places; those of one particle are, to 2 %. */
const pointsPerWidth = 3;

/** ∫ J f_n f_m dx (the right side of Hammond's survey, Proposition 4.1) for n, m in 1..masses, on a torus; see `candidateDensities`. */
export function densityProducts(
  system: System,
  snapshot: Snapshot,
  masses: number,
  widths: readonly number[],
): DensityProducts {
  const { dimension, replicas, side, weight, scenario } = system;
  const length = replicas * widths.length * productWeights.length * masses ** 2;
  const products = { all: new Float64Array(length), selves: new Float64Array(length) };
  const columns = scenario.observe.masses + 1;
  // Sums over particles of J at their places.
  const sums = new Float64Array(replicas * productWeights.length * masses);
  forEachParticle(system, snapshot, (replica, row, x) => {
    if (row >= masses) return;
    const at = replica * productWeights.length * masses + row;
    sums[at] += 1;
    sums[at + masses] += Math.cos((2 * Math.PI * x[0]) / side);
  });
  for (const [w, width] of widths.entries()) {
    const grid = gridOf(width, side, dimension);
    const { along, size, volume } = grid;
    const densities = candidateDensities(system, snapshot, grid);
    const cosines = Float64Array.from(along, (x) => Math.cos((2 * Math.PI * x) / side));
    const slab = size / along.length; // the first axis varies slowest
    const ofSelf = selfWeights(width / side, dimension).map((share) => share / width ** dimension);
    for (let replica = 0; replica < replicas; replica++) {
      const first = (replica * widths.length + w) * productWeights.length * masses ** 2;
      for (let n = 0; n < masses; n++) {
        const f = (replica * columns + n) * size;
        for (let m = 0; m < masses; m++) {
          const g = (replica * columns + m) * size;
          for (let i = 0; i < along.length; i++) {
            let sum = 0;
            for (let cell = i * slab; cell < (i + 1) * slab; cell++)
              sum += densities[f + cell] * densities[g + cell];
            products.all[first + n * masses + m] += volume * sum;
            products.all[first + masses ** 2 + n * masses + m] += volume * cosines[i] * sum;
          }
        }
        for (const [j, share] of ofSelf.entries()) {
          const sum = sums[(replica * productWeights.length + j) * masses + n];
          products.selves[first + j * masses ** 2 + n * masses + n] = weight ** 2 * share * sum;
        }
      }
    }
  }
  return products;
}

function gridOf(width: number, side: number, dimension: number): DensityGrid {
  const points = Math.ceil((pointsPerWidth * side) / width);
  const along = Float64Array.from({ length: points }, (_, j) => ((j + 0.5) / points) * side);
  return { width, along, volume: (side / points) ** dimension, size: points ** dimension };
}

const rule = gaussLegendre(32);

/** ∫ eta^2 and ∫ eta(z)^2 cos(2 pi delta z0) dz, delta in units of the side: what is left of J around a particle. */
function selfWeights(delta: number, dimension: number): [number, number] {
  const eta = makePotential("bump", dimension);
  const area = unitSphereArea(dimension);
  // The mean of a plane wave over a sphere, by the angle to it.
  const norm = integrateOver(rule, 0, Math.PI, (angle) => Math.sin(angle) ** (dimension - 2));
  const wave = (q: number) =>
    integrateOver(
      rule,
      0,
      Math.PI,
      (angle) => Math.cos(q * Math.cos(angle)) * Math.sin(angle) ** (dimension - 2),
    ) / norm;
  const integral = (J: (r: number) => number) =>
    integrateOver(rule, 0, 1, (r) => area * r ** (dimension - 1) * eta.at(r) ** 2 * J(r));
  return [integral(() => 1), integral((r) => wave(2 * Math.PI * delta * r))];
}
