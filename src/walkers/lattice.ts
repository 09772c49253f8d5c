import { UserError } from "../errors.ts";

/** Sites that are numbered with 32 bits are kept in flat arrays, others in a map. */
export const mostFlatSites = 2 ** 26;

/**
 * The discrete torus (Z / side)^d, or for side Infinity a cube of Z^d about the origin, so large that no walker leaves it but by mistake of
 * the user's. A site is the integer sum of x_k side^k, so that no site needs an object.
 */
export class Lattice {
  readonly dimension: number;
  /** Sites along an axis; of the cube, where the lattice is Z^d. */
  readonly side: number;
  readonly infinite: boolean;
  /** The number of sites. */
  readonly volume: number;
  readonly origin: number;
  readonly #strides: number[];

  constructor(dimension: number, side: number) {
    this.dimension = dimension;
    this.infinite = side === Number.POSITIVE_INFINITY;
    this.side = this.infinite ? 2 ** Math.floor(52 / dimension) : side;
    this.volume = this.side ** dimension;
    this.#strides = Array.from({ length: dimension }, (_, axis) => this.side ** axis);
    this.origin = this.infinite
      ? this.#strides.reduce((sum, stride) => sum + (this.side / 2) * stride, 0)
      : 0;
  }

  /** The neighbour in direction 0, ..., 2 d - 1: two for each axis, up and down. */
  neighbour(site: number, direction: number): number {
    const stride = this.#strides[direction >> 1];
    const x = Math.floor(site / stride) % this.side;
    if ((direction & 1) === 0) {
      if (x < this.side - 1) return site + stride;
      this.#wrap();
      return site - x * stride;
    }
    if (x > 0) return site - stride;
    this.#wrap();
    return site + (this.side - 1) * stride;
  }

  /** The squared distance from the origin, on Z^d. */
  squaredDistance(site: number): number {
    let sum = 0;
    for (const stride of this.#strides) sum += ((Math.floor(site / stride) % this.side) - this.side / 2) ** 2;
    return sum;
  }

  #wrap(): void {
    if (!this.infinite) return;
    throw new UserError(
      `times end too late: a walker came ${this.side / 2} sites away from the origin, which is as far as Z^${this.dimension} is numbered.`,
    );
  }
}
