import { describe, expect, test } from "vitest";
import { CpuEngine } from "../../src/cpu/engine.ts";
import { fragment, settle, splitMoment } from "../../src/cpu/fragment.ts";
import type { Candidate } from "../../src/cpu/pair_search.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { Replica } from "../../src/cpu/replica.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { counters, noOffender } from "../../src/stages.ts";
import { expectStandardNormal } from "../physics/support.ts";
import { openTestGpu } from "../support/gpu.ts";
import { wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const weights = [10, 20, 5, 10, 8, 3];
const systemOf = (changes: Partial<ScenarioInput> = {}) =>
  makeSystem(
    parseScenario({
      particles: 300,
      Z: 30,
      alpha: { constant: 20 },
      fragmentation: { weights },
      engine: { kind: "uniform", step: 0.1 },
      observe: { times: [0.02] },
      ...changes,
    }),
  );

/** The replicas of a system after so many steps, and the step. */
async function stateAfter(system: System, steps: number) {
  const engine = new CpuEngine(system);
  await engine.advance(steps);
  const state = await engine.state();
  return Array.from(
    { length: system.replicas },
    (_, r) => new Replica(system, r, new EventLog(system.dimension), state).particles,
  );
}

/** A living particle with those it has taken up, who are on its circle. */
function circleOf({ next }: Particles, id: number): number[] {
  const circle = [id];
  for (let one = next[id]; one !== id; one = next[one]) circle.push(one);
  return circle;
}

function expectCircles(particles: Particles): void {
  const { living, mass, id } = particles;
  const seen = new Set<number>();
  for (let i = 0; i < living; i++) {
    const circle = circleOf(particles, id[i]);
    expect(circle).toHaveLength(mass[i]);
    for (const one of circle) seen.add(one);
  }
  expect(seen.size).toBe(id.length);
}

describe("the reference", () => {
  const system = systemOf();

  test("keeps the mass, and everybody on one circle, as large as its living particle is heavy", async () => {
    const [particles] = await stateAfter(system, 300);
    expectCircles(particles);
    let splits = 0;
    for (let step = 300; step < 320; step++) {
      const log = new EventLog(3);
      if (fragment(system, particles, step, [], log)) settle(particles);
      splits += log.length;
      expectCircles(particles);
      expect(particles.mass.reduce((a, b) => a + b)).toBe(300);
      expect([...particles.id.subarray(0, particles.living)]).toEqual(
        [...particles.id.subarray(0, particles.living)].sort((a, b) => a - b),
      );
    }
    expect(splits).toBeGreaterThan(20);
  });

  test("puts who leaves within eps of who stays, and logs him at his place and the end of the step", async () => {
    const [particles] = await stateAfter(system, 300);
    const before = new Map(Array.from(particles.id, (id, entry) => [id, particles.mass[entry]]));
    const log = new EventLog(3);
    fragment(system, particles, 300, [], log);
    expect(log.length).toBeGreaterThan(0);
    const entryOf = new Map(Array.from(particles.id, (id, entry) => [id, entry]));
    for (let e = 0; e < log.length; e++) {
      const [, step, moment, stays, leaves, ...place] = log.rows.subarray(e * log.width, (e + 1) * log.width);
      const [i, j] = [entryOf.get(stays)!, entryOf.get(leaves)!];
      expect([step, moment]).toEqual([300, splitMoment]);
      expect(before.get(leaves)).toBe(0);
      expect(before.get(stays)).toBe(particles.mass[i] + particles.mass[j]);
      expect(place).toEqual([...particles.place.subarray(3 * j, 3 * j + 3)]);
      const apart = place.map((x, k) => ((x - particles.place[3 * i + k]) | 0) / 2 ** 32);
      expect(Math.hypot(...apart)).toBeLessThan(system.eps * (1 + 1e-6));
    }
  });

  test("lets nobody split who coagulates in the same step, nor who is of mass 1", async () => {
    const [particles] = await stateAfter(system, 300);
    const all: Candidate[] = Array.from({ length: particles.living - 1 }, (_, i) => ({
      i,
      j: i + 1,
      time: 0,
    }));
    expect(fragment(system, particles, 300, all, new EventLog(3))).toBe(false);
    const [single] = await stateAfter(system, 0);
    expect(fragment(system, single, 0, [], new EventLog(3))).toBe(false);
  });

  // False alarm 5e-5, steps of seed 1. A radius has the law P(r < x eps) = x^3, so that its cube is uniform.
  test("splits as often as detailed balance says, into all parts, anywhere in the ball (stochastic)", async () => {
    const mass = 5;
    const heavy = systemOf({ particles: mass, Z: mass / 10, fragmentation: { weights: [9, 7, 3, 5, 2] } });
    const K = heavy.fragmentation!.heaviest;
    const row = [...heavy.fragmentation!.thresholds.subarray(mass * K, (mass + 1) * K)].map(
      (t) => t / 2 ** 32,
    );
    const p = row.map((sum, n) => sum - (row[n - 1] ?? 0));
    const w = [9, 7, 3, 5, 2];
    const range = (n: number, m: number) =>
      1 - Math.exp(-heavy.rate.table[(n - 1) * K + m - 1] * heavy.potential[0]);
    for (let n = 1; n < mass; n++) {
      const [stays, leaves] = [w[n - 1], w[mass - n - 1]];
      // |ball| eps^3 over the weight eps.
      const wanted =
        ((n / mass) * range(n, mass - n) * (4 / 3) * Math.PI * heavy.eps ** 2 * stays * leaves) / w[4];
      expect(p[n - 1] / wanted).toBeCloseTo(1, 5);
    }
    const trials = 200_000;
    const seen = new Array<number>(mass).fill(0);
    let [cubes, first] = [0, 0];
    for (let step = 0; step < trials; step++) {
      const particles: Particles = {
        replica: 0,
        living: 1,
        place: new Uint32Array(3 * mass),
        mass: Uint32Array.of(mass, 0, 0, 0, 0),
        id: Uint32Array.of(0, 1, 2, 3, 4),
        next: Uint32Array.of(1, 2, 3, 4, 0),
      };
      const log = new EventLog(3);
      if (!fragment(heavy, particles, step, [], log)) continue;
      seen[particles.mass[0]]++;
      const place = [...log.rows.subarray(5, 8)].map((x) => (x | 0) / 2 ** 32 / heavy.eps);
      cubes += Math.hypot(...place) ** 3 - 1 / 2;
      first += place[0];
    }
    const total = seen.reduce((a, b) => a + b);
    const scores = seen
      .slice(1)
      .map((count, k) => [
        `mass ${k + 1} stays`,
        (count - trials * p[k]) / Math.sqrt(trials * p[k] * (1 - p[k])),
      ]);
    expectStandardNormal({
      ...Object.fromEntries(scores),
      radius: cubes / Math.sqrt(total / 12),
      // A coordinate has variance 1/5.
      direction: first / Math.sqrt(total / 5),
    });
  });
});

describe("the GPU splits as the reference does", () => {
  test.each<[string, Partial<ScenarioInput>]>([
    ["in space", {}],
    ["in the plane, three replicas", { dimension: 2, particles: 100, Z: 30, replicas: 3 }],
    [
      "in five dimensions",
      {
        dimension: 5,
        particles: 200,
        Z: 1.5,
        alpha: { constant: 500 },
        fragmentation: { weights: [1, 1, 1, 1] },
      },
    ],
  ])("%s", async (_, changes) => {
    const system = systemOf(changes);
    const { particles: n, dimension: d, replicas } = system;
    const step = Math.min(200, system.observeAt[0]);
    const states = await stateAfter(system, step);
    const next = wordSource(5);
    // By id: a slot each. Some are matched, the rest is what earlier steps left.
    const slots = n * replicas;
    const [mass, place, circles] = [slots, slots * d, slots].map((length) => new Uint32Array(length));
    const best = Uint32Array.from({ length: 2 * slots }, (_, k) => (k % 2 === 0 ? next() : next() >>> 1));
    const matches = states.map((particles, r) => {
      const matched: Candidate[] = [];
      for (const [entry, id] of particles.id.entries()) {
        const slot = r * n + id;
        mass[slot] = particles.mass[entry];
        place.set(particles.place.subarray(d * entry, d * (entry + 1)), d * slot);
        circles[slot] = r * n + particles.next[id];
        if (entry < particles.living && next() % 4 === 0) {
          matched.push({ i: entry, j: entry, time: 0 });
          best[2 * slot + 1] |= 0x80000000;
        } else if (entry >= particles.living && next() % 4 === 0) best[2 * slot + 1] |= 0x80000000;
      }
      return matched;
    });
    const state: Record<string, number> = { step, offender: noOffender };
    const written = await gpu.runStage("fragment", system, {
      ...{ mass, place, best, next: circles },
      id: Uint32Array.from({ length: slots }, (_, id) => id),
      counters: Uint32Array.from(counters, (name) => state[name] ?? 0),
    });
    const log = new EventLog(d);
    for (const [r, particles] of states.entries()) {
      if (fragment(system, particles, step, matches[r], log)) settle(particles);
      for (let entry = 0; entry < n; entry++) {
        const slot = r * n + particles.id[entry];
        expect([slot, written.mass[slot]]).toEqual([slot, particles.mass[entry]]);
        expect(written.next[slot] - r * n).toBe(particles.next[particles.id[entry]]);
        if (entry >= particles.living) continue;
        expect([...written.place.subarray(d * slot, d * (slot + 1))]).toEqual([
          ...particles.place.subarray(d * entry, d * (entry + 1)),
        ]);
      }
    }
    const events = written.counters[counters.indexOf("events")];
    expect(events).toBe(log.length);
    expect(events).toBeGreaterThan(0);
    const device = new EventLog(d);
    for (let e = 0; e < events; e++) {
      const [when, moment, stays, leaves, ...where] = written.events.subarray(e * (4 + d), (e + 1) * (4 + d));
      device.append(Math.floor(stays / n), when, moment, stays % n, leaves % n, Uint32Array.from(where));
    }
    expect(device.sorted()).toEqual(log.sorted());
  });
});
