/**
 * The reference engine: the definition of the answer, as the plainest loops that give it. Replicas run one after the other, each
 * as if alone. Strict where a GPU would be silent.
 */
import { type Engine, leftTheBox, type Snapshot, type Work } from "../engine.ts";
import { UserError } from "../errors.ts";
import type { ClockSegment } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import { EventLog } from "../observe/eventLog.ts";
import { observe_masses } from "./observe_masses.ts";
import { type Leaver, Replica } from "./replica.ts";

/** Milliseconds between two reports of progress, when timers and signals also have their turn. */
const reportEvery = 100;

export class CpuEngine implements Engine {
  readonly kind = "cpu";
  step = 0;
  readonly #system: System;
  readonly #replicas: Replica[];
  readonly #log: EventLog;

  constructor(system: System) {
    this.#system = system;
    this.#log = new EventLog(system.dimension);
    this.#replicas = Array.from({ length: system.replicas }, (_, r) => new Replica(system, r, this.#log));
  }

  async advance(to: number, onProgress?: (step: number) => void): Promise<void> {
    const from = this.step;
    let reported = performance.now();
    // Replicas run one after the other, but of all who leave the box the first in time is named.
    let first: (Leaver & { replica: number; tick: number }) | null = null;
    for (const [r, replica] of this.#replicas.entries()) {
      const playing = replica.play(first === null ? to : Math.min(to, first.tick));
      for (let next = playing.next(); ; next = playing.next()) {
        if (next.done) {
          if (next.value !== null) first = { ...next.value, replica: r, tick: replica.pacer.tick };
          break;
        }
        if (performance.now() - reported > reportEvery) {
          onProgress?.(from + (r * (to - from) + replica.pacer.tick - from) / this.#replicas.length);
          await new Promise<void>((resolve) => setTimeout(resolve, 0));
          reported = performance.now();
        }
      }
    }
    if (first !== null) {
      throw new UserError(leftTheBox(this.#system, first));
    }
    this.step = to;
  }

  async takeEvents(log: EventLog): Promise<void> {
    log.appendAll(this.#log);
    this.#log.clear();
  }

  async countMasses(): Promise<Uint32Array> {
    const columns = this.#system.scenario.observe.masses + 1;
    const count = new Uint32Array(columns * this.#replicas.length);
    for (const [r, { particles }] of this.#replicas.entries()) {
      observe_masses(particles, count.subarray(r * columns, (r + 1) * columns));
    }
    return count;
  }

  async pairSums(): Promise<BigUint64Array> {
    const width = this.#system.pairs?.sums ?? 0;
    const all = new BigUint64Array(width * this.#replicas.length);
    for (const [r, { pairSums }] of this.#replicas.entries()) {
      if (pairSums !== null) all.set(pairSums.sums, r * width);
    }
    return all;
  }

  async snapshot(): Promise<Snapshot> {
    const { dimension, particles: n } = this.#system;
    const living = this.#replicas.reduce((sum, { particles }) => sum + particles.living, 0);
    const snapshot = {
      id: new Uint32Array(living),
      mass: new Uint32Array(living),
      place: new Uint32Array(living * dimension),
    };
    let at = 0;
    for (const { particles } of this.#replicas) {
      const { replica, living, id, mass, place } = particles;
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

  async everybody(): Promise<Uint32Array> {
    const { dimension: d, particles: n } = this.#system;
    const everybody = new Uint32Array(this.#replicas.length * n * d);
    for (const { particles } of this.#replicas) {
      const { replica, id, place } = particles;
      for (let i = 0; i < n; i++) {
        everybody.set(place.subarray(d * i, d * (i + 1)), d * (replica * n + id[i]));
      }
    }
    return everybody;
  }

  work(): Work {
    return {
      macroSteps: Math.max(...this.#replicas.map(({ pacer }) => pacer.steps)),
      particleSteps: this.#replicas.reduce((sum, { moves }) => sum + moves, 0),
      subSteps: this.#replicas.reduce((sum, { subSteps }) => sum + subSteps, 0),
    };
  }

  clock(): ClockSegment[][] {
    return this.#replicas.map(({ pacer }) => pacer.clock);
  }

  dispose(): void {}
}
