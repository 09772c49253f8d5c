import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { threefry } from "../../src/exact/threefry.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, hex, vectorLines, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const shader = `#import threefry
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  let at = 8u * global.x;
  if (at >= arrayLength(&blocks)) {
    return;
  }
  let counter = vec4(blocks[at], blocks[at + 1u], blocks[at + 2u], blocks[at + 3u]);
  let key = vec4(blocks[at + 4u], blocks[at + 5u], blocks[at + 6u], blocks[at + 7u]);
  let words = threefry(key, counter);
  for (var k = 0u; k < 4u; k++) {
    answers[4u * global.x + k] = words[k];
  }
}`;

/** Counter and key, eight words a block, to four words a block. */
async function onGpu(blocks: Uint32Array): Promise<Uint32Array> {
  const answers = new Uint32Array(blocks.length / 2);
  const buffers = {
    blocks: { access: "read", words: blocks },
    answers: { access: "write", words: answers },
  } as const;
  return (await gpu.runShader(shader, buffers, { invocations: blocks.length / 8 })).answers;
}

function onCpu(blocks: Uint32Array): Uint32Array {
  const answers = new Uint32Array(blocks.length / 2);
  for (let b = 0; b < blocks.length / 8; b++) {
    const [c0, c1, c2, c3, k0, k1, k2, k3] = blocks.subarray(8 * b);
    threefry(answers.subarray(4 * b, 4 * b + 4), k0, k1, k2, k3, c0, c1, c2, c3);
  }
  return answers;
}

const vectors = vectorLines(readFileSync(new URL("../vectors/threefry.txt", import.meta.url), "utf8")).map(
  ([generator, rounds, ...words]) => ({ generator, rounds, words: words.map((word) => Number(`0x${word}`)) }),
);

test("the file of known answers is that of Threefry-4x32-20", () => {
  expect(vectors).toHaveLength(3);
  for (const { generator, rounds, words } of vectors) {
    expect([generator, rounds, words.length]).toEqual(["threefry4x32", "20", 12]);
  }
});

test.each([
  ["CPU", onCpu],
  ["GPU", onGpu],
] as const)("the %s gives Random123's published answers", async (_, engine) => {
  const answers = await engine(Uint32Array.from(vectors.flatMap(({ words }) => words.slice(0, 8))));
  expect(Array.from(answers, hex)).toEqual(vectors.flatMap(({ words }) => words.slice(8)).map(hex));
});

test("both engines give the same words for every counter and key", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(0xffffffff), { minLength: 8, maxLength: 8 }), async (block) => {
      expectSameWords(await onGpu(Uint32Array.from(block)), onCpu(Uint32Array.from(block)));
    }),
    { seed: 1, numRuns: 50 },
  );
  const next = wordSource(2);
  const blocks = Uint32Array.from({ length: 8 * 2 ** 16 }, next);
  expectSameWords(await onGpu(blocks), onCpu(blocks), (at) => {
    const block = blocks.subarray(8 * (at >> 2), 8 * (at >> 2) + 8);
    return `Counter and key: ${Array.from(block, hex)}.`;
  });
});

test("a flip of any bit of counter or key changes about half of the 128 bits of the answer", () => {
  const next = wordSource(3);
  const block = Uint32Array.from({ length: 8 }, next);
  const before = onCpu(block);
  for (let bit = 0; bit < 256; bit++) {
    const other = block.slice();
    other[bit >> 5] ^= 1 << (bit & 31);
    const after = onCpu(other);
    let flipped = 0;
    for (let k = 0; k < 4; k++) {
      for (let rest = (before[k] ^ after[k]) >>> 0; rest !== 0; rest &= rest - 1) flipped++;
    }
    // The standard deviation of Binomial(128, 1/2) is 5.7: outside with probability 1e-7, fixed by the seed.
    expect(Math.abs(flipped - 64), `bit ${bit}`).toBeLessThan(30);
  }
});
