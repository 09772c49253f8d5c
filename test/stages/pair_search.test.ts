import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ringTime } from "../../src/cpu/pair.ts";
import { pair_search } from "../../src/cpu/pair_search.ts";
import { toBits } from "../../src/exact/single.ts";
import { counters } from "../../src/stages.ts";
import {
  anyCloud,
  type Cloud,
  type CloudSpec,
  candidatesOf,
  cellListOf,
  makeCloud,
  makeMultirate,
  plain,
  proposalsOf,
  sizes,
} from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";
import {
  anyStates,
  type ProgressRow,
  pacesFor,
  progressOf,
  rowsOf,
  uniformStepOf,
} from "../support/paces.ts";

const gpu = await openTestGpu();

const step = 7;

/** Every pair rings within the step, and none out of range: what the search finds are the pairs in range. */
const certainty = { form: "constant", potential: "indicator", strength: 1e12 } as const;
const certain = (spec: Partial<CloudSpec>): Cloud => makeCloud({ ...plain, ...certainty, ...spec });

/** Pairs of ids within eps of each other, in doubles; null where rounding might decide. */
function pairsInRange(cloud: Cloud, replica: number): string[] | null {
  const { system } = cloud;
  const { particles } = cloud.replicas[replica];
  const { place, id } = particles;
  const d = system.dimension;
  const pairs: string[] = [];
  for (let i = 0; i < particles.living; i++) {
    for (let j = i + 1; j < particles.living; j++) {
      let square = 0;
      for (let k = 0; k < d; k++) {
        const apart = Math.abs(place[d * i + k] - place[d * j + k]) / 2 ** 32;
        square += Math.min(apart, 1 - apart) ** 2;
      }
      const ratio = square / system.eps ** 2;
      if (Math.abs(ratio - 1) < 1e-5) return null;
      if (ratio < 1) pairs.push(`${id[i]}-${id[j]}`);
    }
  }
  return pairs.sort();
}

function pairsFound(cloud: Cloud, replica: number): string[] {
  const { id } = cloud.replicas[replica].particles;
  return candidatesOf(cloud, cellListOf(cloud), step)
    [replica].map(({ i, j }) => `${id[i]}-${id[j]}`)
    .sort();
}

describe("the reference", () => {
  test("finds the one pair in range of three particles, across the corner of the torus", () => {
    const cloud = certain({ particles: 3, dead: 0 });
    const { particles } = cloud.replicas[0];
    const far = 2 ** 31;
    const near = Math.floor((cloud.system.reach * 0.9) / Math.sqrt(3));
    particles.place.set([2 ** 32 - 5, 2 ** 32 - 5, 2 ** 32 - 5, far, far, far, near - 5, near - 5, near - 5]);
    const bits = [0, 0, 0];
    const found = pair_search(
      cloud.system,
      particles,
      step,
      bits,
      Uint32Array.of(0, 3),
      Uint32Array.of(0, 1, 2),
    );
    expect(found).toEqual([{ i: 0, j: 2, time: ringTime(cloud.system, particles, 0, 2, step) }]);
    expect(found[0].time).toBeGreaterThan(0);
    expect(found[0].time).toBeLessThan(1);
  });

  test.each([2, 3, 4, 5])(
    "finds each pair in range once and no other, in dimension %i, where every pair in range rings",
    (dimension) => {
      let [pairs, checked] = [0, 0];
      fc.assert(
        fc.property(anyCloud({ ...certainty, dimension }), (spec) => {
          const cloud = makeCloud(spec);
          for (let replica = 0; replica < spec.replicas; replica++) {
            const wanted = pairsInRange(cloud, replica);
            if (wanted === null) continue;
            expect(pairsFound(cloud, replica)).toEqual(wanted);
            pairs += wanted.length;
            checked++;
          }
        }),
        { seed: dimension, numRuns: 40 },
      );
      expect(checked).toBeGreaterThan(60);
      expect(pairs).toBeGreaterThan(1000);
    },
  );

  test("finds whatever rings, whichever way around a pair is looked at, and whatever the cells are", () => {
    fc.assert(
      fc.property(anyCloud(), (spec) => {
        const cloud = makeCloud(spec);
        const { system } = cloud;
        const found = candidatesOf(cloud, cellListOf(cloud), step);
        for (const [r, { particles }] of cloud.replicas.entries()) {
          const wanted = [];
          for (let i = 0; i < particles.living; i++) {
            for (let j = i + 1; j < particles.living; j++) {
              const time = ringTime(system, particles, i, j, step);
              if (ringTime(system, particles, j, i, step) !== time)
                expect.fail(`Pair ${i}, ${j} differs by order.`);
              if (time !== null) wanted.push({ i, j, time });
            }
          }
          expect(found[r].toSorted((a, b) => a.i - b.i || a.j - b.j)).toEqual(wanted);
          const everybody = Uint32Array.from({ length: particles.living }, (_, i) => i);
          const bits = Array(system.dimension).fill(0);
          const oneCell = pair_search(
            system,
            particles,
            step,
            bits,
            Uint32Array.of(0, particles.living),
            everybody,
          );
          expect(oneCell).toEqual(wanted);
        }
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  test("is strict: a cell list that names a particle outside the arrays is an error", () => {
    const cloud = certain({ particles: 4, dead: 0 });
    const { particles } = cloud.replicas[0];
    const search = (end: number, order: number[]) =>
      pair_search(cloud.system, particles, step, [0, 0, 0], Uint32Array.of(0, end), Uint32Array.from(order));
    expect(() => search(5, [0, 1, 2, 3])).toThrow(RangeError);
    expect(() => search(4, [0, 1, 2, 3])).not.toThrow();
  });
});

/**
 * Expects from the GPU the proposals that follow from the pairs the reference finds; returns how many pairs there are. `rows`: of a multirate run.
 */
async function expectEqualEngines(
  cloud: Cloud,
  {
    workgroupSize = 64,
    groupsPerRow = 65535,
    rows = null,
  }: { workgroupSize?: number; groupsPerRow?: number; rows?: readonly ProgressRow[] | null } = {},
): Promise<number> {
  const list = cellListOf(cloud);
  const candidates = candidatesOf(cloud, list, rows?.map(uniformStepOf) ?? step);
  const proposals = proposalsOf(cloud, candidates);
  const { place, mass, id, system } = cloud;
  const stale = Uint32Array.from({ length: 2 * mass.length }, (_, k) => k * 0x9e3779b9);
  const {
    best,
    proposers,
    counters: after,
  } = await gpu.runStage(
    "pair_search",
    system,
    {
      place,
      mass,
      id,
      cell_start: list.start,
      order: list.order,
      best: stale,
      counters: Uint32Array.from(counters, (name) => (name === "step" ? step : 0)),
      progress: progressOf(rows ?? []),
    },
    { workgroupSize, groupsPerRow },
  );
  const length = after[counters.indexOf("proposers")];
  const got = Array.from(proposers.subarray(0, length), (i) => [i, best[2 * i], best[2 * i + 1]]);
  const wanted = [...proposals].map(([i, { time, partner }]) => [i, toBits(time), partner]);
  const bySlot = (a: number[], b: number[]) => a[0] - b[0];
  expect(got.sort(bySlot)).toEqual(wanted.sort(bySlot));
  return candidates.flat().length;
}

describe("the GPU proposes what the reference's pairs make each particle propose", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      const pairs = await expectEqualEngines(makeCloud({ ...plain, particles, replicas, dead: 0 }));
      if (particles > 1) expect(pairs).toBeGreaterThan(0);
    },
  );

  test.each([
    [1, 65535],
    [32, 65535],
    [256, 65535],
    [64, 2],
    [7, 3],
  ])("with workgroups of %i, at most %i in a row", async (workgroupSize, groupsPerRow) => {
    const cloud = makeCloud({ ...plain, particles: 257, replicas: 2 });
    expect(await expectEqualEngines(cloud, { workgroupSize, groupsPerRow })).toBeGreaterThan(100);
  });

  test.each([2, 3, 4, 5])("for clouds of any kind, in dimension %i", async (dimension) => {
    let pairs = 0;
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension }), async (spec) => {
        pairs += await expectEqualEngines(makeCloud(spec));
      }),
      { seed: 20 + dimension, numRuns: 40 },
    );
    expect(pairs).toBeGreaterThan(1000);
  });

  test("where most pairs ring at the same time, so that ids decide", async () => {
    const cloud = certain({ particles: 257, replicas: 2, spread: 0.5 });
    // Deviates below one divided by this are below 2^-126, which is zero.
    cloud.system.rate = { form: "constant", table: Float32Array.of(3e38), size: 0 };
    const candidates = candidatesOf(cloud, cellListOf(cloud), step).flat();
    const atZero = candidates.filter(({ time }) => time === 0).length;
    expect(atZero).toBeGreaterThan(0.5 * candidates.length);
    expect(await expectEqualEngines(cloud)).toBeGreaterThan(1000);
  });
});

describe("the GPU in a multirate run", () => {
  test("proposes in each replica for its own uniform step, and nothing in one that takes none", async () => {
    let [pairs, idle] = [0, 0];
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension: 3, form: "constant" }), anyStates, async (spec, states) => {
        const rows = rowsOf(states, pacesFor(spec.replicas), spec.seed);
        pairs += await expectEqualEngines(makeMultirate(spec), { rows });
        idle += rows.filter((row) => uniformStepOf(row) === null).length;
      }),
      { seed: 9, numRuns: 25 },
    );
    expect(pairs).toBeGreaterThan(200);
    expect(idle).toBeGreaterThan(15);
  });
});
