import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cluster_find } from "../../src/cpu/cluster_find.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { clusterCapacity, type Pace, paceOf } from "../../src/model/pace.ts";
import { counters, progressFields } from "../../src/stages.ts";
import {
  anyCloud,
  type Cloud,
  type CloudSpec,
  cellListOf,
  makeMultirate,
  plain,
  sizes,
} from "../support/clouds.ts";
import { chain, type Firsts, lengthOf, listedFirsts } from "../support/clusters.ts";
import { openTestGpu } from "../support/gpu.ts";
import { anyState, makePace, progressOf, type ReplicaState, rowsOf } from "../support/paces.ts";
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

/** The clusters of each replica by the reference. */
function clustersOf(cloud: Cloud, paces: readonly Pace[]): (number[][] | null)[] {
  const { bits, perReplica } = cellListOf(cloud);
  return cloud.replicas.map(({ particles }, r) =>
    cluster_find(cloud.system, paces[r], particles, bits, perReplica[r].start, perReplica[r].order),
  );
}

/**
 * The components by distances below `radius`, a share of the side, in doubles; null where a distance is so little above it that, cut to 14
 * bits, it may count as below.
 */
function componentsWithin(radius: number, { living, place }: Particles, d: number): number[][] | null {
  // What is cut off the distance and added to the radius: a unit of 14 bits an axis and one more, and two lattice units.
  const margin = (1.01 + Math.sqrt(d)) * 2 ** -13 + 2 / (radius * 2 ** 32);
  const component = Array.from({ length: living }, (_, i) => [i]);
  for (let j = 1; j < living; j++) {
    for (let i = 0; i < j; i++) {
      let square = 0;
      for (let k = 0; k < d; k++) {
        const apart = Math.abs(place[d * i + k] - place[d * j + k]) / 2 ** 32;
        square += Math.min(apart, 1 - apart) ** 2;
      }
      const ratio = square / radius ** 2;
      if (ratio >= 1 && ratio < (1 + margin) ** 2) return null;
      if (ratio >= 1 || component[i] === component[j]) continue;
      component[i].push(...component[j]);
      for (const member of component[j]) component[member] = component[i];
    }
  }
  return [...new Set(component)]
    .filter((members) => members.length > 1)
    .map((members) => members.sort((a, b) => a - b))
    .sort((a, b) => a[0] - b[0]);
}

/** A cloud and a radius for it, so that there are many clusters of all sizes. */
const anyCase = (given: Partial<CloudSpec> = {}) =>
  fc.tuple(anyCloud(given), fc.constantFrom(0.5, 0.8, 1.2, 3)).map(([spec, factor]) => {
    const spacing = 2 * spec.spread * spec.eps * spec.particles ** (-1 / spec.dimension);
    return { spec, radius: Math.min(0.24, factor * spacing) };
  });

/** Particles of mass 1 in the plane, given in shares of the side. */
function inThePlane(...places: [number, number][]): Cloud {
  const cloud = makeMultirate({ ...plain, dimension: 2, particles: places.length, dead: 0 });
  const [{ particles, slots }] = cloud.replicas;
  particles.place.set(places.flat().map((x) => Math.floor((x - Math.floor(x)) * 2 ** 32)));
  for (const [i, slot] of slots.entries())
    cloud.place.set(particles.place.subarray(2 * i, 2 * i + 2), 2 * slot);
  return cloud;
}

const row = (members: number, apart: number) =>
  Array.from({ length: members }, (_, i): [number, number] => [i * apart - 0.2, 0]);

describe("the reference", () => {
  test("joins a chain of neighbours across the corner of the torus, and leaves out who is alone", () => {
    const cloud = inThePlane([0.05, 0.02], [0.5, 0.5], [-0.01, -0.01], [0.3, 0.3], [-0.08, -0.02]);
    expect(clustersOf(cloud, [makePace(64, 0.1)])).toEqual([[[0, 2, 4]]]);
    expect(clustersOf(cloud, [makePace(64, 0.08)])).toEqual([[[0, 2, 4]]]);
    expect(clustersOf(cloud, [makePace(64, 0.069)])).toEqual([[[0, 2]]]);
    expect(clustersOf(cloud, [makePace(64, 0.05)])).toEqual([[]]);
  });

  test("sees the whole cube around a particle where a pace is as long as the torus allows", () => {
    const cloud = makeMultirate({ ...plain, particles: 2, eps: 2e-5, dead: 0 });
    const pace = paceOf(cloud.system, 2, 2 ** 40, 1)!;
    expect(pace.ticks).toBeLessThan(4 ** pace.levels);
    expect(pace.reach).toBe(2 ** 30);
    // There are two cells, and the first particle is at the end of one.
    expect(cellListOf(cloud).bits).toEqual([0, 0, 1]);
    cloud.replicas[0].particles.place.set([0, 0, 2 ** 31 - 1, 0, 0, 2 ** 31 + 2 ** 29]);
    expect(clustersOf(cloud, [pace])).toEqual([[[0, 1]]]);
  });

  test("follows no cluster with more members than its capacity, and any other", () => {
    const most = clustersOf(inThePlane(...row(clusterCapacity, 0.01)), [makePace(64, 0.011)]);
    expect(most).toEqual([[Array.from({ length: clusterCapacity }, (_, i) => i)]]);
    expect(clustersOf(inThePlane(...row(clusterCapacity + 1, 0.01)), [makePace(64, 0.011)])).toEqual([null]);
    expect(clustersOf(inThePlane(...row(clusterCapacity + 1, 0.01)), [makePace(64, 0.009)])).toEqual([[]]);
  });

  test.each([2, 3, 4, 5])(
    "finds the components of the graph of near pairs, in dimension %i, or one beyond capacity",
    (dimension) => {
      let [clusters, overflows] = [0, 0];
      fc.assert(
        fc.property(anyCase({ dimension }), ({ spec, radius }) => {
          const cloud = makeMultirate(spec);
          const found = clustersOf(cloud, Array(spec.replicas).fill(makePace(64, radius)));
          for (const [r, { particles }] of cloud.replicas.entries()) {
            const wanted = componentsWithin(radius, particles, dimension);
            if (wanted === null) continue;
            if (wanted.some((members) => members.length > clusterCapacity)) {
              expect(found[r]).toBeNull();
              overflows++;
            } else {
              expect(found[r]?.toSorted((a, b) => a[0] - b[0])).toEqual(wanted);
              clusters += wanted.length;
            }
          }
        }),
        { seed: dimension, numRuns: 80 },
      );
      expect(clusters).toBeGreaterThan(150);
      expect(overflows).toBeGreaterThan(10);
    },
  );
});

/** Said of a slot that has somebody of a lower id near. */
const notFirst = 2 ** 31;

/** Whether two are nearer than `reach` lattice units, in distances whose unit leaves 14 bits of it. */
function isWithin(reach: number, place: Uint32Array, d: number, i: number, j: number): boolean {
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(reach)) - 13);
  let square = 0;
  for (let k = 0; k < d; k++) {
    const apart = Math.abs(place[d * i + k] - place[d * j + k]);
    square += Math.floor(Math.min(apart, 2 ** 32 - apart) / unit) ** 2;
  }
  return square < (Math.floor(reach / unit) + 1) ** 2;
}

/** Expects the GPU to chain the reference's clusters; returns how many there are, and how many replicas overflowed. */
async function expectEqualEngines(
  cloud: Cloud,
  radii: readonly number[],
  states: readonly ReplicaState[],
  { workgroupSize = 64, groupsPerRow = 65535 } = {},
): Promise<{ clusters: number; overflows: number }> {
  const { system, place, mass, id } = cloud;
  const d = system.dimension;
  const paces = radii.map((radius) => makePace(64, radius));
  const list = cellListOf(cloud);
  const clusters = clustersOf(cloud, paces);
  const next = wordSource(cloud.spec.seed);
  const [best, rank] = [2, 1].map((words) => Uint32Array.from({ length: words * mass.length }, next));
  for (const slot of mass.keys()) best[2 * slot] = 0; // as cell_count leaves it
  const rows = rowsOf(states, paces, next());
  const after = await gpu.runStage(
    "cluster_find",
    system,
    { place, mass, id, cell_start: list.start, order: list.order, rank, best, progress: progressOf(rows) },
    { workgroupSize, groupsPerRow },
  );

  const total = { clusters: 0, overflows: 0 };
  const wanted = { best: best.slice(), rank: rank.slice() };
  const firsts: Firsts = { pairs: [], larger: [] };
  let candidates = 0;
  const unknown = new Set<number>();
  for (const [r, { slots }] of cloud.replicas.entries()) {
    // Whose cluster overflowed in an earlier step of the submission is looked at in vain.
    if (rows[r].left === 0 || rows[r].macro === 0) continue;
    for (const i of slots) {
      const near = slots.filter((j) => j !== i && isWithin(paces[r].reach, place, d, i, j));
      wanted.best[2 * i] = near.length + (near.some((j) => id[j] < id[i]) ? notFirst : 0);
      // Of several it need not be known who they are.
      if (near.length > 0) wanted.best[2 * i + 1] = near.length === 1 ? near[0] : after.best[2 * i + 1];
      if (near.length > 0 && near.every((j) => id[j] > id[i])) candidates++;
    }
    const found = clusters[r];
    if (found === null) {
      // Of a replica that does not take the step nobody reads the chains, nor follows what is listed.
      rows[r].overflow = 1;
      total.overflows++;
      for (const slot of slots) unknown.add(slot);
      continue;
    }
    total.clusters += found.length;
    for (const members of found) {
      chain(
        wanted.rank,
        members.map((i) => slots[i]),
      );
      firsts[members.length === 2 ? "pairs" : "larger"].push(slots[members[0]]);
    }
  }
  expectSameWords(after.best, wanted.best, (at) => `Slot ${at >> 1}.`);
  const known = (words: Uint32Array) => words.map((word, slot) => (unknown.has(slot) ? 0 : word));
  expectSameWords(known(after.rank), known(wanted.rank), (slot) => `The next of slot ${slot}.`);
  const listed = listedFirsts(after.proposers, after.counters);
  const sorted = (slots: number[]) => slots.filter((slot) => !unknown.has(slot)).sort((a, b) => a - b);
  for (const kind of ["pairs", "larger"] as const) expect(sorted(listed[kind])).toEqual(sorted(firsts[kind]));
  expect(after.counters[counters.indexOf("firsts")]).toBe(candidates);
  // Of replicas that do not take the step clusters may be listed that nobody follows.
  const beyond = firsts.larger.reduce((sum, first) => sum + lengthOf(wanted.rank, first) - 1, 0);
  const counted = after.counters[counters.indexOf("beyond")];
  if (total.overflows === 0) expect(counted).toBe(beyond);
  else expect(counted).toBeGreaterThanOrEqual(beyond);
  expectSameWords(
    after.progress,
    progressOf(rows),
    (at) => `Replica ${Math.floor(at / width)}, ${progressFields[at % width]}.`,
  );
  return total;
}

const width = progressFields.length;

const allMacro = (replicas: number) => Array<ReplicaState>(replicas).fill("macro");

describe("the GPU chains the reference's clusters by id, and lists the first of each, pairs apart from larger ones", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      const cloud = makeMultirate({ ...plain, particles, replicas, dead: 0 });
      const radii = Array(replicas).fill(particles > 100 ? 0.01 : 0.025);
      const { clusters } = await expectEqualEngines(cloud, radii, allMacro(replicas));
      if (particles > 1) expect(clusters).toBeGreaterThan(2);
    },
  );

  test.each([
    [1, 65535],
    [256, 65535],
    [7, 3],
  ])("with workgroups of %i, at most %i in a row", async (workgroupSize, groupsPerRow) => {
    const cloud = makeMultirate({ ...plain, particles: 257, replicas: 2 });
    const options = { workgroupSize, groupsPerRow };
    const { clusters } = await expectEqualEngines(cloud, [0.01, 0.012], allMacro(2), options);
    expect(clusters).toBeGreaterThan(20);
  });

  test("where more than half of all may be the first of a cluster", async () => {
    // Rows of three whose middle has the highest id: both ends have nobody of a lower id near. Rows of two beside them.
    const [rows, apart] = [80, 0.01];
    const at = (k: number, off: number): [number, number] => [0.1 * (k % 9), 0.1 * Math.floor(k / 9) + off];
    const cloud = inThePlane(
      ...Array.from({ length: rows }, (_, k) => [at(k, 0), at(k, 2 * apart)]).flat(),
      ...Array.from({ length: rows }, (_, k) => at(k, apart)),
      ...Array.from({ length: 40 }, (_, k) => [at(k, 0.05), at(k, 0.05 + apart)]).flat(),
    );
    for (const workgroupSize of [1, 64]) {
      const { clusters } = await expectEqualEngines(cloud, [1.1 * apart], ["macro"], { workgroupSize });
      expect(clusters).toBe(rows + 40);
    }
  });

  test("and no more once halted, so that none is lost", async () => {
    const { system, place, mass, id } = makeMultirate({ ...plain, particles: 64, dead: 0 });
    const rank = new Uint32Array(64).fill(0xdead);
    const proposers = Uint32Array.from(rank.keys());
    const state: Record<string, number> = {
      firsts: 20,
      pairs: 11,
      larger: 4,
      beyond: 9,
      roomy: 13,
      halted: 1,
    };
    const before = Uint32Array.from(counters, (name) => state[name] ?? 0);
    // As cell_scan leaves the cells when nobody was counted.
    const after = await gpu.runStage("cluster_find", system, {
      ...{ place, mass, id, rank, proposers, counters: before },
      progress: progressOf(rowsOf(["macro"], [makePace(64, 0.2)], 1)),
    });
    expect([...after.rank]).toEqual([...rank]);
    expect([...after.proposers]).toEqual([...proposers]);
    expect([...after.counters]).toEqual([...before]);
  });

  test("and tells of a cluster too large in the one replica that has it", async () => {
    const cloud = makeMultirate({ ...plain, particles: 64, replicas: 3, dead: 0, spread: 2 });
    const total = await expectEqualEngines(cloud, [0.02, 0.2, 0.02], allMacro(3));
    expect(total.overflows).toBe(1);
    expect(total.clusters).toBeGreaterThan(10);
  });

  test("and leaves alone who takes a uniform step or has none left", async () => {
    const cloud = makeMultirate({ ...plain, particles: 64, replicas: 4, dead: 0, spread: 2 });
    const total = await expectEqualEngines(
      cloud,
      [0.04, 0.04, 0.2, 0.2],
      ["macro", "uniform", "done", "uniform"],
    );
    expect(total.overflows).toBe(0);
    expect(total.clusters).toBeGreaterThan(5);
  });

  test.each([2, 3, 4, 5])("for clouds of any kind, in dimension %i", async (dimension) => {
    const sum = { clusters: 0, overflows: 0 };
    await fc.assert(
      fc.asyncProperty(
        anyCase({ dimension }),
        fc.array(fc.oneof(fc.constant<ReplicaState>("macro"), anyState), { minLength: 4, maxLength: 4 }),
        async ({ spec, radius }, states) => {
          const radii = Array.from({ length: spec.replicas }, (_, r) => radius * 0.7 ** r);
          const total = await expectEqualEngines(makeMultirate(spec), radii, states);
          sum.clusters += total.clusters;
          sum.overflows += total.overflows;
        },
      ),
      { seed: 30 + dimension, numRuns: 60 },
    );
    expect(sum.clusters).toBeGreaterThan(50);
    expect(sum.overflows).toBeGreaterThan(3);
  });
});
