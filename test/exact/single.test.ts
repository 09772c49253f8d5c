import fc from "fast-check";
import { expect, test } from "vitest";
import {
  add,
  div,
  fromBits,
  fromInteger,
  mul,
  parityOf,
  powerOfTwo,
  scale,
  sqrt,
  sub,
  toBits,
} from "../../src/exact/single.ts";
import { openTestGpu } from "../support/gpu.ts";
import { hex, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const shader = `#import single
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  let at = global.x;
  if (2u * at >= arrayLength(&pairs)) {
    return;
  }
  let a = pairs[2u * at];
  let b = pairs[2u * at + 1u];
  results[6u * at] = single_mul(a, b);
  results[6u * at + 1u] = single_add(a, b);
  results[6u * at + 2u] = single_div(a, b);
  results[6u * at + 3u] = single_from_integer(a);
  results[6u * at + 4u] = single_sub(max(a, b), min(a, b));
  results[6u * at + 5u] = single_sqrt(a);
}`;

/** Products, sums, quotients, conversions of the first, differences, and roots of the first, six words a pair. */
async function onGpu(pairs: Uint32Array): Promise<Uint32Array> {
  const buffers = {
    pairs: { access: "read", words: pairs },
    results: { access: "write", words: new Uint32Array(3 * pairs.length) },
  } as const;
  return (await gpu.runShader(shader, buffers, { invocations: pairs.length / 2 })).results;
}

const least = 2 ** -126;
const most = 2 ** 128;
const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);
const numberOf = (pattern: number) => {
  word[0] = pattern;
  return float[0];
};
const patternOf = (value: number) => {
  float[0] = value;
  return word[0];
};

/** What IEEE single precision gives, with numbers below 2^-126 as zero; null where the contract says nothing. */
const operations = {
  mul: (a: number, b: number) => (isNumber(a) ? normal(numberOf(a) * numberOf(b)) : null),
  add: (a: number, b: number) => (isNumber(a) ? normal(numberOf(a) + numberOf(b)) : null),
  div: (a: number, b: number) => (isNumber(a) && b !== 0 ? normal(numberOf(a) / numberOf(b)) : null),
  fromInteger: (a: number) => patternOf(a),
  sub: (a: number, b: number) =>
    isNumber(a) && isNumber(b) ? normal(Math.abs(numberOf(a) - numberOf(b))) : null,
  sqrt: (a: number) => (isNumber(a) ? normal(Math.sqrt(numberOf(a))) : null),
};

const isNumber = (a: number) => a === 0 || (a >= 1 << 23 && a < 255 << 23);

function normal(exact: number): number | null {
  if (exact < least) return 0;
  const rounded = Math.fround(exact);
  return rounded < most ? patternOf(rounded) : null;
}

const names = ["mul", "add", "div", "fromInteger", "sub", "sqrt"] as const;
const twins = {
  mul: (a: number, b: number) => toBits(mul(fromBits(a), fromBits(b))),
  add: (a: number, b: number) => toBits(add(fromBits(a), fromBits(b))),
  div: (a: number, b: number) => toBits(div(fromBits(a), fromBits(b))),
  fromInteger: (a: number) => toBits(fromInteger(a)),
  sub: (a: number, b: number) => toBits(sub(fromBits(Math.max(a, b)), fromBits(Math.min(a, b)))),
  sqrt: (a: number) => toBits(sqrt(fromBits(a))),
};

/** Compares both engines with IEEE on pairs of patterns, and returns how many results the contract fixes, per operation. */
async function check(pairs: Uint32Array): Promise<Record<(typeof names)[number], number>> {
  const results = await onGpu(pairs);
  const checked = { mul: 0, add: 0, div: 0, fromInteger: 0, sub: 0, sqrt: 0 };
  for (let p = 0; p < pairs.length / 2; p++) {
    const a = pairs[2 * p];
    const b = pairs[2 * p + 1];
    for (let k = 0; k < names.length; k++) {
      const name = names[k];
      const wanted = operations[name](a, b);
      if (wanted === null) continue;
      checked[name]++;
      const [onCpu, onGpu] = [twins[name](a, b), results[names.length * p + k]];
      if (onGpu === wanted && onCpu === wanted) continue;
      expect.fail(
        `${name}(${hex(a)}, ${hex(b)}) is ${hex(wanted)}, not ${hex(onGpu)} (GPU), ${hex(onCpu)} (CPU).`,
      );
    }
  }
  return checked;
}

/** The same, for a law of pairs: [a, b] of `count` draws. */
async function checkLaw(count: number, draw: (next: () => number) => [number, number], seed = 1) {
  const next = wordSource(seed);
  return check(Uint32Array.from(Array.from({ length: count }, () => draw(next)).flat()));
}

const pattern = (exponent: number, fraction: number) => ((exponent << 23) | (fraction & 0x7fffff)) >>> 0;

/** Significands with long runs of equal bits: carries, and products and sums that end in zeros or halves. */
function roughFraction(next: () => number): number {
  const zeros = next() % 24;
  const shape = next() % 4;
  if (shape === 0) return next();
  if (shape === 1) return next() << zeros;
  if (shape === 2) return ~(next() << zeros);
  return (next() % 3) - 1 + ((next() & 1) << zeros);
}

const anyNumber = (next: () => number) => pattern(64 + (next() % 127), roughFraction(next));

test("single precision on either engine is IEEE's for any two numbers whose results are in range", async () => {
  const checked = await checkLaw(2 ** 19, (next) => [anyNumber(next), anyNumber(next)]);
  for (const name of names) expect(checked[name]).toBe(2 ** 19);
});

test("roots round as IEEE's where they are exact or a unit off, and differences of neighbours leave what is there", async () => {
  const checked = await checkLaw(2 ** 18, (next) => {
    const root = 1 + (next() & 0xfff);
    const square = patternOf(root * root * 2 ** ((next() % 40) - 20)) + (next() % 3) - 1;
    const near = square + (next() % 64) - 32;
    return [square, next() & 1 ? near : near + (1 << 23)];
  });
  expect(checked.sqrt).toBe(2 ** 18);
  expect(checked.sub).toBe(2 ** 18);
});

test("sums and differences round as IEEE's at every distance of exponents, at ties and where carries run through", async () => {
  const checked = await checkLaw(2 ** 18, (next) => {
    const apart = next() % 28;
    const exponent = 40 + (next() % 200);
    const far = pattern(exponent, roughFraction(next));
    // The half bit of the shifted number alone, just above, or just below.
    const half = 2 ** Math.max(0, apart - 1);
    const near = pattern(exponent - apart, [half, half + 1, half - 1, roughFraction(next)][next() % 4]);
    return next() & 1 ? [far, near] : [near, far];
  });
  expect(checked.add).toBe(2 ** 18);
  expect(checked.sub).toBe(2 ** 18);
});

test("products of a 12-bit and a 13-bit number, which lie halfway between two numbers, round to the even one", async () => {
  let halfway = 0;
  const checked = await checkLaw(2 ** 17, (next) => {
    const [a, b] = [0x800 | (next() & 0x7ff) | 1, 0x1000 | (next() & 0xfff) | 1];
    if (a * b >= 2 ** 24) halfway++;
    return [patternOf(a * 2 ** ((next() % 20) - 30)), patternOf(b * 2 ** ((next() % 20) - 30))];
  });
  expect(checked.mul).toBe(2 ** 17);
  expect(halfway).toBeGreaterThan(2 ** 16);
});

test("products and quotients near 2^-126 are zero below it and normal from it on", async () => {
  let [zero, normal] = [0, 0];
  const count = (results: (number | null)[]) => {
    for (const result of results) result === 0 ? zero++ : normal++;
  };
  await checkLaw(2 ** 17, (next) => {
    const a = 1 + (next() % 120);
    const [x, y] = [roughFraction(next), roughFraction(next)];
    const pair: [number, number] = [pattern(a, x), pattern(125 + (next() % 4) - a, y)];
    count([operations.mul(...pair)]);
    return pair;
  });
  await checkLaw(2 ** 17, (next) => {
    const a = 1 + (next() % 100);
    const pair: [number, number] = [
      pattern(a, roughFraction(next)),
      pattern(a + 124 + (next() % 4), roughFraction(next)),
    ];
    count([operations.div(...pair)]);
    return pair;
  });
  expect(zero).toBeGreaterThan(2 ** 16);
  expect(normal).toBeGreaterThan(2 ** 16);
});

test("quotients round as IEEE's where they are exact, one unit off, or of equal significands", async () => {
  const checked = await checkLaw(2 ** 18, (next) => {
    const divisor = 1 + (next() & 0xfff);
    const quotient = 1 + (next() & 0xfff);
    const off = (next() % 3) - 1;
    const a = patternOf(divisor * quotient * 2 ** ((next() % 40) - 20)) + off;
    const b = next() % 4 === 0 ? a : patternOf(divisor * 2 ** ((next() % 40) - 20));
    return [a, b];
  });
  expect(checked.div).toBe(2 ** 18);
});

test("zero behaves as zero", async () => {
  await checkLaw(2 ** 12, (next) => (next() & 1 ? [0, anyNumber(next)] : [anyNumber(next), 0]));
  await check(Uint32Array.of(0, 0));
});

test("integers convert as IEEE's at ties, across carries and at every size", async () => {
  const checked = await checkLaw(2 ** 18, (next) => {
    const length = 1 + (next() % 32);
    const top = next() >>> (32 - length);
    const low = Math.max(0, length - 24);
    const half = low === 0 ? 0 : 2 ** (low - 1);
    const tie = ((top >>> low) * 2 ** low + half + [0, 0, 1, -1][next() % 4]) >>> 0;
    const ones = (2 ** length - 1 - (next() % 300)) >>> 0;
    return [[top, tie, ones, tie][next() % 4], patternOf(1)];
  });
  expect(checked.fromInteger).toBe(2 ** 18);
  await check(
    Uint32Array.from(
      [0, 1, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 31, 2 ** 32 - 1].flatMap((n) => [n, 1 << 23]),
    ),
  );
});

test("for any two normal numbers both engines give IEEE's product, sum and quotient", async () => {
  const number = fc.integer({ min: 1 << 23, max: (254 << 23) | 0x7fffff });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 200 }), async (pairs) => {
      await check(Uint32Array.from(pairs.flat()));
    }),
    { seed: 5, numRuns: 100 },
  );
});

test("the order of numbers is the order of their bits", () => {
  fc.assert(
    fc.property(fc.nat(0x7f7fffff), fc.nat(0x7f7fffff), (a, b) => {
      expect(fromBits(a) < fromBits(b)).toBe(a < b);
      expect(toBits(fromBits(a))).toBe(a);
    }),
    { seed: 6, numRuns: 1000 },
  );
});

test("powers of two are JavaScript's own", () => {
  for (let n = -1022; n <= 1023; n++) expect(powerOfTwo(n)).toBe(2 ** n);
});

const scaleShader = `#import single
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  let at = global.x;
  if (at < arrayLength(&results)) {
    results[at] = single_scale(pairs[2u * at], bitcast<i32>(pairs[2u * at + 1u]));
  }
}`;

const mostScaled = 2 ** 40;

/** Scales numbers by powers of two on both engines and in doubles; returns how many came out as zero, between, and as 2^40. */
async function checkScale(pairs: (readonly [a: number, by: number])[]): Promise<number[]> {
  const buffers = {
    pairs: { access: "read", words: Uint32Array.from(pairs.flat()) },
    results: { access: "write", words: new Uint32Array(pairs.length) },
  } as const;
  const { results } = await gpu.runShader(scaleShader, buffers);
  const came = [0, 0, 0];
  for (const [at, [a, by]] of pairs.entries()) {
    const exact = numberOf(a) * 2 ** by;
    const wanted = exact < least ? 0 : patternOf(Math.min(exact, mostScaled));
    came[exact < least ? 0 : exact < mostScaled ? 1 : 2]++;
    const [onCpu, onGpu] = [toBits(scale(fromBits(a), by)), results[at]];
    if (onCpu === wanted && onGpu === wanted) continue;
    expect.fail(`scale(${hex(a)}, ${by}) is ${hex(wanted)}, not ${hex(onGpu)} (GPU), ${hex(onCpu)} (CPU).`);
  }
  return came;
}

test("scaling by a power of two is exact, zero below 2^-126, and 2^40 from there on", async () => {
  const next = wordSource(7);
  const any = Array.from({ length: 2 ** 18 }, () => {
    const a = pattern(1 + (next() % 254), roughFraction(next));
    return [a, (next() % 701) - 350] as const;
  });
  for (const count of await checkScale(any)) expect(count).toBeGreaterThan(2 ** 14);
  // Both limits, from both sides.
  const near = Array.from({ length: 2 ** 17 }, () => {
    const exponent = 1 + (next() % 254);
    const to = (next() & 1 ? 1 : 127 + 40) + (next() % 5) - 2;
    return [pattern(exponent, [0, 1, 0x7fffff, next()][next() % 4]), to - exponent] as const;
  });
  for (const count of await checkScale(near)) expect(count).toBeGreaterThan(2 ** 14);
  expect(await checkScale([-700, -1, 0, 1, 700].map((by) => [0, by] as const))).toEqual([5, 0, 0]);
});

const parityShader = `#import single
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  if (global.x < arrayLength(&numbers)) {
    results[2u * global.x] = parity_of(numbers[global.x], 2u * global.x);
    results[2u * global.x + 1u] = parity_of(numbers[global.x], 2u * global.x + 1u);
  }
}`;

test("half a level is a factor of sqrt(1/2), rounded once", async () => {
  const next = wordSource(8);
  const numbers = Uint32Array.from({ length: 2 ** 16 }, () =>
    pattern(1 + (next() % 254), roughFraction(next)),
  );
  const buffers = {
    numbers: { access: "read", words: numbers },
    results: { access: "write", words: new Uint32Array(2 * numbers.length) },
  } as const;
  const { results } = await gpu.runShader(parityShader, buffers);
  for (const [at, a] of numbers.entries()) {
    const exact = numberOf(a) * Math.fround(Math.SQRT1_2);
    const wanted = [a, exact < least ? 0 : patternOf(exact)];
    const onCpu = [0, 1].map((odd) => toBits(parityOf(fromBits(a), 2 * at + odd)));
    const onGpu = [...results.subarray(2 * at, 2 * at + 2)];
    if (onCpu.join() === wanted.join() && onGpu.join() === wanted.join()) continue;
    expect.fail(
      `parityOf(${hex(a)}) is ${wanted.map(hex)}, not ${onGpu.map(hex)} (GPU), ${onCpu.map(hex)} (CPU).`,
    );
  }
});
