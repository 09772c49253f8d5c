/**
 * What the compiler makes of each part of WGSL that our shaders use: the expected words are worked out here, in the test. That it makes of our shaders what
 * they are on Dawn's adapters is shown by the tests of exact arithmetic, stages and engines, which run on both (`vitest.config.ts`).
 */
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { openDevice } from "../../src/gpu/device.ts";
import { compileEntry } from "../../src/processor/compile.ts";
import { parse } from "../../src/processor/parse.ts";
import { TestGpu } from "../support/gpu.ts";
import { wordSource } from "../support/words.ts";

const open = (await openDevice("processor"))!;
afterAll(() => open.release());
const gpu = new TestGpu(open.device);

/** For each word of `given`, what this body makes of it as `x`: it sets `result`. */
async function results(body: string, given: readonly number[], functions = ""): Promise<number[]> {
  const text = `${functions}
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  if (global.x >= arrayLength(&given)) { return; }
  let x = given[global.x];
  var result = 0u;
  ${body}
  results[global.x] = result;
}`;
  const words = Uint32Array.from(given);
  const { results } = await gpu.runShader(text, {
    given: { access: "read", words },
    results: { access: "write", words: new Uint32Array(words.length) },
  });
  return [...results];
}

const small = Array.from({ length: 40 }, (_, k) => k);

describe("control flow", () => {
  test("loops within loops are left and continued where it says so", async () => {
    const body = `
      for (var i = 0u; i < x; i++) {
        if (i % 3u == 1u) { continue; }
        var j = 0u;
        loop {
          j += 1u;
          if (j > i) { break; }
          if (j % 2u == 0u) { continue; }
          result += 100u;
        }
        while (true) {
          result += 1u;
          if (result % 7u == 3u) { break; }
        }
        if (i == 20u) { break; }
      }`;
    const wanted = small.map((x) => {
      let result = 0;
      for (let i = 0; i < x; i++) {
        if (i % 3 === 1) continue;
        for (let j = 1; j <= i; j++) if (j % 2 === 1) result += 100;
        do result++;
        while (result % 7 !== 3);
        if (i === 20) break;
      }
      return result;
    });
    expect(await results(body, small)).toEqual(wanted);
  });

  test("loops whose bounds are known are left and continued as well", async () => {
    const body = `
      for (var i = 5u; i > 0u; i--) {
        if (i == x) { continue; }
        if (i + 3u == x) { break; }
        result = 10u * result + i;
      }`;
    const wanted = small.map((x) => {
      let result = 0;
      for (let i = 5; i > 0; i--) {
        if (i === x) continue;
        if (i + 3 === x) break;
        result = 10 * result + i;
      }
      return result;
    });
    expect(await results(body, small)).toEqual(wanted);
  });

  test("functions return from within loops, and what comes later is not done", async () => {
    const functions = `
      fn first_divisor(n: u32) -> u32 {
        for (var d = 2u; d < n; d++) {
          if (n % d == 0u) { return d; }
        }
        return n;
      }
      fn twice(n: u32) -> u32 { return first_divisor(n) + first_divisor(n + 1u); }`;
    const divisor = (n: number) => {
      for (let d = 2; d < n; d++) if (n % d === 0) return d;
      return n;
    };
    const wanted = small.map((x) => divisor(x) + divisor(x + 1));
    expect(await results("result = twice(x);", small, functions)).toEqual(wanted);
  });

  test("what stands right of && and || is done only if it decides", async () => {
    const functions = `
      var<private> asked: u32;
      fn ask(answer: bool, mark: u32) -> bool { asked += mark; return answer; }`;
    const body = `
      if (ask((x & 1u) == 1u, 1u) && ask((x & 2u) == 2u, 10u) || ask((x & 4u) == 4u, 100u)) { result = 1000u; }
      result += asked;`;
    const wanted = small.map((x) => {
      const and = (x & 1) === 1 && (x & 2) === 2;
      const asked = 1 + (x & 1) * 10 + (and ? 0 : 100);
      return asked + (and || (x & 4) === 4 ? 1000 : 0);
    });
    expect(await results(body, small, functions)).toEqual(wanted);
  });

  test("operands are taken in order, whatever a function called between them does", async () => {
    const functions = `
      var<private> state: u32;
      fn step_by(n: u32) -> u32 { state += n; return state; }`;
    const body = `
      state = x;
      result = state + 1000u * step_by(1u) + 1000000u * state;`;
    const wanted = small.map((x) => x + 1000 * (x + 1) + 1_000_000 * (x + 1));
    expect(await results(body, small, functions)).toEqual(wanted);
  });
});

describe("variables", () => {
  test("pointers lead to variables of any kind, and results of functions are copies", async () => {
    const functions = `
      struct Walk { at: array<u32, dimension>, going: bool, steps: u32 }
      fn start(n: u32) -> Walk { var walk: Walk; walk.at[0] = n; walk.going = true; return walk; }
      fn go(walk: ptr<function, Walk>) {
        for (var k = 0u; k < dimension; k++) { (*walk).at[k] += k + 1u; }
        (*walk).steps += 1u;
        (*walk).going = (*walk).steps < 3u;
      }`;
    const body = `
      var walk = start(x);
      var copy = walk;
      while (walk.going) { go(&walk); }
      result = walk.at[0] + 100u * walk.at[1] + 10000u * walk.at[2] + 1000000u * copy.at[0];`;
    const wanted = small.map((x) => x + 3 + 600 + 90_000 + 1_000_000 * x);
    expect(await results(body, small, functions)).toEqual(wanted);
  });

  test("arrays indexed by what is not known hold what was put there, and begin at zero for each invocation", async () => {
    const functions = "var<private> seen: array<u32, 16>;";
    const body = `
      var local: array<u32, 5>;
      for (var k = 0u; k < 100u; k++) {
        seen[(k * x) & 15u] += k;
        local[(k + x) % 5u] = k;
      }
      for (var k = 0u; k < 16u; k++) { result = 31u * result + seen[k]; }
      for (var k = 0u; k < 5u; k++) { result = 31u * result + local[k]; }`;
    const wanted = small.map((x) => {
      const [seen, local] = [Array(16).fill(0), Array(5).fill(0)];
      for (let k = 0; k < 100; k++) {
        seen[(k * x) & 15] += k;
        local[(k + x) % 5] = k;
      }
      return [...seen, ...local].reduce((sum, n) => (Math.imul(31, sum) + n) >>> 0, 0);
    });
    expect(await results(body, small, functions)).toEqual(wanted);
  });

  test("vectors add part by part, and the parts of one may be made from one another", async () => {
    const body = `
      var v = vec4(x, 1u, 2u, 3u);
      v += vec4(10u, 20u, 30u, 40u);
      v.y += v.x;
      v = vec4(v.w, v.z, v.y, v.x);
      var swap = vec2(v.x, v.y);
      swap = vec2(swap.y, swap.x);
      result = v.x + 100u * v.y + 10000u * v.z + 1000000u * v.w + 7u * swap.x;`;
    const wanted = small.map((x) => (43 + 3200 + 10_000 * (31 + x) + 1_000_000 * (x + 10) + 7 * 32) >>> 0);
    expect(await results(body, small)).toEqual(wanted);
  });
});

/** An expression in WGSL over x and y, and what it comes to. */
interface Formula {
  text: string;
  of: (x: number, y: number) => number;
}

const formulas = fc.letrec<{ word: Formula }>((tie) => {
  const word = tie("word");
  const two = (text: (a: string, b: string) => string, of: (a: number, b: number) => number) =>
    fc.tuple(word, word).map(
      ([a, b]): Formula => ({
        text: text(a.text, b.text),
        of: (x, y) => of(a.of(x, y), b.of(x, y)) >>> 0,
      }),
    );
  const signed = (text: string) => `bitcast<i32>(${text})`;
  return {
    word: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constant<Formula>({ text: "x", of: (x) => x }),
      fc.constant<Formula>({ text: "y", of: (_, y) => y }),
      fc.nat(2 ** 32 - 1).map((n): Formula => ({ text: `${n}u`, of: () => n })),
      two(
        (a, b) => `(${a} + ${b})`,
        (a, b) => a + b,
      ),
      two(
        (a, b) => `(${a} - ${b})`,
        (a, b) => a - b,
      ),
      two((a, b) => `(${a} * ${b})`, Math.imul),
      two(
        (a, b) => `(${a} / (${b} | 1u))`,
        (a, b) => Math.floor(a / ((b | 1) >>> 0)),
      ),
      two(
        (a, b) => `(${a} % (${b} | 1u))`,
        (a, b) => a % ((b | 1) >>> 0),
      ),
      two(
        (a, b) => `(${a} & ${b})`,
        (a, b) => a & b,
      ),
      two(
        (a, b) => `(${a} | ~${b})`,
        (a, b) => a | ~b,
      ),
      two(
        (a, b) => `(${a} ^ ${b})`,
        (a, b) => a ^ b,
      ),
      two(
        (a, b) => `(${a} << (${b} & 31u))`,
        (a, b) => a << (b & 31),
      ),
      two(
        (a, b) => `(${a} >> (${b} & 31u))`,
        (a, b) => a >>> (b & 31),
      ),
      two(
        (a, b) => `u32(${signed(a)} >> (${b} & 31u))`,
        (a, b) => (a | 0) >> (b & 31),
      ),
      two((a, b) => `min(${a}, ${b})`, Math.min),
      two((a, b) => `max(${a}, ${b})`, Math.max),
      two(
        (a, b) => `u32(max(${signed(a)}, -${signed(b)}))`,
        (a, b) => Math.max(a | 0, -b | 0),
      ),
      two(
        (a, b) => `u32(abs(${signed(a)} - ${signed(b)}))`,
        (a, b) => Math.abs((a - b) | 0),
      ),
      two(
        (a, b) => `clamp(${a}, 7u, 7u | ${b})`,
        (a, b) => Math.min(Math.max(a, 7), (7 | b) >>> 0),
      ),
      two(
        (a, b) => `select(${a}, ${b}, ${a} < ${b} || ${b} == 3u)`,
        (a, b) => (a < b || b === 3 ? b : a),
      ),
      two(
        (a, b) => `select(1u, ${b}, ${signed(a)} >= ${signed(b)} && !(${a} != ${b}))`,
        (a, b) => ((a | 0) >= (b | 0) && a === b ? b : 1),
      ),
      two(
        (a, b) => `(countLeadingZeros(${a}) + countTrailingZeros(${b}))`,
        (a, b) => Math.clz32(a) + (b === 0 ? 32 : 31 - Math.clz32(b & -b)),
      ),
      two(
        (a, b) => `(countOneBits(${a}) + u32(${a} <= ${b}))`,
        (a, b) => a.toString(2).replaceAll("0", "").length + Number(a <= b),
      ),
    ),
  };
}).word;

test("any expression of words comes to what it should, for known operands and for others (seed 3)", async () => {
  const next = wordSource(3);
  const given = Array.from({ length: 64 }, (_, k) =>
    k < 8 ? [0, 1, 3, 31, 32, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1][k] : next(),
  );
  await fc.assert(
    fc.asyncProperty(formulas, fc.boolean(), async ({ text, of }, isKnown) => {
      const y = isKnown ? "let y = 12345u;" : "let y = given[(global.x + 7u) % arrayLength(&given)];";
      const wanted = given.map((x, k) => of(x, isKnown ? 12345 : given[(k + 7) % given.length]));
      expect(await results(`${y} result = ${text};`, given)).toEqual(wanted);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test("threads that add to a word at once lose nothing, and find the least and the largest", async () => {
  const n = 50_000;
  const text = `
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  if (global.x >= ${n}u) { return; }
  let x = (global.x * 2654435761u) >> 8u;
  places[atomicAdd(&sums[0], 1u)] = global.x;
  atomicAdd(&sums[1], x);
  atomicMin(&sums[2], x);
  atomicMax(&sums[3], x);
  atomicOr(&sums[4], x & 0xff00u);
}`;
  const words = Array.from({ length: n }, (_, k) => Math.imul(k, 2654435761) >>> 8);
  for (let round = 0; round < 5; round++) {
    const { sums, places } = await gpu.runShader(
      text,
      {
        sums: { access: "atomic", words: Uint32Array.of(0, 0, 2 ** 32 - 1, 0, 0) },
        places: { access: "write", words: new Uint32Array(n) },
      },
      { invocations: n },
    );
    const sum = words.reduce((a, b) => (a + b) >>> 0, 0);
    const wanted = [
      n,
      sum,
      Math.min(...words),
      Math.max(...words),
      words.reduce((a, b) => a | (b & 0xff00), 0),
    ];
    expect([...sums]).toEqual(wanted);
    expect([...places].sort((a, b) => a - b)).toEqual([...words.keys()]);
  }
});

describe("what is beyond the part of WGSL that it knows is said", () => {
  const entry = (body: string) => `@compute @workgroup_size(1) fn main() { ${body} }`;

  test.each([
    ["a sign", entry("let a = 1u $ 2u;"), 'Line 1: "$" is not understood.'],
    ["a declaration", "diagnostic(off, a);", 'Line 1: "diagnostic" begins nothing that is known here.'],
    ["a name", entry("let a = missing;"), '"missing" is not known.'],
    ["a function", entry("let a = sin(1u);"), "The function sin is not known."],
    ["a type", entry("var a: f32;"), "The type f32 is not known."],
    ["what is left open", entry("let a = (1u;"), 'Line 1: ")" belongs before ";".'],
  ])("%s", (_, code, message) => {
    expect(() => compileEntry(parse(code), "main", {})).toThrow(message);
  });

  test("an entry point that is not there", () => {
    expect(() => compileEntry(parse(entry("")), "other", {})).toThrow("There is no entry point other.");
  });

  test("workgroups whose invocations would have to wait for each other", () => {
    const code = "@compute @workgroup_size(64) fn main() { workgroupBarrier(); }";
    expect(() => compileEntry(parse(code), "main", {})).toThrow(
      "workgroupBarrier needs a workgroup of a single invocation here.",
    );
  });
});
