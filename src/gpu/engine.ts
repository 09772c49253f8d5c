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
import { sizesOf } from "../sizes.ts";
import {
  mostEvents,
  multirateStep,
  noOffender,
  progressFields,
  type Sizes,
  type StageName,
  uniformStep,
} from "../stages.ts";
import type { OpenDevice } from "./device.ts";
import { type Counters, type FlightOptions, Flights } from "./flights.ts";
import { load } from "./load.ts";
import { Memory } from "./memory.ts";
import { packParameters } from "./parameters.ts";
import type { StageTime } from "./stageTimer.ts";

export interface GpuOptions extends FlightOptions {
  /** Events for which there is room beyond those of a step, by default so many that the device seldom waits for the host. Decides nothing but speed. */
  spareEvents?: number;
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

/** How many particles have vanished, and the sum of the steps that each had made. */
interface Vanished {
  count: number;
  steps: number;
}

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
  readonly #flights: Flights;
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
  readonly #pacers: Pacer[];
  readonly #livingOf: number[];

  private constructor(
    system: System,
    open: OpenDevice,
    memory: Memory,
    flights: Flights,
    sizes: Sizes,
    state: EngineState | undefined,
  ) {
    this.#system = system;
    this.#open = open;
    this.#memory = memory;
    this.#sizes = sizes;
    this.#flights = flights;
    this.#slots = this.#sizes.slots;
    this.#living = this.#sizes.slots;
    this.#log = new EventLog(system.dimension);
    this.#pacers = Array.from({ length: system.replicas }, (_, r) => new Pacer(system, state?.pacers[r]));
    this.#livingOf = this.#pacers.map(() => system.particles);
    this.#dead = system.fragmentation === null ? null : new Uint8Array(this.#slots);
    if (state !== undefined) this.#goOnFrom(state);
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
    const sizes = sizesOf(system, options.spareEvents);
    const words = packParameters(system, 0, makeGrid(system.dimension, 1, system.reach), 0);
    const memory = await Memory.allocate(open, sizes, words.byteLength);
    try {
      const flights = await Flights.prepare(stagesOf(system), system, open, memory, options);
      const engine = new GpuEngine(system, open, memory, flights, sizes, state);
      load(memory, system, state);
      engine.#writeParameters();
      return engine;
    } catch (error) {
      memory.dispose();
      throw error;
    }
  }

  /** Fits the grid to the living, and tells the device how many slots are in use, and how many events those who take uniform steps may have. */
  #writeParameters(
    reach = this.#system.reach,
    uniformEvents = mostEvents(this.#slots, this.#sizes.splits),
  ): void {
    const { dimension, replicas } = this.#system;
    const grid = makeGrid(dimension, Math.ceil(this.#slots / replicas), reach);
    this.#flights.cover({ slots: this.#slots, cells: replicas * grid.cells, replicas });
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
        this.#living = await this.#flyUniform(Math.min(to - this.step, this.#flights.stepsOfFlight));
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
      next: await this.#memory.read("next", this.#system.fragmentation === null ? 0 : this.#slots),
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
    this.#memory.setCounter("step", 0);

    const total = this.#livingOf.reduce((a, b) => a + b);
    const compacts = this.#wantsCompacting(total);
    const uniform = this.#livingOf.filter((_, r) => epochs[r]?.pace === null);
    this.#writeParameters(
      Math.max(reach, ...epochs.map((epoch) => epoch?.pace?.reach ?? 0)),
      uniform.reduce((sum, living) => sum + mostEvents(living, false), 0),
    );
    const steps = Math.max(...epochs.map((epoch) => epoch?.steps ?? 0));
    const options = { ...stepOptions(this.#system), uniform: uniform.length > 0 };
    const plain = multirateStep({ ...options, compact: false });
    let first = multirateStep({ ...options, compact: compacts });
    const vanished = this.#pacers.map(() => ({ count: 0, steps: 0 }));
    for (let done = 0; done < steps; ) {
      const flight = Math.min(steps - done, this.#flights.stepsOfFlight);
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
    this.#memory.setCounter("halted", 0);
    this.halts++;
  }

  /** Reads how far each replica came, and who is left. */
  async #finishEpoch(epochs: readonly (Epoch | null)[], vanished: Vanished[]): Promise<void> {
    const { replicas } = this.#system;
    const width = progressFields.length;
    const after = await this.#memory.read("progress", replicas * width);
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

  async #fly(steps: number, step: readonly StageName[], first = step): Promise<Counters> {
    const state = await this.#flights.fly(steps, step, first);
    this.#undrained = state.events;
    if (isOutgrown(this.#system, fromBits(state.largest))) throw new UserError(outgrown(this.#system));
    return state;
  }

  /** Moves the device's events into the log, and counts who has vanished in each replica. */
  async #drainEvents(vanished: Vanished[] | null = null): Promise<void> {
    const length = this.#undrained;
    if (length === 0) return;
    const { dimension, particles } = this.#system;
    const width = 4 + dimension;
    const rows = await this.#memory.read("events", length * width);
    for (let e = 0; e < length; e++) {
      const [step, moment, survivor, other] = rows.subarray(e * width, e * width + 4);
      const replica = Math.floor(survivor / particles);
      const place = rows.subarray(e * width + 4, (e + 1) * width);
      const count = this.#vanishedIn(other);
      add(this.#vanished, count, step + 1);
      if (vanished !== null) add(vanished[replica], count, step + 1);
      this.#log.append(replica, step, moment, survivor % particles, other % particles, place);
    }
    this.#memory.setCounter("events", 0);
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
    await this.#flights.play(["observe_masses"]);
    return this.#memory.read("mass_count", this.#sizes.massCounts);
  }

  async pairSums(): Promise<BigUint64Array> {
    const words = await this.#memory.read("pair_sums", 2 * this.#sizes.pairSums);
    return new BigUint64Array(words.buffer, words.byteOffset, this.#sizes.pairSums);
  }

  async snapshot(): Promise<Snapshot> {
    const { dimension: d } = this.#system;
    const { slots, id, mass } = await this.#readLiving();
    const place = new Uint32Array(d * id.length);
    const placeOf = await this.#memory.read("place", d * this.#slots);
    for (const [a, slot] of slots.entries()) {
      for (let k = 0; k < d; k++) place[d * a + k] = placeOf[d * slot + k];
    }
    return { id, mass, place };
  }

  /** The living in the order of their ids: slots, ids and masses. Nothing is sorted or kept that large runs had no room or time for. */
  async #readLiving() {
    const massOf = await this.#memory.read("mass", this.#slots);
    const idOf = await this.#memory.read("id", this.#slots);
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
    const [id, place] = [
      await this.#memory.read("id", this.#slots),
      await this.#memory.read("place", this.#slots * d),
    ];
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
    return this.#flights.stageTimes;
  }

  dispose(): void {
    this.#flights.dispose();
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
