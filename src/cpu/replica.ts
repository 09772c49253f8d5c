/** One replica of the reference engine: its particles, and how far it has come. */

import { type EngineState, isOutgrown, outgrown } from "../engine.ts";
import { UserError } from "../errors.ts";
import { massFunction } from "../exact/massFunction.ts";
import { mul } from "../exact/single.ts";
import { type Pace, Pacer } from "../model/pace.ts";
import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";
import type { EventLog } from "../observe/eventLog.ts";
import { circlesAtStart } from "../observe/genealogy.ts";
import { brownian_step, moveBy } from "./brownian_step.ts";
import { CellList } from "./cellList.ts";
import { cluster_find } from "./cluster_find.ts";
import { cluster_follow } from "./cluster_follow.ts";
import { compact } from "./compact.ts";
import { fragment, settle } from "./fragment.ts";
import { merge_apply } from "./merge_apply.ts";
import { merge_resolve } from "./merge_resolve.ts";
import { pair_observe } from "./pair_observe.ts";
import { pair_search } from "./pair_search.ts";
import { PairSums } from "./pairSums.ts";
import type { Particles } from "./particles.ts";
import { largestRadius } from "./radii.ts";
import { type Progress, step_end } from "./step_end.ts";

/** Of a step: taken; not taken, since a cluster overflowed; or the lowest id of those who left the box that stands for R^d. */
type Outcome = null | "overflow" | number;

/** Who left the box that stands for R^d, and in which step. */
export interface Leaver {
  particle: number;
  step: number;
}

export class Replica {
  readonly particles: Particles;
  readonly pacer: Pacer;
  /** Moves of single particles. */
  moves = 0;
  /** Those of them in clusters beyond each member's first of a step. */
  subSteps = 0;
  readonly #system: System;
  readonly #log: EventLog;
  readonly #cells: CellList;
  /** What `observe.pairs` asks for. */
  readonly pairSums: PairSums | null;

  /** At the start, or where a run has come to. */
  constructor(system: System, replica: number, log: EventLog, state?: EngineState) {
    const { particles, dimension, reach, pairs } = system;
    this.#system = system;
    this.#log = log;
    this.pacer = new Pacer(system, state?.pacers[replica]);
    const sums = state?.pairSums.slice(replica * (pairs?.sums ?? 0), (replica + 1) * (pairs?.sums ?? 0));
    this.pairSums = pairs === null ? null : new PairSums(pairs, sums);
    this.#cells = new CellList(dimension, particles, reach);
    this.particles = state ? takeUp(system, replica, state) : atStart(system, replica);
  }

  /**
   * Plays to the tick `to`, an observation's where steps are of many lengths; stops after every step, and yields whether that was the last of
   * an epoch. Returns who left the box first.
   */
  *play(to: number): Generator<boolean, Leaver | null> {
    const { pacer, particles } = this;
    while (pacer.tick < to) {
      const { pace, steps } = pacer.begin(particles.living, to);
      const progress: Progress = { step: pacer.steps, left: steps };
      let outcome: Outcome = null;
      while (progress.left > 0 && outcome === null) {
        const { step } = progress;
        outcome = pace === null ? this.#uniformStep(step) : this.#macroStep(step, pace);
        if (isOutgrown(this.#system, largestRadius(this.#system, particles))) {
          throw new UserError(outgrown(this.#system));
        }
        if (outcome === null) step_end(progress);
        yield false;
      }
      pacer.end(steps - progress.left, outcome === "overflow");
      if (typeof outcome === "number") return { particle: outcome, step: pacer.steps };
      yield true;
    }
    return null;
  }

  /** Everybody moves by a tick, then pairs in range may ring. */
  #uniformStep(step: number): Outcome {
    const [system, particles] = [this.#system, this.particles];
    this.moves += particles.living;
    const leaver = brownian_step(system, particles, step);
    if (leaver !== null) return leaver;
    this.#cells.list(particles, system.reach);
    const { grid, start, order } = this.#cells;
    const candidates = pair_search(system, particles, step, grid.bits, start, order);
    const matches = merge_resolve(candidates, particles.id);
    if (this.pairSums !== null) {
      pair_observe(system, particles, step, matches, grid.bits, start, order, this.pairSums);
    }
    const split = system.fragmentation !== null && fragment(system, particles, step, matches, this.#log);
    if (matches.length > 0) {
      merge_apply(system, particles, step, matches, this.#log);
      compact(particles);
    }
    if (split) settle(particles);
    return null;
  }

  /** The isolated move at once, clusters are followed. Nothing happens where a cluster overflows. */
  #macroStep(step: number, pace: Pace): Outcome {
    const [system, particles] = [this.#system, this.particles];
    this.#cells.list(particles, pace.reach);
    const { grid, start, order } = this.#cells;
    const clusters = cluster_find(system, pace, particles, grid.bits, start, order);
    if (clusters === null) return "overflow";

    let leaver = Number.POSITIVE_INFINITY;
    const inCluster = new Uint8Array(particles.living);
    for (const members of clusters) for (const i of members) inCluster[i] = 1;
    for (let i = 0; i < particles.living; i++) {
      if (inCluster[i] === 1) continue;
      const sigma = mul(pace.stretch, massFunction(system.sigma, particles.mass[i]));
      if (moveBy(system, particles, i, step, sigma)) leaver = Math.min(leaver, particles.id[i]);
      this.moves++;
    }
    const before = this.#log.length;
    for (const members of clusters) {
      const followed = cluster_follow(system, pace, particles, members, step, this.#log, this.pairSums);
      this.moves += followed.moves;
      this.subSteps += followed.moves - members.length;
      leaver = Math.min(leaver, followed.leaver ?? leaver);
    }
    if (this.#log.length > before) compact(particles);
    return leaver === Number.POSITIVE_INFINITY ? null : leaver;
  }
}

function atStart(system: System, replica: number): Particles {
  const { particles } = system;
  const id = Uint32Array.from({ length: particles }, (_, i) => i);
  return {
    replica,
    living: particles,
    ...makeStart(system, replica),
    id,
    next: circlesAtStart(system, particles),
  };
}

/** The particles of a replica where a run has come to. */
function takeUp({ particles: n, dimension: d }: System, replica: number, state: EngineState): Particles {
  const { living, everybody, next } = state;
  const from = countBelow(living.id, replica * n);
  const to = countBelow(living.id, (replica + 1) * n);
  const taken = { id: new Uint32Array(n), mass: new Uint32Array(n), place: new Uint32Array(n * d) };
  const alive = new Uint8Array(n);
  for (let at = from; at < to; at++) {
    taken.id[at - from] = living.id[at] - replica * n;
    alive[living.id[at] - replica * n] = 1;
  }
  taken.mass.set(living.mass.subarray(from, to));
  taken.place.set(living.place.subarray(from * d, to * d));
  let behind = to - from;
  for (let i = 0; i < n; i++) {
    if (alive[i] === 1) continue;
    taken.id[behind] = i;
    const one = replica * n + i;
    if (everybody !== null) taken.place.set(everybody.subarray(one * d, (one + 1) * d), behind * d);
    behind++;
  }
  return {
    replica,
    living: to - from,
    ...taken,
    next: Uint32Array.from(next.subarray(replica * n, (replica + 1) * n), (one) => one - replica * n),
  };
}

/** How many of increasing numbers are below a bound. */
function countBelow(increasing: Uint32Array, bound: number): number {
  let [low, high] = [0, increasing.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (increasing[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
