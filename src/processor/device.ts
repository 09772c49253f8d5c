/**
 * A WebGPU device of our own on the processor: shaders are compiled to WebAssembly, and threads run them. It has as much of a device as our engine
 * asks for, and knows no more of WGSL than our shaders use (`parse.ts`).
 *
 * There workgroups gain nothing, so those that must wait for each other are single invocations (the override `together`), and barriers do nothing.
 */
import { compileEntry, mostBindings } from "./compile.ts";
import { Pieces } from "./memory.ts";
import { parse, type ShaderText } from "./parse.ts";
import { ProgramWords, reservedBytes, Threads } from "./threads.ts";

/** Most bytes of a buffer: all buffers of a run, of which the largest has a quarter, find room in a memory of 4 GiB. */
const mostBufferBytes = 15 * 2 ** 26;

/** Of GPUBufferUsage: for times. */
const queryUsage = 0x200;

/** Invocations that keep a thread busy for longer than the threads take to meet. */
const invocationsOfThread = 256;

interface Buffer {
  readonly at: number;
  readonly size: number;
}

interface Pipeline {
  module: number;
  workgroupSize: number;
}

/** Of a submission: dispatches in a row as one program, or a copy. */
type Command =
  | { kind: "dispatches"; program: ProgramWords; invocations: number }
  | { kind: "copy"; from: Buffer; fromAt: number; to: Buffer; toAt: number; bytes: number };

/** Room for times, in a buffer. */
interface Queries {
  buffer: Buffer & { destroy(): void };
}

interface PassDescriptor {
  timestampWrites?: {
    querySet: Queries;
    beginningOfPassWriteIndex: number;
    endOfPassWriteIndex: number;
  };
}

type ErrorScope = { filter: GPUErrorFilter; error: { message: string } | null };

/** A device on so many threads. */
export async function openProcessor(threads: number): Promise<GPUDevice> {
  const pieces = new Pieces(reservedBytes(threads));
  return new Processor(pieces, threads).start() as Promise<unknown> as Promise<GPUDevice>;
}

class Processor {
  readonly limits = {
    maxBufferSize: mostBufferBytes,
    maxStorageBufferBindingSize: mostBufferBytes,
    maxStorageBuffersPerShaderStage: mostBindings - 1,
    maxComputeWorkgroupsPerDimension: 65535,
    maxComputeInvocationsPerWorkgroup: 256,
  };
  readonly features = new Set(["timestamp-query"]);
  readonly lost: Promise<{ reason: string; message: string }>;
  onuncapturederror: ((event: { error: { message: string } }) => void) | null = null;
  readonly queue = {
    writeBuffer: (to: Buffer, toAt: number, source: ArrayBuffer, from = 0, size = source.byteLength - from) =>
      this.#write(to, toAt, new Uint8Array(source, from, size)),
    submit: (buffers: Command[][]) => this.#submit(buffers.flat()),
    onSubmittedWorkDone: () => this.#done,
  };
  readonly #pieces: Pieces;
  readonly #count: number;
  #threads: Threads | null = null;
  #lose: (reason: { reason: string; message: string }) => void = () => {};
  readonly #scopes: ErrorScope[] = [];
  /** Settled once all that was asked for so far is done. */
  #done: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(pieces: Pieces, threads: number) {
    this.#pieces = pieces;
    this.#count = threads;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
  }

  async start(): Promise<this> {
    const onTrouble = (message: string) => this.#lose({ reason: "unknown", message });
    this.#threads = await Threads.start(this.#pieces.memory, this.#count, onTrouble);
    return this;
  }

  destroy(): void {
    const message = "it was destroyed";
    this.#threads?.stop(message);
    this.#lose({ reason: "destroyed", message });
  }

  // Errors.

  pushErrorScope(filter: GPUErrorFilter): void {
    this.#scopes.push({ filter, error: null });
  }

  async popErrorScope(): Promise<{ message: string } | null> {
    return this.#scopes.pop()?.error ?? null;
  }

  #report(filter: GPUErrorFilter, message: string): void {
    const scope = this.#scopes.findLast((scope) => scope.filter === filter);
    if (scope === undefined) this.onuncapturederror?.({ error: { message } });
    else scope.error ??= { message };
  }

  // What is made once.

  createBuffer({ size, usage }: { size: number; usage: number }) {
    if (usage === 0) this.#report("validation", "a buffer must be of some use");
    const at = this.#pieces.take(size);
    if (at === null) this.#report("out-of-memory", "the memory of 4 GiB is full");
    let destroyed = at === null;
    const read = async (from = 0, bytes = size - from) => {
      await this.#next(() => this.#threads!.check());
      mapped = new Uint8Array(bytes);
      mapped.set(new Uint8Array(this.#pieces.memory.buffer, (at ?? 0) + from, bytes));
    };
    let mapped: Uint8Array<ArrayBuffer> | null = null;
    return {
      at: at ?? 0,
      size,
      mapAsync: (_mode: number, from?: number, bytes?: number) => read(from, bytes),
      getMappedRange: () => mapped!.buffer,
      unmap() {
        mapped = null;
      },
      destroy: () => {
        if (destroyed) return;
        destroyed = true;
        void this.#next(() => this.#pieces.giveBack(at!, size)).catch(() => {});
      },
    };
  }

  createQuerySet({ count }: { count: number }): Queries & { destroy(): void } {
    const buffer = this.createBuffer({ size: 8 * count, usage: queryUsage });
    return { buffer, destroy: () => buffer.destroy() };
  }

  createShaderModule({ code }: { code: string }) {
    try {
      return { shader: parse(code), getCompilationInfo: async () => ({ messages: [] }) };
    } catch (trouble) {
      const { message } = trouble as Error;
      this.#report("validation", message);
      const lineNum = Number(/^Line (\d+)/.exec(message)?.[1] ?? 1);
      return {
        shader: null,
        getCompilationInfo: async () => ({ messages: [{ type: "error", lineNum, message }] }),
      };
    }
  }

  createBindGroupLayout() {
    return {};
  }

  createPipelineLayout() {
    return {};
  }

  createBindGroup({ entries }: { entries: { binding: number; resource: { buffer: Buffer } }[] }) {
    const words = new Int32Array(2 * mostBindings);
    for (const { binding, resource } of entries) {
      words[binding] = resource.buffer.at;
      words[mostBindings + binding] = resource.buffer.size / 4;
    }
    return { words };
  }

  async createComputePipelineAsync({
    compute,
  }: {
    compute: { module: { shader: ShaderText | null }; entryPoint: string; constants: Record<string, number> };
  }): Promise<Pipeline> {
    const { module, entryPoint, constants } = compute;
    if (module.shader === null) throw new Error("The shader is not valid.");
    const { bytes, workgroupSize } = compileEntry(module.shader, entryPoint, { together: 1, ...constants });
    return { module: this.#threads!.add(await WebAssembly.compile(bytes)), workgroupSize };
  }

  // What is done again and again.

  createCommandEncoder() {
    const commands: Command[] = [];
    return {
      beginComputePass: (descriptor: PassDescriptor = {}) => passInto(commands, descriptor),
      resolveQuerySet({ buffer }: Queries, first: number, count: number, to: Buffer, toAt: number) {
        commands.push({ kind: "copy", from: buffer, fromAt: 8 * first, to, toAt, bytes: 8 * count });
      },
      copyBufferToBuffer: (from: Buffer, fromAt: number, to: Buffer, toAt: number, bytes: number) => {
        if (fromAt + bytes > from.size || toAt + bytes > to.size) {
          this.#report("validation", "a copy reaches beyond its buffers");
          return;
        }
        commands.push({ kind: "copy", from, fromAt, to, toAt, bytes });
      },
      finish: () => commands,
    };
  }

  /** Does something after all that was asked for before. */
  #next(action: () => void | Promise<void>): Promise<void> {
    this.#waiting++;
    this.#done = this.#done.then(action).finally(() => {
      this.#waiting--;
    });
    return this.#done;
  }

  #write({ at }: Buffer, offset: number, bytes: Uint8Array): void {
    const write = (source: Uint8Array) =>
      new Uint8Array(this.#pieces.memory.buffer, at + offset, source.length).set(source);
    if (this.#waiting === 0) {
      write(bytes);
    } else {
      const kept = bytes.slice();
      this.#next(() => write(kept)).catch(() => {});
    }
  }

  #submit(commands: Command[]): void {
    for (const command of commands) this.#next(() => this.#carryOut(command)).catch(() => {});
  }

  #carryOut(command: Command): void | Promise<void> {
    if (command.kind === "copy") {
      const { from, fromAt, to, toAt, bytes } = command;
      new Uint8Array(this.#pieces.memory.buffer).copyWithin(
        to.at + toAt,
        from.at + fromAt,
        from.at + fromAt + bytes,
      );
      return;
    }
    const wanted = Math.ceil(command.invocations / invocationsOfThread);
    return this.#threads!.run(command.program.all, Math.min(this.#count, Math.max(1, wanted)));
  }
}

/** Passes in a row are one program. */
function passInto(commands: Command[], { timestampWrites: times }: PassDescriptor) {
  const last = commands.at(-1);
  const pass =
    last?.kind === "dispatches"
      ? last
      : { kind: "dispatches" as const, program: new ProgramWords(), invocations: 0 };
  if (pass !== last) commands.push(pass);
  const timeAt = (query: number) => (times === undefined ? 0 : times.querySet.buffer.at + 8 * query);
  let pipeline: Pipeline = { module: 0, workgroupSize: 1 };
  let bound = new Int32Array(2 * mostBindings);
  let first = true;
  return {
    setPipeline(next: Pipeline) {
      pipeline = next;
    },
    setBindGroup(_index: number, { words }: { words: Int32Array<ArrayBuffer> }) {
      bound = words;
    },
    dispatchWorkgroups(x: number, y = 1) {
      const before = first ? timeAt(times?.beginningOfPassWriteIndex ?? 0) : 0;
      const after = timeAt(times?.endOfPassWriteIndex ?? 0);
      pass.program.append(pipeline.module, x, y, before, after, bound);
      pass.invocations = Math.max(pass.invocations, x * y * pipeline.workgroupSize);
      first = false;
    },
    end() {},
  };
}
