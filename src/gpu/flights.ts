/** Submits the stages of many steps at a time, and tells how far the device came. Learns on the way how long a step takes. */
import type { System } from "../model/system.ts";
import { scanRun } from "../sizes.ts";
import { buffersOf, counters, type Extent, type Stage, type StageName, stages } from "../stages.ts";
import { type Variant, variantOf } from "./compose.ts";
import type { OpenDevice } from "./device.ts";
import type { Memory } from "./memory.ts";
import { stagePipelines } from "./pipelines.ts";
import { mostTimedStages, type StageTime, StageTimer } from "./stageTimer.ts";

export interface FlightOptions {
  /** Invocations of a workgroup, 1 to 256. Decides nothing but speed. */
  workgroupSize?: number;
  /** Steps of a submission; by default as many as take about a tenth of a second. Decides nothing but speed. */
  batch?: number;
  /** Milliseconds of work, about, between two looks of the host at the counters, 500 by default. Decides nothing but speed. */
  flightTime?: number;
  /** Times every stage on the device, where the adapter has timestamps: see `GpuEngine.stageTimes`. Costs a little. */
  timeStages?: boolean;
}

export type Counters = Record<(typeof counters)[number], number>;

/** A stage, ready to be encoded. */
interface PreparedStage {
  bindings: GPUBindGroup;
  passes: { pipeline: GPUComputePipeline; extent: Extent }[];
}

/** What the workgroups of passes follow from. */
interface Invocations {
  /** Entries of the particle arrays in use. */
  slots: number;
  /** Cells of all replicas. */
  cells: number;
  replicas: number;
}

/** Wall time aimed at for one submission, in milliseconds: long enough to hide the host, far below drivers' watchdogs. */
const submissionTime = 100;

/** Of `FlightOptions`: a few submissions, so that the device is never idle for want of one. */
const usualFlightTime = 5 * submissionTime;

/** Most dispatches of one submission, so that encoding them stays short as well. */
const mostDispatches = 16384;

export class Flights {
  readonly #open: OpenDevice;
  readonly #memory: Memory;
  readonly #workgroupSize: number;
  readonly #stages: Partial<Record<StageName, PreparedStage>>;
  readonly #fixedBatch: number | null;
  readonly #flightTime: number;
  readonly #timer: StageTimer | null;
  /** Workgroups of a pass along x and y. */
  #groups: Record<Extent, { x: number; y: number }>;
  /** Milliseconds that a step is expected to take; at first nobody knows. */
  #stepTime = submissionTime / 4;

  private constructor(
    open: OpenDevice,
    memory: Memory,
    prepared: Partial<Record<StageName, PreparedStage>>,
    { workgroupSize, batch, flightTime = usualFlightTime, timeStages = false }: PreparedOptions,
  ) {
    this.#open = open;
    this.#memory = memory;
    this.#stages = prepared;
    this.#workgroupSize = workgroupSize;
    this.#fixedBatch = batch ?? null;
    this.#flightTime = flightTime;
    const isTimed = timeStages && open.device.features.has("timestamp-query");
    this.#timer = isTimed ? new StageTimer(open.device) : null;
    this.#groups = this.#groupsFor({ slots: 0, cells: 0, replicas: 0 });
  }

  /** Compiles these stages for a system and binds them to its buffers. Rejects with what the compiler says. */
  static async prepare(
    names: readonly StageName[],
    system: System,
    open: OpenDevice,
    memory: Memory,
    options: FlightOptions,
  ): Promise<Flights> {
    const { workgroupSize = 64 } = options;
    const variant = variantOf(system, open);
    const prepared = await Promise.all(
      names.map(async (name) => [
        name,
        await prepare(open.device, stages[name], variant, workgroupSize, memory),
      ]),
    );
    return new Flights(open, memory, Object.fromEntries(prepared), { ...options, workgroupSize });
  }

  /** From now on passes have these invocations. */
  cover(invocations: Invocations): void {
    this.#groups = this.#groupsFor(invocations);
  }

  /** Along x and y, since one axis alone holds only 65,535. */
  #groupsFor({ slots, cells, replicas }: Invocations): Record<Extent, { x: number; y: number }> {
    const groupsOf = (invocations: number) => {
      const groups = Math.max(1, Math.ceil(invocations / this.#workgroupSize));
      const x = Math.min(groups, 65535);
      return { x, y: Math.ceil(groups / x) };
    };
    return {
      particles: groupsOf(slots),
      runs: groupsOf(Math.ceil(cells / scanRun)),
      replicas: groupsOf(replicas),
      device: groupsOf(Math.min(slots, this.#open.width)),
      workgroup: { x: 1, y: 1 },
    };
  }

  /** Steps after which the host should look again. */
  get stepsOfFlight(): number {
    return this.#fixedBatch ?? Math.max(1, Math.round(this.#flightTime / this.#stepTime));
  }

  #stepsOfSubmission(): number {
    const time = Math.min(submissionTime, this.#flightTime);
    return Math.max(1, this.#fixedBatch ?? Math.round(time / this.#stepTime));
  }

  /** Plays steps, of which the first may be another, in submissions that follow one another without the host, and reads the counters. */
  async fly(steps: number, step: readonly StageName[], first = step): Promise<Counters> {
    const begin = performance.now();
    const longest = Math.max(step.length, first.length);
    const most = Math.floor((this.#timer === null ? mostDispatches : mostTimedStages) / longest);
    const ofSubmission = Math.min(most, this.#stepsOfSubmission());
    for (let done = 0; done < steps; done += ofSubmission) {
      const schedule = Array<readonly StageName[]>(Math.min(ofSubmission, steps - done)).fill(step);
      if (done === 0) schedule[0] = first;
      await this.play(schedule.flat());
    }
    const words = await this.#memory.read("counters", counters.length);
    this.#learn(steps, performance.now() - begin);
    return Object.fromEntries(counters.map((name, k) => [name, words[k]])) as Counters;
  }

  /** Corrects the expected time of a step after a flight that took `elapsed`. */
  #learn(steps: number, elapsed: number): void {
    const measured = elapsed / steps;
    // A first measurement may be far off.
    this.#stepTime = Math.min(Math.max(measured, this.#stepTime / 2), 8 * this.#stepTime);
  }

  /** Submits stages, one after the other; waits for them only if they are timed. */
  async play(names: readonly StageName[]): Promise<void> {
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
    await this.#timer?.collect();
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

  /** What each stage took on the device so far; null unless asked for, or without timestamps. */
  get stageTimes(): Partial<Record<StageName, StageTime>> | null {
    return this.#timer?.times ?? null;
  }

  dispose(): void {
    this.#timer?.dispose();
  }
}

type PreparedOptions = FlightOptions & { workgroupSize: number };

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
