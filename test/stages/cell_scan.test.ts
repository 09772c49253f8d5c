import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cell_scan } from "../../src/cpu/cell_scan.ts";
import { scanRun } from "../../src/sizes.ts";
import { counters } from "../../src/stages.ts";
import { makeCloud, plain, sizes } from "../support/clouds.ts";
import { onProcessor } from "../support/device.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

/** Counts of cells, many of them empty and some full. */
function countsOf(n: number, seed: number): Uint32Array {
  const next = wordSource(seed);
  return Uint32Array.from({ length: n }, () => (next() % 3 === 0 ? next() % 1000 : next() % 2));
}

function starts(count: Uint32Array): Uint32Array {
  const start = new Uint32Array(count.length + 1).fill(0xabcd);
  cell_scan(count, start);
  return start;
}

describe("the reference", () => {
  test("gives each cell the number of particles in the cells before it", () => {
    expect([...starts(Uint32Array.of(3, 0, 2, 1))]).toEqual([0, 3, 3, 5, 6]);
  });

  test("leaves between a cell's start and the next as many places as it has particles", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 1 }), (count) => {
        const start = starts(Uint32Array.from(count));
        expect(start[0]).toBe(0);
        expect(count).toEqual(count.map((_, c) => start[c + 1] - start[c]));
      }),
      { seed: 1 },
    );
  });
});

const { system } = makeCloud(plain);

async function expectEqualEngines(
  count: Uint32Array,
  { workgroupSize = 64, groupsPerRow = 65535, inStep = false } = {},
) {
  const wanted = starts(count);
  const after = await gpu.runStage(
    "cell_scan",
    system,
    {
      cell_count: count,
      cell_start: new Uint32Array(count.length + 1).fill(0xabcd),
      run_start: new Uint32Array(Math.ceil(count.length / scanRun)).fill(0xabcd),
      counters: Uint32Array.from(counters, (_, k) => 100 + k),
    },
    { params: { n_cells: count.length }, workgroupSize, groupsPerRow, inStep },
  );
  expectSameWords(after.cell_start, wanted, (cell) => `The start of cell ${cell}.`);
  expectSameWords(
    after.cell_count,
    new Uint32Array(count.length),
    (cell) => `The count left in cell ${cell}.`,
  );
  // The living are counted, nobody has proposed yet, and the rest is none of this stage's business.
  const set: Record<string, number> = { living: wanted[count.length], proposers: 0 };
  expect([...after.counters]).toEqual(counters.map((name, k) => set[name] ?? 100 + k));
}

// On our own adapter no workgroup has invocations that wait for each other.
const ways = onProcessor ? [false] : [false, true];

describe.each(ways)(
  "the GPU gives the same starts and clears the counts, its invocations in step: %s,",
  (inStep) => {
    test.each([...sizes, 31, 32, 33, 256, 2047, 2048, 2049, 8191, 8192, 8193, 3 * 2 ** 17])(
      "of %i cells",
      async (n) => {
        await expectEqualEngines(countsOf(n, n), { inStep });
      },
    );

    test.each([
      [1, 65535],
      [256, 65535],
      [33, 2],
    ])("with workgroups of %i, at most %i in a row", async (workgroupSize, groupsPerRow) => {
      await expectEqualEngines(countsOf(20001, 3), { workgroupSize, groupsPerRow, inStep });
    });

    test("of any counts", async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 20000 }), fc.nat(0xffffffff), async (n, seed) => {
          await expectEqualEngines(countsOf(n, seed), { inStep });
        }),
        { seed: 2, numRuns: 60 },
      );
    });
  },
);
