/**
 * The genealogy of a run: one row for each coagulation or annihilation. With the start it gives the count of every mass at any time.
 *
 *     row = [replica, step, moment, survivor, vanished, place of the survivor]   u32[5 + dimension]
 *
 * `step` counts from 0; the event takes effect at the end of its step. The moment is the fraction of the step at which the pair rang,
 * in units of 2^-32, and orders events within a step. Ids are 0..N-1 within the replica. Of an
 * annihilating pair the "survivor" is the one with the lower id, and vanishes too. A particle that splits is the survivor of an event at the end of the
 * step; "vanished" is who comes to life then, and the place is his.
 */
export class EventLog {
  readonly width: number;
  length = 0;
  #rows: Uint32Array;

  /** Empty, or with these rows, u32[length, width], which it copies when it grows. */
  constructor(dimension: number, rows?: Uint32Array) {
    this.width = 5 + dimension;
    this.length = (rows?.length ?? 0) / this.width;
    this.#rows = this.length > 0 ? rows! : new Uint32Array(64 * this.width);
  }

  /** The rows so far, u32[length, width]; they stay as they are while more are appended. */
  get rows(): Uint32Array {
    return this.#rows.subarray(0, this.length * this.width);
  }

  append(
    replica: number,
    step: number,
    moment: number,
    survivor: number,
    vanished: number,
    place: Uint32Array,
  ): void {
    const at = this.length * this.width;
    if (at === this.#rows.length) {
      const grown = new Uint32Array(2 * at);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[at] = replica;
    this.#rows[at + 1] = step;
    this.#rows[at + 2] = moment;
    this.#rows[at + 3] = survivor;
    this.#rows[at + 4] = vanished;
    this.#rows.set(place, at + 5);
    this.length++;
  }

  /** Forgets all rows. */
  clear(): void {
    this.length = 0;
  }

  appendAll(other: EventLog): void {
    for (let e = 0; e < other.length; e++) {
      const row = other.#row(e);
      this.append(row[0], row[1], row[2], row[3], row[4], row.subarray(5));
    }
  }

  #row(e: number): Uint32Array {
    return this.#rows.subarray(e * this.width, (e + 1) * this.width);
  }

  /** All rows in order of replica, step, moment and ids: the order that no engine's timing can change. u32[length, width]. */
  sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.length }, (_, e) => e);
    order.sort((a, b) => this.#compare(a * this.width, b * this.width));
    const sorted = new Uint32Array(this.length * this.width);
    order.forEach((e, at) => {
      sorted.set(this.#row(e), at * this.width);
    });
    return sorted;
  }

  #compare(a: number, b: number): number {
    const rows = this.#rows;
    for (let k = 0; k < 3; k++) if (rows[a + k] !== rows[b + k]) return rows[a + k] - rows[b + k];
    // The pair is the same whoever survives.
    const low = Math.min(rows[a + 3], rows[a + 4]) - Math.min(rows[b + 3], rows[b + 4]);
    return low !== 0 ? low : Math.max(rows[a + 3], rows[a + 4]) - Math.max(rows[b + 3], rows[b + 4]);
  }
}
