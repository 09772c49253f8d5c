import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cell_scan } from "../../src/cpu/cell_scan.ts";
import { cell_scatter } from "../../src/cpu/cell_scatter.ts";
import { anyCloud, type Cloud, cellListOf, makeCloud, plain, replicasOf, sizes } from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";

const gpu = await openTestGpu();

describe("the reference", () => {
  const scatter = (cell: number[], start: number[]) => {
    const order = new Uint32Array(cell.length);
    cell_scatter(
      Uint32Array.from(cell),
      cell.length,
      Uint32Array.from(start),
      new Uint32Array(start.length),
      order,
    );
    return [...order];
  };

  test("lists particles by cell, in the order they have", () => {
    expect(scatter([2, 0, 2, 1, 0], [0, 2, 3, 5])).toEqual([1, 4, 3, 0, 2]);
  });

  test("lists everybody once, in the own cell", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1 }), (cell) => {
        const count = new Uint32Array(10);
        for (const c of cell) count[c]++;
        const start = new Uint32Array(11);
        cell_scan(count, start);
        const order = scatter(cell, [...start]);
        expect(order.toSorted((a, b) => a - b)).toEqual([...cell.keys()]);
        for (let c = 0; c < 10; c++) {
          for (let at = start[c]; at < start[c + 1]; at++) expect(cell[order[at]]).toBe(c);
        }
      }),
      { seed: 1 },
    );
  });

  test("is strict: more particles than a cell was counted to hold, or a cell that is not there, are errors", () => {
    expect(() => scatter([0, 0, 1], [0, 1, 3])).toThrow("Cell 0 overflows");
    expect(() => scatter([0, 5, 1], [0, 1, 3])).toThrow(RangeError);
  });
});

async function expectEqualEngines(cloud: Cloud, workgroupSize = 64): Promise<void> {
  const { system, place, mass, id } = cloud;
  const list = cellListOf(cloud);
  const { order } = await gpu.runStage(
    "cell_scatter",
    system,
    { place, mass, id, rank: list.rank, cell_start: list.start },
    { workgroupSize },
  );
  // Ranks fix the order within a cell too; in a run they are in any order, and nothing may depend on it.
  const living = list.start[list.start.length - 1];
  expect([...order.subarray(0, living)]).toEqual([...list.order.subarray(0, living)]);
}

describe("the GPU puts everybody where cell and rank say", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      await expectEqualEngines(makeCloud({ ...plain, particles, replicas }));
      await expectEqualEngines(makeCloud({ ...plain, dimension: 2, particles, replicas, dead: 0 }), 7);
    },
  );

  test("for clouds of any kind", async () => {
    await fc.assert(
      fc.asyncProperty(anyCloud(), async (spec) => expectEqualEngines(makeCloud(spec))),
      { seed: 2, numRuns: 80 },
    );
  });
});

test("the GPU's own ranks, whatever their order, list in each cell the particles that the reference lists there", async () => {
  await fc.assert(
    fc.asyncProperty(anyCloud({ open: false }), async (spec) => {
      const cloud = makeCloud(spec);
      const { system, mass, id } = cloud;
      const moved = await gpu.runStage("brownian_step", system, { place: cloud.place, mass, id });
      const scanned = await gpu.runStage("cell_scan", system, { cell_count: moved.cell_count });
      const { order } = await gpu.runStage("cell_scatter", system, {
        place: moved.place,
        mass,
        id,
        rank: moved.rank,
        cell_start: scanned.cell_start,
      });
      const replicas = replicasOf(system, moved.place, mass, id);
      const list = cellListOf({ ...cloud, place: moved.place, replicas });
      expect([...scanned.cell_start]).toEqual([...list.start]);
      for (let cell = 0; cell + 1 < list.start.length; cell++) {
        const [from, to] = [list.start[cell], list.start[cell + 1]];
        expect(order.slice(from, to).sort()).toEqual(list.order.slice(from, to).sort());
      }
    }),
    { seed: 3, numRuns: 30 },
  );
});
