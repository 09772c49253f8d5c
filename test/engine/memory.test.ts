/** A device outlives its engines, and holds none of them. */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, test } from "vitest";
import { GpuEngine } from "../../src/gpu/engine.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { openForTests } from "../support/device.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const open = await openForTests();
afterAll(() => open.release());

const system = makeSystem(
  parseScenario({ particles: 100, Z: 5, alpha: { constant: 40 }, observe: { times: [0.001] } }),
);

/** Plays an engine of its own and leaves nothing but a reference that does not hold it. */
async function played(): Promise<WeakRef<GpuEngine>> {
  const engine = await GpuEngine.create(system, open, { batch: 5 });
  await engine.advance(10);
  engine.dispose();
  return new WeakRef(engine);
}

test("engines that are done with are collected", async () => {
  const engines: WeakRef<GpuEngine>[] = [];
  for (let k = 0; k < 5; k++) engines.push(await played());
  // Dawn lets go of what was asked of it some turns later.
  for (let k = 0; k < 20 && engines.some((engine) => engine.deref() !== undefined); k++) {
    await setTimeout(50);
    collect();
  }
  expect(engines.map((engine) => engine.deref())).toEqual(engines.map(() => undefined));
});
