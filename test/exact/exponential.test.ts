import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { exponential, exponentialTable } from "../../src/exact/exponential.ts";
import { toBits } from "../../src/exact/single.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, hex, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const shader = `#import exponential
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  if (global.x < arrayLength(&random)) {
    deviates[global.x] = exponential(random[global.x]);
  }
}`;

async function onGpu(random: Uint32Array): Promise<Uint32Array> {
  const buffers = {
    random: { access: "read", words: random },
    tables: { access: "read", words: Uint32Array.of(7, 7, ...exponentialTable) },
    deviates: { access: "write", words: new Uint32Array(random.length) },
  } as const;
  return (await gpu.runShader(shader, buffers, { params: { exponential_table: 2 } })).deviates;
}

/** Words at which something changes: powers of two from below and above, ends of segments and of steps within one. */
const extremes = Array.from({ length: 32 }, (_, bit) => [2 ** bit - 1, 2 ** bit, 2 ** bit + 1])
  .flat()
  .flatMap((word) => [word, 2 ** 32 - 1 - word])
  .concat(
    Array.from({ length: 512 }, (_, s) => [
      s * 2 ** 23 - 1,
      s * 2 ** 23,
      s * 2 ** 23 + 127,
      s * 2 ** 23 + 128,
    ])
      .flat()
      .map((word) => word >>> 0),
  );

async function expectEqualEngines(random: Uint32Array): Promise<void> {
  const wanted = random.map((word) => toBits(exponential(word)));
  expectSameWords(await onGpu(random), wanted, (at) => `It is the deviate of word ${hex(random[at])}.`);
}

describe("both engines give the same bits", () => {
  test("for 2^20 words and every extreme one", async () => {
    const next = wordSource(1);
    // A draw of the number of leading zeros reaches the far tails as well.
    const far = () => (next() & 1 ? next() >>> (next() % 32) : ~(next() >>> (next() % 32)) >>> 0);
    await expectEqualEngines(Uint32Array.from([...extremes, ...Array.from({ length: 2 ** 20 }, far)]));
  });

  test("for any word", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(0xffffffff), { minLength: 1, maxLength: 100 }), async (random) => {
        await expectEqualEngines(Uint32Array.from(random));
      }),
      { seed: 2, numRuns: 50 },
    );
  });
});

test("the deviate is 0 for word 0 alone, ln 2 in the middle and 32 ln 2 at most", () => {
  expect(exponential(0)).toBe(0);
  expect(exponential(1)).toBe(2 ** -32);
  expect(exponential(0x80000000)).toBe(Math.fround(Math.LN2));
  expect(exponential(0xffffffff)).toBe(Math.fround(32 * Math.LN2));
});

test("the deviate never falls as the word grows", () => {
  const next = wordSource(3);
  const random = Float64Array.from([...extremes, ...Array.from({ length: 2 ** 20 }, next)]).sort();
  for (let k = 1; k < random.length; k++) {
    const [a, b] = [random[k - 1], random[k]];
    if (exponential(a) > exponential(b)) expect.fail(`It falls from word ${hex(a)} to ${hex(b)}.`);
  }
  fc.assert(
    fc.property(fc.nat(0xfffffffe), (word) => {
      expect(exponential(word)).toBeLessThanOrEqual(exponential(word + 1));
    }),
    { seed: 4, numRuns: 100000 },
  );
});

/**
 * Moments over the words and largest errors, from 2^18 words of each octave [2^j, 2^(j + 1)) of the word below 1/2 and of its distance
 * from 1 above, all where there are fewer; one at random in each of equal parts.
 */
function measure() {
  const next = wordSource(5);
  const moments = [0, 0, 0, 0, 0];
  const worst = { small: 0, large: 0, distance: 0 };
  const add = (word: number, weight: number) => {
    const x = exponential(word);
    const u = word / 2 ** 32;
    for (let k = 0, power = weight; k <= 4; k++, power *= x) moments[k] += power;
    if (word === 0) return;
    const truth = -Math.log1p(-u);
    const error = Math.abs(x / truth - 1);
    if (u < 0.5) worst.small = Math.max(worst.small, error);
    else worst.large = Math.max(worst.large, error);
    worst.distance = Math.max(worst.distance, Math.abs(-Math.expm1(-x) - u));
  };
  add(0, 1);
  add(2 ** 31, 1);
  for (let j = 0; j <= 30; j++) {
    const parts = Math.min(2 ** j, 2 ** 18);
    const width = 2 ** j / parts;
    for (let part = 0; part < parts; part++) {
      const below = 2 ** j + part * width + Math.floor((next() / 2 ** 32) * width);
      add(below, width);
      add(2 ** 32 - below, width);
    }
  }
  return { moments: moments.map((sum) => sum / 2 ** 32), ...worst };
}

describe("over the words the exponential deviate", () => {
  let measured: ReturnType<typeof measure>;
  beforeAll(() => {
    measured = measure();
  });

  test("is within a share of 1.2e-6 of -log(1 - U) for U below 1/2, and of 2.1e-6 above", () => {
    expect(measured.small).toBeLessThan(1.2e-6);
    expect(measured.large).toBeLessThan(2.1e-6);
  });

  test("lies within 7.3e-7 of the exponential law in Kolmogorov's distance", () => {
    expect(measured.distance).toBeLessThan(7.3e-7);
  });

  test.each([
    [1, 1, 6e-7],
    [2, 2, 9e-7],
    [3, 6, 8e-7],
    [4, 24, 7e-7],
  ])("has %ith moment %i within a share of %d", (k, moment, bound) => {
    expect(measured.moments[0]).toBe(1);
    expect(Math.abs(measured.moments[k] / moment - 1)).toBeLessThan(bound);
  });
});
