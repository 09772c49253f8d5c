/** The sums over pairs that an engine keeps, in the scenario's units; `model/pairs.ts` tells how they lie. */
import { binEdges, hazardBits, separationBins, timeBits } from "../model/pairs.ts";
import { unitSphereArea } from "../model/potential.ts";
import type { System } from "../model/system.ts";

/** Of one replica between two observations. Masses n, m count from 1; `masses + 1` stands for all above. */
export interface PairRecord {
  /** Σ ∫ alpha V_eps(x_i - x_j) dt over pairs of i of mass n and j of mass m, in this order, with i in a slab; in all slabs unless given. */
  hazard(n: number, m: number, slab?: number): number;
  /** How long pairs of the masses n and m, in any order, have lived at a distance of this bin: a time, added up over pairs. */
  lived(n: number, m: number, bin: number): number;
}

/** @param sums of all replicas, u64[replicas, sums], at an observation, and at an earlier one. */
export function pairRecords(system: System, sums: BigUint64Array, before: BigUint64Array): PairRecord[] {
  const { replicas, dt, multirate } = system;
  const { masses, slabs, classes, sums: width } = system.pairs!;
  const classOf = (n: number, m: number) => (n - 1) * (masses + 1) + m - 1;
  const unit = (dt * 2 ** -timeBits) / 2 ** (multirate?.tickLevels ?? 0);
  return Array.from({ length: replicas }, (_, r) => {
    const since = (at: number) => Number(sums[r * width + at] - before[r * width + at]);
    const hazard = (n: number, m: number, slab: number) =>
      since(classOf(n, m) * slabs + slab) * 2 ** -hazardBits;
    return {
      hazard(n, m, slab) {
        if (slab !== undefined) return hazard(n, m, slab);
        let sum = 0;
        for (let each = 0; each < slabs; each++) sum += hazard(n, m, each);
        return sum;
      },
      lived(n, m, bin) {
        const at = classOf(Math.min(n, m), Math.max(n, m)) * separationBins + bin;
        return unit * since(classes * slabs + at);
      },
    };
  });
}

/** The bins of `lived`: from and to a distance in units of eps, and the volume of the shell between them in the scenario's. */
export function shells({ dimension, eps }: Pick<System, "dimension" | "eps">) {
  const edges = binEdges();
  const ball = (r: number) => (unitSphereArea(dimension) / dimension) * (r * eps) ** dimension;
  return edges.slice(1).map((to, k) => ({ from: edges[k], to, volume: ball(to) - ball(edges[k]) }));
}
