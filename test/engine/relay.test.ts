/** A run handed from one engine to another between epochs ends as one that is never interrupted: the state is all that decides. */
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { CpuEngine } from "../../src/cpu/engine.ts";
import type { Engine, EngineState } from "../../src/engine.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { digest } from "../../src/observe/digest.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { verifyCases } from "../../src/verify/cases.ts";
import { openForTests } from "../support/device.ts";

const open = await openForTests();
afterAll(() => open.release());

type Kind = "cpu" | "gpu";

const engineOn = async (kind: Kind, system: System, state?: EngineState): Promise<Engine> =>
  kind === "cpu" ? new CpuEngine(system, state) : GpuEngine.create(system, open, { batch: 7 }, state);

/** What came of a run, all of it. */
interface Outcome {
  digest: string;
  counts: Uint32Array[];
  pairSums: BigUint64Array;
  everybody: Uint32Array | null;
  work: object;
  clock: object;
}

class HandedOver extends Error {}

/**
 * Plays a system on engines that take turns: the k-th is left at its rest number rests[k], and the next one goes on from its state. The last
 * one plays to the end. Returns how many took part, too.
 */
async function relay(system: System, kinds: readonly Kind[], rests: readonly number[]) {
  const log = new EventLog(system.dimension);
  const counts: Uint32Array[] = [];
  let state: EngineState | undefined;
  for (let turn = 0; ; turn++) {
    const engine = await engineOn(kinds[turn % kinds.length], system, state);
    try {
      let rest = 0;
      for (let k = counts.length; k < system.observeAt.length; k++) {
        await engine.advance(system.observeAt[k], {
          async atRest() {
            if (rest++ !== rests[turn]) return;
            state = await engine.state();
            await engine.takeEvents(log);
            throw new HandedOver();
          },
        });
        counts.push(await engine.countMasses());
      }
      await engine.takeEvents(log);
      const end = await engine.snapshot();
      const outcome: Outcome = {
        digest: digest(system, log.sorted(), end),
        counts,
        pairSums: await engine.pairSums(),
        everybody: system.scenario.observe.ghosts === true ? await engine.everybody() : null,
        work: engine.work(),
        clock: engine.clock(),
      };
      return { outcome, turns: turn + 1 };
    } catch (error) {
      if (!(error instanceof HandedOver)) throw error;
    } finally {
      engine.dispose();
    }
  }
}

const alone = async (system: System) => (await relay(system, ["cpu"], [])).outcome;

const short = verifyCases.filter(({ scenario }) => scenario.particles * scenario.replicas <= 1500);

describe("CPU and GPU take turns", () => {
  test.each(short)("$name", async ({ scenario }) => {
    const system = makeSystem(scenario);
    const { outcome } = await relay(system, ["gpu", "cpu"], [1, 0, 0, 1]);
    expect(outcome).toEqual(await alone(system));
  });

  test("they do so in most cases", async () => {
    const turns = [];
    for (const { scenario } of short.slice(0, 8)) {
      turns.push((await relay(makeSystem(scenario), ["gpu", "cpu"], [1, 0, 0, 1])).turns);
    }
    expect(turns.filter((n) => n > 2).length).toBeGreaterThan(5);
  });

  test("and ghosts are kept on the way", async () => {
    const system = makeSystem(
      parseScenario({
        model: "annihilation",
        particles: 300,
        Z: 10,
        alpha: { constant: 50 },
        observe: { times: [0.0005, 0.001], ghosts: true },
        replicas: 2,
      }),
    );
    const { outcome, turns } = await relay(system, ["cpu", "gpu"], [1, 0, 0, 1]);
    expect(turns).toBe(5);
    expect(outcome).toEqual(await alone(system));
  });
});

test("wherever a multirate run is handed over, it goes on with the same bits (seed 11)", async () => {
  const system = makeSystem(
    parseScenario({
      particles: 150,
      Z: 4,
      alpha: "contact",
      radius: { power: { scale: 0.5, exponent: 0.3333 } },
      diffusion: { power: { scale: 1, exponent: -0.3333 } },
      observe: { times: [0.001, 0.01, 0.02] },
      replicas: 3,
    }),
  );
  const expected = await alone(system);
  const turns = fc.tuple(
    fc.array(fc.constantFrom<Kind>("cpu", "gpu"), { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
  );
  await fc.assert(
    fc.asyncProperty(turns, async ([kinds, rests]) => {
      expect((await relay(system, kinds, rests)).outcome).toEqual(expected);
    }),
    { seed: 11, numRuns: 12 },
  );
});
