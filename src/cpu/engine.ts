/**
 * The reference engine: the definition of the answer, as the plainest loops that give it. Replicas run one after the other, each
 * as if alone. Strict where a GPU would be silent.
 */
import {
  type AdvanceOptions,
  type Engine,
  type EngineState,
  leftTheBox,
  type Snapshot,
  type Work,
} from "../engine.ts";
import { UserError } from "../errors.ts";
import { classWidth } from "../model/massClass.ts";
import type { ClockSegment } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import { EventLog } from "../observe/eventLog.ts";
import { observe_masses } from "./observe_masses.ts";
import { type Leaver, Replica } from "./replica.ts";

/** Milliseconds between two reports of progress, when timers and signals also have their turn. */
const reportEvery = 100;

/** Steps after which the replicas of a uniform run wait for each other: where a run can be taken up by an engine that plays them side by side. */
const uniformStride = 64;

export class CpuEngine implements Engine {
  readonly kind = "cpu";
  step = 0;
  readonly #system: System;
  readonly #replicas: Replica[];
  readonly #log: EventLog;
  /** What was done before the state that it has taken up. */
  readonly #before: Pick<Work, "particleSteps" | "subSteps">;
  #reported = performance.now();

  /** At the start, or where a run of the system has come to. */
  constructor(system: System, state?: EngineState) {
    this.#system = system;
    this.#log = new EventLog(system.dimension);
    this.#before = state?.work ?? { particleSteps: 0, subSteps: 0 };
    this.#replicas = Array.from(
      { length: system.replicas },
      (_, r) => new Replica(system, r, this.#log, state),
    );
    this.step = Math.min(...this.#replicas.map(({ pacer }) => pacer.tick));
  }

  async advance(to: number, options: AdvanceOptions = {}): Promise<void> {
    if (this.#system.multirate !== null) return this.#play(to, options);
    while (this.step < to) await this.#play(Math.min(to, this.step + uniformStride), options);
  }

  async #play(to: number, { onProgress, atRest }: AdvanceOptions): Promise<void> {
    const ticks = () => this.#replicas.reduce((sum, { pacer }) => sum + pacer.tick, 0);
    const report = async () => {
      onProgress?.(ticks() / this.#replicas.length);
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      this.#reported = performance.now();
    };
    // Replicas run one after the other, but of all who leave the box the first in time is named.
    let first: (Leaver & { replica: number; tick: number }) | null = null;
    for (const [r, replica] of this.#replicas.entries()) {
      const playing = replica.play(first === null ? to : Math.min(to, first.tick));
      for (let next = playing.next(); ; next = playing.next()) {
        if (next.done) {
          if (next.value !== null) first = { ...next.value, replica: r, tick: replica.pacer.tick };
          break;
        }
        if (next.value && first === null && this.#system.multirate !== null) await atRest?.();
        if (performance.now() - this.#reported > reportEvery) await report();
      }
    }
    if (first !== null) {
      throw new UserError(leftTheBox(this.#system, first));
    }
    this.step = to;
    if (this.#system.multirate === null) await atRest?.();
  }

  async state(): Promise<EngineState> {
    return {
      living: await this.snapshot(),
      everybody: this.#system.scenario.observe.ghosts === true ? await this.everybody() : null,
      next: this.#next(),
      pacers: this.#replicas.map(({ pacer }) => pacer.state()),
      pairSums: await this.pairSums(),
      work: this.work(),
    };
  }

  async takeEvents(log: EventLog): Promise<void> {
    log.appendAll(this.#log);
    this.#log.clear();
  }

  async countMasses(): Promise<Uint32Array> {
    const { observe } = this.#system.scenario;
    const [columns, width] = [observe.masses + 1, classWidth(observe)];
    const count = new Uint32Array(columns * this.#replicas.length);
    for (const [r, { particles }] of this.#replicas.entries()) {
      observe_masses(particles, count.subarray(r * columns, (r + 1) * columns), width);
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

  #next(): Uint32Array {
    const { particles: n } = this.#system;
    return Uint32Array.from(
      this.#replicas.flatMap(({ particles: { replica, next } }) =>
        Array.from(next, (one) => replica * n + one),
      ),
    );
  }

  work(): Work {
    return {
      macroSteps: Math.max(...this.#replicas.map(({ pacer }) => pacer.steps)),
      particleSteps: this.#replicas.reduce((sum, { moves }) => sum + moves, this.#before.particleSteps),
      subSteps: this.#replicas.reduce((sum, { subSteps }) => sum + subSteps, this.#before.subSteps),
    };
  }

  clock(): ClockSegment[][] {
    return this.#replicas.map(({ pacer }) => pacer.clock);
  }

  dispose(): void {}
}
