import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellOf } from "../../src/cpu/cells.ts";
import { compact } from "../../src/cpu/compact.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { counters } from "../../src/stages.ts";
import { anyCloud, type Cloud, cellListOf, makeCloud, plain, sizes } from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";

const gpu = await openTestGpu();

describe("the reference", () => {
  test("moves the living together in the order they have", () => {
    const particles: Particles = {
      replica: 0,
      living: 4,
      next: new Uint32Array(0),
      place: Uint32Array.of(10, 11, 20, 21, 30, 31, 40, 41),
      mass: Uint32Array.of(0, 2, 0, 4),
      id: Uint32Array.of(3, 5, 7, 9),
    };
    compact(particles);
    expect(particles.living).toBe(2);
    expect([...particles.mass.subarray(0, 2)]).toEqual([2, 4]);
    expect([...particles.id.subarray(0, 2)]).toEqual([5, 9]);
    expect([...particles.place.subarray(0, 4)]).toEqual([20, 21, 40, 41]);
  });

  test("keeps exactly the living, whoever died", () => {
    fc.assert(
      fc.property(anyCloud(), fc.array(fc.boolean()), (spec, dies) => {
        const { particles } = makeCloud(spec).replicas[0];
        const d = spec.dimension;
        const row = (i: number) => [
          particles.id[i],
          particles.mass[i],
          ...particles.place.subarray(d * i, d * i + d),
        ];
        particles.mass.forEach((_, i) => {
          if (dies[i]) particles.mass[i] = 0;
        });
        const wanted = [...particles.mass.keys()].filter((i) => particles.mass[i] !== 0).map(row);
        compact(particles);
        expect(Array.from({ length: particles.living }, (_, i) => row(i))).toEqual(wanted);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

/** Expects the same living after as before, by cell, and everything else empty; returns how many live. */
async function expectCompacted(cloud: Cloud, workgroupSize = 64): Promise<number> {
  const { system } = cloud;
  const { dimension: d, particles: n } = system;
  const list = cellListOf(cloud);
  const living = list.start[list.start.length - 1];
  const after = await gpu.runStage(
    "compact",
    system,
    {
      place: cloud.place,
      mass: cloud.mass,
      id: cloud.id,
      order: list.order,
      counters: Uint32Array.from(counters, (name) => (name === "living" ? living : 0)),
    },
    { workgroupSize },
  );
  const rows = ({ id, mass, place }: Pick<Cloud, "id" | "mass" | "place">) =>
    [...mass.keys()]
      .filter((i) => mass[i] !== 0)
      .map((i) => [id[i], mass[i], ...place.subarray(d * i, d * i + d)])
      .sort((a, b) => a[0] - b[0]);
  expect(rows(after)).toEqual(rows(cloud));
  // The reference, replica by replica, keeps the same.
  for (const { particles } of cloud.replicas) {
    const before = particles.living;
    compact(particles);
    expect(particles.living).toBe(before);
  }

  const cellAt = (slot: number) =>
    Math.floor(after.id[slot] / n) * 2 ** list.bits.reduce((a, b) => a + b) +
    cellOf(after.place, slot, list.bits);
  for (let slot = 0; slot < cloud.mass.length; slot++) {
    expect(after.mass[slot] !== 0).toBe(slot < living);
    if (slot >= living) continue;
    expect(after.order[slot]).toBe(slot);
    const cell = cellAt(slot);
    // So the cell list stays true.
    expect(slot).toBeGreaterThanOrEqual(list.start[cell]);
    expect(slot).toBeLessThan(list.start[cell + 1]);
  }
  return living;
}

describe("the GPU keeps exactly the living and puts them in the order of their cells", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      await expectCompacted(makeCloud({ ...plain, particles, replicas, dead: 0.5 }));
      await expectCompacted(makeCloud({ ...plain, dimension: 2, particles, replicas, dead: 0 }), 7);
      expect(await expectCompacted(makeCloud({ ...plain, particles, replicas, dead: 1.1 }))).toBe(0);
    },
  );

  test("for clouds of any kind", async () => {
    await fc.assert(
      fc.asyncProperty(anyCloud(), async (spec) => void (await expectCompacted(makeCloud(spec)))),
      { seed: 2, numRuns: 80 },
    );
  });
});
