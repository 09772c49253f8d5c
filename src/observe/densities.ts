import type { Snapshot } from "../engine.ts";
import { makePotential } from "../model/potential.ts";
import type { Scenario } from "../model/scenario.ts";
import type { System } from "../model/system.ts";
import { forEachParticle } from "./places.ts";

/** The points of a candidate density: the middles of `points`^d equal cells. */
export interface DensityGrid {
  /** delta. */
  width: number;
  /** The coordinates along every axis. */
  along: Float64Array;
  /** Of a cell. */
  volume: number;
  /** points^d; the last axis varies fastest. */
  size: number;
}

/** The grid that `observe.densities` asks for. */
export function densityGrid(
  { dimension, domain }: Scenario,
  { width, points, side }: NonNullable<Scenario["observe"]["densities"]>,
): DensityGrid {
  const span = side ?? ("space" in domain ? domain.space : domain.torus);
  const from = "space" in domain ? -span / 2 : 0;
  const along = Float64Array.from({ length: points }, (_, j) => from + ((j + 0.5) / points) * span);
  return { width, along, volume: (span / points) ** dimension, size: points ** dimension };
}

/**
 * The microscopic candidate densities (Hammond's survey (4.2), with the indicator of the mass that is missing there)
 *
 *     f_n^{eps,delta}(x) = weight Σ_i 1{m_i = n} delta^-d eta((x_i - x) / delta),   eta(z) = C exp(-1 / (1 - |z|^2)) for |z| < 1
 *
 * with C such that ∫ eta = 1, at all points of a grid. On a torus distances go around.
 *
 * @returns f64[replicas, K + 1, size]: masses 1..K, and particles of all masses. In units of Z per volume.
 */
export function candidateDensities(system: System, snapshot: Snapshot, grid: DensityGrid): Float64Array {
  const { dimension, replicas, side, open, weight, scenario } = system;
  const { width, along, size } = grid;
  const K = scenario.observe.masses;
  const eta = makePotential("bump", dimension);
  const scale = weight / width ** dimension;
  const densities = new Float64Array(replicas * (K + 1) * size);
  // By axis: the points within delta of a particle, and their squared distances along it.
  const near = Array.from({ length: dimension }, () => ({ point: [] as number[], square: [] as number[] }));
  forEachParticle(system, snapshot, (replica, row, x) => {
    for (let k = 0; k < dimension; k++) {
      const { point, square } = near[k];
      point.length = square.length = 0;
      for (let j = 0; j < along.length; j++) {
        let z = x[k] - along[j];
        if (!open) z -= side * Math.round(z / side);
        if (Math.abs(z) < width) {
          point.push(j);
          square.push((z / width) ** 2);
        }
      }
    }
    const base = replica * (K + 1) * size;
    const scatter = (k: number, cell: number, squares: number): void => {
      const { point, square } = near[k];
      for (let p = 0; p < point.length; p++) {
        const [at, sum] = [cell * along.length + point[p], squares + square[p]];
        if (sum >= 1) continue;
        if (k + 1 < dimension) {
          scatter(k + 1, at, sum);
          continue;
        }
        const value = scale * eta.at(Math.sqrt(sum));
        if (row < K) densities[base + row * size + at] += value;
        densities[base + K * size + at] += value;
      }
    };
    scatter(0, 0, 0);
  });
  return densities;
}
