import type { RandomWords } from "../exact/randomWords.ts";

/** Largest torus: sites are kept in a flat array. */
export const mostSites = 2 ** 26;

/** The moves of one ring: to the nearest and the diagonally adjacent sites, all but 0 of {-1, 0, 1}^d. */
export function movesOf(dimension: number): number[][] {
  const all = Array.from({ length: 3 ** dimension }, (_, code) =>
    Array.from({ length: dimension }, (_, axis) => (Math.floor(code / 3 ** axis) % 3) - 1),
  );
  return all.filter((move) => move.some((x) => x !== 0));
}

/**
 * Walkers on the torus (Z / side)^d, at most one on a site, that diffuse by rearranging themselves and never part (Hammond's survey §2.6.2).
 *
 * At a ring of its clock a walker stays where it is if without it its cluster, connected by nearest neighbours, would fall apart. Else it
 * picks one of the 3^d - 1 sites around it, and goes there if that is empty and it stays connected to its cluster, if it had company. Clusters that
 * have come to touch are one from then on.
 */
export class StickingWalkers {
  readonly dimension: number;
  readonly side: number;
  /** Coordinates in [0, side), d for each walker. */
  readonly places: Int32Array;
  /** Clusters that are left. */
  clusters: number;
  readonly moves: readonly (readonly number[])[];
  readonly #strides: number[];
  /** The walker on each site, from 1 on; 0 where there is none. */
  readonly #occupant: Uint32Array;
  /** A walker of the same cluster, and at last itself. */
  readonly #parent: Uint32Array;
  readonly #size: Uint32Array;
  readonly #seen: Uint32Array;
  readonly #queue: Uint32Array;
  #search = 0;

  /** `places`: d coordinates of each walker, no two of them alike. */
  constructor(dimension: number, side: number, places: Int32Array) {
    const count = places.length / dimension;
    this.dimension = dimension;
    this.side = side;
    this.places = places;
    this.clusters = count;
    this.moves = movesOf(dimension);
    this.#strides = Array.from({ length: dimension }, (_, axis) => side ** axis);
    this.#occupant = new Uint32Array(side ** dimension);
    this.#parent = Uint32Array.from({ length: count }, (_, walker) => walker);
    this.#size = new Uint32Array(count).fill(1);
    this.#seen = new Uint32Array(count);
    this.#queue = new Uint32Array(count);
    for (let walker = 0; walker < count; walker++) this.#occupant[this.#siteOf(walker)] = walker + 1;
    for (let walker = 0; walker < count; walker++) this.#joinNeighbours(walker);
  }

  get walkers(): number {
    return this.#parent.length;
  }

  /** Walkers in the cluster of this one. */
  sizeOf(walker: number): number {
    return this.#size[this.#rootOf(walker)];
  }

  /** The sizes of all clusters. */
  sizes(): number[] {
    return Array.from(this.#parent.keys())
      .filter((walker) => this.#rootOf(walker) === walker)
      .map((root) => this.#size[root]);
  }

  /** One clock rings, that of any walker alike. Returns the index of the move that was made, or -1. */
  ring(random: RandomWords): number {
    const choice = random.below(this.walkers * this.moves.length);
    const walker = Math.floor(choice / this.moves.length);
    const index = choice % this.moves.length;
    return this.#try(walker, this.moves[index]) ? index : -1;
  }

  #try(walker: number, move: readonly number[]): boolean {
    const { dimension, places, side } = this;
    const from = this.#siteOf(walker);
    const to = this.#siteOf(walker, move);
    if (this.#occupant[to] !== 0) return false;
    this.#occupant[from] = 0;
    const alone = this.sizeOf(walker) === 1;
    if (!alone && !(this.#touches(walker, to) && this.#holdsTogether(walker))) {
      this.#occupant[from] = walker + 1;
      return false;
    }
    this.#occupant[to] = walker + 1;
    for (let axis = 0; axis < dimension; axis++) {
      const at = walker * dimension + axis;
      places[at] = (places[at] + move[axis] + side) % side;
    }
    this.#joinNeighbours(walker);
    return true;
  }

  /** Whether the site has a neighbour of the walker's cluster, once the walker is off the lattice. */
  #touches(walker: number, site: number): boolean {
    const root = this.#rootOf(walker);
    for (let direction = 0; direction < 2 * this.dimension; direction++) {
      const occupant = this.#occupant[this.#neighbour(site, direction)];
      if (occupant !== 0 && this.#rootOf(occupant - 1) === root) return true;
    }
    return false;
  }

  /** Whether the walker's neighbours are connected without it, once it is off the lattice. */
  #holdsTogether(walker: number): boolean {
    const site = this.#siteOf(walker);
    const wanted = ++this.#search;
    let missing = -1;
    let first = 0;
    for (let direction = 0; direction < 2 * this.dimension; direction++) {
      const occupant = this.#occupant[this.#neighbour(site, direction)];
      if (occupant === 0) continue;
      this.#seen[occupant - 1] = wanted;
      first = occupant;
      missing++;
    }
    const reached = ++this.#search;
    let end = 0;
    this.#queue[end++] = first - 1;
    this.#seen[first - 1] = reached;
    for (let k = 0; k < end && missing > 0; k++) {
      const here = this.#siteOf(this.#queue[k]);
      for (let direction = 0; direction < 2 * this.dimension; direction++) {
        const occupant = this.#occupant[this.#neighbour(here, direction)];
        if (occupant === 0 || this.#seen[occupant - 1] === reached) continue;
        if (this.#seen[occupant - 1] === wanted) missing--;
        this.#seen[occupant - 1] = reached;
        this.#queue[end++] = occupant - 1;
      }
    }
    return missing === 0;
  }

  #joinNeighbours(walker: number): void {
    const site = this.#siteOf(walker);
    for (let direction = 0; direction < 2 * this.dimension; direction++) {
      const occupant = this.#occupant[this.#neighbour(site, direction)];
      if (occupant !== 0) this.#join(walker, occupant - 1);
    }
  }

  #join(a: number, b: number): void {
    const [i, j] = [this.#rootOf(a), this.#rootOf(b)];
    if (i === j) return;
    const [large, small] = this.#size[i] >= this.#size[j] ? [i, j] : [j, i];
    this.#parent[small] = large;
    this.#size[large] += this.#size[small];
    this.clusters--;
  }

  #rootOf(walker: number): number {
    const parent = this.#parent;
    let root = walker;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }

  #siteOf(walker: number, move?: readonly number[]): number {
    const { dimension, side, places } = this;
    let site = 0;
    for (let axis = 0; axis < dimension; axis++) {
      let x = places[walker * dimension + axis] + (move === undefined ? 0 : move[axis]);
      if (x < 0) x += side;
      else if (x >= side) x -= side;
      site += x * this.#strides[axis];
    }
    return site;
  }

  /** The nearest neighbour in direction 0, ..., 2 d - 1: two for each axis, up and down. */
  #neighbour(site: number, direction: number): number {
    const stride = this.#strides[direction >> 1];
    const x = Math.floor(site / stride) % this.side;
    if ((direction & 1) === 0) return x < this.side - 1 ? site + stride : site - x * stride;
    return x > 0 ? site - stride : site + (this.side - 1) * stride;
  }
}
