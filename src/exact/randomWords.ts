import { log } from "./elementary.ts";
import { threefry } from "./threefry.ts";

/** The random words of one replica in a stream whose draws are numbered one after another: the same on every machine. */
export class RandomWords {
  readonly #key: readonly [number, number, number, number];
  readonly #words = new Uint32Array(4);
  #used = 4;
  #block = 0;

  /** `seed`: 64 bits. @param stream One of `streams` that says so. */
  constructor(seed: bigint, replica: number, stream: number) {
    this.#key = [Number(seed & 0xffffffffn), Number((seed >> 32n) & 0xffffffffn), replica, stream];
  }

  /** An integer in [0, 2^32). */
  word(): number {
    if (this.#used === 4) {
      const [low, high, replica, stream] = this.#key;
      const above = Math.floor(this.#block / 2 ** 32);
      threefry(this.#words, low, high, replica, stream, this.#block >>> 0, above, 0, 0);
      this.#block++;
      this.#used = 0;
    }
    return this.#words[this.#used++];
  }

  /** Uniform in (0, 1), an odd multiple of 2^-53. */
  uniform(): number {
    return ((this.word() >>> 6) * 2 ** 26 + (this.word() >>> 6) + 0.5) * 2 ** -52;
  }

  /** Uniform among 0, ..., n - 1, without bias; n an integer from 1 to 2^32. */
  below(n: number): number {
    const whole = 2 ** 32 - (2 ** 32 % n);
    let word = this.word();
    while (word >= whole) word = this.word();
    return word % n;
  }

  /** Exponential of mean 1. */
  exponential(): number {
    return -log(this.uniform());
  }
}
