import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cluster_follow } from "../../src/cpu/cluster_follow.ts";
import { pairWords } from "../../src/cpu/pair.ts";
import { PairSums } from "../../src/cpu/pairSums.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { exponential } from "../../src/exact/exponential.ts";
import type { Pace } from "../../src/model/pace.ts";
import { hazardBits, separationBins, timeBits } from "../../src/model/pairs.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { sizesOf } from "../../src/sizes.ts";
import { counters, noOffender, progressFields } from "../../src/stages.ts";
import { anyCloud, type Cloud, type CloudSpec, makeMultirate, plain } from "../support/clouds.ts";
import { anyClusters, chain, type Firsts, listOf } from "../support/clusters.ts";
import { onProcessor } from "../support/device.ts";
import { openTestGpu, type Parameters } from "../support/gpu.ts";
import { makePace, progressOf, type ReplicaState, rowsOf } from "../support/paces.ts";
import { memberOf, moveMember, placeOf, replay } from "../support/replay.ts";
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const step = 13;
const words = new Uint32Array(4);
const sum = (words: Iterable<number>) => [...words].reduce((total, m) => total + m, 0);
const copyOf = (particles: Particles): Particles => ({
  ...particles,
  place: particles.place.slice(),
  mass: particles.mass.slice(),
});

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

/** Nobody ever rings. */
const never = { form: "constant", table: Float32Array.of(0), size: 0 } as const;

const anyTicks = fc.constantFrom(2, 4, 5, 16, 40, 64);

/**
 * Clouds whose clusters live on lattices of several words: everybody within some lattice units, each of which is 8 eps or far more, for a
 * macro-step in which they go as far.
 */
const refined = [
  { eps: 2 ** -35, fineWords: 2, spread: 3 * 2 ** 3, ticks: 4 ** 6 },
  { eps: 2 ** -60, fineWords: 3, spread: 3 * 2 ** 28, ticks: 4 ** 31 },
  { eps: 2 ** -100, fineWords: 4, spread: 3 * 2 ** 68, ticks: 4 ** 71 },
] as const;

describe("the reference", () => {
  test("takes a pair far apart through the macro-step at once", () => {
    const { system, particles } = pairAt(9);
    const pace = makePace(16, 0.2);
    const wanted = [0, 1].flatMap((i) => {
      const member = memberOf(system, particles, i);
      moveMember(system, 0, step, pace, member, { number: 0, level: 0 });
      return placeOf(system, member);
    });
    const log = new EventLog(3);
    expect(cluster_follow(system, pace, particles, [0, 1], step, log)).toEqual({ moves: 2, leaver: null });
    expect(log.length).toBe(0);
    expectSameWords(particles.place, wanted);
  });

  test("takes a pair in range in the finest sub-steps, and who is left alone in ones longer by and by", () => {
    const { system, particles } = pairAt(0, certainty);
    const pace = makePace(64, 0.2);
    const before = [0, 1].map((i) => memberOf(system, particles, i));
    const log = new EventLog(3);
    const { moves } = cluster_follow(system, pace, particles, [0, 1], step, log);
    // It rings in the first of 64 sub-steps.
    const [, , moment, survivor, vanished, ...place] = log.sorted();
    expect(log.length).toBe(1);
    expect(moment).toBeLessThan(2 ** 32 / 64);
    expect(particles.mass[survivor]).toBe(2);
    expect(particles.mass[vanished]).toBe(0);
    // The survivor goes on at 1, 2, 4, 8, 16 and 32.
    expect(moves).toBe(2 + 6);
    const member = before[survivor];
    moveMember(system, 0, step, pace, member, { number: 0, level: 6 });
    expect(place).toEqual(placeOf(system, member));
    member.mass = 2;
    for (const [k, level] of [6, 5, 4, 3, 2, 1].entries()) {
      moveMember(system, 0, step, pace, member, { number: 1 + k, level });
    }
    expect([...particles.place.subarray(3 * survivor, 3 * survivor + 3)]).toEqual(placeOf(system, member));
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

  /** Follows all clusters of a cloud, and replays each. */
  function expectReplayed(spec: CloudSpec, pace: Pace, k: number, most?: number) {
    const cloud = makeMultirate(spec);
    const system = { ...cloud.system, rate: never };
    const { particles } = cloud.replicas[0];
    const counted = { checked: 0, short: 0, long: 0 };
    for (const entries of anyClusters(particles.living, wordSource(spec.seed), most)) {
      const members = entries.map((i) => memberOf(system, particles, i));
      const moves = replay(system, pace, k, 0, step, members);
      if (moves === null) continue;
      const followed = cluster_follow(system, pace, particles, entries, step, new EventLog(spec.dimension));
      expect(followed).toEqual({ moves, leaver: null });
      const d = spec.dimension;
      const places = entries.map((i) => [...particles.place.subarray(d * i, d * (i + 1))]);
      expect(places).toEqual(members.map((member) => placeOf(system, member)));
      counted.checked++;
      if (moves < members.length * 2 ** pace.levels) counted.long++;
      if (moves > members.length) counted.short++;
    }
    return counted;
  }

  test("makes each member's sub-step as long as those close to it allow, and starts it at a multiple of its length", () => {
    const total = { checked: 0, short: 0, long: 0 };
    fc.assert(
      fc.property(
        anyCloud({ dead: 0, open: false }),
        anyTicks,
        fc.integer({ min: 1, max: 5 }),
        (spec, ticks, k) => {
          const particles = Math.max(16, spec.particles % 40);
          const counted = expectReplayed({ ...spec, particles }, makePace(ticks, 0.2, k), k);
          for (const name of ["checked", "short", "long"] as const) total[name] += counted[name];
        },
      ),
      { seed: 2, numRuns: 80 },
    );
    expect(total.checked).toBeGreaterThan(150);
    expect(total.long).toBeGreaterThan(50);
    expect(total.short).toBeGreaterThan(50);
  });

  test.each(refined)(
    "does so on a refined lattice, with eps $eps of the side",
    ({ eps, fineWords, spread, ticks }) => {
      let [checked, short] = [0, 0];
      for (const dimension of [2, 3, 4, 5]) {
        for (const seed of [1, 2, 3]) {
          const spec = { ...plain, dimension, eps, spread, seed, particles: 16, dead: 0 };
          const { multirate } = makeMultirate(spec).system;
          expect(multirate).toMatchObject({ fineWords });
          expect(multirate!.elapsedWords).toBeGreaterThan(1);
          const counted = expectReplayed(spec, makePace(ticks, 0.2, 3), 3, 4);
          short += counted.short;
          checked += counted.checked;
        }
      }
      expect(checked).toBeGreaterThan(30);
      expect(short).toBeGreaterThan(0.5 * checked);
    },
  );

  test.each(refined)(
    "lets who merges again do so at a later moment, however short sub-steps are, with eps $eps of the side",
    ({ eps, ticks }) => {
      // All at one place, where every pair in range rings: a quarter of them merge twice, and one four times, in a few sub-steps.
      const spec = { ...plain, ...certainty, eps, spread: 0, particles: 16, dead: 0, dimension: 2 };
      const { system, replicas } = makeMultirate(spec);
      const { particles } = replicas[0];
      particles.place.fill(12345);
      const log = new EventLog(2);
      cluster_follow(system, makePace(ticks, 0.2), particles, [...particles.id], step, log);
      const latest = new Map<number, number>();
      let again = 0;
      const rows = log.sorted();
      expect(log.length).toBe(15);
      for (let e = 0; e < log.length; e++) {
        const [, , moment, ...pair] = rows.subarray(e * log.width, e * log.width + 5);
        for (const id of pair) {
          if (latest.has(id)) again++;
          expect(moment).toBeGreaterThan(latest.get(id) ?? -1);
          latest.set(id, moment);
        }
      }
      expect(again).toBeGreaterThan(6);
    },
  );

  test("loses no mass, lets nobody who vanished react again, and logs all of it in order", () => {
    let events = 0;
    fc.assert(
      fc.property(anyCloud({ particles: 48, dead: 0 }), anyTicks, (spec, ticks) => {
        const { system, replicas } = makeMultirate(spec);
        const { particles } = replicas[0];
        const before = particles.mass.slice();
        const log = new EventLog(spec.dimension);
        for (const members of anyClusters(particles.living, wordSource(spec.seed))) {
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

describe("the reference sums up over pairs", () => {
  const pairs = { masses: 1, slabs: 1 };

  // Whatever sub-steps they take: intervals of a pair cover the macro-step once. Halves are rounded down, at most two for each move.
  test.each([
    { eps: 0.01, dimension: 3, spread: 3 },
    { eps: 0.01, dimension: 2, spread: 1 },
    { eps: 2 ** -35, dimension: 3, spread: 3 },
  ])("how long each lived, at any distance, with eps $eps of the side", (given) => {
    const spec = { ...plain, ...given, particles: 16, dead: 0, pairs };
    const { system, replicas } = makeMultirate(spec);
    const { particles } = replicas[0];
    const pace = makePace(13, 0.2);
    const sums = new PairSums(system.pairs!);
    // Only those near one another: nobody goes 20 eps in 13 ticks of 0.22 eps.
    const d = spec.dimension;
    const isCentral = (i: number) =>
      [...particles.place.subarray(d * i, d * (i + 1))].every(
        (x) => Math.abs(x | 0) <= spec.spread * spec.eps * 2 ** 32 + 1,
      );
    const members = [...particles.id.keys()].filter(isCentral);
    expect(members.length).toBeGreaterThan(8);
    const still = { ...system, rate: never };
    const { moves } = cluster_follow(still, pace, particles, members, step, new EventLog(d), sums);
    const units = 2 ** timeBits * 13 * ((members.length * (members.length - 1)) / 2);
    const lived = Number(sums.sums.reduce((a, b) => a + b));
    expect(lived).toBeLessThanOrEqual(units);
    expect(lived).toBeGreaterThan(units - 2 * moves * members.length);
    expect(moves).toBeGreaterThan(members.length);
  });

  test("the hazard of a pair until it rings, and half of its sub-step before that", () => {
    const { system, particles } = pairAt(0, { ...certainty, pairs: { masses: 1, slabs: 4 } });
    const sums = new PairSums(system.pairs!);
    const log = new EventLog(3);
    cluster_follow(system, makePace(64, 0.2), particles, [0, 1], step, log, sums);
    // The exponential deviate that decided; the pair is in the third slab of four.
    pairWords(words, system, 0, 0, 1, step, 0);
    const deviate = exponential(words[0]);
    const of = (first: number, length: number) => [...sums.sums.subarray(first, first + length)];
    const hazards = of(0, 4).map((sum) => Number(sum) / 2 ** hazardBits / deviate);
    expect(hazards[0]).toBe(0);
    expect(hazards[1] + hazards[2]).toBeCloseTo(2, 5);
    expect(hazards[3]).toBe(0);
    expect(of(4, 12)).toEqual(Array(12).fill(0n));
    // A finest sub-step: half of it at distance 0, half where it rang.
    const times = of(4 * 4, separationBins);
    expect(times[0]).toBeGreaterThanOrEqual(2n ** BigInt(timeBits - 1));
    expect(times.reduce((a, b) => a + b)).toBe(2n ** BigInt(timeBits));
  });
});

const width = progressFields.length;

interface FollowOptions {
  workgroupSize?: number;
  /** Invocations; by default one for each slot, more than there are clusters. */
  atATime?: number;
  /** By default all take a macro-step. */
  states?: readonly ReplicaState[];
  params?: Parameters;
  /** Members of a cluster at most. */
  most?: number;
  /** Events for which the device has room; by default so many that it never halts. */
  room?: number;
}

/**
 * Expects the same places, masses, events, moves and sums over pairs from both engines; returns how many events, sub-steps' moves, clusters, sums
 * above zero and halts there are.
 */
async function expectEqualEngines(
  cloud: Cloud,
  paces: readonly Pace[],
  { states = paces.map(() => "macro"), most, room, ...options }: FollowOptions = {},
): Promise<{ events: number; moves: number; clusters: number; summed: number; halts: number }> {
  const { system, id } = cloud;
  const { dimension: d, particles: n } = system;
  const next = wordSource(cloud.spec.seed);
  const [place, mass] = [cloud.place.slice(), cloud.mass.slice()];
  const rank = Uint32Array.from(mass, next);
  const rows = rowsOf(states, paces, next());
  const before = progressOf(rows);
  const log = new EventLog(d);
  const sums = system.pairs && cloud.replicas.map(() => new PairSums(system.pairs!));
  const firsts: Firsts = { pairs: [], larger: [] };
  const total = { events: 0, moves: 0, clusters: 0, summed: 0, halts: 0 };
  let [offender, beyond] = [noOffender as number, 0];
  for (const [r, { particles, slots }] of cloud.replicas.entries()) {
    if (rows[r].left === 0 || rows[r].macro === 0) continue;
    const moved = copyOf(particles);
    for (const members of anyClusters(particles.living, next, most)) {
      chain(
        rank,
        members.map((i) => slots[i]),
      );
      firsts[members.length === 2 ? "pairs" : "larger"].push(slots[members[0]]);
      total.clusters++;
      if (members.length > 2) beyond += members.length - 1;
      if (rows[r].overflow === 1) continue;
      const { moves, leaver } = cluster_follow(
        system,
        paces[r],
        moved,
        members,
        rows[r].step,
        log,
        sums?.[r],
      );
      rows[r].moves = (rows[r].moves + moves - members.length) % 2 ** 32;
      total.moves += moves;
      if (leaver !== null) offender = Math.min(offender, r * n + leaver);
    }
    slots.forEach((slot, i) => {
      place.set(moved.place.subarray(d * i, d * (i + 1)), d * slot);
      mass[slot] = moved.mass[i];
    });
  }
  total.events = log.length;
  const candidates = Math.floor(mass.length / 2);
  const state: Record<string, number> = {
    step: 77,
    firsts: candidates,
    pairs: firsts.pairs.length,
    larger: firsts.larger.length,
    beyond,
    offender: noOffender,
  };
  let after: Record<"place" | "mass" | "counters" | "progress" | "pair_sums", Uint32Array> = {
    place: cloud.place,
    mass: cloud.mass,
    counters: Uint32Array.from(counters, (name) => state[name] ?? 0),
    progress: before,
    pair_sums: new Uint32Array(2 * sizesOf(system).pairSums),
  };
  const proposers = listOf(firsts, { slots: mass.length, candidates }, next);
  const events = room === undefined ? {} : { events: new Uint32Array(room * (4 + d)) };
  const onGpu = new EventLog(d);
  // As the engine does, until everybody has been followed.
  for (let halted = 1; halted === 1; total.halts += halted) {
    const given = { ...after, ...events, id, rank, proposers };
    const now = await gpu.runStage("cluster_follow", system, given, options);
    const taken = now.counters[counters.indexOf("events")];
    for (let e = 0; e < taken; e++) {
      const [at, moment, survivor, vanished, ...where] = now.events.subarray(e * (4 + d), (e + 1) * (4 + d));
      onGpu.append(Math.floor(survivor / n), at, moment, survivor % n, vanished % n, Uint32Array.from(where));
    }
    halted = now.counters[counters.indexOf("halted")];
    for (const name of ["events", "halted"] as const) now.counters[counters.indexOf(name)] = 0;
    after = now;
  }
  expectSameWords(after.mass, mass, (slot) => `The mass of particle ${id[slot]}.`);
  expectSameWords(after.place, place, (at) => `Particle ${id[Math.floor(at / d)]}, axis ${at % d}.`);
  expectSameWords(
    after.progress,
    progressOf(rows),
    (at) => `Replica ${Math.floor(at / width)}, ${progressFields[at % width]}.`,
  );
  if (sums !== null) {
    const all = sums.flatMap((each) => [...each.sums]);
    expect(new BigUint64Array(after.pair_sums.buffer)).toEqual(BigUint64Array.from(all));
    total.summed = all.filter((sum) => sum > 0n).length;
  }
  // Where there are fewer invocations than clusters, or they run one after another, each takes up another until there is none.
  const [atATime, workgroupSize] = [options.atATime ?? mass.length, options.workgroupSize ?? 64];
  const invocations = Math.ceil(atATime / workgroupSize) * workgroupSize;
  const oneEach = total.clusters <= invocations && !onProcessor;
  if (total.halts === 0) state.followed = oneEach ? 0 : invocations + total.clusters;
  else state.followed = after.counters[counters.indexOf("followed")];
  Object.assign(state, { offender, roomy: total.clusters });
  expect([...after.counters]).toEqual(counters.map((name) => state[name] ?? 0));
  expectSameWords(onGpu.sorted(), log.sorted(), (at) => `Event ${Math.floor(at / log.width)}.`);
  return total;
}

/** One of each, and not all of all, each in one dimension, since each is another shader of seconds to compile. */
const kinds = [
  { form: "constant", model: "coagulation", open: false, replicas: 1 },
  { form: "sum", model: "annihilation", open: false, replicas: 3 },
  { form: "product", model: "coagulation", open: true, replicas: 4 },
  { form: "table", model: "coagulation", open: false, replicas: 2 },
  { form: "constant", model: "annihilation", open: true, replicas: 1 },
] as const;

const kindsOf = (dimension: number) => (dimension === 3 ? [kinds[3], kinds[1]] : [kinds[dimension % 5]]);

describe("the GPU follows clusters as the reference does", () => {
  test.each([2, 15, 16, 17, 64, 257].flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      const cloud = makeMultirate({ ...plain, particles, replicas, dead: 0 });
      const paces = [16, 5, 40].slice(0, replicas).map((ticks) => makePace(ticks, 0.2));
      const { events } = await expectEqualEngines(cloud, paces);
      if (particles > 16) expect(events).toBeGreaterThan(0);
    },
  );

  test.each([
    [7, 1],
    [7, 20],
    [7, 600],
    [64, 1],
    [64, 600],
  ])("with workgroups of %i, and %i invocations at a time or a few more", async (workgroupSize, atATime) => {
    const cloud = makeMultirate({ ...plain, particles: 300, replicas: 2, dead: 0 });
    const options = { workgroupSize, atATime };
    const paces = [makePace(4, 0.2), makePace(16, 0.2)];
    const { clusters } = await expectEqualEngines(cloud, paces, options);
    expect(clusters).toBeGreaterThan(64);
  });

  test.each([
    { room: 15, atATime: 5, leastHalts: 10 },
    { room: 15, atATime: 400, leastHalts: 10 },
    { room: 20, atATime: 20, most: 3, leastHalts: 5 },
    { room: 150, atATime: 400, leastHalts: 1 },
    { room: 150, atATime: 20, params: { uniform_events: 150 }, leastHalts: 2 },
    // Room for all clusters, but not for others besides.
    { room: 400, atATime: 20, params: { uniform_events: 390 }, leastHalts: 1 },
  ])(
    "with room for $room events, halting until the host has taken them, by $atATime invocations",
    async ({ leastHalts, ...given }) => {
      const cloud = makeMultirate({ ...plain, particles: 300, dead: 0, spread: 0.5 });
      cloud.system.rate = { form: "constant", table: Float32Array.of(3e36), size: 0 };
      const { events, halts } = await expectEqualEngines(cloud, [makePace(16, 0.2)], given);
      expect(events).toBeGreaterThan(60);
      expect(halts).toBeGreaterThanOrEqual(leastHalts);
    },
  );

  test.each([5, 400])(
    "and none of a replica that waits, is done or takes uniform steps, by %i invocations",
    async (atATime) => {
      const cloud = makeMultirate({ ...plain, particles: 64, replicas: 5, dead: 0 });
      const paces = [16, 16, 16, 4, 16].map((ticks) => makePace(ticks, 0.2));
      const states = ["overflowed", "macro", "done", "macro", "uniform"] as const;
      const { events } = await expectEqualEngines(cloud, paces, { states, atATime });
      expect(events).toBeGreaterThan(3);
    },
  );

  test("where every pair in range rings in every sub-step, most at the same time, so that ids decide", async () => {
    const cloud = makeMultirate({ ...plain, particles: 257, dead: 0, spread: 0.5 });
    cloud.system.rate = { form: "constant", table: Float32Array.of(3e36), size: 0 };
    const { events } = await expectEqualEngines(cloud, [makePace(16, 0.2)]);
    expect(events).toBeGreaterThan(100);
  });

  test.each([
    { dimension: 2, spread: 2, fineWords: 1, eps: 0.01, ticks: 16 },
    { dimension: 3, spread: 2, fineWords: 1, eps: 1e-4, ticks: 64 },
    { dimension: 4, spread: 5, fineWords: 1, eps: 0.19, ticks: 16 },
    { dimension: 5, spread: 1, fineWords: 1, eps: 0.01, ticks: 5 },
    { dimension: 2, spread: 6, fineWords: 2, eps: 2 ** -35, ticks: 4 ** 6 },
    { dimension: 3, spread: 2e8, fineWords: 3, eps: 2 ** -60, ticks: 4 ** 31 },
  ] as const)(
    "and sums up over pairs as it does, in dimension $dimension with eps $eps of the side",
    async ({ fineWords, ticks, ...given }) => {
      const cloud = makeMultirate({
        ...plain,
        ...given,
        particles: 64,
        replicas: 3,
        heaviest: 4,
        strength: 1000,
        potential: "poly2",
        pairs: { masses: 2, slabs: 8 },
      });
      expect(cloud.system.multirate).toMatchObject({ fineWords });
      const paces = [ticks, 5, 40].map((each) => makePace(each, 0.2, 3));
      const { events, summed } = await expectEqualEngines(cloud, paces, { atATime: 20, most: 8 });
      expect(events).toBeGreaterThan(3);
      expect(summed).toBeGreaterThan(30);
    },
  );

  test("through a thousand sub-steps", async () => {
    const cloud = makeMultirate({ ...plain, particles: 33, dead: 0, strength: 1 });
    const { events, moves } = await expectEqualEngines(cloud, [makePace(1024, 0.2)]);
    expect(events).toBeGreaterThan(0);
    expect(moves).toBeGreaterThan(2 * 1024);
  });

  // Not every dimension with every number of words, since each is a shader of seconds to compile.
  test.each([
    { ...refined[0], dimension: 3, model: "coagulation" },
    { ...refined[1], dimension: 2, model: "coagulation" },
    { ...refined[2], dimension: 3, model: "annihilation" },
  ] as const)(
    "on a lattice of $fineWords words in dimension $dimension",
    async ({ ticks, fineWords, ...given }) => {
      // Places that differ by a lattice unit or not at all.
      const spec = {
        ...plain,
        ...given,
        spread: given.spread / 4,
        strength: 1e5,
        particles: 64,
        replicas: 3,
      };
      const total = { events: 0, moves: 0 };
      for (const seed of [1, 2]) {
        const cloud = makeMultirate({ ...spec, seed });
        expect(cloud.system.multirate).toMatchObject({ fineWords });
        const paces = [ticks, ticks / 16, 5].map((each) => makePace(each, 0.2, 3));
        const { events, moves } = await expectEqualEngines(cloud, paces, { atATime: 20, most: 5 });
        total.events += events;
        total.moves += moves;
      }
      expect(total.events).toBeGreaterThan(10);
      expect(total.moves).toBeGreaterThan(1000);
    },
  );

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
          .tuple(anyCloud({ dimension }), fc.constantFrom(...kindsOf(dimension)))
          .map(([spec, kind]) => ({ ...spec, ...kind, eps: Math.max(spec.eps, 1e-4) })),
        fc.array(paceOfAny, { minLength: 4, maxLength: 4 }),
        async (spec, paces) => {
          const cloud = makeMultirate({ ...spec, particles: Math.min(65, spec.particles) });
          const { events, moves } = await expectEqualEngines(cloud, paces.slice(0, spec.replicas));
          all.events += events;
          all.moves += moves;
        },
      ),
      { seed: dimension, numRuns: 20 },
    );
    expect(all.events).toBeGreaterThan(40);
    expect(all.moves).toBeGreaterThan(1000);
  });
});
