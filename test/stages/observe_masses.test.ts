import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { observe_masses } from "../../src/cpu/observe_masses.ts";
import { anyCloud, type Cloud, makeCloud, plain, sizes } from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";

const gpu = await openTestGpu();

describe("the reference", () => {
  test("counts masses 1 to K one by one, and all above together", () => {
    const { particles } = makeCloud({ ...plain, particles: 7, dead: 0 }).replicas[0];
    particles.mass.set([1, 4, 2, 5, 1, 3, 1000]);
    const count = new Uint32Array(4);
    observe_masses(particles, count);
    expect([...count]).toEqual([2, 1, 1, 3]);
    observe_masses({ ...particles, living: 1 }, count);
    expect([...count]).toEqual([3, 1, 1, 3]);
  });

  test("counts classes of a width: above 0 and up to 10, above 10 and up to 20, all above", () => {
    const { particles } = makeCloud({ ...plain, particles: 7, dead: 0 }).replicas[0];
    particles.mass.set([1, 9, 10, 11, 20, 21, 1000]);
    const count = new Uint32Array(3);
    observe_masses(particles, count, 10);
    expect([...count]).toEqual([3, 2, 2]);
  });

  test("counts everybody once", () => {
    fc.assert(
      fc.property(anyCloud(), fc.integer({ min: 1, max: 64 }), (spec, masses) => {
        const { particles } = makeCloud(spec).replicas[0];
        const count = new Uint32Array(masses + 1);
        observe_masses(particles, count);
        for (let m = 1; m <= masses; m++)
          expect(count[m - 1]).toBe(particles.mass.filter((x) => x === m).length);
        expect(count.reduce((a, b) => a + b)).toBe(particles.living);
      }),
      { seed: 1 },
    );
  });
});

async function expectEqualEngines(
  cloud: Cloud,
  masses: number,
  workgroupSize = 64,
  width = 1,
): Promise<void> {
  const columns = masses + 1;
  const wanted = new Uint32Array(columns * cloud.system.replicas);
  for (const [r, { particles }] of cloud.replicas.entries()) {
    observe_masses(particles, wanted.subarray(r * columns, (r + 1) * columns), width);
  }
  const { mass, id, system } = cloud;
  const { mass_count } = await gpu.runStage(
    "observe_masses",
    system,
    { mass, id, mass_count: new Uint32Array(wanted.length) },
    { params: { observed_masses: masses, mass_width: width }, workgroupSize },
  );
  expect([...mass_count]).toEqual([...wanted]);
}

describe("the GPU counts as the reference does", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      await expectEqualEngines(makeCloud({ ...plain, particles, replicas }), 3);
      await expectEqualEngines(makeCloud({ ...plain, particles, replicas }), 1, 7);
    },
  );

  test("for clouds of any kind and any number of masses or classes", async () => {
    const widths = fc.constantFrom(1, 2, 7, 1000, 2 ** 20);
    await fc.assert(
      fc.asyncProperty(anyCloud(), fc.integer({ min: 1, max: 64 }), widths, async (spec, masses, width) =>
        expectEqualEngines(makeCloud(spec), masses, 64, width),
      ),
      { seed: 2, numRuns: 80 },
    );
  });
});
