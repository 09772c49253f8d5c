import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { displacement, gaussianBits, gaussianMagnitude, gaussianTable } from "../../src/exact/gaussian.ts";
import { toBits } from "../../src/exact/single.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, hex, vectorLines, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const shader = `#import gaussian
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = global.x;
  if (at >= arrayLength(&random)) {
    return;
  }
  results[2u * at] = gaussian_magnitude(random[at]);
  results[2u * at + 1u] = displacement(random[at], sigmas[at]);
}`;

/** Magnitude and displacement of each word, with its sigma (a pattern). */
async function onGpu(random: Uint32Array, sigmas: Uint32Array): Promise<Uint32Array> {
  const buffers = {
    random: { access: "read", words: random },
    sigmas: { access: "read", words: sigmas },
    tables: { access: "read", words: Uint32Array.of(7, 7, 7, ...gaussianTable) },
    results: { access: "write", words: new Uint32Array(2 * random.length) },
  } as const;
  return (await gpu.runShader(shader, buffers, { params: { gaussian_table: 3 } })).results;
}

/** Words at which something changes: ends of octaves, of segments and of steps within one, for both signs. */
const extremes = Array.from({ length: 32 }, (_, bit) => [2 ** bit - 1, 2 ** bit, 2 ** bit + 1])
  .flat()
  .concat([0x7fffffff, 0x7fff00ff, 0x40010000, 0x403fffff, 0x40400000])
  .flatMap((v) => [v, (v | 0x80000000) >>> 0]);

async function expectEqualEngines(random: Uint32Array, sigmas: Uint32Array): Promise<void> {
  const wanted = new Uint32Array(2 * random.length);
  for (let at = 0; at < random.length; at++) {
    wanted[2 * at] = gaussianMagnitude(random[at]);
    wanted[2 * at + 1] = displacement(random[at], valueOfPattern(sigmas[at]));
  }
  const kinds = ["magnitude", "displacement"];
  expectSameWords(await onGpu(random, sigmas), wanted, (at) => {
    const k = at >> 1;
    return `It is the ${kinds[at & 1]} of word ${hex(random[k])} with sigma ${hex(sigmas[k])}.`;
  });
}

const valueOfPattern = (pattern: number) => new Float32Array(Uint32Array.of(pattern).buffer)[0];

describe("both engines give the same bits", () => {
  const patternOfOctave = (exponent: number, fraction: number) =>
    ((127 + exponent) << 23) | (fraction & 0x7fffff);

  test("for 2^20 words and every extreme one, at sigmas from 2^-3 to 2^30", async () => {
    const next = wordSource(1);
    const random = Uint32Array.from([...extremes, ...Array.from({ length: 2 ** 20 }, next)]);
    const sigmas = random.map((_, k) => patternOfOctave((k % 34) - 3, k % 5 === 0 ? 0 : next()));
    await expectEqualEngines(random, sigmas);
  });

  test("for every extreme word at every power of two, with the least and the largest significand, and at zero", async () => {
    const sigmas = Array.from({ length: 64 }, (_, k) => [
      patternOfOctave(k - 32, 0),
      patternOfOctave(k - 32, -1),
    ])
      .flat()
      .concat([0]);
    const pairs = extremes.flatMap((word) => sigmas.map((sigma) => [word, sigma]));
    await expectEqualEngines(
      Uint32Array.from(pairs, ([word]) => word),
      Uint32Array.from(pairs, ([, sigma]) => sigma),
    );
  });

  test("for any word and sigma", async () => {
    const pair = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: toBits(2 ** -30), max: toBits(2 ** 31) }));
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { minLength: 1, maxLength: 100 }), async (pairs) => {
        await expectEqualEngines(
          Uint32Array.from(pairs, ([word]) => word),
          Uint32Array.from(pairs, ([, sigma]) => sigma),
        );
      }),
      { seed: 2, numRuns: 50 },
    );
  });
});

describe("a displacement", () => {
  const word = fc.nat(0x7fffffff);

  test("is z sigma to the nearest integer, halves away from zero", () => {
    fc.assert(
      fc.property(word, fc.integer({ min: -3, max: 30 }), fc.nat(0x7fffff), (v, exponent, fraction) => {
        const significand = 0x800000 + fraction;
        // magnitude * significand counts in units of 2^-shift; shift > 0 throughout.
        const shift = BigInt(gaussianBits + 23 - exponent);
        const product = BigInt(gaussianMagnitude(v)) * BigInt(significand);
        const nearest = Number(BigInt.asUintN(32, (product + (1n << (shift - 1n))) >> shift));
        expect(displacement(v, significand * 2 ** (exponent - 23))).toBe(nearest);
      }),
      { seed: 3, numRuns: 10000 },
    );
  });

  test("has as mirror image that of the word with the other sign", () => {
    fc.assert(
      fc.property(word, fc.integer({ min: -3, max: 30 }), (v, exponent) => {
        const right = displacement(v, 2 ** exponent);
        const left = displacement((v | 0x80000000) >>> 0, 2 ** exponent);
        expect((left + right) % 2 ** 32).toBe(0);
      }),
      { seed: 4, numRuns: 10000 },
    );
  });
});

/** Words below this are taken one by one; above, as many in a row as have the same magnitude. */
const singly = 2 ** 23;

/** How many words from v on, v a multiple of that, surely have one magnitude: those that differ below the interpolation's bits. */
const runFrom = (v: number) => (v < singly ? 1 : 2 ** (8 - Math.clz32(v)));

/** Moments of all 2^31 magnitudes and their distance to the normal law; words with the sign bit are the mirror image. */
function measure() {
  const unit = 2 ** -gaussianBits;
  const tail = makeNormalTail();
  let [second, fourth] = [0, 0];
  let rising = 0;
  let [distance, distanceAt] = [0, 0];
  const beyond = [0, 0, 0, 0, 0, 0, 0];
  let last = gaussianMagnitude(0);
  const largest = last * unit;
  for (let block = 0; block < 2 ** 31; ) {
    // Blocks of 2^16 terms, which octaves are multiples of, keep rounding out of the sums.
    const run = runFrom(block);
    const end = block + 65536 * run;
    let [second16, fourth16] = [0, 0];
    for (let v = block; v < end; v += run) {
      const magnitude = gaussianMagnitude(v);
      const z = magnitude * unit;
      const square = z * z;
      second16 += square;
      fourth16 += square * square;
      if (magnitude === last) continue;
      if (magnitude > last) rising++;
      // Words 0..v-1 are those with |z| above z, so v / 2^32 is P(Z > x) for every x from z up to the last value.
      const here = Math.max(Math.abs(v / 2 ** 32 - tail(z)), Math.abs(v / 2 ** 32 - tail(last * unit)));
      if (here > distance) [distance, distanceAt] = [here, z];
      for (let k = 1; k <= 6; k++) if (z < k && last * unit >= k) beyond[k] = v;
      last = magnitude;
    }
    second += second16 * run;
    fourth += fourth16 * run;
    block = end;
  }
  const words = 2 ** 31;
  return {
    second: second / words,
    fourth: fourth / words,
    rising,
    distance,
    distanceAt,
    beyond,
    largest,
    least: last,
  };
}

/** P(Z > z) for z in [0, 7], absolute error below 1e-14: Taylor's polynomial about the nearest multiple of 1/256. */
function makeNormalTail(): (z: number) => number {
  const steps = 256;
  const nodes = Float64Array.from({ length: 7 * steps + 1 }, (_, k) => normalTail(k / steps));
  const density = nodes.map((_, k) => Math.exp(-((k / steps) ** 2) / 2) / Math.sqrt(2 * Math.PI));
  return (z) => {
    const k = Math.round(z * steps);
    const a = k / steps;
    const h = z - a;
    const a2 = a * a;
    return nodes[k] - density[k] * h * (1 - h * (a / 2 - h * ((a2 - 1) / 6 - (h * a * (a2 - 3)) / 24)));
  };
}

/** P(Z > z), by the series of its complement, or for large z by Laplace's continued fraction. */
function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    let fraction = z;
    for (let k = 200; k >= 1; k--) fraction = z + k / fraction;
    return density / fraction;
  }
  let [term, sum] = [z, 0];
  for (let k = 3; term > 1e-18; k += 2) {
    sum += term;
    term *= (z * z) / k;
  }
  return 0.5 - density * sum;
}

describe("over all 2^32 words the integer Gaussian", () => {
  const known = vectorLines(readFileSync(new URL("../vectors/normalTail.txt", import.meta.url), "utf8")).map(
    (line) => line.map(Number),
  );
  let measured: ReturnType<typeof measure>;
  beforeAll(() => {
    measured = measure();
  });

  test("is measured without leaving out a word: those taken in one run have one magnitude", () => {
    fc.assert(
      fc.property(fc.nat(0x7fffffff), fc.nat(255), (v, off) => {
        const run = runFrom(v);
        const first = v - (v % run);
        expect(gaussianMagnitude(first + (off % run))).toBe(gaussianMagnitude(first));
      }),
      { seed: 5, numRuns: 20000 },
    );
  });

  test("falls from 6.34 to 0 and never rises, as the word grows", () => {
    expect(measured.rising).toBe(0);
    expect(measured.least).toBe(0);
    expect(measured.largest).toBeCloseTo(6.338, 3);
  });

  // Its odd moments are exactly 0: every word has a mirror image (above).
  test("has second moment 1 within 6e-8 and fourth moment 3 within 4e-6", () => {
    expect(Math.abs(measured.second - 1)).toBeLessThan(6e-8);
    expect(Math.abs(measured.fourth - 3)).toBeLessThan(4e-6);
  });

  test("lies within 9.3e-7 of the normal law in Kolmogorov's distance", () => {
    // The measure itself: the tail that it compares with agrees with the known values.
    for (const [k, q] of known) expect(Math.abs(normalTail(k) / q - 1)).toBeLessThan(1e-13);
    expect(measured.distance).toBeLessThan(9.3e-7);
  });

  test.each([
    [1, 2.1e-6],
    [2, 6e-7],
    [3, 6.5e-6],
    [4, 7.1e-6],
    [5, 1.3e-4],
    // Four words of the 4.24 that the law asks for.
    [6, 0.057],
  ])("exceeds %i standard deviations as often as the normal law does, within a share of %d", (k, bound) => {
    const [, q] = known.find(([at]) => at === k)!;
    expect(Math.abs(measured.beyond[k] / 2 ** 32 / q - 1)).toBeLessThan(bound);
  });
});
