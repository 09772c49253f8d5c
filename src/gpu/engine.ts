/**
 * The GPU engine: plays the stages of `stages.ts`, many steps a submission, all replicas side by side. Between submissions it reads
 * a few counters; nothing else passes between host and device until an observation.
 */
import { type Engine, leftTheBox, type Snapshot } from "../engine.ts";
import { UserError } from "../errors.ts";
import { makeGrid } from "../grid.ts";
import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";
import { EventLog } from "../observe/eventLog.ts";
import { sizesOf, tablesOf } from "../sizes.ts";
import {
  type BufferName,
  compactingStep,
  counters,
  type Extent,
  noOffender,
  type Sizes,
  type Stage,
  type StageName,
  stages,
  uniformStep,
} from "../stages.ts";
import { type Variant, variantOf } from "./compose.ts";
import type { OpenDevice } from "./device.ts";
import { Memory } from "./memory.ts";
import { packParameters } from "./parameters.ts";
import { stagePipelines } from "./pipelines.ts";

export interface GpuOptions {
  /** Invocations of a workgroup, 1 to 256. Decides nothing but speed. */
  workgroupSize?: number;
  /** Steps of a submission; by default as many as take about a tenth of a second. Decides nothing but speed. */
  batch?: number;
}

/** A dispatch of one pass, ready to be encoded. */
interface Dispatch {
  pipeline: GPUComputePipeline;
  bindings: GPUBindGroup;
  extent: Extent;
}

/** Wall time aimed at for one submission, in milliseconds: long enough to hide the host, far below drivers' watchdogs. */
const submissionTime = 100;

/** Most dispatches of one submission, so that encoding them stays short as well. */
const mostDispatches = 16384;

/** Particles are moved together when no more than this share of the slots is alive. */
const sparse = 0.75;

export class GpuEngine implements Engine {
  readonly kind = "gpu";
  step = 0;
  readonly #system: System;
  readonly #open: OpenDevice;
  readonly #memory: Memory;
  readonly #sizes: Sizes;
  readonly #workgroupSize: number;
  readonly #dispatches: Record<StageName, Dispatch[]>;
  readonly #fixedBatch: number | null;
  #batch = 4;
  #slots: number;
  #living: number;
  #nRuns = 0;
  #sorted = false;
  #log: EventLog;
  #failure: string | null = null;

  private constructor(
    system: System,
    open: OpenDevice,
    memory: Memory,
    dispatches: Record<StageName, Dispatch[]>,
    options: Required<Pick<GpuOptions, "workgroupSize">> & GpuOptions,
  ) {
    this.#system = system;
    this.#open = open;
    this.#memory = memory;
    this.#sizes = sizesOf(system);
    this.#dispatches = dispatches;
    this.#workgroupSize = options.workgroupSize;
    this.#fixedBatch = options.batch ?? null;
    this.#slots = this.#sizes.slots;
    this.#living = this.#sizes.slots;
    this.#log = new EventLog(system.dimension);
    open.device.onuncapturederror = ({ error }) => {
      this.#failure ??= error.message;
    };
    open.device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") this.#failure ??= `The device was lost: ${message}`;
    });
  }

  /** Throws a UserError if the device cannot hold the system or the start does not fit the box. */
  static async create(system: System, open: OpenDevice, options: GpuOptions = {}): Promise<GpuEngine> {
    const { device } = open;
    const workgroupSize = options.workgroupSize ?? 64;
    const words = packParameters(system, 0, makeGrid(system.dimension, 1, system.reach));
    const memory = await Memory.allocate(device, sizesOf(system), words.byteLength);
    try {
      const dispatches = Object.fromEntries(
        await Promise.all(
          Object.values(stages).map(async (stage) => [
            stage.name,
            await prepare(device, stage, variantOf(system), workgroupSize, memory),
          ]),
        ),
      ) as Record<StageName, Dispatch[]>;
      const engine = new GpuEngine(system, open, memory, dispatches, { ...options, workgroupSize });
      engine.#load();
      return engine;
    } catch (error) {
      memory.dispose();
      throw error;
    }
  }

  #load(): void {
    const { particles, replicas, dimension } = this.#system;
    const { buffers } = this.#memory;
    const id = new Uint32Array(particles);
    for (let replica = 0; replica < replicas; replica++) {
      const first = replica * particles;
      const { place, mass } = makeStart(this.#system, replica);
      this.#memory.write(buffers.place, place, first * dimension);
      this.#memory.write(buffers.mass, mass, first);
      for (let i = 0; i < particles; i++) id[i] = first + i;
      this.#memory.write(buffers.id, id, first);
    }
    let at = 0;
    for (const [, table] of tablesOf(this.#system)) {
      this.#memory.write(buffers.tables, table, at);
      at += table.length;
    }
    this.#memory.write(buffers.counters, Uint32Array.of(noOffender), counters.indexOf("offender"));
    this.#writeParameters();
  }

  /** Fits the grid to the living, and tells the device how many slots are in use. */
  #writeParameters(): void {
    const { dimension, replicas, reach } = this.#system;
    const grid = makeGrid(dimension, Math.ceil(this.#slots / replicas), reach);
    this.#nRuns = sizesOf({ ...this.#system, particles: Math.ceil(this.#slots / replicas) }).runs;
    this.#memory.write(this.#memory.parameters, packParameters(this.#system, this.#slots, grid));
  }

  async advance(to: number, onProgress?: (step: number) => void): Promise<void> {
    while (this.step < to) {
      // At first to bring neighbours together in memory, later to leave out the dead.
      if (!this.#sorted || this.#living < sparse * this.#slots) {
        await this.#compact();
      } else {
        await this.#play(Math.min(to - this.step, this.#fixedBatch ?? this.#batch));
      }
      onProgress?.(this.step);
    }
  }

  async #compact(): Promise<void> {
    await this.#drainEvents();
    const { living } = await this.#submit([compactingStep]);
    this.#sorted = true;
    this.#slots = living;
    this.#living = living;
    this.#writeParameters();
  }

  async #play(steps: number): Promise<void> {
    const begin = performance.now();
    const { living } = await this.#submit(Array(steps).fill(uniformStep));
    this.#living = living;
    const perStep = (performance.now() - begin) / steps;
    const most = Math.floor(mostDispatches / uniformStep.length);
    // At most twice as many as before: a first measurement may be far off.
    this.#batch = Math.max(1, Math.min(most, 2 * steps, Math.round(submissionTime / perStep)));
  }

  /** Plays steps and reads the counters. */
  async #submit(
    steps: readonly (readonly StageName[])[],
  ): Promise<Record<(typeof counters)[number], number>> {
    const encoder = this.#open.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const step of steps) for (const name of step) this.#encode(pass, name);
    pass.end();
    this.#open.device.queue.submit([encoder.finish()]);
    const words = await this.#read("counters", counters.length);
    const state = Object.fromEntries(counters.map((name, k) => [name, words[k]])) as Record<
      (typeof counters)[number],
      number
    >;
    if (state.offender !== noOffender) {
      const { particles, side } = this.#system;
      const [replica, particle] = [Math.floor(state.offender / particles), state.offender % particles];
      throw new UserError(leftTheBox(particle, replica, state.step - 1, side));
    }
    this.step += steps.length;
    if (state.step !== this.step) {
      throw new Error(`The device did ${state.step} steps, but ${this.step} were asked for.`);
    }
    return state;
  }

  #encode(pass: GPUComputePassEncoder, name: StageName): void {
    for (const { pipeline, bindings, extent } of this.#dispatches[name]) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(...this.#groups(extent));
    }
  }

  /** Workgroups along x and y: one axis alone holds only 65,535. */
  #groups(extent: Extent): [number, number] {
    if (extent === "workgroup") return [1, 1];
    const invocations = extent === "runs" ? this.#nRuns : this.#slots;
    const groups = Math.max(1, Math.ceil(invocations / this.#workgroupSize));
    const x = Math.min(groups, 65535);
    return [x, Math.ceil(groups / x)];
  }

  /** Words of a buffer. Rejects if anything before went wrong on the device: nothing wrong is ever handed on. */
  async #read(name: BufferName, length: number): Promise<Uint32Array> {
    const words = await this.#memory.read(this.#memory.buffers[name], length);
    if (this.#failure !== null) throw new Error(this.#failure);
    return words;
  }

  async #drainEvents(): Promise<void> {
    const at = counters.indexOf("events");
    const length = (await this.#read("counters", counters.length))[at];
    if (length === 0) return;
    const { dimension, particles } = this.#system;
    const width = 4 + dimension;
    const rows = await this.#read("events", length * width);
    for (let e = 0; e < length; e++) {
      const [step, ringTime, survivor, vanished] = rows.subarray(e * width, e * width + 4);
      const replica = Math.floor(survivor / particles);
      const place = rows.subarray(e * width + 4, (e + 1) * width);
      this.#log.append(replica, step, ringTime, survivor % particles, vanished % particles, place);
    }
    this.#memory.write(this.#memory.buffers.counters, Uint32Array.of(0), at);
  }

  async takeEvents(log: EventLog): Promise<void> {
    await this.#drainEvents();
    log.appendAll(this.#log);
    this.#log = new EventLog(this.#system.dimension);
  }

  async countMasses(): Promise<Uint32Array> {
    const { buffers } = this.#memory;
    this.#memory.write(buffers.mass_count, new Uint32Array(this.#sizes.massCounts));
    const encoder = this.#open.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.#encode(pass, "observe_masses");
    pass.end();
    this.#open.device.queue.submit([encoder.finish()]);
    return this.#read("mass_count", this.#sizes.massCounts);
  }

  async snapshot(): Promise<Snapshot> {
    const { dimension } = this.#system;
    const [mass, id, place] = [
      await this.#read("mass", this.#slots),
      await this.#read("id", this.#slots),
      await this.#read("place", this.#slots * dimension),
    ];
    const alive = Uint32Array.from(mass.keys()).filter((i) => mass[i] !== 0);
    alive.sort((a, b) => id[a] - id[b]);
    return {
      id: alive.map((i) => id[i]),
      mass: alive.map((i) => mass[i]),
      place: Uint32Array.from(
        { length: alive.length * dimension },
        (_, at) => place[dimension * alive[Math.floor(at / dimension)] + (at % dimension)],
      ),
    };
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

async function prepare(
  device: GPUDevice,
  stage: Stage,
  variant: Variant,
  workgroupSize: number,
  memory: Memory,
): Promise<Dispatch[]> {
  const { layout, passes } = await stagePipelines(device, stage, variant, workgroupSize);
  const resources = [memory.parameters, ...stage.buffers.map(([name]) => memory.buffers[name])];
  const bindings = device.createBindGroup({
    label: stage.name,
    layout,
    entries: resources.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return passes.map((pipeline, k) => ({ pipeline, bindings, extent: stage.passes[k][1] }));
}
