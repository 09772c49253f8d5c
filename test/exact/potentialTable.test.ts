import fc from "fast-check";
import { expect, test } from "vitest";
import { potentialAt } from "../../src/exact/potentialTable.ts";
import { toBits } from "../../src/exact/single.ts";
import {
  makePotential,
  type PotentialSpec,
  potentialNames,
  unitSphereArea,
} from "../../src/model/potential.ts";
import { makePotentialTable } from "../../src/model/potentialTable.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, hex, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const shader = `#import potential_table
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  if (global.x < arrayLength(&squares)) {
    values[global.x] = potential_at(squares[global.x]);
  }
}`;

const radial: PotentialSpec = {
  radial: [
    [0.1, 3],
    [0.3, 0.5],
    [0.7, 1],
    [0.9, 0.2],
  ],
};
const specs: (readonly [name: string, spec: PotentialSpec])[] = [
  ...potentialNames.map((name) => [name, name] as const),
  ["a radial table", radial],
];
const everyCase = specs.flatMap(([name, spec]) => [2, 3, 4, 5].map((d) => [name, d, spec] as const));

/** Patterns of s in [0, 1): ends of segments and their neighbours, tiny ones, and others. */
function squares(count: number, seed: number): Uint32Array {
  const next = wordSource(seed);
  const one = toBits(1);
  const ends = Array.from({ length: 1024 }, (_, k) => toBits(k / 1024)).flatMap((p) => [p, p + 1, p - 1]);
  const exponents = Array.from({ length: 127 }, (_, e) => [e << 23, (e << 23) | 0x7fffff]).flat();
  const uniform = Array.from({ length: count }, () => toBits(next() / 2 ** 32));
  return Uint32Array.from(
    [...ends, ...exponents, ...uniform].filter((p) => p >= 0 && p < one && (p === 0 || p >= 1 << 23)),
  );
}

test.each(everyCase)("both engines give the same bits of %s in dimension %i", async (_, dimension, spec) => {
  const table = makePotentialTable(makePotential(spec, dimension));
  const all = squares(2 ** 15, dimension);
  const wanted = all.map((s) => toBits(potentialAt(table, valueOfPattern(s))));
  const buffers = {
    squares: { access: "read", words: all },
    tables: { access: "read", words: Uint32Array.of(7, ...new Uint32Array(table.buffer)) },
    values: { access: "write", words: new Uint32Array(all.length) },
  } as const;
  const { values } = await gpu.runShader(shader, buffers, { params: { potential_table: 1 } });
  expectSameWords(values, wanted, (at) => `It is V at s = ${hex(all[at])}.`);
});

const valueOfPattern = (pattern: number) => new Float32Array(Uint32Array.of(pattern).buffer)[0];

test.each(everyCase)("the table of %s in dimension %i has integral one", (_, dimension, spec) => {
  const table = makePotentialTable(makePotential(spec, dimension));
  // With s = r^2, dx = (omega_d / 2) s^(d/2 - 1) ds: Simpson's rule within each segment; for even d it is exact.
  let sum = 0;
  const panels = 16;
  for (let k = 0; k < 1024 * panels; k++) {
    const [a, b] = [k / (1024 * panels), (k + 1) / (1024 * panels)];
    // The last value within the segment stands for its end, where V may jump.
    const v = [a, (a + b) / 2, b - 2 ** -24].map((s) => potentialAt(table, s));
    const [first, middle, last] = [a, (a + b) / 2, b].map((s, at) => v[at] * s ** (dimension / 2 - 1));
    sum += ((first + 4 * middle + last) * (b - a)) / 6;
  }
  expect(Math.abs((sum * unitSphereArea(dimension)) / 2 - 1)).toBeLessThan(1e-6);
});

/** The largest error of the table relative to V's peak, for s from `from` on, outside segments within which V or its slope jumps. */
function worstError(spec: PotentialSpec, dimension: number, from: number): number {
  const shape = makePotential(spec, dimension);
  const table = makePotentialTable(shape);
  const broken = new Set(
    shape.breaks
      .map((r) => r * r * 1024)
      .filter((at) => at % 1 !== 0)
      .map(Math.floor),
  );
  let worst = 0;
  for (let k = Math.ceil(from * 2 ** 18); k < 2 ** 18; k++) {
    if (broken.has(k >> 8)) continue;
    const s = (k + 0.5) / 2 ** 18;
    worst = Math.max(worst, Math.abs(potentialAt(table, s) - shape.at(Math.sqrt(s))) / shape.peak);
  }
  return worst;
}
test.each([
  ["indicator", 1.5e-7],
  ["shell", 1.5e-7],
  ["poly1", 1.5e-7],
  ["bump", 1.4e-6],
  ["poly2", 1.4e-6],
  ["shellq", 1.6e-5],
] as const)("the table of %s is within %d of V in every dimension, relative to V's peak", (name, bound) => {
  for (const dimension of [2, 3, 4, 5]) expect(worstError(name, dimension, 0)).toBeLessThan(bound);
});

// Linear in r = sqrt(s), which has no derivative in s at 0: the tip of the cone is cut off.
test("the table of the cone is within 1.7e-5 of V from r = 1/8 on, and within 0.8 % at the tip", () => {
  for (const dimension of [2, 3, 4, 5]) {
    expect(worstError("cone", dimension, 1 / 64)).toBeLessThan(1.7e-5);
    expect(worstError("cone", dimension, 0)).toBeLessThan(0.008);
  }
});

test("a radial table is within 1e-4 of V outside the three segments that its corners and its end fall into", () => {
  for (const dimension of [2, 3, 4, 5]) expect(worstError(radial, dimension, 0)).toBeLessThan(1e-4);
});

test("V may jump between segments: the shell is 0 up to r = 1/2, and whole from there to the end", () => {
  const shape = makePotential("shell", 3);
  const table = makePotentialTable(shape);
  const full = Math.fround(shape.peak);
  expect(potentialAt(table, Math.fround(0.25 - 2 ** -26))).toBe(0);
  expect(potentialAt(table, 0.25)).toBeCloseTo(full, 6);
  expect(potentialAt(table, 1 - 2 ** -24)).toBeCloseTo(full, 6);
});

test("V of the table is nowhere negative and nowhere above V's peak by more than rounding", () => {
  const tables = specs.map(
    ([, spec]) => [makePotentialTable(makePotential(spec, 3)), makePotential(spec, 3).peak] as const,
  );
  fc.assert(
    fc.property(fc.nat(2 ** 24 - 1), fc.nat(specs.length - 1), (fraction, k) => {
      const [table, peak] = tables[k];
      const v = potentialAt(table, fraction / 2 ** 24);
      expect(v).toBeGreaterThanOrEqual(0);
      // The radial table's end falls into a segment, which keeps the integral by a share of 1e-4.
      expect(v).toBeLessThanOrEqual(peak * (1 + (k === specs.length - 1 ? 1e-3 : 1e-5)));
    }),
    { seed: 1, numRuns: 20000 },
  );
});
