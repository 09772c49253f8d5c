import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cell_count } from "../../src/cpu/cell_count.ts";
import { makeGrid } from "../../src/grid.ts";
import { counters } from "../../src/stages.ts";
import { anyCloud, type Cloud, cellListOf, makeCloud, plain, sizes } from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";
import { expectSameWords } from "../support/words.ts";

const gpu = await openTestGpu();

describe("the reference", () => {
  test("tells each its cell, row by row, and counts the cells, whatever was counted before", () => {
    const { particles } = makeCloud({ ...plain, dimension: 2, particles: 5, dead: 0 }).replicas[0];
    const [left, right] = [2 ** 32 - 1, 2 ** 31];
    // Two cells along the first axis, four along the second.
    particles.place.set([0, 0, left, left, right - 1, 2 ** 30, right, 2 ** 30 - 1, right, 0]);
    const [cell, count] = [new Uint32Array(5), new Uint32Array(8).fill(9)];
    cell_count(particles, [1, 2], cell, count);
    expect([...cell]).toEqual([0, 7, 1, 4, 4]);
    expect([...count]).toEqual([1, 1, 0, 0, 2, 0, 0, 1]);
    cell_count({ ...particles, living: 2 }, [1, 2], cell, count);
    expect([...count]).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
  });

  test("counts everybody once, in the cell whose bounds hold its coordinates", () => {
    fc.assert(
      fc.property(anyCloud(), (spec) => {
        const cloud = makeCloud(spec);
        const { bits, cells } = makeGrid(spec.dimension, spec.particles, cloud.system.reach);
        for (const { particles } of cloud.replicas) {
          const [cell, count] = [new Uint32Array(particles.living), new Uint32Array(cells)];
          cell_count(particles, bits, cell, count);
          const wanted = new Uint32Array(cells);
          for (const [i, c] of cell.entries()) {
            wanted[c]++;
            let rest = c;
            for (let k = spec.dimension - 1; k >= 0; k--) {
              const width = 2 ** (32 - bits[k]);
              expect(Math.floor(particles.place[spec.dimension * i + k] / width)).toBe(rest % 2 ** bits[k]);
              rest = Math.floor(rest / 2 ** bits[k]);
            }
          }
          expectSameWords(count, wanted);
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

/** Expects from the GPU each cell's count on top of what was there, and ranks in each cell that go on from it. */
async function expectEqualEngines(cloud: Cloud, workgroupSize = 64, groupsPerRow = 65535): Promise<void> {
  const { system, place, mass, id } = cloud;
  const { bits, cells } = makeGrid(system.dimension, system.particles, system.reach);
  const wanted = new Uint32Array(cells * system.replicas);
  const slotsIn = new Map<number, number[]>();
  for (const { particles, slots } of cloud.replicas) {
    const base = particles.replica * cells;
    const cell = new Uint32Array(particles.living);
    cell_count(particles, bits, cell, wanted.subarray(base, base + cells));
    cell.forEach((c, i) => {
      slotsIn.set(base + c, [...(slotsIn.get(base + c) ?? []), slots[i]]);
    });
  }
  expectSameWords(wanted, cellListOf(cloud).count);
  const untouched = (words: number) => new Uint32Array(words * mass.length).fill(0xdead);
  const {
    cell_count: count,
    rank,
    best,
  } = await gpu.runStage(
    "cell_count",
    system,
    { place, mass, id, rank: untouched(1), best: untouched(2) },
    { workgroupSize, groupsPerRow },
  );
  expectSameWords(count, wanted, (cell) => `The count of cell ${cell}.`);
  for (const slots of slotsIn.values()) {
    expect(slots.map((slot) => rank[slot]).sort((a, b) => a - b)).toEqual([...slots.keys()]);
  }
  for (const [slot, m] of mass.entries()) {
    if (m === 0) expect(rank[slot]).toBe(0xdead);
    expect([...best.subarray(2 * slot, 2 * slot + 2)]).toEqual([0, 0xdead]);
  }
}

describe("the GPU counts as the reference does, ranks who is in a cell, and forgets who was near", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      await expectEqualEngines(makeCloud({ ...plain, particles, replicas }));
      await expectEqualEngines(makeCloud({ ...plain, dimension: 2, particles, replicas, dead: 0 }), 7, 3);
    },
  );

  test.each([2, 3, 4, 5])("for clouds of any kind, in dimension %i", async (dimension) => {
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension }), (spec) => expectEqualEngines(makeCloud(spec))),
      { seed: dimension, numRuns: 30 },
    );
  });

  test("but nobody once halted, and forgets nothing", async () => {
    const { system, place, mass, id } = makeCloud(plain);
    const rank = new Uint32Array(mass.length).fill(0xdead);
    const best = new Uint32Array(2 * mass.length).fill(0xdead);
    const halted = Uint32Array.from(counters, (name) => (name === "halted" ? 1 : 0));
    const after = await gpu.runStage("cell_count", system, { place, mass, id, rank, best, counters: halted });
    expect(after.cell_count.every((count) => count === 0)).toBe(true);
    expect(after.rank).toEqual(rank);
    expect(after.best).toEqual(best);
  });
});
