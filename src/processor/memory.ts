/** Pieces of one memory that grows, given out and taken back. */
import { mostPages } from "./wasm.ts";

const pageBytes = 2 ** 16;

/** Pieces begin where a processor's caches do. */
const alignment = 64;

const roundUp = (bytes: number, to: number) => to * Math.ceil(bytes / to);

export class Pieces {
  readonly memory: WebAssembly.Memory;
  /** What has never been given out begins here, and is zero. */
  #end: number;
  /** What was given back, by address. */
  #free: { at: number; bytes: number }[] = [];

  /** A memory whose first bytes are left to others. */
  constructor(reserved: number) {
    this.#end = roundUp(reserved, alignment);
    const initial = Math.ceil(this.#end / pageBytes);
    this.memory = new WebAssembly.Memory({ initial, maximum: mostPages, shared: true });
  }

  /** The address of a piece that is zero; null if there is no room. */
  take(wanted: number): number | null {
    const bytes = roundUp(Math.max(1, wanted), alignment);
    const found = this.#free.findIndex((piece) => piece.bytes >= bytes);
    if (found >= 0) {
      const piece = this.#free[found];
      if (piece.bytes === bytes) this.#free.splice(found, 1);
      else this.#free[found] = { at: piece.at + bytes, bytes: piece.bytes - bytes };
      new Uint8Array(this.memory.buffer, piece.at, bytes).fill(0);
      return piece.at;
    }
    const at = this.#end;
    const lacking = Math.ceil((at + bytes) / pageBytes) - this.memory.buffer.byteLength / pageBytes;
    if (lacking > 0) {
      try {
        this.memory.grow(lacking);
      } catch {
        return null;
      }
    }
    this.#end = at + bytes;
    return at;
  }

  giveBack(at: number, wanted: number): void {
    this.#free.push({ at, bytes: roundUp(Math.max(1, wanted), alignment) });
    this.#free.sort((a, b) => a.at - b.at);
    // Neighbours become one piece.
    this.#free = this.#free.reduce<{ at: number; bytes: number }[]>((joined, piece) => {
      const last = joined.at(-1);
      if (last !== undefined && last.at + last.bytes === piece.at) last.bytes += piece.bytes;
      else joined.push({ ...piece });
      return joined;
    }, []);
  }
}
