/** Ghosts: who is one, where they are, and that nothing hangs on them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CpuEngine } from "../../src/cpu/engine.ts";
import type { Engine } from "../../src/engine.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import { type ClockSegment, settledAt, tickOf } from "../../src/model/pace.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { makeStart } from "../../src/model/start.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { digest } from "../../src/observe/digest.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { type Everybody, GhostWatch } from "../../src/observe/ghosts.ts";
import { caseOf } from "../../src/verify/cases.ts";
import { openForTests } from "../support/device.ts";

const open = await openForTests();
afterAll(() => open.release());

const crowd = { model: "annihilation", particles: 300, Z: 8, alpha: { constant: 50 }, replicas: 3 } as const;

/** The same system, looked at often and with ghosts. */
function scenarioOf(name: string, extra: Partial<Parameters<typeof caseOf>[1]>, steps: number): Scenario {
  const { scenario } = caseOf(name, { ...crowd, steps, ...extra });
  const end = scenario.observe.times.at(-1)!;
  return {
    ...scenario,
    observe: { times: [0, 0.1, 0.3, 0.6, 1].map((x) => x * end), masses: 1, ghosts: true },
  };
}

const scenarios = [
  scenarioOf("uniform", {}, 400),
  scenarioOf("multirate", { Z: 4, engine: "multirate" }, 20_000),
  scenarioOf(
    "two masses in the plane",
    { dimension: 2, Z: 90, engine: "multirate", initial: [{ mass: 1 }, { mass: 7 }] },
    400,
  ),
  scenarioOf("five dimensions", { dimension: 5, Z: 2, alpha: { constant: 1e4 } }, 60),
];

interface Haunted {
  system: System;
  all: Everybody[];
  events: Uint32Array;
  clock: ClockSegment[][];
  digest: string;
}

async function play(kind: Engine["kind"], scenario: Scenario, first = 0): Promise<Haunted> {
  const system = makeSystem(scenario, first);
  const engine = kind === "cpu" ? new CpuEngine(system) : await GpuEngine.create(system, open);
  try {
    const watch = new GhostWatch(system);
    for (const tick of system.observeAt) {
      await engine.advance(tick);
      await watch.see(engine);
    }
    const log = new EventLog(system.dimension);
    await engine.takeEvents(log);
    const events = log.sorted();
    const all = scenario.observe.ghosts === true ? await watch.end(engine, events) : [];
    return {
      system,
      all,
      events,
      clock: engine.clock(),
      digest: digest(system, events, await engine.snapshot()),
    };
  } finally {
    engine.dispose();
  }
}

const rowsOf = ({ events, system }: Haunted) =>
  Array.from({ length: events.length / (5 + system.dimension) }, (_, e) => [
    ...events.subarray(e * (5 + system.dimension), (e + 1) * (5 + system.dimension)),
  ]);

describe.each(scenarios)("$name", (scenario) => {
  let reference: Haunted;
  beforeAll(async () => {
    reference = await play("cpu", scenario);
  });

  test("ghosts are those who have annihilated by then", async () => {
    const played = reference;
    const { system, all, clock } = played;
    expect(rowsOf(played).length).toBeGreaterThan(60);
    for (const [k, { alive }] of all.entries()) {
      const dead = rowsOf(played).flatMap(([replica, step, , survivor, vanished]) =>
        tickOf(clock[replica], step + 1) <= system.observeAt[k]
          ? [replica * system.particles + survivor, replica * system.particles + vanished]
          : [],
      );
      expect([...alive.keys()].filter((one) => alive[one] === 0)).toEqual(dead.sort((a, b) => a - b));
    }
    expect(all[0].alive.every((mark) => mark === 1)).toBe(true);
    expect(all[0].place).toEqual(Uint32Array.from([0, 1, 2].flatMap((r) => [...makeStart(system, r).place])));
  });

  test("a pair is where it died: within eps of each other, the one of lower id where the log says", async () => {
    const played = reference;
    const { dimension: d, particles: n, eps, side } = played.system;
    const engine = new CpuEngine(played.system);
    for (const tick of played.system.observeAt) await engine.advance(tick);
    const graves = await engine.everybody();
    for (const [replica, , , survivor, vanished, ...place] of rowsOf(played)) {
      const [one, other] = [survivor, vanished].map((i) => {
        const at = d * (replica * n + i);
        return [...graves.subarray(at, at + d)];
      });
      expect(one).toEqual(place);
      const apart = Math.hypot(...one.map((x, k) => (((x - other[k]) | 0) / 2 ** 32) * side));
      // Places were rounded to the lattice.
      expect(apart).toBeLessThan(eps + side * 2 ** -30);
    }
  });

  test("the GPU has the same ghosts", async () => {
    const [cpu, gpu] = [reference, await play("gpu", scenario)];
    expect(gpu.all).toEqual(cpu.all);
    expect(gpu.digest).toBe(cpu.digest);
  });

  test("the run is the same without them", async () => {
    const { ghosts, ...observe } = scenario.observe;
    expect((await play("gpu", { ...scenario, observe })).digest).toBe(reference.digest);
  });

  test("they are the same in runs of fewer replicas", async () => {
    const whole = reference;
    const back = await play("gpu", { ...scenario, replicas: 2 }, 1);
    const { dimension: d, particles: n } = whole.system;
    for (const [k, { place, alive }] of back.all.entries()) {
      expect(place).toEqual(whole.all[k].place.subarray(d * n));
      expect(alive).toEqual(whole.all[k].alive.subarray(n));
    }
  });
});

describe("the tick to which a pair's places belong", () => {
  const clock: ClockSegment[] = [
    { step: 0, tick: 0, ticks: 1, levels: 0 },
    { step: 10, tick: 10, ticks: 96, levels: 7 },
  ];

  test("is the end of a uniform step", () => {
    expect(settledAt(clock, 3, 0)).toBe(4);
    expect(settledAt(clock, 3, 2 ** 32 - 1)).toBe(4);
  });

  test("is the end of the finest sub-step", () => {
    expect(settledAt(clock, 11, 0)).toBe(106.75);
    expect(settledAt(clock, 11, 2 ** 25 - 1)).toBe(106.75);
    expect(settledAt(clock, 11, 2 ** 25)).toBe(107.5);
  });
});
