import { describe, expect, test } from "vitest";
import { coarsestLevel, elapse } from "../../src/exact/elapsed.ts";
import { toBig, toWords } from "../support/bigPlaces.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, hex, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

/** To the next multiple of this level's length, when so much time has elapsed: words, most significant first. */
interface Case {
  elapsed: number[];
  level: number;
}

/** The coarsest level that might follow what had elapsed, whether the macro-step goes on, and if so, what has elapsed then. */
type Results = [coarsest: number, goesOn: number, ...after: number[]];

/** A bit of n words a level. */
const deepest = (n: number) => 32 * n;
const lengthOf = (level: number, n: number) => 1n << BigInt(32 * n - level);

/** In integers, the macro-step being 2^(32 n) long. */
function inBig({ elapsed, level }: Case): Results {
  const n = elapsed.length;
  const time = toBig(elapsed.toReversed());
  let coarsest = 0;
  while (time % lengthOf(coarsest, n) !== 0n) coarsest++;
  const after = time - (time % lengthOf(level, n)) + lengthOf(level, n);
  const goesOn = after < lengthOf(0, n);
  return goesOn ? [coarsest, 1, ...toWords(after, n).reverse()] : [coarsest, 0];
}

function onCpu({ elapsed, level }: Case): Results {
  const words = Uint32Array.from(elapsed);
  const coarsest = coarsestLevel(words);
  return elapse(words, level) ? [coarsest, 1, ...words] : [coarsest, 0];
}

const shader = `#import elapsed
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  let given = global.x * (elapsed_words + 1u);
  if (given >= arrayLength(&cases)) {
    return;
  }
  for (var w = 0u; w < elapsed_words; w++) {
    elapsed[w] = cases[given + w];
  }
  let to = global.x * (elapsed_words + 2u);
  results[to] = coarsest_level();
  results[to + 1u] = select(0u, 1u, elapse(cases[given + elapsed_words]));
  for (var w = 0u; w < elapsed_words; w++) {
    results[to + 2u + w] = elapsed[w];
  }
}`;

async function onGpu(cases: Case[]): Promise<Results[]> {
  const n = cases[0].elapsed.length;
  const buffers = {
    cases: {
      access: "read",
      words: Uint32Array.from(cases.flatMap(({ elapsed, level }) => [...elapsed, level])),
    },
    results: { access: "write", words: new Uint32Array((n + 2) * cases.length) },
  } as const;
  const options = { variant: { elapsedWords: n }, invocations: cases.length };
  const { results } = await gpu.runShader(shader, buffers, options);
  return cases.map((_, c) => {
    const [coarsest, goesOn, ...after] = results.subarray(c * (n + 2), (c + 1) * (n + 2));
    return goesOn === 1 ? [coarsest, 1, ...after] : [coarsest, goesOn];
  });
}

/** Expects of both engines what integers give. */
async function check(cases: Case[]): Promise<Results[]> {
  const results = await onGpu(cases);
  for (const [c, each] of cases.entries()) {
    const about = () => `Level ${each.level} after ${each.elapsed.map(hex)}.`;
    expectSameWords(onCpu(each), inBig(each), () => `On the CPU: ${about()}`);
    expectSameWords(results[c], inBig(each), () => `On the GPU: ${about()}`);
  }
  return results;
}

/** Times, most of them multiples of the length of a level, many just before a multiple of one much longer. */
function anyCase(n: number, next: () => number): Case {
  const level = next() % (deepest(n) + 1);
  const all = lengthOf(0, n);
  const shape = next() % 4;
  const random = toBig(Array.from({ length: n }, next));
  const coarser = lengthOf(next() % (level + 1), n);
  let time = shape === 0 ? all - 1n : random;
  if (shape === 1) time = random - (random % coarser) - 1n;
  if (shape === 2) time = random - (random % coarser);
  time = BigInt.asUintN(32 * n, time);
  if (next() % 4 > 0) time -= time % lengthOf(level, n);
  return { elapsed: toWords(time, n).reverse(), level };
}

const lengths = [1, 2, 3, 4, 9, 17, 18];

describe("both engines tell the time elapsed as integers do", () => {
  test.each(lengths)("at the sub-steps of every level, in %i words", async (n) => {
    const next = wordSource(n);
    const cases = Array.from({ length: 2000 }, () => anyCase(n, next));
    const results = await check(cases);
    expect(new Set(results.map(([coarsest]) => coarsest)).size).toBeGreaterThan(20 * n);
    const ended = results.filter(([, goesOn]) => goesOn === 0).length;
    expect(ended).toBeGreaterThan(400);
    expect(ended).toBeLessThan(1600);
  });

  test("at the start, at the end, and at every level's last sub-step but one", async () => {
    const n = 3;
    const start = Array(n).fill(0);
    for (let level = 0; level <= deepest(n); level++) {
      const last = toWords(lengthOf(0, n) - lengthOf(level, n), n).reverse();
      const results = await check([
        { elapsed: start, level },
        { elapsed: last, level },
      ]);
      expect(results.map(([coarsest, goesOn]) => [coarsest, goesOn])).toEqual([
        [0, level === 0 ? 0 : 1],
        [level, 0],
      ]);
    }
  });
});

describe("the reference", () => {
  test.each([1, 2, 18])(
    "ends a macro-step after sub-steps that add up to it, whatever their levels, in %i words",
    (n) => {
      const next = wordSource(100 + n);
      let coarser = 0;
      for (let run = 0; run < 20; run++) {
        const elapsed = new Uint32Array(n);
        let sum = 0n;
        let finer = 10;
        for (let going = true; going; ) {
          const coarsest = coarsestLevel(elapsed);
          // Now and then finer, but not for ever; else as coarse as allowed.
          const dives = next() % 3 === 0 && finer-- > 0;
          const level = dives ? coarsest + (next() % (deepest(n) + 1 - coarsest)) : coarsest;
          if (level === coarsest && coarsest > 0) coarser++;
          sum += lengthOf(level, n);
          going = elapse(elapsed, level);
          expect(sum < lengthOf(0, n)).toBe(going);
        }
        expect(sum).toBe(lengthOf(0, n));
      }
      expect(coarser).toBeGreaterThan(100);
    },
  );
});
