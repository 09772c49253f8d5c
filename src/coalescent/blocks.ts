import { UserError } from "../errors.ts";
import type { RandomWords } from "../exact/randomWords.ts";
import type { Kernel } from "./kernels.ts";

/** The octave of a mass: 0 for 1, 1 for 2 and 3, 2 for 4 to 7, ... */
const octaveOf = (mass: number) => 31 - Math.clz32(mass);

/**
 * The blocks of a coalescent, and pairs of them drawn at rates K(n, m).
 *
 * Blocks lie in octaves of mass. A pair of octaves holds a bound on K over all pairs of masses in them that have been there together, so
 * a pair of blocks is proposed at the rate that the bound gives, uniformly within its octaves, and accepted with probability K / bound:
 * exact for every K, and a power of the masses accepts a fixed share. A bound is raised when a mass appears that was not there; as few
 * different masses are there at once (below sqrt(2 N)), that costs little.
 */
export class Blocks {
  /** Of all blocks. */
  count: number;
  /** The largest mass. */
  largest = 1;
  /** Sum of the squared masses. */
  squares: number;
  /** Blocks of each mass: entry m is the number of blocks of mass m. */
  readonly ofMass: Int32Array;

  readonly #kernel: Kernel;
  /** Masses of the blocks in each octave, `#sizes` of them. */
  readonly #blocks: Int32Array[];
  readonly #sizes: Float64Array;
  /** The different masses in each octave, where each mass stands there, and how many there are in all. */
  readonly #masses: number[][];
  readonly #standing: Int32Array;
  #different = 0;
  /** Bounds on K and proposal rates by octaves p >= q, at p * octaves + q; rates of each p. */
  readonly #octaves: number;
  readonly #bounds: Float64Array;
  readonly #rates: Float64Array;
  readonly #rowRates: Float64Array;
  #rate = 0;
  /** Proposals that have been rejected since the last merger. */
  #rejected = 0;

  /** `total` blocks of mass 1. */
  constructor(total: number, kernel: Kernel) {
    const octaves = octaveOf(total) + 1;
    this.count = total;
    this.squares = total;
    this.ofMass = new Int32Array(total + 1);
    this.#kernel = kernel;
    this.#blocks = Array.from({ length: octaves }, (_, p) => new Int32Array(Math.floor(total / 2 ** p)));
    this.#sizes = new Float64Array(octaves);
    this.#masses = Array.from({ length: octaves }, () => []);
    this.#standing = new Int32Array(total + 1);
    this.#octaves = octaves;
    this.#bounds = new Float64Array(octaves * octaves);
    this.#rates = new Float64Array(octaves * octaves);
    this.#rowRates = new Float64Array(octaves);
    this.#blocks[0].fill(1);
    this.#sizes[0] = total;
    this.ofMass[1] = total;
    this.#appear(1);
    this.#updateRates();
  }

  /** The rate at which pairs are proposed; 0 if no pair will ever merge. */
  get rate(): number {
    return this.#rate;
  }

  /** Proposes a pair, and merges it if it is accepted. */
  propose(random: RandomWords): void {
    const octaves = this.#octaves;
    let rest = random.uniform() * this.#rate;
    const p = pick(this.#rowRates, 0, octaves, rest);
    for (let row = 0; row < p; row++) rest -= this.#rowRates[row];
    const q = pick(this.#rates, p * octaves, p + 1, rest);
    const i = random.below(this.#sizes[p]);
    let j = random.below(this.#sizes[q] - (p === q ? 1 : 0));
    if (p === q && j >= i) j++;
    const a = this.#blocks[p][i];
    const b = this.#blocks[q][j];
    if (random.uniform() * this.#bounds[p * octaves + q] < this.#rateOf(a, b)) this.#merge(p, i, q, j);
    else this.#reject();
  }

  #merge(p: number, i: number, q: number, j: number): void {
    const a = this.#blocks[p][i];
    const b = this.#blocks[q][j];
    // Within one octave the later block goes first, so that the other keeps its place.
    if (p === q && i < j) {
      this.#remove(q, j);
      this.#remove(p, i);
    } else {
      this.#remove(p, i);
      this.#remove(q, j);
    }
    const mass = a + b;
    const octave = octaveOf(mass);
    this.#blocks[octave][this.#sizes[octave]++] = mass;
    if (this.ofMass[mass]++ === 0) this.#appear(mass);
    this.count--;
    this.squares += 2 * a * b;
    this.largest = Math.max(this.largest, mass);
    this.#rejected = 0;
    this.#updateRates();
  }

  #remove(octave: number, place: number): void {
    const blocks = this.#blocks[octave];
    const mass = blocks[place];
    blocks[place] = blocks[--this.#sizes[octave]];
    if (--this.ofMass[mass] > 0) return;
    this.#different--;
    const masses = this.#masses[octave];
    const last = masses.pop()!;
    if (last === mass) return;
    masses[this.#standing[mass]] = last;
    this.#standing[last] = this.#standing[mass];
  }

  #appear(mass: number): void {
    const masses = this.#masses[octaveOf(mass)];
    this.#standing[mass] = masses.length;
    masses.push(mass);
    this.#different++;
    this.#raiseBounds(mass);
  }

  #raiseBounds(mass: number): void {
    const octave = octaveOf(mass);
    for (let other = 0; other < this.#octaves; other++) {
      const at = Math.max(octave, other) * this.#octaves + Math.min(octave, other);
      const masses = this.#masses[other];
      for (let k = 0; k < masses.length; k++) {
        const rate = this.#rateOf(mass, masses[k]);
        if (rate > this.#bounds[at]) this.#bounds[at] = rate;
      }
    }
  }

  /** Bounds that rest on masses no longer there can be far too high: after as many rejections as it costs, they are made anew. */
  #reject(): void {
    this.#rejected++;
    if (this.#rejected < Math.max(100, this.#different ** 2)) return;
    this.#rejected = 0;
    this.#bounds.fill(0);
    for (const masses of this.#masses) for (const mass of masses) this.#raiseBounds(mass);
    this.#updateRates();
  }

  /** From the counts, so that no rounding adds up. */
  #updateRates(): void {
    const octaves = this.#octaves;
    const sizes = this.#sizes;
    this.#rate = 0;
    for (let p = 0; p < octaves; p++) {
      let sum = 0;
      if (sizes[p] > 0) {
        for (let q = 0; q <= p; q++) {
          const pairs = q < p ? sizes[p] * sizes[q] : (sizes[p] * (sizes[p] - 1)) / 2;
          const rate = pairs * this.#bounds[p * octaves + q];
          this.#rates[p * octaves + q] = rate;
          sum += rate;
        }
      }
      this.#rowRates[p] = sum;
      this.#rate += sum;
    }
  }

  #rateOf(a: number, b: number): number {
    const rate = a > b ? this.#kernel(a, b) : this.#kernel(b, a);
    if (rate >= 0 && rate < Number.POSITIVE_INFINITY) return rate;
    throw new UserError(
      `kernel is ${rate} for the masses ${Math.max(a, b)} and ${Math.min(a, b)}; it must be finite and not negative.`,
    );
  }
}

/** Which of `length` weights from `from` on the point `at` of their sum falls to; never one that is 0. */
function pick(weights: Float64Array, from: number, length: number, at: number): number {
  let last = 0;
  for (let k = 0; k < length; k++) {
    const weight = weights[from + k];
    if (weight === 0) continue;
    if (at < weight) return k;
    at -= weight;
    last = k;
  }
  return last; // rounding only
}
