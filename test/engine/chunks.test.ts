/** A run in pieces: replicas keep their trajectories, whoever is played beside them. */
import { afterAll, describe, expect, test } from "vitest";
import { CpuEngine } from "../../src/cpu/engine.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { simulate } from "../../src/simulate.ts";
import { caseOf } from "../../src/verify/cases.ts";
import { openForTests } from "../support/device.ts";

const open = await openForTests();
afterAll(() => open.release());

const strong = { particles: 200, Z: 8, alpha: { constant: 50 } };
const uniform = caseOf("uniform", { ...strong, steps: 80 }).scenario;
const multirate = caseOf("multirate", { ...strong, Z: 4, engine: "multirate", steps: 8000 }).scenario;

interface Seen {
  /** Rows of the event log, without the replica, by replica. */
  events: number[][][];
  /** Counts by observation and replica. */
  counts: number[][][];
  /** Masses and places in the end, by replica. */
  end: number[][];
}

async function play(kind: "cpu" | "gpu", scenario: Scenario, first: number, replicas: number): Promise<Seen> {
  const system = makeSystem({ ...scenario, replicas }, first);
  const engine = kind === "cpu" ? new CpuEngine(system) : await GpuEngine.create(system, open);
  try {
    const seen: Seen = {
      events: Array.from({ length: replicas }, () => []),
      counts: [],
      end: Array.from({ length: replicas }, () => []),
    };
    for (const tick of system.observeAt) {
      await engine.advance(tick);
      const counts = Array.from(await engine.countMasses());
      const columns = counts.length / replicas;
      seen.counts.push(
        Array.from({ length: replicas }, (_, r) => counts.slice(r * columns, (r + 1) * columns)),
      );
    }
    const log = new EventLog(system.dimension);
    await engine.takeEvents(log);
    const rows = log.sorted();
    for (let at = 0; at < rows.length; at += log.width) {
      const [replica, ...row] = rows.subarray(at, at + log.width);
      seen.events[replica].push(row);
    }
    const { id, mass, place } = await engine.snapshot();
    for (const [k, one] of id.entries()) {
      const own = place.subarray(system.dimension * k, system.dimension * (k + 1));
      seen.end[Math.floor(one / system.particles)].push(one % system.particles, mass[k], ...own);
    }
    return seen;
  } finally {
    engine.dispose();
  }
}

describe.each(["cpu", "gpu"] as const)("on the %s", (kind) => {
  test.each([uniform, multirate])(
    "replicas 0, 1 and 2, 3, 4 in two runs are those of one: $name",
    async (scenario) => {
      const [whole, front, back] = [
        await play(kind, scenario, 0, 5),
        await play(kind, scenario, 0, 2),
        await play(kind, scenario, 2, 3),
      ];
      expect(whole.events.every((rows) => rows.length > 5)).toBe(true);
      expect(new Set(whole.events.map((rows) => JSON.stringify(rows))).size).toBe(5);
      expect([...front.events, ...back.events]).toEqual(whole.events);
      expect(front.counts.map((counts, k) => [...counts, ...back.counts[k]])).toEqual(whole.counts);
      expect([...front.end, ...back.end]).toEqual(whole.end);
    },
  );

  test("replicas are told apart up to 2^32", async () => {
    const scenario = { ...uniform, particles: 60 };
    const last = await play(kind, scenario, 2 ** 32 - 1, 1);
    expect(last.end).not.toEqual((await play(kind, scenario, 2 ** 32 - 2, 1)).end);
    expect(last.end).toEqual((await play(kind === "cpu" ? "gpu" : "cpu", scenario, 2 ** 32 - 1, 1)).end);
  });
});

describe("simulate", () => {
  const scenario = { ...uniform, particles: 60 };

  test("takes the number of the first replica", async () => {
    const { count } = (await simulate({ ...scenario, replicas: 3 }, { engine: "cpu" }).result)
      .observations[1];
    const alone = await Promise.all(
      [0, 1, 2].map((firstReplica) => simulate(scenario, { engine: "cpu", firstReplica }).result),
    );
    const mean = alone.reduce((sum, { observations }) => sum + observations[1].count.mean, 0) / 3;
    expect(mean).toBeCloseTo(count.mean, 12);
    expect(new Set(alone.map(({ digest }) => digest)).size).toBe(3);
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])("refuses to begin with replica %s", (firstReplica) => {
    expect(() => simulate(scenario, { firstReplica })).toThrow(
      `firstReplica is ${firstReplica}, but must be an integer from 0 to 4294967295.`,
    );
  });
});
