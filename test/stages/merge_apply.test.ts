import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { merge_apply, momentOf, wholeStep } from "../../src/cpu/merge_apply.ts";
import { merge_resolve } from "../../src/cpu/merge_resolve.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { toBits } from "../../src/exact/single.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { sizesOf } from "../../src/sizes.ts";
import { buffers, counters, noOffender } from "../../src/stages.ts";
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
  type Steps,
  shuffled,
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
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const step = 11;
const total = (mass: Uint32Array) => mass.reduce((sum, m) => sum + m, 0);
const copyOf = (particles: Particles): Particles => ({ ...particles, mass: particles.mass.slice() });

/** Two particles of these masses. */
function couple(masses: [number, number], spec: Partial<CloudSpec> = {}) {
  const { system, replicas } = makeCloud({ ...plain, particles: 2, dead: 0, ...spec });
  return { system, particles: { ...replicas[0].particles, mass: Uint32Array.from(masses) } };
}

describe("the reference", () => {
  const match = { i: 0, j: 1, time: 0.25 };

  test("gives the survivor the whole mass where it is, and logs who, when and where", () => {
    const { system, particles } = couple([2, 5]);
    const log = new EventLog(3);
    merge_apply(system, particles, step, [match], log);
    expect([...particles.mass].sort()).toEqual([0, 7]);
    const survivor = particles.mass[0] === 7 ? 0 : 1;
    const place = particles.place.subarray(3 * survivor, 3 * survivor + 3);
    expect([...log.sorted()]).toEqual([0, step, 2 ** 30, survivor, 1 - survivor, ...place]);
  });

  test("logs the moment in 2^-32 of the step, rounded down, and none at its very end", () => {
    expect(momentOf(0.75, wholeStep)).toBe(3 * 2 ** 30);
    expect(momentOf(2 ** -33, wholeStep)).toBe(0);
    expect(momentOf(1, wholeStep)).toBe(2 ** 32 - 1);
    const third = { ...wholeStep, start: 2 ** 31, length: 2 ** 30 };
    expect(momentOf(0, third)).toBe(2 ** 31);
    expect(momentOf(0.5, third)).toBe(2 ** 31 + 2 ** 29);
    expect(momentOf(1, third)).toBe(2 ** 31 + 2 ** 30 - 1);
    // As of a sub-step of no more than a moment, whenever in it the pair rings.
    for (const time of [0, 0.999, 1]) expect(momentOf(time, { ...third, length: 1 })).toBe(2 ** 31);
  });

  test("logs no moment before the earliest or after the latest that the sub-step may have", () => {
    const late = {
      ...wholeStep,
      start: 2 ** 32 - 16,
      length: 16,
      earliest: 2 ** 32 - 8,
      latest: 2 ** 32 - 3,
    };
    expect(momentOf(0.25, late)).toBe(2 ** 32 - 8);
    expect(momentOf(0.75, late)).toBe(2 ** 32 - 4);
    expect(momentOf(1, late)).toBe(2 ** 32 - 3);
  });

  test("draws who survives anew in every sub-step", () => {
    const survivors = (number: number) =>
      Array.from({ length: 64 }, (_, step) => {
        const { system, particles } = couple([1, 1]);
        merge_apply(system, particles, step, [match], new EventLog(3), { ...wholeStep, number });
        return particles.mass[0];
      });
    expect(survivors(1)).toEqual(survivors(1));
    expect(survivors(1)).not.toEqual(survivors(2));
  });

  test("lets neither survive an annihilation, and logs it with the lower id first", () => {
    const { system, particles } = couple([2, 5], { model: "annihilation" });
    const log = new EventLog(3);
    merge_apply(system, particles, step, [match], log);
    expect([...particles.mass]).toEqual([0, 0]);
    expect([...log.sorted().subarray(3, 5)]).toEqual([0, 1]);
  });

  test("is strict: a particle that coagulates twice is an error", () => {
    const { system, replicas } = makeCloud({ ...plain, particles: 3, dead: 0, model: "annihilation" });
    const twice = [match, { i: 1, j: 2, time: 0.5 }];
    expect(() => merge_apply(system, replicas[0].particles, step, twice, new EventLog(3))).toThrow(
      "twice in step 11",
    );
  });

  test("lets a particle survive as often as its share of the mass says", () => {
    const { system, particles } = couple([1, 3]);
    const n = 20000;
    let first = 0;
    for (let step = 0; step < n; step++) {
      particles.mass.set([1, 3]);
      merge_apply(system, particles, step, [match], new EventLog(3));
      if (particles.mass[0] === 4) first++;
    }
    // Five standard deviations: a false alarm in 2 million seeds, and this one is fixed.
    expect(Math.abs(first / n - 1 / 4)).toBeLessThan(5 * Math.sqrt(3 / 16 / n));
  });
});

interface Merged {
  mass: Uint32Array;
  events: number[][];
}

/** The reference's masses by slot and its log, each row as the GPU writes it: step, moment, survivor, vanished, place. */
function byReference(cloud: Cloud, matches: ReturnType<typeof merge_resolve>[], steps: Steps): Merged {
  const { system } = cloud;
  const mass = cloud.mass.slice();
  const log = new EventLog(system.dimension);
  for (const [r, { particles, slots }] of cloud.replicas.entries()) {
    const merged = copyOf(particles);
    merge_apply(system, merged, steps[r] ?? 0, matches[r], log);
    slots.forEach((slot, i) => {
      mass[slot] = merged.mass[i];
    });
  }
  const sorted = log.sorted();
  const events = Array.from({ length: log.length }, (_, e) => {
    const [replica, ...row] = sorted.subarray(e * log.width, (e + 1) * log.width);
    const first = replica * system.particles;
    return [row[0], row[1], first + row[2], first + row[3], ...row.slice(4)];
  });
  return { mass, events };
}

/** Expects the same masses and events from both engines; returns how many events there are. `rows`: of a multirate run. */
async function expectEqualEngines(cloud: Cloud, rows: readonly ProgressRow[] | null = null): Promise<number> {
  const { system, place, mass, id } = cloud;
  const steps = rows?.map(uniformStepOf) ?? cloud.replicas.map(() => step);
  const candidates = candidatesOf(cloud, cellListOf(cloud), steps);
  const matches = cloud.replicas.map(({ particles }, r) => merge_resolve(candidates[r], particles.id));
  const wanted = byReference(cloud, matches, steps);

  const next = wordSource(cloud.spec.seed);
  const best = Uint32Array.from({ length: 2 * mass.length }, next);
  const proposers = [...proposalsOf(cloud, candidates).keys()];
  for (const slot of proposers) best[2 * slot + 1] = 0x7fffffff;
  for (const [r, { slots }] of cloud.replicas.entries()) {
    for (const { i, j, time } of matches[r]) {
      best.set([toBits(time), slots[j] + 0x80000000], 2 * slots[i]);
      best.set([toBits(time), slots[i] + 0x80000000], 2 * slots[j]);
    }
  }
  const proposerList = new Uint32Array(mass.length);
  proposerList.set(shuffled(proposers.length, next).map((k) => proposers[k]));
  // As many events as fit are there already.
  const before = mass.length - wanted.events.length;
  const width = 4 + system.dimension;
  const events = new Uint32Array(mass.length * width).fill(0xdead);
  const state: Record<string, number> = {
    step,
    proposers: proposers.length,
    events: before,
    offender: noOffender,
  };
  const after = await gpu.runStage("merge_apply", system, {
    place,
    mass,
    id,
    best,
    proposers: proposerList,
    events,
    counters: Uint32Array.from(counters, (name) => state[name] ?? 0),
    progress: progressOf(rows ?? []),
  });
  expectSameWords(after.mass, wanted.mass, (slot) => `The mass of particle ${id[slot]}.`);
  const logged = Array.from({ length: wanted.events.length }, (_, e) =>
    Array.from(after.events.subarray((before + e) * width, (before + e + 1) * width)),
  );
  const byIds = (a: number[], b: number[]) => Math.min(a[2], a[3]) - Math.min(b[2], b[3]);
  expect(logged.sort(byIds)).toEqual(wanted.events.sort(byIds));
  expectSameWords(after.events.subarray(0, before * width), events.subarray(0, before * width));
  // Of a multirate run `step_end` ends the step, and the log always has room.
  const ended = rows === null ? { step: step + 1, halted: mass.length > 1 ? 1 : 0 } : {};
  const counted: Record<string, number> = { ...state, events: mass.length, ...ended };
  expect([...after.counters]).toEqual(counters.map((name) => counted[name] ?? 0));

  // No mass is lost, and each event explains one particle that is no longer there (or two).
  const lost = mass.filter((m, slot) => m !== 0 && after.mass[slot] === 0).length;
  expect(lost).toBe(wanted.events.length * (system.annihilation ? 2 : 1));
  if (!system.annihilation) expect(total(after.mass)).toBe(total(mass));
  return wanted.events.length;
}

describe("the GPU merges, logs and counts as the reference does", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      const cloud = makeCloud({ ...plain, particles, replicas, dead: 0, strength: 1000 });
      const events = await expectEqualEngines(cloud);
      if (particles > 1) expect(events).toBeGreaterThan(particles / 4);
    },
  );

  test.each([2, 3, 4, 5])("for clouds of any kind, in dimension %i", async (dimension) => {
    let events = 0;
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension }), async (spec) => {
        events += await expectEqualEngines(makeCloud(spec));
      }),
      { seed: dimension, numRuns: 40 },
    );
    expect(events).toBeGreaterThan(100);
  });

  test("for masses whose sum nearly reaches 2^31", async () => {
    const cloud = makeCloud({ ...plain, particles: 257, replicas: 4, dead: 0, strength: 1000 });
    const next = wordSource(4);
    // The survivor is chosen from masses alone, so they may be beyond those of the rate's table once the pairs are known.
    const rate = cloud.system.rate;
    expect(rate.form).toBe("constant");
    const heavy = (mass: Uint32Array) =>
      mass.map((m) => (m === 0 ? 0 : 2 ** 30 - 1 - ((next() >>> (next() % 31)) >>> 2)));
    cloud.mass.set(heavy(cloud.mass));
    for (const { particles, slots } of cloud.replicas)
      particles.mass.set(slots.map((slot) => cloud.mass[slot]));
    expect(await expectEqualEngines(cloud)).toBeGreaterThan(257);
  });
});

describe("the GPU in a multirate run", () => {
  test("merges in each replica what has rung in its own uniform step, and in no other replica", async () => {
    const sum = { events: 0, idle: 0 };
    await fc.assert(
      fc.asyncProperty(
        anyCloud({ dimension: 3, form: "constant", open: false }),
        anyStates,
        async (spec, states) => {
          const cloud = makeMultirate({ ...spec, strength: 1000 });
          const rows = rowsOf(states, pacesFor(spec.replicas), spec.seed);
          sum.events += await expectEqualEngines(cloud, rows);
          sum.idle += rows.filter((row) => uniformStepOf(row) === null).length;
        },
      ),
      { seed: 9, numRuns: 25 },
    );
    expect(sum.events).toBeGreaterThan(100);
    expect(sum.idle).toBeGreaterThan(15);
  });
});

describe("the step on the GPU", () => {
  const endOfStep = async (state: Record<string, number>) => {
    const { system, place, mass, id } = makeCloud(plain);
    const before = Uint32Array.from(counters, (name) => state[name] ?? 0);
    const after = await gpu.runStage("merge_apply", system, { place, mass, id, counters: before });
    expectSameWords(after.mass, mass);
    return Object.fromEntries(counters.map((name, k) => [name, after.counters[k]]));
  };

  test("ends, and with it the run if somebody left the box", async () => {
    expect(await endOfStep({ step: 4, offender: noOffender })).toMatchObject({ step: 5, halted: 0 });
    expect(await endOfStep({ step: 4, offender: 3 })).toMatchObject({ step: 5, halted: 1 });
    expect(await endOfStep({ step: 5, offender: 3, halted: 1 })).toMatchObject({ step: 5, halted: 1 });
  });

  test("halts the run where the events of another step might not fit", async () => {
    const { system } = makeCloud(plain);
    const rows = Math.floor(buffers.events(sizesOf(system)) / (4 + system.dimension));
    const mostOfStep = Math.floor(system.particles / 2);
    const state = { step: 4, offender: noOffender, events: rows - mostOfStep };
    expect(state.events).toBeGreaterThan(0);
    expect(await endOfStep(state)).toMatchObject({ step: 5, halted: 0 });
    expect(await endOfStep({ ...state, events: state.events + 1 })).toMatchObject({ step: 5, halted: 1 });
  });
});
