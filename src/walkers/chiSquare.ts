import { exp, log } from "../exact/elementary.ts";

/** Pearson's test of counts against a law. */
export interface ChiSquareTest {
  statistic: number;
  degrees: number;
  /** The probability of a statistic at least as large, if the law is right. */
  p: number;
}

/** Bins are joined until each is expected to be hit so often. */
const leastExpected = 5;

/**
 * Tests samples 1, 2, 3, ... against a law, entry j - 1 the probability of j; what is beyond its end is one more bin. Neighbouring bins are
 * joined from both ends until at least five hits are expected in each. Null where fewer than two bins are left.
 */
export function chiSquareTest(samples: readonly number[], law: readonly number[]): ChiSquareTest | null {
  const total = samples.length;
  const expected = law.map((probability) => probability * total);
  expected.push(Math.max(0, total - expected.reduce((a, b) => a + b, 0)));
  const hits = new Array<number>(expected.length).fill(0);
  for (const sample of samples) hits[Math.min(sample, expected.length) - 1]++;

  const bins: { expected: number; hits: number }[] = [];
  let open = { expected: 0, hits: 0 };
  for (let i = 0; i < expected.length; i++) {
    open.expected += expected[i];
    open.hits += hits[i];
    if (open.expected < leastExpected) continue;
    bins.push(open);
    open = { expected: 0, hits: 0 };
  }
  const last = bins.at(-1);
  if (last === undefined || bins.length < 2) return null;
  last.expected += open.expected;
  last.hits += open.hits;
  const statistic = bins.reduce((sum, bin) => sum + (bin.hits - bin.expected) ** 2 / bin.expected, 0);
  const degrees = bins.length - 1;
  return { statistic, degrees, p: chiSquareTail(statistic, degrees) };
}

/** The probability that chi-square with so many degrees of freedom is above x; relative error below 1e-12 while above 1e-200. */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const a = degrees / 2;
  const z = x / 2;
  // z^a e^-z / Gamma(a + 1), for a a multiple of 1/2.
  let logGamma = degrees % 2 === 0 ? 0 : log(Math.PI) / 2;
  for (let b = degrees % 2 === 0 ? 1 : 0.5; b <= a; b++) logGamma += log(b);
  const front = exp(a * log(z) - z - logGamma);
  if (z < a + 1) {
    let term = front;
    let below = term;
    for (let n = 1; term > below * 1e-17; n++) {
      term *= z / (a + n);
      below += term;
    }
    return Math.max(0, 1 - below);
  }
  // Legendre's continued fraction of the tail, from its end.
  let fraction = 0;
  for (let n = 400; n >= 1; n--) fraction = (n * (n - a)) / (z + 2 * n + 1 - a - fraction);
  return (front * a) / (z + 1 - a - fraction);
}
