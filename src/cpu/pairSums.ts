/** Sums over the pairs of one replica, see `model/pairs.ts`. Twin: `shaders/shared/pair_sums.wgsl`. */
import { toBits } from "../exact/single.ts";
import { firstBin, hazardBits, type Pairs, separationBins, timeBits } from "../model/pairs.ts";

/** A mass, and where along axis 0 it is. */
export interface Member {
  mass: number;
  x0: number;
}

export class PairSums {
  /** u64[classes, slabs] of hazards, then u64[classes, separationBins] of times. */
  readonly sums: BigUint64Array;
  readonly #pairs: Pairs;

  /** From zero, or going on from these sums. */
  constructor(pairs: Pairs, sums = new BigUint64Array(pairs.sums)) {
    this.#pairs = pairs;
    this.sums = sums;
  }

  /** A pair has lived through this hazard: it counts for both of its orders, where the first of them is. */
  addHazard(a: Member, b: Member, hazard: number): void {
    const { slabs } = this.#pairs;
    const units = BigInt(Math.floor(hazard * 2 ** hazardBits));
    for (const [first, second] of [
      [a, b],
      [b, a],
    ]) {
      const slab = Math.floor((first.x0 * slabs) / 2 ** 32);
      this.sums[this.#classOf(first.mass, second.mass) * slabs + slab] += units;
    }
  }

  /** A pair has lived this long, in finest sub-steps, at |x_i - x_j|^2 / eps^2 = s: it counts once, for its masses in increasing order. */
  addTime(n: number, m: number, s: number, time: number): void {
    const { classes, slabs } = this.#pairs;
    const bin = Math.max(firstBin, toBits(s) >>> 21) - firstBin;
    if (bin >= separationBins) return;
    const units = BigInt(Math.floor(time * 2 ** timeBits));
    this.sums[classes * slabs + this.#classOf(Math.min(n, m), Math.max(n, m)) * separationBins + bin] +=
      units;
  }

  #classOf(n: number, m: number): number {
    const { masses } = this.#pairs;
    return Math.min(n - 1, masses) * (masses + 1) + Math.min(m - 1, masses);
  }
}
