import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeMassFunction, massFunction } from "../../src/exact/massFunction.ts";
import { toBits } from "../../src/exact/single.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const shader = `#import mass_function
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  if (global.x < arrayLength(&masses)) {
    values[global.x] = mass_function(params.sigma_table, masses[global.x]);
  }
}`;

async function onGpu(table: Float32Array, masses: Uint32Array): Promise<Uint32Array> {
  const buffers = {
    masses: { access: "read", words: masses },
    tables: { access: "read", words: Uint32Array.of(7, ...new Uint32Array(table.buffer)) },
    values: { access: "write", words: new Uint32Array(masses.length) },
  } as const;
  return (await gpu.runShader(shader, buffers, { params: { sigma_table: 1 } })).values;
}

const largest = 2 ** 31 - 1;

/** Masses around every power of two and every kind of node, and `count` at random with every number of digits. */
function masses(count: number, seed: number): Uint32Array {
  const next = wordSource(seed);
  const special = Array.from({ length: 31 }, (_, bit) => [-1, 0, 1].map((off) => 2 ** bit + off))
    .flat()
    .filter((mass) => mass >= 1);
  const random = Array.from({ length: count }, () => Math.max(1, next() >>> (1 + (next() % 31))));
  return Uint32Array.from([...special, ...random, largest]);
}

const power = (exponent: number) => (mass: number) => 3.7 * mass ** exponent;

describe("both engines give the same bits", () => {
  test.each([-1 / 3, 0, 0.5, -2, 2, -4])("for m^%d at masses up to 2^31 - 1", async (exponent) => {
    const table = makeMassFunction(power(exponent), largest);
    const all = masses(2 ** 17, 1);
    const wanted = all.map((mass) => toBits(massFunction(table, mass)));
    expectSameWords(await onGpu(table, all), wanted, (at) => `It is the value at mass ${all[at]}.`);
  });

  test("for tables whose neighbours differ by any factor, and for tables of zeros", async () => {
    const next = wordSource(2);
    const all = masses(2 ** 16, 3);
    const wild = makeMassFunction(
      () => (next() % 8 === 0 ? 0 : 2 ** ((next() % 100) - 60) * (1 + next() / 2 ** 32)),
      largest,
    );
    for (const table of [wild, makeMassFunction(() => 0, largest)]) {
      const wanted = all.map((mass) => toBits(massFunction(table, mass)));
      expectSameWords(await onGpu(table, all), wanted, (at) => `It is the value at mass ${all[at]}.`);
    }
  });

  test("for tables that end at any largest mass, read up to it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.nat(), async (bits, extra) => {
        const last = 2 ** bits + (extra % 2 ** bits);
        const table = makeMassFunction(power(-0.4), last);
        const all = Uint32Array.from({ length: 200 }, (_, k) => Math.max(1, last - k));
        const wanted = all.map((mass) => toBits(massFunction(table, mass)));
        expect(Array.from(wanted)).not.toContain(toBits(Number.NaN));
        expectSameWords(await onGpu(table, all), wanted, (at) => `It is the value at mass ${all[at]}.`);
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});

test("below 1024 every mass has its own value, in single precision", () => {
  const f = power(-1 / 3);
  const table = makeMassFunction(f, largest);
  for (let mass = 1; mass < 1024; mass++) expect(massFunction(table, mass)).toBe(Math.fround(f(mass)));
});

test("at the nodes above 1024 it is the function itself, in single precision", () => {
  const f = power(0.7);
  const table = makeMassFunction(f, largest);
  for (let octave = 10; octave < 31; octave++) {
    for (const node of [512, 513, 700, 1023]) {
      const mass = node * 2 ** (octave - 9);
      expect(massFunction(table, mass)).toBe(Math.fround(f(mass)));
    }
  }
});

// Of linear interpolation over 1/512 of the mass, and four roundings to single precision. (Values near 2^-126 lose more: products with
// the share of the way between two nodes then fall below it.)
test.each([-3, -2, -1, -1 / 3, 0.5, 1, 1.5, 2, 4])(
  "m^%d is exact to |p (p - 1)| / 2^21 and 2^-22 for rounding, relative to it",
  (exponent) => {
    const f = power(exponent);
    const table = makeMassFunction(f, largest);
    // The second derivative is largest at one end of a segment: 1/512 further than the middle.
    const bound = (Math.abs(exponent * (exponent - 1)) / 2 ** 21) * (1 + 1 / 100) + 2 ** -22;
    let worst = 0;
    for (const mass of masses(2 ** 17, 5)) {
      worst = Math.max(worst, Math.abs(massFunction(table, mass) / f(mass) - 1));
    }
    expect(worst).toBeLessThan(bound);
    if (exponent < -1) expect(worst).toBeGreaterThan(bound / 2);
  },
);

// Integer arithmetic on the GPU knows no numbers between 0 and 2^-126.
test("a table holds zero where the function is below every normal number of single precision", () => {
  const table = makeMassFunction((mass) => 2 ** (-124 - mass), 5);
  expect([...table]).toEqual([0, 2 ** -125, 2 ** -126, 0, 0, 0]);
});

test("a table has only the entries that its largest mass reads", () => {
  expect(makeMassFunction(power(1), 1)).toHaveLength(2);
  expect(makeMassFunction(power(1), 1023)).toHaveLength(1024);
  fc.assert(
    fc.property(fc.integer({ min: 1024, max: largest }), (last) => {
      const table = makeMassFunction(power(1), last);
      expect(massFunction(table, last)).toBeGreaterThan(0);
      // Without its last entry the largest mass can no longer be read.
      const shorter = table.slice(0, -1);
      expect(massFunction(shorter, last)).toBeNaN();
    }),
    { seed: 6, numRuns: 200 },
  );
});
