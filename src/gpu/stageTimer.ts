/** Times stages on the device itself, by timestamps around a compute pass of each stage's own. */
import type { StageName } from "../stages.ts";

/** What a stage took so far. */
export interface StageTime {
  dispatches: number;
  /** Of device time. */
  seconds: number;
}

// Of GPUBufferUsage and GPUMapMode, globals that Node lacks.
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, queryResolve: 0x200 };

/** Stages of one submission that can be timed; WebGPU allows a query set of twice as many. */
export const mostTimedStages = 2048;

export class StageTimer {
  readonly times: Partial<Record<StageName, StageTime>> = {};
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #readable: GPUBuffer;
  #names: StageName[] = [];

  /** The device must have the feature "timestamp-query". */
  constructor(device: GPUDevice) {
    const count = 2 * mostTimedStages;
    this.#queries = device.createQuerySet({ type: "timestamp", count });
    const create = (purpose: number) => device.createBuffer({ size: 8 * count, usage: purpose });
    this.#resolved = create(usage.queryResolve | usage.copySource);
    this.#readable = create(usage.mapRead | usage.copyTarget);
  }

  /** The descriptor of the next stage's pass, in a submission of at most `mostTimedStages`. */
  pass(name: StageName): GPUComputePassDescriptor {
    const at = 2 * this.#names.length;
    this.#names.push(name);
    return {
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: at,
        endOfPassWriteIndex: at + 1,
      },
    };
  }

  /** Ends a submission's commands. */
  resolve(encoder: GPUCommandEncoder): void {
    const count = 2 * this.#names.length;
    encoder.resolveQuerySet(this.#queries, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#readable, 0, 8 * count);
  }

  /** Adds up the times of the submission, once it has been submitted. */
  async collect(): Promise<void> {
    const names = this.#names;
    this.#names = [];
    await this.#readable.mapAsync(usage.mapRead, 0, 16 * names.length);
    const nanoseconds = new BigUint64Array(this.#readable.getMappedRange(0, 16 * names.length));
    for (const [k, name] of names.entries()) {
      this.times[name] ??= { dispatches: 0, seconds: 0 };
      const time = this.times[name];
      time.dispatches++;
      time.seconds += Number(nanoseconds[2 * k + 1] - nanoseconds[2 * k]) / 1e9;
    }
    this.#readable.unmap();
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#readable.destroy();
  }
}
