import { describe, expect, test } from "vitest";
import { tickOf } from "../../src/model/pace.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeStart } from "../../src/model/start.ts";
import type { System } from "../../src/model/system.ts";
import { historyOf } from "../../src/observe/history.ts";
import { estimate, Tally } from "../../src/observe/statistics.ts";
import { simulate } from "../../src/simulate.ts";

const scenarios = {
  "coagulation, uniform steps": { model: "coagulation", engine: "uniform" },
  "coagulation, multirate": { model: "coagulation", engine: "multirate" },
  "annihilation of several masses": {
    model: "annihilation",
    engine: "multirate",
    initial: [
      { mass: 1, weight: 2 },
      { mass: 3, weight: 1 },
    ],
  },
} as const;

async function played(changes: (typeof scenarios)[keyof typeof scenarios]) {
  const scenario = parseScenario({
    ...structuredClone(changes),
    particles: 200,
    Z: 12,
    alpha: { constant: 50 },
    observe: { times: [0, 0.001, 0.004], masses: 5 },
    replicas: 3,
  });
  const run = simulate(scenario, { engine: "cpu" });
  const { observations } = await run.result;
  return { system: run.system, observations, events: await run.events, clock: await run.clock };
}

/** Masses of all particles of a replica just after each of its events, beside the tick of the event's moment. */
function* states(system: System, { events, clock }: Awaited<ReturnType<typeof played>>, replica: number) {
  const mass = makeStart(system, replica).mass;
  yield { tick: 0, reacted: null, mass };
  for (let at = 0; at < events.length; at += 5 + system.dimension) {
    if (events[at] !== replica) continue;
    const [, step, moment, s, v] = events.subarray(at, at + 5);
    const reacted = [mass[s], mass[v]].sort((a, b) => a - b);
    mass[s] = system.annihilation ? 0 : mass[s] + mass[v];
    mass[v] = 0;
    yield { tick: tickOf(clock[replica], step + moment * 2 ** -32), reacted, mass };
  }
}

describe.each(Object.entries(scenarios))("the history of %s", (_, changes) => {
  test("has at observations the counts of the engine, and keeps the mass", async () => {
    const run = await played(changes);
    const { system, observations } = run;
    const ticks = system.observeAt;
    const request = { ticks, spectrumTicks: new Set(ticks), pairMasses: 5 };
    const { moments, spectra } = historyOf(system, run.events, run.clock, request);
    expect(run.events.length / (5 + system.dimension)).toBeGreaterThan(50);
    for (const [k, { count, masses }] of observations.entries()) {
      expect(moments[k].sums[0].mean).toBeCloseTo(count.mean, 12);
      expect(moments[k].sums[0].se).toBeCloseTo(count.se!, 12);
      if (!system.annihilation) expect(moments[k].sums[1].mean).toBeCloseTo(1, 12);
      const spectrum = new Map(spectra[k].masses.map(({ mass, ...told }) => [mass, told]));
      for (const { mass, mean, se } of masses) {
        expect(spectrum.get(mass)?.mean ?? 0).toBeCloseTo(mean, 12);
        expect(spectrum.get(mass)?.se ?? 0).toBeCloseTo(se!, 12);
      }
      const total = spectra[k].masses.reduce((sum, { mean }) => sum + mean, 0);
      expect(total).toBeCloseTo(count.mean, 12);
    }
  });

  test("has moments, events by pair and the time of pairs as counted one by one", async () => {
    const run = await played(changes);
    const { system } = run;
    const end = system.observeAt.at(-1)!;
    const request = { ticks: [0, end], spectrumTicks: new Set<number>(), pairMasses: 3 };
    const { moments, pairs, spectra } = historyOf(system, run.events, run.clock, request);
    expect(spectra).toEqual([]);
    expect(pairs.map(({ n, m }) => `${n}${m}`)).toEqual(["11", "12", "22", "13", "23", "33"]);
    const ends: Uint32Array[] = [];
    for (let replica = 0; replica < system.replicas; replica++) {
      const expected = new Map(pairs.map(({ n, m }) => [`${n}${m}`, { events: 0, pairTime: 0 }]));
      let before = { tick: 0, living: new Map<number, number>() };
      const pass = (tick: number) => {
        for (const { n, m } of pairs) {
          const [a, b] = [before.living.get(n) ?? 0, before.living.get(m) ?? 0];
          const count = n === m ? (a * (a - 1)) / 2 : a * b;
          expected.get(`${n}${m}`)!.pairTime += count * (tick - before.tick) * system.dt;
        }
      };
      for (const { tick, reacted, mass } of states(system, run, replica)) {
        pass(tick);
        const pair = reacted && expected.get(reacted.join(""));
        if (pair) pair.events++;
        const living = new Map<number, number>();
        for (const one of mass) living.set(one, (living.get(one) ?? 0) + 1);
        before = { tick, living };
        if (ends.length === replica) ends.push(mass);
      }
      pass(end);
      for (const { n, m, events, pairTime } of pairs) {
        const told = expected.get(`${n}${m}`)!;
        expect(events[replica]).toBe(told.events);
        expect(pairTime[replica]).toBeCloseTo(told.pairTime, 9);
      }
    }
    const second = ends.map((mass) => mass.reduce((sum, one) => sum + one * one, 0) / system.particles);
    const largest = ends.map((mass) => Math.max(...mass));
    const start = Array.from({ length: 3 }, (_, r) => makeStart(system, r).mass.reduce((a, b) => a + b));
    expect(moments[1].sums[2].mean).toBeCloseTo(estimate(second).mean, 9);
    expect(moments[1].sums[2].se).toBeCloseTo(estimate(second).se!, 9);
    expect(moments[1].largest.mean).toBeCloseTo(estimate(largest).mean, 9);
    expect(moments[1].gelShare.mean).toBeCloseTo(estimate(largest.map((m, r) => m / start[r])).mean, 9);
  });
});

test("a tally of values that come one by one is their estimate", () => {
  const values = [1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 - 3];
  const tally = new Tally();
  for (const [k, value] of values.entries()) {
    tally.add(value);
    const { mean, se } = tally.estimate();
    const expected = estimate(values.slice(0, k + 1));
    expect(mean).toBeCloseTo(expected.mean, 6);
    if (k === 0) expect(se).toBeNull();
    else expect(se).toBeCloseTo(expected.se!, 6);
  }
});
