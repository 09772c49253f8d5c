/** Mean over replicas, and its standard error: null from a single replica, which shows no spread. */
export interface Estimate {
  mean: number;
  se: number | null;
}

export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n < 2) return { mean, se: null };
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, se: Math.sqrt(squares / (n - 1) / n) };
}

/** As `estimate`, of values that come one by one (Welford's recurrence). */
export class Tally {
  #n = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    const from = value - this.#mean;
    this.#mean += from / ++this.#n;
    this.#squares += from * (value - this.#mean);
  }

  estimate(): Estimate {
    const n = this.#n;
    return { mean: this.#mean, se: n < 2 ? null : Math.sqrt(this.#squares / (n - 1) / n) };
  }
}

/** The ratio of two means over replicas, of which both have a value, by first order in their errors. */
export function ratio(above: readonly number[], below: readonly number[]): Estimate {
  const [a, b] = [estimate(above).mean, estimate(below).mean];
  const mean = a / b;
  const { se } = estimate(above.map((value, r) => value - mean * below[r]));
  return { mean, se: se === null ? null : se / b };
}
