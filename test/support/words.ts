/** Random words of a test, and comparing words bit for bit. */
import { expect } from "vitest";

/** A source of words that depends on the seed alone (mulberry32), other than any that the engines use. */
export function wordSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  };
}

export const hex = (word: number) => `0x${word.toString(16).padStart(8, "0")}`;

/** Fails at the first entry that differs, with both values and what `describe` says of it. */
export function expectSameWords(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  describe: (at: number) => string = () => "",
): void {
  expect(got.length).toBe(wanted.length);
  for (let at = 0; at < wanted.length; at++) {
    if (got[at] === wanted[at]) continue;
    expect.fail(`Entry ${at} is ${hex(got[at])}, not ${hex(wanted[at])}. ${describe(at)}`);
  }
}

/** The data lines of a file of known answers, split at spaces. */
export function vectorLines(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => line.trim().split(/\s+/));
}
