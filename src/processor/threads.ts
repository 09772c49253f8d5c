/** Threads that run compiled shaders over one shared memory, dispatch after dispatch, each waiting for all before the next begins. */
import type { Worker } from "node:worker_threads";
import { mostBindings, scratchBytes } from "./compile.ts";

/**
 * Words at the start of the memory by which the threads find each other, and for each thread some more, in which it says how much of its share has
 * been taken: as many as a processor's caches hold together, or threads would wait for each other's.
 */
const syncWords = 16;

const ownBytes = 4 * syncWords + 8 * mostBindings + scratchBytes;

/** Bytes at the start of the memory that are taken. */
export const reservedBytes = (threads: number) => 4 * syncWords + threads * ownBytes;

/**
 * Words of a dispatch in a program: module, workgroups along x and y, where the times before and after it go in bytes or 0, then the addresses
 * of the buffers that it is bound to and their lengths in words.
 */
const headWords = 5;

/** A program as it grows: memory that threads share, so that none gets a copy. */
export class ProgramWords {
  #words = new Int32Array(new SharedArrayBuffer(2 ** 14));
  #length = 0;

  /** `bound`: the addresses and lengths, `mostBindings` each. */
  append(module: number, x: number, y: number, before: number, after: number, bound: Int32Array): void {
    const length = this.#length + headWords + bound.length;
    if (length > this.#words.length) {
      const longer = new Int32Array(new SharedArrayBuffer(2 * this.#words.byteLength));
      longer.set(this.#words);
      this.#words = longer;
    }
    const at = this.#length;
    this.#words[at] = module;
    this.#words[at + 1] = x;
    this.#words[at + 2] = y;
    this.#words[at + 3] = before;
    this.#words[at + 4] = after;
    this.#words.set(bound, at + headWords);
    this.#length = length;
  }

  get all(): Int32Array {
    return this.#words.subarray(0, this.#length);
  }
}

export class Threads {
  readonly #workers: Worker[];
  readonly #onTrouble: (what: string) => void;
  #modules = 0;
  #running: { resolve: () => void; reject: (reason: Error) => void } | null = null;
  #busy = 0;
  #stopped: Error | null = null;

  private constructor(workers: Worker[], onTrouble: (what: string) => void) {
    this.#workers = workers;
    this.#onTrouble = onTrouble;
    for (const worker of workers) {
      worker.unref();
      worker.on("message", () => this.#finished());
      worker.on("error", ({ message }) => this.#fail(message));
    }
  }

  static async start(
    memory: WebAssembly.Memory,
    count: number,
    onTrouble: (what: string) => void,
  ): Promise<Threads> {
    // Not an import, which bundlers for browsers would look for.
    const { Worker } = process.getBuiltinModule("worker_threads");
    const workers = Array.from({ length: count }, (_, index) => {
      const workerData: ThreadData = {
        memory,
        index,
        syncWords,
        ownBytes,
        headWords,
        mostBindings,
      };
      // As text, since it must not depend on where a bundler has put it.
      return new Worker(`(${thread})(require("worker_threads"))`, { eval: true, workerData });
    });
    return new Threads(workers, onTrouble);
  }

  /** Hands a module to all, for programs to name by the number that this gives. */
  add(module: WebAssembly.Module): number {
    for (const worker of this.#workers) worker.postMessage(module);
    return this.#modules++;
  }

  /** Runs a program, `headWords + 2 mostBindings` words for each dispatch, on so many threads. One at a time; rejects if a thread fails. */
  run(dispatches: Int32Array, threads: number): Promise<void> {
    if (this.#stopped !== null) return Promise.reject(this.#stopped);
    this.#busy = threads;
    const program: Program = { dispatches, threads };
    for (const worker of this.#workers.slice(0, threads)) {
      worker.ref();
      worker.postMessage(program);
    }
    return new Promise((resolve, reject) => {
      this.#running = { resolve, reject };
    });
  }

  #finished(): void {
    if (--this.#busy > 0) return;
    for (const worker of this.#workers) worker.unref();
    this.#running?.resolve();
  }

  #fail(what: string): void {
    this.stop(what);
    this.#onTrouble(what);
  }

  /** Throws if they have been stopped. */
  check(): void {
    if (this.#stopped !== null) throw this.#stopped;
  }

  /** Ends what is under way, and whatever comes, with this reason. */
  stop(reason: string): void {
    this.#stopped ??= new Error(reason);
    for (const worker of this.#workers) void worker.terminate();
    this.#running?.reject(this.#stopped);
  }
}

interface ThreadData {
  memory: WebAssembly.Memory;
  index: number;
  syncWords: number;
  /** Bytes that a thread has for itself: how much of its share has been taken, what it is bound to, its invocations' arrays. */
  ownBytes: number;
  headWords: number;
  mostBindings: number;
}

interface Program {
  dispatches: Int32Array;
  threads: number;
}

/** What a thread does. It is sent as text, so nothing from outside may be named in it. */
function thread({ parentPort, workerData }: typeof import("node:worker_threads")): void {
  const { memory, index, syncWords, ownBytes, headWords, mostBindings } = workerData as ThreadData;
  type Run = (bindings: number, scratch: number, from: number, to: number, x: number, y: number) => void;
  const runs: Run[] = [];
  const [arrived, round] = [0, 1];
  const looks = 20000;
  const bound = 4 * (syncWords + syncWords) + index * ownBytes;
  const scratch = bound + 8 * mostBindings;
  const bindings = new Int32Array(memory.buffer, bound, 2 * mostBindings);
  const sync = new Int32Array(memory.buffer, 0, syncWords);
  const takenOf = (thread: number) => new Int32Array(memory.buffer, 4 * syncWords + thread * ownBytes, 1);
  const taken: Int32Array[] = [];

  /** Waits for all to arrive; the last lets them go on. */
  function meet(threads: number): void {
    const now = Atomics.load(sync, round);
    if (Atomics.add(sync, arrived, 1) === threads - 1) {
      Atomics.store(sync, arrived, 0);
      for (let thread = 0; thread < threads; thread++) Atomics.store(taken[thread], 0, 0);
      Atomics.add(sync, round, 1);
      Atomics.notify(sync, round);
      return;
    }
    // The others mostly come soon, and who sleeps takes long to wake.
    for (let look = 0; look < looks; look++) if (Atomics.load(sync, round) !== now) return;
    while (Atomics.load(sync, round) === now) Atomics.wait(sync, round, now);
  }

  /** Writes the time, in nanoseconds. */
  function note(at: number): void {
    if (at !== 0 && index === 0) {
      new BigUint64Array(memory.buffer, at, 1)[0] = BigInt(Math.round(1e6 * performance.now()));
    }
  }

  /**
   * Works on this thread's share of the workgroups, which is the same part of all in every dispatch, so that what belongs to it stays in its caches; then
   * on what is left of the others'.
   */
  function share(run: Run, x: number, y: number, threads: number): void {
    const groups = x * y;
    const piece = Math.max(1, Math.floor(groups / (16 * threads)));
    for (let k = 0; k < threads; k++) {
      const whose = (index + k) % threads;
      const begin = Math.floor((groups * whose) / threads);
      const end = Math.floor((groups * (whose + 1)) / threads);
      for (;;) {
        const from = begin + Atomics.add(taken[whose], 0, piece);
        if (from >= end) break;
        run(bound, scratch, from, Math.min(from + piece, end), x, y);
      }
    }
    meet(threads);
  }

  function play({ dispatches, threads }: Program): void {
    while (taken.length < threads) taken.push(takenOf(taken.length));
    // Word by word, as a small dispatch takes no longer than making an array of them would.
    for (let at = 0; at < dispatches.length; at += headWords + 2 * mostBindings) {
      const run = runs[dispatches[at]];
      const x = dispatches[at + 1];
      const y = dispatches[at + 2];
      for (let k = 0; k < 2 * mostBindings; k++) bindings[k] = dispatches[at + headWords + k];
      note(dispatches[at + 3]);
      if (threads === 1) run(bound, scratch, 0, x * y, x, y);
      else share(run, x, y, threads);
      note(dispatches[at + 4]);
    }
  }

  parentPort!.on("message", (message: WebAssembly.Module | Program) => {
    if (message instanceof WebAssembly.Module) {
      const { exports } = new WebAssembly.Instance(message, { memory: { memory } });
      runs.push(exports.run as unknown as Run);
    } else {
      play(message);
      parentPort!.postMessage(null);
    }
  });
}
