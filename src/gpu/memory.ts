/** The device's buffers of a run, and moving words to and from them. */
import { UserError } from "../errors.ts";
import { bufferBytes } from "../sizes.ts";
import { type BufferName, counters, type Sizes, sharedWith } from "../stages.ts";
import type { OpenDevice } from "./device.ts";
import type { Trouble } from "./trouble.ts";

// Of GPUBufferUsage, a global that Node lacks.
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 0x40, storage: 0x80 };

/** Words read back in one piece: bounds what the host must hold beside the result. */
const pieceBytes = 2 ** 26;

/** Seconds after which a device that does not answer is given up: a submission takes a fraction of one, a few on a software adapter. */
const longestSilence = 300;

/** Milliseconds for which an answer is awaited without rest, and then the length of a rest. */
const alertTime = 2;
const rest = 1;

export class Memory {
  readonly buffers: Record<BufferName, GPUBuffer>;
  readonly parameters: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #trouble: Trouble;
  readonly #polls: boolean;
  #staging: GPUBuffer | null = null;

  private constructor(
    { device, trouble, polls }: OpenDevice,
    buffers: Record<BufferName, GPUBuffer>,
    parameters: GPUBuffer,
  ) {
    this.#device = device;
    this.#trouble = trouble;
    this.#polls = polls;
    this.buffers = buffers;
    this.parameters = parameters;
  }

  /** Throws a UserError if the device cannot hold the buffers; then none is left allocated. */
  static async allocate(open: OpenDevice, sizes: Sizes, parameterBytes: number): Promise<Memory> {
    const { device } = open;
    const wanted = bufferBytes(sizes);
    checkLimits(device.limits, wanted, sizes);
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const create = (label: string, size: number, purpose: number) =>
      device.createBuffer({ label, size, usage: purpose | usage.copySource | usage.copyTarget });
    const buffers = Object.fromEntries(
      Object.entries(wanted).map(([name, size]) => [name, create(name, size, usage.storage)]),
    ) as Record<BufferName, GPUBuffer>;
    for (const [name, other] of Object.entries(sharedWith(sizes))) {
      buffers[name as BufferName] = buffers[other];
    }
    const memory = new Memory(open, buffers, create("parameters", parameterBytes, usage.uniform));
    const invalid = await device.popErrorScope();
    const full = await device.popErrorScope();
    if (invalid === null && full === null) return memory;
    memory.dispose();
    if (invalid !== null) throw new Error(invalid.message);
    const total = Object.values(wanted).reduce((a, b) => a + b);
    throw new UserError(
      `particles times replicas is ${sizes.slots}, which takes ${megabytes(total)} on the device, more than it has free; lower either.`,
    );
  }

  write(buffer: GPUBuffer, words: Uint32Array | Float32Array, atWord = 0): void {
    this.#device.queue.writeBuffer(
      buffer,
      4 * atWord,
      words.buffer as ArrayBuffer,
      words.byteOffset,
      words.byteLength,
    );
  }

  setCounter(name: (typeof counters)[number], word: number): void {
    this.write(this.buffers.counters, Uint32Array.of(word), counters.indexOf(name));
  }

  /** The first `length` words of a buffer. Rejects if anything before went wrong on the device: nothing wrong is ever handed on. */
  async read(name: BufferName, length: number): Promise<Uint32Array> {
    const result = new Uint32Array(length);
    for (let at = 0; at < 4 * length; at += pieceBytes) {
      const bytes = Math.min(pieceBytes, 4 * length - at);
      const staging = this.#stagingOf(bytes);
      const encoder = this.#device.createCommandEncoder();
      encoder.copyBufferToBuffer(this.buffers[name], at, staging, 0, bytes);
      this.#device.queue.submit([encoder.finish()]);
      await this.#answer(staging.mapAsync(usage.mapRead, 0, bytes));
      result.set(new Uint32Array(staging.getMappedRange(0, bytes)), at / 4);
      staging.unmap();
    }
    if (this.#trouble.first !== null) throw new Error(this.#trouble.first);
    return result;
  }

  /** Waits for the device. Rejects if anything goes wrong on it, or it is silent for longer than any work takes. */
  async #answer(work: Promise<undefined>): Promise<void> {
    let timeOut: ReturnType<typeof setTimeout> | undefined;
    let stopListening = () => {};
    const wake = this.#polls ? drowse() : () => {};
    try {
      await new Promise((resolve, reject) => {
        const giveUp = (reason: string) => reject(new Error(reason));
        stopListening = this.#trouble.listen(giveUp);
        const silent = `the device has not answered for ${longestSilence} s`;
        timeOut = setTimeout(() => giveUp(silent), 1000 * longestSilence);
        // An error of the device's own may be called AbortError, as what the user asked for is.
        work.then(resolve, ({ message }) => giveUp(`the device does not answer: ${message}`));
      });
    } finally {
      clearTimeout(timeOut);
      stopListening();
      wake();
    }
  }

  #stagingOf(bytes: number): GPUBuffer {
    if (this.#staging === null || this.#staging.size < bytes) {
      this.#staging?.destroy();
      const size = Math.max(bytes, 2 ** 16);
      this.#staging = this.#device.createBuffer({ size, usage: usage.mapRead | usage.copyTarget });
    }
    return this.#staging;
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
    this.parameters.destroy();
    this.#staging?.destroy();
  }
}

/**
 * Lets this thread sleep for a moment in every round of Node's event loop, until it is woken. In each, Dawn for Node asks the driver whether it is
 * done, and without a pause it would take a processor, which a software adapter needs for its shaders.
 */
function drowse(): () => void {
  const begin = performance.now();
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  let awake = false;
  const round = () => {
    if (awake) return;
    if (performance.now() - begin > alertTime) Atomics.wait(nobody, 0, 0, rest);
    setImmediate(round);
  };
  setImmediate(round);
  return () => {
    awake = true;
  };
}

function checkLimits(limits: GPUSupportedLimits, wanted: Record<string, number>, { slots }: Sizes): void {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const [name, bytes] = Object.entries(wanted).reduce((a, b) => (b[1] > a[1] ? b : a));
  if (bytes <= most) return;
  const fit = Math.floor((slots * most) / bytes);
  throw new UserError(
    `particles times replicas is ${slots}, which makes the buffer "${name}" ${megabytes(bytes)}, but this adapter binds at most ${megabytes(most)}: at most about ${fit} particles in all.`,
  );
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
