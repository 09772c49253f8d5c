import { describe, expect, test } from "vitest";
import { bitLength, coarsen, displaceFine, distanceFine, leading, refine } from "../../src/exact/fine.ts";
import { displacement, gaussianTable } from "../../src/exact/gaussian.ts";
import { fromBits, powerOfTwo, toBits } from "../../src/exact/single.ts";
import {
  bigCoarsen,
  bigDisplacement,
  bigDistance,
  bigLength,
  bigMove,
  bigRefine,
  toBig,
  toWords,
} from "../support/bigPlaces.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, hex, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

/** Two coordinates x and y, and a move of x by a Gaussian of standard deviation sigma * 2^-level lattice units. */
interface Case {
  x: number[];
  y: number[];
  word: number;
  sigma: number;
  level: number;
  /** Bits to leave out of |x - y|. */
  drop: number;
}

/** What is to come out: of |x - y| the words, the length and the rest without `drop` bits; x moved; x on the base lattice, and refined again. */
type Results = {
  apart: number[];
  length: number;
  rest: number;
  moved: number[];
  coarse: number;
  refined: number[];
};

/** In plain arithmetic. */
function inBig({ x, y, word, sigma, level, drop }: Case): Results {
  const n = x.length;
  const apart = bigDistance(toBig(x), toBig(y), n);
  const coarse = bigCoarsen(toBig(x), n);
  return {
    apart: toWords(apart, n),
    length: bigLength(apart),
    rest: Number(apart >> BigInt(drop)),
    moved: toWords(bigMove(toBig(x), bigDisplacement(word, sigma, level, n), n), n),
    coarse,
    refined: toWords(bigRefine(coarse, n), n),
  };
}

/** By the twin, between words of others that it must leave as they are. */
function onCpu({ x, y, word, sigma, level, drop }: Case): Results {
  const n = x.length;
  const [before, after] = [3, 5];
  const around = (words: number[]) =>
    Uint32Array.of(...Array(before).fill(77), ...words, ...Array(after).fill(78));
  const within = (words: Uint32Array) => {
    expect([...words.subarray(0, before), ...words.subarray(before + n)]).toEqual([
      77, 77, 77, 78, 78, 78, 78, 78,
    ]);
    return [...words.subarray(before, before + n)];
  };
  const apart = around(Array(n).fill(79));
  distanceFine(apart, before, Uint32Array.from([1, ...x, 2, ...y]), 1, n + 2, n);
  const moved = around(x);
  displaceFine(moved, before, n, word, sigma, powerOfTwo(32 * (n - 1) - level));
  const coarse = coarsen(around(x), before, n);
  const refined = around(x);
  refine(refined, before, n, coarse);
  return {
    apart: within(apart),
    length: bitLength(apart, before, n),
    rest: leading(apart, before, n, drop),
    moved: within(moved),
    coarse,
    refined: within(refined),
  };
}

const shader = `#import fine
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  let given = global.x * (2u * fine_words + 4u);
  if (given >= arrayLength(&cases)) {
    return;
  }
  // Members and an axis that are neither the first nor the last.
  let a = 3u;
  let b = 6u;
  let k = 1u;
  for (var w = 0u; w < fine_words; w++) {
    fine[fine_words * (dimension * a + k) + w] = cases[given + w];
    fine[fine_words * (dimension * b + k) + w] = cases[given + fine_words + w];
  }
  let rest = given + 2u * fine_words;
  let to = global.x * (3u * fine_words + 3u);
  measure(a, b);
  for (var w = 0u; w < fine_words; w++) {
    results[to + w] = apart[fine_words * k + w];
  }
  results[to + 3u * fine_words] = bit_length(k);
  results[to + 3u * fine_words + 1u] = leading(k, cases[rest + 3u]);
  let coarse = coarsen(a, k);
  results[to + 3u * fine_words + 2u] = coarse;
  displace(a, k, cases[rest], cases[rest + 1u], cases[rest + 2u]);
  for (var w = 0u; w < fine_words; w++) {
    results[to + fine_words + w] = fine[fine_words * (dimension * a + k) + w];
  }
  refine(a, k, coarse);
  for (var w = 0u; w < fine_words; w++) {
    results[to + 2u * fine_words + w] = fine[fine_words * (dimension * a + k) + w];
  }
}`;

async function onGpu(cases: Case[], n: number): Promise<Results[]> {
  const words = cases.flatMap(({ x, y, word, sigma, level, drop }) => [
    ...x,
    ...y,
    word,
    toBits(sigma),
    level,
    drop,
  ]);
  const width = 3 * n + 3;
  const buffers = {
    cases: { access: "read", words: Uint32Array.from(words) },
    tables: { access: "read", words: Uint32Array.of(7, ...gaussianTable) },
    results: { access: "write", words: new Uint32Array(width * cases.length) },
  } as const;
  const options = { params: { gaussian_table: 1 }, variant: { fineWords: n }, invocations: cases.length };
  const { results } = await gpu.runShader(shader, buffers, options);
  return cases.map((_, c) => {
    const row = [...results.subarray(c * width, (c + 1) * width)];
    const [length, rest, coarse] = row.slice(3 * n);
    return {
      apart: row.slice(0, n),
      moved: row.slice(n, 2 * n),
      refined: row.slice(2 * n, 3 * n),
      length,
      rest,
      coarse,
    };
  });
}

/** Expects of both engines what plain arithmetic gives. */
async function check(cases: Case[]): Promise<Results[]> {
  const n = cases[0].x.length;
  const wanted = cases.map(inBig);
  const gpuResults = await onGpu(cases, n);
  for (const [c, each] of cases.entries()) {
    const flat = (results: Results) => Object.values({ ...wanted[c], ...results }).flat();
    const about = () =>
      `x ${each.x.map(hex)}, y ${each.y.map(hex)}, word ${hex(each.word)}, sigma ${each.sigma}, level ${each.level}, drop ${each.drop}.`;
    expectSameWords(flat(onCpu(each)), flat(wanted[c]), () => `On the CPU, ${about()}`);
    expectSameWords(flat(gpuResults[c]), flat(wanted[c]), () => `On the GPU, ${about()}`);
  }
  return wanted;
}

type Next = () => number;

/** Words that make carries run through, and others. */
const roughWord = (next: Next) =>
  [0, 0, 1, 0xffffffff, 0xffffffff, 0x80000000, 0x7fffffff, next()][next() % 8];
const rough = (n: number, next: Next) => Array.from({ length: n }, () => roughWord(next));

/** A coordinate at a distance of any order of magnitude from x. */
function nearby(x: number[], next: Next): number[] {
  const n = x.length;
  const by = toBig(Array.from({ length: n }, next)) >> BigInt(next() % (32 * n));
  return toWords(bigMove(toBig(x), next() & 1 ? by : -by, n), n);
}

/** A single-precision number of standard size, and its level, such that their product is below 2^30 lattice units. */
function anyMove(next: Next, n: number): { sigma: number; level: number } {
  const level = next() % (32 * n);
  const exponent = 127 + 29 - (next() % (32 * n + 8)) + level;
  const sigma = fromBits((Math.min(Math.max(1, exponent), 127 + 40) << 23) | (next() & 0x7fffff));
  return { sigma: next() % 64 === 0 ? 0 : sigma, level };
}

function anyCase(n: number, next: Next): Case {
  const x = rough(n, next);
  const y = next() % 3 === 0 ? rough(n, next) : nearby(x, next);
  const length = bigLength(bigDistance(toBig(x), toBig(y), n));
  const least = Math.max(0, length - 32);
  return { x, y, word: next(), ...anyMove(next, n), drop: Math.min(32 * n - 1, least + (next() % 33)) };
}

const casesOf = (count: number, seed: number, draw: (next: Next) => Case) => {
  const next = wordSource(seed);
  return Array.from({ length: count }, () => draw(next));
};

/** Words of a coordinate. */
const lengths = [1, 2, 3, 9];

describe("both engines do with words what integers of any length do", () => {
  test.each(lengths)("for any places and moves, of %i words", async (n) => {
    const cases = casesOf(3000, n, (next) => anyCase(n, next));
    const results = await check(cases);
    // Moves of no unit at all, of some, and of more words than one.
    const still = results.filter(({ moved }, c) => toBig(moved) === toBig(cases[c].x)).length;
    expect(still).toBeGreaterThan(50);
    expect(still).toBeLessThan(1500);
    expect(new Set(results.map(({ length }) => length)).size).toBeGreaterThan(28 * n);
  });

  test.each(lengths)("where a carry runs through all of %i words, over the seam as well", async (n) => {
    let [through, seam] = [0, 0];
    const cases = casesOf(2000, 20 + n, (next) => {
      const word = next();
      const move = anyMove(next, n);
      const by = bigDisplacement(word, move.sigma, move.level, n);
      // The move ends at the seam or next to a word's end, or a little before it.
      const end = next() % 2 === 0 ? 0n : BigInt(next()) << BigInt(32 * (next() % n));
      const x = toWords(bigMove(end - by, BigInt((next() % 3) - 1), n), n);
      const after = bigMove(toBig(x), by, n);
      if (by !== 0n && after !== toBig(x) + by) seam++;
      if (after !== toBig(x) && toWords(after, n).every((each, w) => each !== x[w])) through++;
      return { x, y: toWords(after, n), word, ...move, drop: Math.max(0, bigLength(by) - 32) };
    });
    await check(cases);
    expect(seam).toBeGreaterThan(300);
    expect(through).toBeGreaterThan(150);
  });

  test.each(lengths)("where a move is exactly half a unit more than a whole, in %i words", async (n) => {
    let halves = 0;
    const cases = casesOf(2000, 40 + n, (next) => {
      // A power of two that leaves the deviate's last bits below the unit: 1 in 2, 1 in 4, ... moves end in a half.
      const below = 1 + (next() % 4);
      const level = 32 * (n - 1) + (next() % 20);
      const sigma = 2 ** (level - 32 * (n - 1) + 21 - below);
      const word = next();
      if (bigDisplacement(word, 2 * sigma, level, n) % 2n !== 0n) halves++;
      return { x: rough(n, next), y: rough(n, next), word, sigma, level, drop: 32 * n - 1 };
    });
    await check(cases);
    expect(halves).toBeGreaterThan(500);
  });

  test.each(lengths)(
    "at distances of half the torus, of nothing, and next to them, in %i words",
    async (n) => {
      const next = wordSource(60 + n);
      const half = 1n << BigInt(32 * n - 1);
      const cases = [0n, 1n, half - 1n, half, half + 1n, -1n].flatMap((apart) =>
        Array.from({ length: 50 }, (): Case => {
          const x = rough(n, next);
          const y = toWords(bigMove(toBig(x), apart, n), n);
          return { x, y, word: next(), sigma: 1, level: 0, drop: 32 * n - 32 + (next() % 32) };
        }),
      );
      const lengthsSeen = new Set((await check(cases)).map(({ length }) => length));
      expect([...lengthsSeen].sort((a, b) => a - b)).toEqual([0, 1, 32 * n - 1, 32 * n]);
    },
  );
});

describe("the reference", () => {
  test("moves a coordinate of one word as the base lattice does", () => {
    const next = wordSource(80);
    for (let c = 0; c < 2000; c++) {
      const [x, word, sigma] = [next(), next(), Math.fround(next() / 2 ** (next() % 40))];
      const fine = Uint32Array.of(x);
      displaceFine(fine, 0, 1, word, sigma, 1);
      expect(fine[0]).toBe((x + displacement(word, sigma)) >>> 0);
    }
  });

  test("moves a coordinate of more words by as much, but for the rounding", () => {
    const next = wordSource(81);
    for (let c = 0; c < 2000; c++) {
      const [word, sigma, level] = [next(), Math.fround(next() / 2 ** (next() % 30)), next() % 8];
      const [few, many] = [1, 3].map(
        (n) => Number(bigDisplacement(word, sigma, level, n)) / 2 ** (32 * (n - 1)),
      );
      expect(Math.abs(few - many)).toBeLessThanOrEqual(0.5);
    }
  });

  test("comes back to the place it was refined from, unless it has moved by half a lattice unit", () => {
    const next = wordSource(82);
    for (const n of lengths) {
      for (let c = 0; c < 500; c++) {
        const place = roughWord(next);
        const fine = new Uint32Array(n).fill(99);
        refine(fine, 0, n, place);
        expect(coarsen(fine, 0, n)).toBe(place);
        displaceFine(fine, 0, n, next(), Math.fround(0.07), powerOfTwo(32 * (n - 1)));
        expect(coarsen(fine, 0, n)).toBe(place);
      }
    }
  });
});
