/** Those who have annihilated go on as ghosts, marked and without effect (Hammond's survey, Definition 3.7). */
import type { Engine, Snapshot } from "../engine.ts";
import { displacement } from "../exact/gaussian.ts";
import { massFunction } from "../exact/massFunction.ts";
import { mul } from "../exact/single.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import { settledAt } from "../model/pace.ts";
import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";

/** All particles of a run at one time, by id (replica * N + particle). */
export interface Everybody {
  /** u32[replicas * N, dimension], in lattice units. */
  place: Uint32Array;
  /** 1: surviving; 0: a ghost. */
  alive: Uint8Array;
}

/**
 * Sees the living at each observation. A ghost influences nobody, so its motion takes no steps: from where it was when it died it makes one
 * exact Gaussian move to the next observation, and so on from one to the next. That has the law of moving it along.
 */
export class GhostWatch {
  readonly #system: System;
  /** The living at each observation so far. */
  readonly living: Snapshot[];

  constructor(system: System, living: readonly Snapshot[] = []) {
    this.#system = system;
    this.living = [...living];
  }

  async see(engine: Engine): Promise<void> {
    this.living.push(await engine.snapshot());
  }

  /** Everybody at each observation, once the run is over; `events` is its sorted log. */
  async end(engine: Engine, events: Uint32Array): Promise<Everybody[]> {
    const { dimension: d, particles: n, replicas } = this.#system;
    const clock = engine.clock();
    const seen = this.living.map(({ id, place }): Everybody => {
      const all = { place: new Uint32Array(replicas * n * d), alive: new Uint8Array(replicas * n) };
      for (const [k, one] of id.entries()) {
        all.place.set(place.subarray(d * k, d * (k + 1)), d * one);
        all.alive[one] = 1;
      }
      return all;
    });
    const graves = await engine.everybody();
    const mass = Array.from({ length: replicas }, (_, r) => makeStart(this.#system, r).mass);
    for (let at = 0; at < events.length; at += 5 + d) {
      const [replica, step, moment, ...pair] = events.subarray(at, at + 5);
      const death = settledAt(clock[replica], step, moment);
      for (const particle of pair) {
        const one = replica * n + particle;
        const place = graves.slice(d * one, d * (one + 1));
        this.#haunt(seen, replica, particle, mass[replica][particle], place, death);
      }
    }
    return seen;
  }

  /** Moves a ghost from its place of death through the observations after it. */
  #haunt(
    seen: readonly Everybody[],
    replica: number,
    particle: number,
    mass: number,
    place: Uint32Array,
    death: number,
  ): void {
    const { dimension: d, particles: n, sigma, observeAt } = this.#system;
    const one = replica * n + particle;
    let tick = death;
    for (const [k, { place: places, alive }] of seen.entries()) {
      if (alive[one] === 1) continue;
      const elapsed = Math.max(0, observeAt[k] - tick);
      move(this.#system, place, mul(massFunction(sigma, mass), Math.fround(Math.sqrt(elapsed))), {
        replica,
        particle,
        observation: k,
      });
      places.set(place, d * one);
      tick = observeAt[k];
    }
  }
}

const words = new Uint32Array(4);

/** Adds a Gaussian of standard deviation `sigma` (lattice units, single precision) to each coordinate of `place`. */
function move(
  { seed, firstReplica }: System,
  place: Uint32Array,
  sigma: number,
  { replica, particle, observation }: { replica: number; particle: number; observation: number },
): void {
  for (let k = 0; k < place.length; k++) {
    if (k % 4 === 0) {
      const key = firstReplica + replica;
      threefry(words, seed[0], seed[1], key, streams.ghost, particle, observation, k / 4, 0);
    }
    place[k] += displacement(words[k % 4], sigma);
  }
}
