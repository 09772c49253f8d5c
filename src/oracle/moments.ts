import { type Grid, integral } from "./grid.ts";
import type { Instant } from "./reactionDiffusion.ts";

/** Integrals over space at one time, and their derivatives: heat changes none of them, so these are the reaction's. */
interface Moments {
  time: number;
  values: Float64Array;
  slopes: Float64Array;
}

/** Integrals over space of every density along a solution, at any time: cubic between steps, an error of fourth order. */
export class MomentTrace {
  readonly #moments: Moments[] = [];

  push(grid: Grid, { time, fields, rates }: Instant): void {
    const values = Float64Array.from(fields, (field) => integral(grid, field));
    const slopes = Float64Array.from(rates, (rate) => integral(grid, rate));
    this.#moments.push({ time, values, slopes });
  }

  /** @throws RangeError for a time before the first or after the last that was pushed. */
  at(time: number): Float64Array {
    const after = this.#moments.findIndex((moment) => moment.time >= time);
    if (after < 0 || time < this.#moments[0].time)
      throw new RangeError(`time ${time} has not been solved for`);
    const right = this.#moments[after];
    if (right.time === time) return right.values;
    const left = this.#moments[after - 1];
    const h = right.time - left.time;
    const s = (time - left.time) / h;
    return left.values.map((value, n) => {
      const rise = right.values[n] - value;
      const begin = h * left.slopes[n] - rise;
      const end = rise - h * right.slopes[n];
      return value + s * (rise + (1 - s) * ((1 - s) * begin + s * end));
    });
  }
}
