import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { moveBy } from "../../src/cpu/brownian_step.ts";
import { cluster_follow } from "../../src/cpu/cluster_follow.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { massFunction } from "../../src/exact/massFunction.ts";
import { mul } from "../../src/exact/single.ts";
import { clusterCapacity, type Pace } from "../../src/model/pace.ts";
import type { System } from "../../src/model/system.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { counters, noOffender, progressFields } from "../../src/stages.ts";
import { anyCloud, type Cloud, type CloudSpec, plain, shuffled } from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";
import { makeMultirate, makePace, type ProgressRow, progressOf, progressRow } from "../support/paces.ts";
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const step = 13;
const sum = (words: Iterable<number>) => [...words].reduce((total, m) => total + m, 0);
const copyOf = (particles: Particles): Particles => ({
  ...particles,
  place: particles.place.slice(),
  mass: particles.mass.slice(),
});

/** Everybody in clusters of 1 to 16 members, wherever they are: entries in increasing order, those alone left out. */
function anyClusters({ living }: Particles, next: () => number): number[][] {
  const rest = shuffled(living, next);
  const clusters: number[][] = [];
  while (rest.length > 0) {
    const members = rest.splice(0, 1 + (next() % (next() % 2 === 0 ? 3 : clusterCapacity)));
    if (members.length > 1) clusters.push(members.sort((a, b) => a - b));
  }
  return clusters;
}

const sigmaOf = (system: System, pace: Pace, mass: number) =>
  mul(pace.stretch, massFunction(system.sigma, mass));

/** Two particles of mass 1 at this distance along one axis, in units of eps. */
function pairAt(distance: number, spec: Partial<CloudSpec> = {}) {
  const { system, replicas } = makeMultirate({ ...plain, particles: 2, dead: 0, ...spec });
  const { particles } = replicas[0];
  particles.mass.fill(1);
  const middle = 2 ** 31;
  particles.place.fill(middle);
  particles.place[0] = middle + Math.round((distance * system.eps * 2 ** 32) / system.side);
  return { system, particles };
}

/** Every pair in range rings. */
const certainty = { form: "constant", potential: "indicator", strength: 1e12 } as const;

/**
 * A cluster whose members never ring, followed in doubles: the number of moves, with the members moved; null where rounding might decide a
 * level.
 */
function replay(system: System, pace: Pace, particles: Particles, members: readonly number[]): number | null {
  const { dimension: d } = system;
  const { place, mass } = particles;
  const range = (system.eps / system.side) * 2 ** 32;
  const end = 4 ** pace.levels;
  let moves = 0;
  for (let elapsed = 0; elapsed < end; ) {
    let level = 0;
    for (const i of members) {
      for (const j of members.filter((j) => j < i)) {
        let [square, spread] = [0, 0];
        for (let k = 0; k < d; k++) {
          const apart = Math.abs(place[d * i + k] - place[d * j + k]);
          square += Math.min(apart, 2 ** 32 - apart) ** 2;
        }
        for (const m of [mass[i], mass[j]]) spread += massFunction(system.sigma, m) ** 2 * pace.ticks;
        const gap = Math.sqrt(square) / range - 1;
        if (Math.abs(gap) < 1e-6) return null;
        // At this level, not rounded up, k standard deviations just fit into the gap.
        const fitting =
          gap < 0 ? Number.POSITIVE_INFINITY : Math.log2((pace.k * Math.sqrt(spread)) / range / gap);
        const nearest = Math.round(fitting);
        if (nearest >= 0 && nearest < pace.levels && Math.abs(fitting - nearest) < 1e-5 + 1e-6 / gap)
          return null;
        level = Math.max(level, Math.min(pace.levels, Math.ceil(fitting)));
      }
    }
    // The longest sub-step, as short as that or shorter, that the time elapsed is a multiple of.
    while (elapsed % (end / 4 ** level) > 0) level++;
    for (const i of members) {
      moveBy(system, particles, i, step, elapsed, sigmaOf(system, pace, mass[i]) / 2 ** level);
      moves++;
    }
    elapsed += end / 4 ** level;
  }
  return moves;
}

describe("the reference", () => {
  test("takes a pair far apart through the macro-step at once", () => {
    const { system, particles } = pairAt(9);
    const pace = makePace(16, 0.2);
    const wanted = copyOf(particles);
    for (const i of [0, 1]) moveBy(system, wanted, i, step, 0, sigmaOf(system, pace, 1));
    const log = new EventLog(3);
    expect(cluster_follow(system, pace, particles, [0, 1], step, log)).toEqual({ moves: 2, leaver: null });
    expect(log.length).toBe(0);
    expectSameWords(particles.place, wanted.place);
  });

  test("takes a pair in range in the finest sub-steps, and who is left alone in ones longer by and by", () => {
    const { system, particles } = pairAt(0, certainty);
    const pace = makePace(64, 0.2);
    const before = copyOf(particles);
    const log = new EventLog(3);
    const { moves } = cluster_follow(system, pace, particles, [0, 1], step, log);
    // It rings in the first of 64 sub-steps.
    const [, , moment, survivor, vanished, ...place] = log.sorted();
    expect(log.length).toBe(1);
    expect(moment).toBeLessThan(2 ** 32 / 64);
    expect(particles.mass[survivor]).toBe(2);
    expect(particles.mass[vanished]).toBe(0);
    // The survivor goes on at 1, 2 and 3, at 4, 8 and 12, at 16, 32 and 48.
    expect(moves).toBe(2 + 9);
    moveBy(system, before, survivor, step, 0, sigmaOf(system, pace, 1) / 8);
    expect(place).toEqual([...before.place.subarray(3 * survivor, 3 * survivor + 3)]);
    for (const level of [3, 2, 1]) {
      for (const part of [1, 2, 3]) {
        const elapsed = part * 4 ** (3 - level);
        moveBy(system, before, survivor, step, elapsed, sigmaOf(system, pace, 2) / 2 ** level);
      }
    }
    const at = (who: Particles) => [...who.place.subarray(3 * survivor, 3 * survivor + 3)];
    expect(at(particles)).toEqual(at(before));
  });

  test("stops when nobody is left", () => {
    const { system, particles } = pairAt(0, { ...certainty, model: "annihilation" });
    const log = new EventLog(3);
    const followed = cluster_follow(system, makePace(64, 0.2), particles, [0, 1], step, log);
    expect(followed).toEqual({ moves: 2, leaver: null });
    expect([...particles.mass]).toEqual([0, 0]);
    expect(log.length).toBe(1);
  });

  test("names the lowest of those who cross the seam in R^d", () => {
    const { system, particles } = pairAt(0, { open: true });
    particles.place.fill(0);
    const { leaver } = cluster_follow(system, makePace(16, 0.2), particles, [0, 1], step, new EventLog(3));
    expect(leaver).toBe(0);
  });

  test("makes each sub-step as long as the closest pair allows, and starts it at a multiple of its length", () => {
    let [checked, short, long] = [0, 0, 0];
    fc.assert(
      fc.property(
        anyCloud({ dead: 0, open: false }),
        anyTicks,
        fc.integer({ min: 1, max: 5 }),
        (spec, ticks, k) => {
          const cloud = makeMultirate({ ...spec, particles: Math.max(16, spec.particles % 40) });
          // Nobody ever rings.
          const system: System = {
            ...cloud.system,
            rate: { form: "constant", table: Float32Array.of(0), size: 0 },
          };
          const { particles } = cloud.replicas[0];
          const pace = makePace(ticks, 0.2, k);
          for (const members of anyClusters(particles, wordSource(spec.seed))) {
            const alike = copyOf(particles);
            const moves = replay(system, pace, alike, members);
            if (moves === null) continue;
            const log = new EventLog(spec.dimension);
            const followed = cluster_follow(system, pace, particles, members, step, log);
            expect(followed).toEqual({ moves, leaver: null });
            expectSameWords(particles.place, alike.place);
            checked++;
            if (moves < members.length * 4 ** pace.levels) long++;
            if (moves > members.length) short++;
          }
        },
      ),
      { seed: 2, numRuns: 80 },
    );
    expect(checked).toBeGreaterThan(150);
    expect(long).toBeGreaterThan(50);
    expect(short).toBeGreaterThan(50);
  });

  test("loses no mass, lets nobody who vanished react again, and logs all of it in order", () => {
    let events = 0;
    fc.assert(
      fc.property(anyCloud({ particles: 48, dead: 0 }), anyTicks, (spec, ticks) => {
        const { system, replicas } = makeMultirate(spec);
        const { particles } = replicas[0];
        const before = particles.mass.slice();
        const log = new EventLog(spec.dimension);
        for (const members of anyClusters(particles, wordSource(spec.seed))) {
          cluster_follow(system, makePace(ticks, 0.2), particles, members, step, log);
        }
        if (!system.annihilation) expect(sum(particles.mass)).toBe(sum(before));
        const rows = log.sorted();
        for (let e = 0; e < log.length; e++) {
          const [replica, at, , survivor, vanished] = rows.subarray(e * log.width);
          expect([replica, at]).toEqual([0, step]);
          expect(before[survivor] > 0 && before[vanished] > 0).toBe(true);
          before[survivor] = system.annihilation ? 0 : before[survivor] + before[vanished];
          before[vanished] = 0;
        }
        expectSameWords(particles.mass, before);
        events += log.length;
      }),
      { seed: 3, numRuns: 80 },
    );
    expect(events).toBeGreaterThan(300);
  });
});

const anyTicks = fc.constantFrom(2, 4, 5, 16, 40, 64);

const width = progressFields.length;

/** Expects the same places, masses, events and moves from both engines; returns how many events and sub-steps' moves there are. */
async function expectEqualEngines(
  cloud: Cloud,
  paces: readonly Pace[],
  { workgroupSize = 64, overflowed = [] as number[] } = {},
): Promise<{ events: number; moves: number }> {
  const { system, id } = cloud;
  const { dimension: d, particles: n } = system;
  const next = wordSource(cloud.spec.seed);
  const [place, mass] = [cloud.place.slice(), cloud.mass.slice()];
  const best = Uint32Array.from({ length: 2 * mass.length }, next);
  const rows: ProgressRow[] = paces.map((pace, r) =>
    progressRow(pace, {
      step: step + r,
      left: 5,
      moves: next() % 1000,
      overflow: overflowed.includes(r) ? 1 : 0,
    }),
  );
  const before = progressOf(rows);
  const log = new EventLog(d);
  const firsts: number[] = [];
  const total = { events: 0, moves: 0 };
  let offender: number = noOffender;
  for (const [r, { particles, slots }] of cloud.replicas.entries()) {
    const moved = copyOf(particles);
    for (const members of anyClusters(particles, next)) {
      firsts.push(slots[members[0]]);
      members.forEach((i, at) => {
        best.set([1, at + 1 < members.length ? slots[members[at + 1]] : last], 2 * slots[i]);
      });
      if (overflowed.includes(r)) continue;
      const { moves, leaver } = cluster_follow(system, paces[r], moved, members, step + r, log);
      rows[r].moves += moves - members.length;
      total.moves += moves;
      if (leaver !== null) offender = Math.min(offender, r * n + leaver);
    }
    slots.forEach((slot, i) => {
      place.set(moved.place.subarray(d * i, d * (i + 1)), d * slot);
      mass[slot] = moved.mass[i];
    });
  }
  total.events = log.length;
  const proposers = new Uint32Array(mass.length).fill(0xdead);
  proposers.set(shuffled(firsts.length, next).map((k) => firsts[k]));
  const state: Record<string, number> = {
    step: 77,
    proposers: firsts.length,
    events: 0,
    offender: noOffender,
  };
  const after = await gpu.runStage(
    "cluster_follow",
    system,
    {
      place: cloud.place,
      mass: cloud.mass,
      id,
      best,
      proposers,
      counters: Uint32Array.from(counters, (name) => state[name] ?? 0),
      progress: before,
    },
    { workgroupSize },
  );
  expectSameWords(after.mass, mass, (slot) => `The mass of particle ${id[slot]}.`);
  expectSameWords(after.place, place, (at) => `Particle ${id[Math.floor(at / d)]}, axis ${at % d}.`);
  expectSameWords(
    after.progress,
    progressOf(rows),
    (at) => `Replica ${Math.floor(at / width)}, ${progressFields[at % width]}.`,
  );
  Object.assign(state, { events: log.length, offender });
  expect([...after.counters]).toEqual(counters.map((name) => state[name] ?? 0));

  const onGpu = new EventLog(d);
  for (let e = 0; e < log.length; e++) {
    const [at, moment, survivor, vanished, ...where] = after.events.subarray(e * (4 + d), (e + 1) * (4 + d));
    onGpu.append(Math.floor(survivor / n), at, moment, survivor % n, vanished % n, Uint32Array.from(where));
  }
  expectSameWords(onGpu.sorted(), log.sorted(), (at) => `Event ${Math.floor(at / log.width)}.`);
  return total;
}

const last = 0x7fffffff;

/** One of each, and not all of all, since each is another shader to compile. */
const kinds = [
  { form: "constant", model: "coagulation", open: false, replicas: 1 },
  { form: "sum", model: "annihilation", open: false, replicas: 3 },
  { form: "product", model: "coagulation", open: true, replicas: 4 },
  { form: "table", model: "coagulation", open: false, replicas: 2 },
  { form: "constant", model: "annihilation", open: true, replicas: 1 },
] as const;

describe("the GPU follows clusters as the reference does", () => {
  test.each([2, 15, 16, 17, 64, 257].flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      const cloud = makeMultirate({ ...plain, particles, replicas, dead: 0 });
      const paces = [16, 5, 40].slice(0, replicas).map((ticks) => makePace(ticks, 0.2));
      const { events } = await expectEqualEngines(cloud, paces);
      if (particles > 2) expect(events).toBeGreaterThan(0);
    },
  );

  test.each([1, 7, 256])("with workgroups of %i", async (workgroupSize) => {
    const cloud = makeMultirate({ ...plain, particles: 65, replicas: 2, dead: 0 });
    await expectEqualEngines(cloud, [makePace(4, 0.2), makePace(16, 0.2)], { workgroupSize });
  });

  test("and none of a replica that waits since one overflowed", async () => {
    const cloud = makeMultirate({ ...plain, particles: 64, replicas: 3, dead: 0 });
    const paces = [16, 16, 16].map((ticks) => makePace(ticks, 0.2));
    const { events } = await expectEqualEngines(cloud, paces, { overflowed: [0, 2] });
    expect(events).toBeGreaterThan(3);
  });

  test("where every pair in range rings in every sub-step, most at the same time, so that ids decide", async () => {
    const cloud = makeMultirate({ ...plain, particles: 257, dead: 0, spread: 0.5 });
    cloud.system.rate = { form: "constant", table: Float32Array.of(3e36), size: 0 };
    const { events } = await expectEqualEngines(cloud, [makePace(16, 0.2)]);
    expect(events).toBeGreaterThan(100);
  });

  test("through a thousand sub-steps", async () => {
    const cloud = makeMultirate({ ...plain, particles: 33, dead: 0, strength: 1 });
    const { events, moves } = await expectEqualEngines(cloud, [makePace(1024, 0.2)]);
    expect(events).toBeGreaterThan(0);
    expect(moves).toBeGreaterThan(2 * 1024);
  });

  test("through macro-steps of very many ticks, as long as everybody is far apart", async () => {
    const cloud = makeMultirate({ ...plain, particles: 16, dead: 0, eps: 1e-6, spread: 2e4, strength: 1 });
    for (const ticks of [4 ** 12, 3 * 4 ** 14]) await expectEqualEngines(cloud, [makePace(ticks, 0.2, 1e-4)]);
  });

  test.each([2, 3, 4, 5])("for clouds of any kind, in dimension %i", async (dimension) => {
    const all = { events: 0, moves: 0 };
    const paceOfAny = fc
      .tuple(anyTicks, fc.constantFrom(1, 3, 4))
      .map(([ticks, k]) => makePace(ticks, 0.2, k));
    await fc.assert(
      fc.asyncProperty(
        fc
          .tuple(anyCloud({ dimension }), fc.constantFrom(...kinds))
          .map(([spec, kind]) => ({ ...spec, ...kind })),
        fc.array(paceOfAny, { minLength: 4, maxLength: 4 }),
        async (spec, paces) => {
          const cloud = makeMultirate({ ...spec, particles: Math.min(65, spec.particles) });
          const { events, moves } = await expectEqualEngines(cloud, paces.slice(0, spec.replicas));
          all.events += events;
          all.moves += moves;
        },
      ),
      { seed: dimension, numRuns: 25 },
    );
    expect(all.events).toBeGreaterThan(100);
    expect(all.moves).toBeGreaterThan(5000);
  });
});
