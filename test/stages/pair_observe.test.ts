import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { merge_resolve } from "../../src/cpu/merge_resolve.ts";
import { pair_observe } from "../../src/cpu/pair_observe.ts";
import type { Candidate } from "../../src/cpu/pair_search.ts";
import { PairSums } from "../../src/cpu/pairSums.ts";
import { toBits } from "../../src/exact/single.ts";
import { binEdges, hazardBits, separationBins, timeBits } from "../../src/model/pairs.ts";
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
  type Steps,
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

const pairs = { masses: 2, slabs: 8 };
/** Steps that look at distances, and do not. */
const [sampled, other] = [3 * 32 + 16, 3 * 32 + 17];

/** The matches of each replica in a step, and the sums that the reference makes of it. */
function observed(cloud: Cloud, steps: number | Steps) {
  const { system } = cloud;
  const list = cellListOf(cloud);
  const candidates = candidatesOf(cloud, list, steps);
  const replicas = cloud.replicas.map(({ particles }, r) => {
    const step = typeof steps === "number" ? steps : steps[r];
    const matches = merge_resolve(candidates[r], particles.id);
    const sums = new PairSums(system.pairs!);
    const { start, order } = list.perReplica[r];
    if (step !== null) pair_observe(system, particles, step, matches, list.bits, start, order, sums);
    return { matches, sums: sums.sums };
  });
  return { list, replicas };
}

describe("the reference", () => {
  /** Of replica 0, from all pairs in doubles, with V the indicator and a constant rate; null where rounding might decide. */
  function expectedSums({ system, replicas }: Cloud, matches: readonly Candidate[], isSampled: boolean) {
    const { dimension: d, rate, tickHazard, eps } = system;
    const { masses, slabs, classes, sums, reach } = system.pairs!;
    const edges = binEdges();
    const { place, mass, living } = replicas[0].particles;
    const until = (i: number) => matches.find((match) => match.i === i || match.j === i)?.time ?? 1;
    const expected = new Float64Array(sums);
    const classOf = (n: number, m: number) =>
      Math.min(n - 1, masses) * (masses + 1) + Math.min(m - 1, masses);
    // V = 1 / the ball's volume.
    const hazard = rate.table[0] * system.potential[0] * tickHazard;
    for (let i = 0; i < living; i++) {
      for (let j = i + 1; j < living; j++) {
        let square = 0;
        let farthest = 0;
        for (let k = 0; k < d; k++) {
          const apart = Math.abs(place[d * i + k] - place[d * j + k]) / 2 ** 32;
          square += Math.min(apart, 1 - apart) ** 2;
          farthest = Math.max(farthest, Math.min(apart, 1 - apart));
        }
        const r = Math.sqrt(square) / eps;
        if (edges.some((edge) => edge > 0 && Math.abs(r - edge) < 1e-5 * edge)) return null;
        const [n, m] = [mass[i], mass[j]].toSorted((a, b) => a - b);
        const bin = edges.findLastIndex((edge) => edge <= r);
        // As far as a quarter of the side.
        if (isSampled && bin < separationBins && farthest * 2 ** 32 <= reach) {
          expected[classes * slabs + classOf(n, m) * separationBins + bin] += 32 * tickHazard;
        }
        if (r >= 1) continue;
        for (const [a, b] of [
          [i, j],
          [j, i],
        ]) {
          const slab = Math.floor((place[d * a] / 2 ** 32) * slabs);
          expected[classOf(mass[a], mass[b]) * slabs + slab] += hazard * Math.min(until(i), until(j));
        }
      }
    }
    return expected;
  }

  test.each([
    ["in a step that looks at distances", sampled],
    ["in one that does not", other],
  ])("sums up what all pairs live through, %s", (_, step) => {
    let [checked, withEvents] = [0, 0];
    fc.assert(
      fc.property(anyCloud({ form: "constant", potential: "indicator", pairs }), (spec) => {
        const cloud = makeCloud({ ...spec, replicas: 1 });
        const { classes, slabs } = cloud.system.pairs!;
        const [{ matches, sums }] = observed(cloud, step).replicas;
        const expected = expectedSums(cloud, matches, step === sampled);
        if (expected === null) return;
        for (const [k, wanted] of expected.entries()) {
          const unit = 2 ** -(k < classes * slabs ? hazardBits : timeBits);
          // Rounded down for each pair, and in single precision.
          const tolerance = 2e-5 * wanted + unit * spec.particles ** 2;
          expect(Math.abs(Number(sums[k]) * unit - wanted)).toBeLessThanOrEqual(tolerance);
        }
        checked++;
        if (matches.length > 0) withEvents++;
      }),
      { seed: step, numRuns: 80 },
    );
    expect(checked).toBeGreaterThan(40);
    expect(withEvents).toBeGreaterThan(10);
  });
});

/**
 * Expects from the GPU the sums of the reference, on top of what they were; returns how many are above zero. `rows`: of a multirate run.
 */
async function expectEqualEngines(
  cloud: Cloud,
  {
    step = sampled,
    workgroupSize = 64,
    rows = null,
  }: { step?: number; workgroupSize?: number; rows?: readonly ProgressRow[] | null } = {},
): Promise<number> {
  const { list, replicas } = observed(cloud, rows?.map(uniformStepOf) ?? step);
  const { place, mass, id, system } = cloud;
  const best = Uint32Array.from({ length: 2 * mass.length }, (_, k) => (k % 2 === 0 ? 0x3f000000 : 12345));
  for (const [r, { matches }] of replicas.entries()) {
    const { slots } = cloud.replicas[r];
    for (const { i, j, time } of matches) {
      for (const [one, partner] of [
        [i, j],
        [j, i],
      ]) {
        best.set([toBits(time), (slots[partner] | 0x80000000) >>> 0], 2 * slots[one]);
      }
    }
  }
  // All lower words about to overflow.
  const before = new BigUint64Array(replicas.length * system.pairs!.sums).fill(0xffffffffn);
  const { pair_sums } = await gpu.runStage(
    "pair_observe",
    system,
    {
      place,
      mass,
      id,
      cell_start: list.start,
      order: list.order,
      best,
      counters: Uint32Array.from(counters, (name) => (name === "step" ? step : 0)),
      progress: progressOf(rows ?? []),
      pair_sums: new Uint32Array(before.buffer),
    },
    { workgroupSize },
  );
  const wanted = replicas.flatMap(({ sums }) => [...sums]);
  const got = [...new BigUint64Array(pair_sums.buffer)].map((sum, k) => sum - before[k]);
  expect(got).toEqual(wanted);
  return wanted.filter((sum) => sum > 0n).length;
}

describe("the GPU sums up as the reference does", () => {
  const make = (spec: Partial<CloudSpec>) => makeCloud({ ...plain, pairs, ...spec });

  test.each(sizes)("over pairs of %i particles", async (particles) => {
    const summed = await expectEqualEngines(make({ particles, replicas: 2, dead: 0 }));
    if (particles > 1) expect(summed).toBeGreaterThan(0);
  });

  test.each([1, 32, 256])("with workgroups of %i", async (workgroupSize) => {
    expect(await expectEqualEngines(make({ particles: 257 }), { workgroupSize })).toBeGreaterThan(50);
  });

  test.each([2, 3, 4, 5])("in clouds of any kind, in dimension %i", async (dimension) => {
    let summed = 0;
    await fc.assert(
      fc.asyncProperty(
        anyCloud({ dimension, pairs }),
        fc.constantFrom(sampled, other),
        async (spec, step) => {
          summed += await expectEqualEngines(makeCloud(spec), { step });
        },
      ),
      { seed: 40 + dimension, numRuns: 30 },
    );
    expect(summed).toBeGreaterThan(500);
  });

  test("in replicas of a multirate run that take a uniform step, and in no other", async () => {
    let [summed, idle] = [0, 0];
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension: 3, pairs }), anyStates, async (spec, states) => {
        const rows = rowsOf(states, pacesFor(spec.replicas), spec.seed);
        summed += await expectEqualEngines(makeMultirate(spec), { rows });
        idle += rows.filter((row) => uniformStepOf(row) === null).length;
      }),
      { seed: 9, numRuns: 40 },
    );
    expect(summed).toBeGreaterThan(100);
    expect(idle).toBeGreaterThan(15);
  });
});
