import type { RandomWords } from "../exact/randomWords.ts";
import { type Lattice, mostFlatSites } from "./lattice.ts";

/** The octave of a number of walkers: 0 for 1, 1 for 2 and 3, 2 for 4 to 7, ... */
const octaveOf = (walkers: number) => 31 - Math.clz32(walkers);

/** As 24-bit counts have, and one more. */
const octaves = 25;

const pairsOf = (walkers: number) => (walkers * (walkers - 1)) / 2;

/**
 * The walkers on a lattice, by site, and the draws of who jumps and who merges.
 *
 * Walkers on one site are alike, so a site holds their number only. Occupied sites lie in octaves of that number: a site is drawn in
 * proportion to its walkers, or to its pairs of walkers, by drawing an octave and then accepting at least one in two, or in four, of its
 * sites. Every event takes a time that does not depend on how many walkers there are.
 */
export class Crowd {
  /** Of all walkers. */
  count = 0;
  /** Pairs of walkers on one site. */
  pairs = 0;

  readonly #lattice: Lattice;
  /** Whether walkers on one site are one walker. */
  readonly #atOnce: boolean;
  /** Of every occupied site a slot, which knows the site, its walkers, and its place in its octave. */
  readonly #slots: SlotMap;
  #sites: Float64Array;
  #walkers: Int32Array;
  #places: Int32Array;
  readonly #free: number[] = [];
  #used = 0;
  /** The slots of each octave, and the walkers and pairs in it. */
  readonly #members: number[][] = Array.from({ length: octaves }, () => []);
  readonly #walkersIn = new Float64Array(octaves);
  readonly #pairsIn = new Float64Array(octaves);

  /** `room`: for how many occupied sites to make room at first. */
  constructor(lattice: Lattice, room: number, atOnce: boolean) {
    this.#lattice = lattice;
    this.#atOnce = atOnce;
    this.#slots = lattice.volume <= mostFlatSites ? new FlatSlots(lattice.volume) : new Map();
    this.#sites = new Float64Array(room);
    this.#walkers = new Int32Array(room);
    this.#places = new Int32Array(room);
  }

  /** The number of sites that are occupied. */
  get occupied(): number {
    return this.#used - this.#free.length;
  }

  /** Calls back with every occupied site and its walkers. */
  forEach(callback: (site: number, walkers: number) => void): void {
    for (const members of this.#members) {
      for (const slot of members) callback(this.#sites[slot], this.#walkers[slot]);
    }
  }

  /** Puts walkers on a site. */
  add(site: number, walkers: number): void {
    if (walkers === 0) return;
    const slot = this.#slots.get(site);
    if (slot === undefined) this.#occupy(site, this.#atOnce ? 1 : walkers);
    else if (!this.#atOnce) this.#change(slot, walkers);
  }

  /** A walker, uniformly chosen, jumps to a uniformly chosen neighbour. */
  jump(random: RandomWords): void {
    const directions = 2 * this.#lattice.dimension;
    const draw = random.below(this.count * directions);
    const slot = this.#slotOfWalker(Math.floor(draw / directions), random);
    const from = this.#sites[slot];
    const to = this.#lattice.neighbour(from, draw % directions);
    if (to === from) return; // a torus of one site
    const arrival = this.#slots.get(to);
    if (arrival === undefined && this.#walkers[slot] === 1) {
      this.#slots.delete(from);
      this.#slots.set(to, slot);
      this.#sites[slot] = to;
      return;
    }
    this.#change(slot, -1);
    this.add(to, 1);
  }

  /** A pair, uniformly chosen among all pairs of walkers on one site, becomes one walker. */
  merge(random: RandomWords): void {
    this.#change(this.#slotOfPair(random), -1);
  }

  #slotOfWalker(rank: number, random: RandomWords): number {
    let rest = rank;
    let octave = 0;
    while (rest >= this.#walkersIn[octave]) rest -= this.#walkersIn[octave++];
    const members = this.#members[octave];
    if (octave === 0) return members[rest];
    for (;;) {
      const slot = members[random.below(members.length)];
      if (random.below(2 ** (octave + 1)) < this.#walkers[slot]) return slot;
    }
  }

  #slotOfPair(random: RandomWords): number {
    let rest = Math.min(Math.floor(random.uniform() * this.pairs), this.pairs - 1);
    let octave = 1;
    while (rest >= this.#pairsIn[octave]) rest -= this.#pairsIn[octave++];
    const members = this.#members[octave];
    const bound = pairsOf(2 ** (octave + 1) - 1);
    for (;;) {
      const slot = members[random.below(members.length)];
      if (random.uniform() * bound < pairsOf(this.#walkers[slot])) return slot;
    }
  }

  #occupy(site: number, walkers: number): void {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot === this.#sites.length) this.#grow();
    this.#slots.set(site, slot);
    this.#sites[slot] = site;
    this.#walkers[slot] = walkers;
    this.#count(slot, 1);
    this.#enter(slot);
  }

  #grow(): void {
    const room = 2 * this.#sites.length;
    const [sites, walkers, places] = [this.#sites, this.#walkers, this.#places];
    this.#sites = new Float64Array(room);
    this.#walkers = new Int32Array(room);
    this.#places = new Int32Array(room);
    this.#sites.set(sites);
    this.#walkers.set(walkers);
    this.#places.set(places);
  }

  #change(slot: number, by: number): void {
    const before = this.#walkers[slot];
    const after = before + by;
    this.#count(slot, -1);
    if (after > 0 && octaveOf(after) === octaveOf(before)) {
      this.#walkers[slot] = after;
      this.#count(slot, 1);
      return;
    }
    this.#leave(slot);
    this.#walkers[slot] = after;
    if (after > 0) {
      this.#count(slot, 1);
      this.#enter(slot);
    } else {
      this.#slots.delete(this.#sites[slot]);
      this.#free.push(slot);
    }
  }

  /** Adds what is on a site to the sums, or takes it away. */
  #count(slot: number, sign: 1 | -1): void {
    const walkers = this.#walkers[slot];
    const octave = octaveOf(walkers);
    this.count += sign * walkers;
    this.#walkersIn[octave] += sign * walkers;
    const pairs = sign * pairsOf(walkers);
    this.pairs += pairs;
    this.#pairsIn[octave] += pairs;
  }

  #enter(slot: number): void {
    const members = this.#members[octaveOf(this.#walkers[slot])];
    this.#places[slot] = members.length;
    members.push(slot);
  }

  #leave(slot: number): void {
    const members = this.#members[octaveOf(this.#walkers[slot])];
    const last = members.pop()!;
    if (last === slot) return;
    members[this.#places[slot]] = last;
    this.#places[last] = this.#places[slot];
  }
}

/** Which slot a site has, if it is occupied. */
interface SlotMap {
  get(site: number): number | undefined;
  set(site: number, slot: number): unknown;
  delete(site: number): unknown;
}

class FlatSlots implements SlotMap {
  /** The slot and 1, or 0. */
  readonly #slots: Int32Array;

  constructor(sites: number) {
    this.#slots = new Int32Array(sites);
  }

  get(site: number): number | undefined {
    const slot = this.#slots[site];
    return slot === 0 ? undefined : slot - 1;
  }

  set(site: number, slot: number): void {
    this.#slots[site] = slot + 1;
  }

  delete(site: number): void {
    this.#slots[site] = 0;
  }
}
