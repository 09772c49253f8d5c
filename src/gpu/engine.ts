/**
 * The GPU engine: plays the stages of `stages.ts`, many steps a submission, all replicas side by side. Between submissions it reads
 * a few counters; nothing else passes between host and device until an observation.
 */
import {
  type AdvanceOptions,
  type Engine,
  type EngineState,
  isOutgrown,
  leftTheBox,
  outgrown,
  type Snapshot,
  type Work,
} from "../engine.ts";
import { UserError } from "../errors.ts";
import { fromBits, toBits } from "../exact/single.ts";
import { makeGrid } from "../grid.ts";
import { type ClockSegment, type Epoch, Pacer, type PacerState } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import { EventLog } from "../observe/eventLog.ts";
import { scanRun, sizesOf } from "../sizes.ts";
import {
  type BufferName,
  buffersOf,
  counters,
  type Extent,
  multirateStep,
  noOffender,
  progressFields,
  type Sizes,
  type Stage,
  type StageName,
  stages,
  uniformStep,
} from "../stages.ts";
import { type Variant, variantOf } from "./compose.ts";
import type { OpenDevice } from "./device.ts";
import { load } from "./load.ts";
import { Memory } from "./memory.ts";
import { packParameters } from "./parameters.ts";
import { stagePipelines } from "./pipelines.ts";
import { mostTimedStages, type StageTime, StageTimer } from "./stageTimer.ts";

export interface GpuOptions {
  /** Invocations of a workgroup, 1 to 256. Decides nothing but speed. */
  workgroupSize?: number;
  /** Steps of a submission; by default as many as take about a tenth of a second. Decides nothing but speed. */
  batch?: number;
  /** Milliseconds of work, about, between two looks of the host at the counters, 500 by default. Decides nothing but speed. */
  flightTime?: number;
  /** Events for which there is room beyond those of a step, by default so many that the device seldom waits for the host. Decides nothing but speed. */
  spareEvents?: number;
  /** Times every stage on the device, where the adapter has timestamps: see `GpuEngine.stageTimes`. Costs a little. */
  timeStages?: boolean;
}

/** The first `slots` entries of buffers on a device; a mass of 0 is nobody. */
export interface DeviceParticles {
  device: GPUDevice;
  /** u32[slots, dimension], in lattice units: 2^32 are a side. */
  place: GPUBuffer;
  /** u32[slots]. */
  mass: GPUBuffer;
  /** u32[slots]: replica * N + particle. */
  id: GPUBuffer;
  slots: number;
}

/** A stage, ready to be encoded. */
interface PreparedStage {
  bindings: GPUBindGroup;
  passes: { pipeline: GPUComputePipeline; extent: Extent }[];
}

/** How many particles have vanished, and the sum of the steps that each had made. */
interface Vanished {
  count: number;
  steps: number;
}

type Counters = Record<(typeof counters)[number], number>;

/** Wall time aimed at for one submission, in milliseconds: long enough to hide the host, far below drivers' watchdogs. */
const submissionTime = 100;

/** Of `GpuOptions`: a few submissions, so that the device is never idle for want of one. */
const usualFlightTime = 5 * submissionTime;

/** Most dispatches of one submission, so that encoding them stays short as well. */
const mostDispatches = 16384;

/** How long the steps of a uniform run are. */
const uniformClock: ClockSegment = { step: 0, tick: 0, ticks: 1, levels: 0 };

/** Of somebody dead, instead of a slot. */
const nowhere = 0xffffffff;

/** Particles are moved together when no more than this share of the slots is alive. */
const sparse = 0.75;

export class GpuEngine implements Engine {
  readonly kind = "gpu";
  step = 0;
  /** How often the device had to wait until the host had taken its events. */
  halts = 0;
  readonly #system: System;
  readonly #open: OpenDevice;
  readonly #memory: Memory;
  readonly #sizes: Sizes;
  readonly #workgroupSize: number;
  /** Of the stages that the run needs. */
  readonly #stages: Partial<Record<StageName, PreparedStage>>;
  /** Workgroups of a pass along x and y, as of the last parameters. */
  #groups: Record<Extent, { x: number; y: number }>;
  readonly #fixedBatch: number | null;
  /** Milliseconds that a step is expected to take; at first nobody knows. */
  #stepTime = submissionTime / 4;
  readonly #flightTime: number;
  #slots: number;
  #living: number;
  #sorted = false;
  #log: EventLog;
  /** Events on the device, as of the last submission. */
  #undrained = 0;
  /** Of a multirate run: moves of single particles. */
  #moves = 0;
  #subSteps = 0;
  /** Of a uniform run: who has vanished. */
  readonly #vanished: Vanished = { count: 0, steps: 0 };
  /** By id, where particles split: 1 of the dead, as of the events taken. */
  readonly #dead: Uint8Array | null;
  readonly #timer: StageTimer | null;
  readonly #pacers: Pacer[];
  readonly #livingOf: number[];

  private constructor(
    system: System,
    open: OpenDevice,
    memory: Memory,
    prepared: Partial<Record<StageName, PreparedStage>>,
    options: Required<Pick<GpuOptions, "workgroupSize">> & GpuOptions,
    state: EngineState | undefined,
  ) {
    this.#system = system;
    this.#open = open;
    this.#memory = memory;
    this.#sizes = sizesOf(system, options.spareEvents);
    this.#stages = prepared;
    this.#workgroupSize = options.workgroupSize;
    this.#fixedBatch = options.batch ?? null;
    this.#flightTime = options.flightTime ?? usualFlightTime;
    this.#slots = this.#sizes.slots;
    this.#living = this.#sizes.slots;
    this.#log = new EventLog(system.dimension);
    this.#pacers = Array.from({ length: system.replicas }, (_, r) => new Pacer(system, state?.pacers[r]));
    this.#livingOf = this.#pacers.map(() => system.particles);
    this.#dead = system.fragmentation === null ? null : new Uint8Array(this.#slots);
    if (state !== undefined) this.#goOnFrom(state);
    this.#groups = this.#groupsFor(this.#sizes.cells);
    const { device } = open;
    this.#timer =
      options.timeStages && device.features.has("timestamp-query") ? new StageTimer(device) : null;
  }

  /** The host's side of a run that has come to this state. */
  #goOnFrom({ living, everybody, pacers, work }: EngineState): void {
    const { particles, replicas } = this.#system;
    this.#livingOf.fill(0);
    for (const id of living.id) this.#livingOf[Math.floor(id / particles)]++;
    if (this.#dead !== null) {
      this.#dead.fill(1);
      for (const id of living.id) this.#dead[id] = 0;
    }
    this.step = Math.min(...pacers.map(({ tick }) => tick));
    this.#living = living.id.length;
    // The dead stay where they are asked for, and then nothing moves together any more.
    if (everybody !== null) this.#sorted = true;
    else if (!this.#staysInPlace) this.#slots = Math.max(1, this.#living);
    this.#moves = work.particleSteps;
    this.#subSteps = work.subSteps;
    this.#vanished.count = particles * replicas - this.#living;
    this.#vanished.steps = work.particleSteps - this.#living * this.step;
  }

  /** At the start, or where a run of the system has come to. Throws a UserError if the device cannot hold the system or the start does not fit the box. */
  static async create(
    system: System,
    open: OpenDevice,
    options: GpuOptions = {},
    state?: EngineState,
  ): Promise<GpuEngine> {
    const { device } = open;
    const workgroupSize = options.workgroupSize ?? 64;
    const words = packParameters(system, 0, makeGrid(system.dimension, 1, system.reach));
    const memory = await Memory.allocate(open, sizesOf(system, options.spareEvents), words.byteLength);
    try {
      const prepared = Object.fromEntries(
        await Promise.all(
          stagesOf(system).map(async (name) => [
            name,
            await prepare(device, stages[name], variantOf(system, open), workgroupSize, memory),
          ]),
        ),
      ) as Partial<Record<StageName, PreparedStage>>;
      const engine = new GpuEngine(system, open, memory, prepared, { ...options, workgroupSize }, state);
      load(memory, system, state);
      engine.#writeParameters();
      return engine;
    } catch (error) {
      memory.dispose();
      throw error;
    }
  }

  /** Fits the grid to the living, and tells the device how many slots are in use, and how many events replicas have that take uniform steps beside others. */
  #writeParameters(reach = this.#system.reach, uniformEvents = 0): void {
    const { dimension, replicas } = this.#system;
    const grid = makeGrid(dimension, Math.ceil(this.#slots / replicas), reach);
    this.#groups = this.#groupsFor(replicas * grid.cells);
    this.#memory.write(
      this.#memory.parameters,
      packParameters(this.#system, this.#slots, grid, uniformEvents),
    );
  }

  async advance(to: number, options: AdvanceOptions = {}): Promise<void> {
    if (this.#system.multirate !== null) return this.#advanceMultirate(to, options);
    while (this.step < to) {
      // At first to bring neighbours together in memory, later to leave out the dead.
      if (this.#wantsCompacting(this.#living)) {
        await this.#compact();
      } else {
        this.#living = await this.#flyUniform(Math.min(to - this.step, this.#stepsOfFlight()));
      }
      options.onProgress?.(this.step);
      await options.atRest?.();
    }
  }

  /** The particles where they are on the device, to be drawn from there and never written: as of the last submission. */
  get particles(): DeviceParticles {
    const { place, mass, id } = this.#memory.buffers;
    return { device: this.#open.device, place, mass, id, slots: this.#slots };
  }

  async state(): Promise<EngineState> {
    // What uniform steps were spared is known from the events.
    await this.#drainEvents();
    return {
      living: await this.snapshot(),
      everybody: this.#system.scenario.observe.ghosts === true ? await this.everybody() : null,
      next: await this.#read("next", this.#system.fragmentation === null ? 0 : this.#slots),
      pacers: this.#pacers.map((pacer) =>
        this.#system.multirate === null ? this.#uniformPacer() : pacer.state(),
      ),
      pairSums: await this.pairSums(),
      work: this.work(),
    };
  }

  /** What a `Pacer` of a uniform run would have come to. */
  #uniformPacer(): PacerState {
    return {
      tick: this.step,
      steps: this.step,
      care: 1,
      clock: this.step === 0 ? [] : [{ ...uniformClock }],
    };
  }

  /** Where particles split, everybody has the slot of his id, the dead too. */
  get #staysInPlace(): boolean {
    return this.#system.fragmentation !== null;
  }

  /** Where the dead are asked for they stay: nobody is dead when the particles are first moved together, and they never are again. */
  #wantsCompacting(living: number): boolean {
    if (this.#staysInPlace) return false;
    if (!this.#sorted) return true;
    return living < sparse * this.#slots && this.#system.scenario.observe.ghosts !== true;
  }

  /** All replicas go on side by side, each at its own pace, until all have come to the tick `to`. */
  async #advanceMultirate(to: number, { onProgress, atRest }: AdvanceOptions): Promise<void> {
    const ticks = () => this.#pacers.reduce((sum, { tick }) => sum + tick, 0) / this.#pacers.length;
    while (this.#pacers.some(({ tick }) => tick < to)) {
      await this.#playEpoch(to);
      onProgress?.(ticks());
      await atRest?.();
    }
    this.step = to;
  }

  async #playEpoch(to: number): Promise<void> {
    const { replicas, reach } = this.#system;
    const epochs = this.#pacers.map((pacer, r) =>
      pacer.tick < to ? pacer.begin(this.#livingOf[r], to) : null,
    );
    const width = progressFields.length;
    const rows = new Uint32Array(replicas * width);
    for (const [r, epoch] of epochs.entries()) {
      if (epoch !== null) rows.set(progressRow(this.#pacers[r].steps, epoch), r * width);
    }
    this.#memory.write(this.#memory.buffers.progress, rows);
    this.#writeCounter("step", 0);

    const total = this.#livingOf.reduce((a, b) => a + b);
    const compacts = this.#wantsCompacting(total);
    const uniform = this.#livingOf.filter((_, r) => epochs[r]?.pace === null);
    this.#writeParameters(
      Math.max(reach, ...epochs.map((epoch) => epoch?.pace?.reach ?? 0)),
      uniform.reduce((sum, living) => sum + Math.floor(living / 2), 0),
    );
    const steps = Math.max(...epochs.map((epoch) => epoch?.steps ?? 0));
    const options = { ...stepOptions(this.#system), uniform: uniform.length > 0 };
    const plain = multirateStep({ ...options, compact: false });
    let first = multirateStep({ ...options, compact: compacts });
    const vanished = this.#pacers.map(() => ({ count: 0, steps: 0 }));
    for (let done = 0; done < steps; ) {
      const flight = Math.min(steps - done, this.#stepsOfFlight());
      const state = await this.#fly(flight, plain, first);
      if (state.offender !== noOffender) {
        throw new UserError(leftTheBox(this.#system, this.#whoIs(state.offender, this.step)));
      }
      if (state.halted === 0) checkSteps(state.step, done + flight);
      first = plain;
      if (state.halted === 1) {
        await this.#makeRoom(vanished);
        first = plain.slice(plain.indexOf("cluster_follow"));
      }
      done = state.step;
    }
    if (compacts) {
      this.#sorted = true;
      this.#slots = total;
    }
    await this.#finishEpoch(epochs, vanished);
  }

  /** Takes the events, for which a halted device waits. */
  async #makeRoom(vanished: Vanished[] | null = null): Promise<void> {
    await this.#drainEvents(vanished);
    this.#writeCounter("halted", 0);
    this.halts++;
  }

  /** Reads how far each replica came, and who is left. */
  async #finishEpoch(epochs: readonly (Epoch | null)[], vanished: Vanished[]): Promise<void> {
    const { replicas } = this.#system;
    const width = progressFields.length;
    const after = await this.#read("progress", replicas * width);
    const field = (r: number, name: (typeof progressFields)[number]) =>
      after[r * width + progressFields.indexOf(name)];
    await this.#drainEvents(vanished);
    for (const [r, epoch] of epochs.entries()) {
      if (epoch === null) continue;
      const taken = epoch.steps - field(r, "left");
      const beyond = field(r, "moves");
      // Who vanished was spared the steps of the epoch after that.
      const { count, steps } = vanished[r];
      const spared = count * (this.#pacers[r].steps + taken) - steps;
      this.#moves += taken * this.#livingOf[r] - spared + beyond;
      this.#subSteps += beyond;
      this.#livingOf[r] -= count;
      this.#pacers[r].end(taken, field(r, "overflow") === 1);
    }
  }

  async #compact(): Promise<void> {
    await this.#drainEvents();
    const living = await this.#flyUniform(1, true);
    this.#sorted = true;
    this.#slots = living;
    this.#living = living;
    this.#writeParameters();
  }

  /** Steps that one submission holds. */
  #stepsOfSubmission(): number {
    const time = Math.min(submissionTime, this.#flightTime);
    return Math.max(1, this.#fixedBatch ?? Math.round(time / this.#stepTime));
  }

  #stepsOfFlight(): number {
    return this.#fixedBatch ?? Math.max(1, Math.round(this.#flightTime / this.#stepTime));
  }

  /**
   * Plays uniform steps, and checks that the device did; fewer where the events of more of them might not fit. Resolves to how many were alive in the
   * last step, or after it where it was cut short.
   */
  async #flyUniform(steps: number, compact = false): Promise<number> {
    const options = stepOptions(this.#system);
    const plain = uniformStep({ ...options, compact: false });
    const state = await this.#fly(steps, plain, compact ? uniformStep({ ...options, compact }) : plain);
    if (state.offender !== noOffender) {
      throw new UserError(leftTheBox(this.#system, this.#whoIs(state.offender, state.step - 1)));
    }
    const wanted = this.step + steps;
    const isCut = state.halted === 1 && state.step > this.step && state.step < wanted;
    if (!isCut) checkSteps(state.step, wanted);
    this.step = state.step;
    if (state.halted === 1) await this.#makeRoom();
    // The steps that a halted device leaves out find nobody.
    return isCut ? this.#system.particles * this.#system.replicas - this.#vanished.count : state.living;
  }

  #whoIs(id: number, step: number) {
    const { particles } = this.#system;
    return { particle: id % particles, replica: Math.floor(id / particles), step };
  }

  /** Plays steps, of which the first may be another, in submissions that follow one another without the host, and reads the counters. */
  async #fly(steps: number, step: readonly StageName[], first = step): Promise<Counters> {
    const begin = performance.now();
    const longest = Math.max(step.length, first.length);
    const most = Math.floor((this.#timer === null ? mostDispatches : mostTimedStages) / longest);
    const ofSubmission = Math.min(most, this.#stepsOfSubmission());
    for (let done = 0; done < steps; done += ofSubmission) {
      const schedule = Array<readonly StageName[]>(Math.min(ofSubmission, steps - done)).fill(step);
      if (done === 0) schedule[0] = first;
      this.#dispatch(schedule.flat());
      await this.#timer?.collect();
    }
    const words = await this.#read("counters", counters.length);
    this.#learn(steps, performance.now() - begin);
    const state = Object.fromEntries(counters.map((name, k) => [name, words[k]])) as Counters;
    this.#undrained = state.events;
    if (isOutgrown(this.#system, fromBits(state.largest))) throw new UserError(outgrown(this.#system));
    return state;
  }

  /** Corrects the expected time of a step after a flight that took `elapsed`. */
  #learn(steps: number, elapsed: number): void {
    const measured = elapsed / steps;
    // A first measurement may be far off.
    this.#stepTime = Math.min(Math.max(measured, this.#stepTime / 2), 8 * this.#stepTime);
  }

  /** Submits stages, one after the other. */
  #dispatch(names: readonly StageName[]): void {
    const encoder = this.#open.device.createCommandEncoder();
    if (this.#timer === null) {
      const pass = encoder.beginComputePass();
      for (const name of names) this.#encode(pass, name);
      pass.end();
    } else {
      for (const name of names) {
        const pass = encoder.beginComputePass(this.#timer.pass(name));
        this.#encode(pass, name);
        pass.end();
      }
      this.#timer.resolve(encoder);
    }
    this.#open.device.queue.submit([encoder.finish()]);
  }

  #encode(encoder: GPUComputePassEncoder, name: StageName): void {
    const { bindings, passes } = this.#stages[name]!;
    encoder.setBindGroup(0, bindings);
    for (const { pipeline, extent } of passes) {
      const { x, y } = this.#groups[extent];
      encoder.setPipeline(pipeline);
      encoder.dispatchWorkgroups(x, y);
    }
  }

  /** Along x and y, since one axis alone holds only 65,535. */
  #groupsFor(cells: number): Record<Extent, { x: number; y: number }> {
    const groupsOf = (invocations: number) => {
      const groups = Math.max(1, Math.ceil(invocations / this.#workgroupSize));
      const x = Math.min(groups, 65535);
      return { x, y: Math.ceil(groups / x) };
    };
    return {
      particles: groupsOf(this.#slots),
      runs: groupsOf(Math.ceil(cells / scanRun)),
      replicas: groupsOf(this.#system.replicas),
      device: groupsOf(Math.min(this.#slots, this.#open.width)),
      workgroup: { x: 1, y: 1 },
    };
  }

  /** Words of a buffer. Rejects if anything before went wrong on the device: nothing wrong is ever handed on. */
  async #read(name: BufferName, length: number): Promise<Uint32Array> {
    const words = await this.#memory.read(this.#memory.buffers[name], length);
    const { first } = this.#open.trouble;
    if (first !== null) throw new Error(first);
    return words;
  }

  #writeCounter(name: keyof Counters, word: number): void {
    this.#memory.write(this.#memory.buffers.counters, Uint32Array.of(word), counters.indexOf(name));
  }

  /** Moves the device's events into the log, and counts who has vanished in each replica. */
  async #drainEvents(vanished: Vanished[] | null = null): Promise<void> {
    const length = this.#undrained;
    if (length === 0) return;
    const { dimension, particles } = this.#system;
    const width = 4 + dimension;
    const rows = await this.#read("events", length * width);
    for (let e = 0; e < length; e++) {
      const [step, moment, survivor, other] = rows.subarray(e * width, e * width + 4);
      const replica = Math.floor(survivor / particles);
      const place = rows.subarray(e * width + 4, (e + 1) * width);
      const count = this.#vanishedIn(other);
      add(this.#vanished, count, step + 1);
      if (vanished !== null) add(vanished[replica], count, step + 1);
      this.#log.append(replica, step, moment, survivor % particles, other % particles, place);
    }
    this.#writeCounter("events", 0);
    this.#undrained = 0;
  }

  /** How many vanish in the next event with this one; of one that splits off, minus one. */
  #vanishedIn(one: number): number {
    if (this.#system.annihilation) return 2;
    if (this.#dead === null) return 1;
    this.#dead[one] = 1 - this.#dead[one];
    return this.#dead[one] === 1 ? 1 : -1;
  }

  async takeEvents(log: EventLog): Promise<void> {
    await this.#drainEvents();
    log.appendAll(this.#log);
    this.#log = new EventLog(this.#system.dimension);
  }

  async countMasses(): Promise<Uint32Array> {
    const { buffers } = this.#memory;
    this.#memory.write(buffers.mass_count, new Uint32Array(this.#sizes.massCounts));
    this.#dispatch(["observe_masses"]);
    await this.#timer?.collect();
    return this.#read("mass_count", this.#sizes.massCounts);
  }

  async pairSums(): Promise<BigUint64Array> {
    const words = await this.#read("pair_sums", 2 * this.#sizes.pairSums);
    return new BigUint64Array(words.buffer, words.byteOffset, this.#sizes.pairSums);
  }

  async snapshot(): Promise<Snapshot> {
    const { dimension: d } = this.#system;
    const { slots, id, mass } = await this.#readLiving();
    const place = new Uint32Array(d * id.length);
    const placeOf = await this.#read("place", d * this.#slots);
    for (const [a, slot] of slots.entries()) {
      for (let k = 0; k < d; k++) place[d * a + k] = placeOf[d * slot + k];
    }
    return { id, mass, place };
  }

  /** The living in the order of their ids: slots, ids and masses. Nothing is sorted or kept that large runs had no room or time for. */
  async #readLiving() {
    const massOf = await this.#read("mass", this.#slots);
    const idOf = await this.#read("id", this.#slots);
    const slotOf = new Uint32Array(this.#system.particles * this.#system.replicas).fill(nowhere);
    let living = 0;
    for (let slot = 0; slot < this.#slots; slot++) {
      if (massOf[slot] === 0) continue;
      slotOf[idOf[slot]] = slot;
      living++;
    }
    const id = new Uint32Array(living);
    const mass = new Uint32Array(living);
    let a = 0;
    for (const [one, slot] of slotOf.entries()) {
      if (slot === nowhere) continue;
      id[a] = one;
      mass[a] = massOf[slot];
      slotOf[a++] = slot;
    }
    return { slots: slotOf.subarray(0, living), id, mass };
  }

  async everybody(): Promise<Uint32Array> {
    const { dimension: d } = this.#system;
    const [id, place] = [await this.#read("id", this.#slots), await this.#read("place", this.#slots * d)];
    const everybody = new Uint32Array(this.#slots * d);
    for (const [i, one] of id.entries()) everybody.set(place.subarray(d * i, d * (i + 1)), d * one);
    return everybody;
  }

  work(): Work {
    if (this.#system.multirate === null)
      return { macroSteps: this.step, particleSteps: this.#uniformMoves(), subSteps: 0 };
    const macroSteps = Math.max(...this.#pacers.map(({ steps }) => steps));
    return { macroSteps, particleSteps: this.#moves, subSteps: this.#subSteps };
  }

  /** All for all steps, less those that the dead were spared; right once the events have been taken. */
  #uniformMoves(): number {
    const { particles, replicas } = this.#system;
    return particles * replicas * this.step - (this.#vanished.count * this.step - this.#vanished.steps);
  }

  clock(): ClockSegment[][] {
    if (this.#system.multirate !== null) return this.#pacers.map(({ clock }) => clock);
    return this.#pacers.map(() => [{ ...uniformClock }]);
  }

  /** What each stage took on the device so far; null unless asked for, or without timestamps. */
  stageTimes(): Partial<Record<StageName, StageTime>> | null {
    return this.#timer?.times ?? null;
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#memory.dispose();
  }
}

function add(sum: Vanished, count: number, steps: number): void {
  sum.count += count;
  sum.steps += count * steps;
}

/** Throws unless the device did the steps that it was asked for. */
function checkSteps(done: number, wanted: number): void {
  if (done !== wanted) throw new Error(`The device did ${done} steps, but ${wanted} were asked for.`);
}

const stepOptions = ({ pairs, fragmentation }: System) => ({
  pairs: pairs !== null,
  splits: fragmentation !== null,
});

/** The stages that a run may come to: compiling the others would be for nothing. */
function stagesOf(system: System): StageName[] {
  const options = { ...stepOptions(system), compact: true };
  const steps =
    system.multirate === null ? uniformStep(options) : multirateStep({ ...options, uniform: true });
  return [...new Set<StageName>([...steps, "observe_masses"])];
}

/** A replica's row of the buffer `progress` at the start of an epoch. */
function progressRow(step: number, { pace, steps }: Epoch): number[] {
  const values: Record<(typeof progressFields)[number], number> = {
    step,
    left: steps,
    macro: pace === null ? 0 : 1,
    levels: pace?.levels ?? 0,
    stretch: toBits(pace?.stretch ?? 1),
    hazard: toBits(pace?.hazard ?? 1),
    clearance: toBits(pace?.clearance ?? 1),
    reach: pace?.reach ?? 0,
    overflow: 0,
    moves: 0,
  };
  return progressFields.map((name) => values[name]);
}

async function prepare(
  device: GPUDevice,
  stage: Stage,
  variant: Variant,
  workgroupSize: number,
  memory: Memory,
): Promise<PreparedStage> {
  const { layout, passes } = await stagePipelines(device, stage, variant, workgroupSize);
  const resources = [
    memory.parameters,
    ...buffersOf(stage, variant.flags).map(([name]) => memory.buffers[name]),
  ];
  const bindings = device.createBindGroup({
    label: stage.name,
    layout,
    entries: resources.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return { bindings, passes: passes.map((pipeline, k) => ({ pipeline, extent: stage.passes[k][1] })) };
}
