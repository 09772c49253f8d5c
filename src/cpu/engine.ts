/**
 * The reference engine: the definition of the answer, as the plainest loops that give it. Replicas run one after the other, each
 * as if alone. Strict where a GPU would be silent.
 */
import { type Engine, leftTheBox, type Snapshot } from "../engine.ts";
import { UserError } from "../errors.ts";
import { type Grid, makeGrid } from "../grid.ts";
import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";
import { EventLog } from "../observe/eventLog.ts";
import { brownian_step } from "./brownian_step.ts";
import { cell_scan } from "./cell_scan.ts";
import { cell_scatter } from "./cell_scatter.ts";
import { cellOf } from "./cells.ts";
import { compact } from "./compact.ts";
import { merge_apply } from "./merge_apply.ts";
import { merge_resolve } from "./merge_resolve.ts";
import { observe_masses } from "./observe_masses.ts";
import { pair_search } from "./pair_search.ts";
import type { Particles } from "./particles.ts";

/** Milliseconds between two reports of progress, when timers and signals also have their turn. */
const reportEvery = 100;

export class CpuEngine implements Engine {
  readonly kind = "cpu";
  step = 0;
  readonly #system: System;
  readonly #replicas: Particles[];
  #log: EventLog;
  #grid: Grid;
  readonly #cell: Uint32Array;
  readonly #order: Uint32Array;
  #count: Uint32Array;
  #start: Uint32Array;
  #next: Uint32Array;

  constructor(system: System) {
    const { particles, dimension, replicas } = system;
    this.#system = system;
    this.#log = new EventLog(dimension);
    this.#cell = new Uint32Array(particles);
    this.#order = new Uint32Array(particles);
    this.#grid = makeGrid(dimension, particles, system.reach);
    this.#count = new Uint32Array(this.#grid.cells);
    this.#start = new Uint32Array(this.#grid.cells + 1);
    this.#next = new Uint32Array(this.#grid.cells + 1);
    this.#replicas = Array.from({ length: replicas }, (_, replica) => ({
      replica,
      living: particles,
      ...makeStart(system, replica),
      id: Uint32Array.from({ length: particles }, (_, i) => i),
    }));
  }

  async advance(to: number, onProgress?: (step: number) => void): Promise<void> {
    const from = this.step;
    let reported = performance.now();
    // Replicas run one after the other, but of all who leave the box the first in time is named.
    let leaver: { particle: number; replica: number; step: number } | null = null;
    for (const [r, particles] of this.#replicas.entries()) {
      this.#fitGrid(particles.living);
      for (let step = from; step < (leaver?.step ?? to); step++) {
        const particle = this.#play(particles, step);
        if (particle !== null) leaver = { particle, replica: r, step };
        if (performance.now() - reported > reportEvery) {
          onProgress?.(from + (r * (to - from) + step - from) / this.#replicas.length);
          await new Promise<void>((resolve) => setTimeout(resolve, 0));
          reported = performance.now();
        }
      }
    }
    if (leaver !== null) {
      throw new UserError(leftTheBox(leaver.particle, leaver.replica, leaver.step, this.#system.side));
    }
    this.step = to;
  }

  /** One step of a replica. Returns who left the box, if anybody did. */
  #play(particles: Particles, step: number): number | null {
    const system = this.#system;
    const { bits } = this.#grid;
    const leaver = brownian_step(system, particles, step);
    if (leaver !== null) return leaver;

    this.#count.fill(0);
    for (let i = 0; i < particles.living; i++) {
      this.#cell[i] = cellOf(particles.place, i, bits);
      this.#count[this.#cell[i]]++;
    }
    cell_scan(this.#count, this.#start);
    cell_scatter(this.#cell, particles.living, this.#start, this.#next, this.#order);

    const candidates = pair_search(system, particles, step, bits, this.#start, this.#order);
    if (candidates.length > 0) {
      merge_apply(system, particles, step, merge_resolve(candidates, particles.id), this.#log);
      compact(particles);
      if (particles.living < this.#grid.cells / 2) this.#fitGrid(particles.living);
    }
    return null;
  }

  #fitGrid(living: number): void {
    this.#grid = makeGrid(this.#system.dimension, living, this.#system.reach);
    this.#count = this.#count.subarray(0, this.#grid.cells);
    if (this.#count.length < this.#grid.cells) this.#count = new Uint32Array(this.#grid.cells);
    this.#start = new Uint32Array(this.#grid.cells + 1);
    this.#next = new Uint32Array(this.#grid.cells + 1);
  }

  async takeEvents(log: EventLog): Promise<void> {
    log.appendAll(this.#log);
    this.#log = new EventLog(this.#system.dimension);
  }

  async countMasses(): Promise<Uint32Array> {
    const columns = this.#system.scenario.observe.masses + 1;
    const count = new Uint32Array(columns * this.#replicas.length);
    for (const [r, particles] of this.#replicas.entries()) {
      observe_masses(particles, count.subarray(r * columns, (r + 1) * columns));
    }
    return count;
  }

  async snapshot(): Promise<Snapshot> {
    const { dimension, particles: n } = this.#system;
    const living = this.#replicas.reduce((sum, particles) => sum + particles.living, 0);
    const snapshot = {
      id: new Uint32Array(living),
      mass: new Uint32Array(living),
      place: new Uint32Array(living * dimension),
    };
    let at = 0;
    for (const { replica, living, id, mass, place } of this.#replicas) {
      snapshot.id.set(
        id.subarray(0, living).map((i) => replica * n + i),
        at,
      );
      snapshot.mass.set(mass.subarray(0, living), at);
      snapshot.place.set(place.subarray(0, living * dimension), at * dimension);
      at += living;
    }
    return snapshot;
  }

  dispose(): void {}
}
