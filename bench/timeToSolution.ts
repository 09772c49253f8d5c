/**
 * The question: how long does a multirate run take to a macroscopic time, on each engine?
 *
 * Annihilation of N particles in the unit 3-torus, V the indicator, alpha = 10, Z = 1 (eps = 1 / N), all defaults.
 */
import { CpuEngine } from "../src/cpu/engine.ts";
import type { Engine } from "../src/engine.ts";
import type { OpenDevice } from "../src/gpu/device.ts";
import { GpuEngine } from "../src/gpu/engine.ts";
import { parseScenario } from "../src/model/scenario.ts";
import { makeSystem } from "../src/model/system.ts";
import { limitOf } from "../src/oracle/limit.ts";

export interface TimeToSolution {
  particles: number;
  eps: number;
  /** Macroscopic time at the end of the run. */
  time: number;
  engine: Engine["kind"];
  /** Of wall time, start and compilation included. */
  seconds: number;
  macroSteps: number;
  particleSteps: number;
  /** The fraction of particles left, and the limit's. */
  left: number;
  limit: number;
}

export async function* measureTimeToSolution(
  open: OpenDevice | null,
  { particles, time, engines }: { particles: number; time: number; engines: readonly Engine["kind"][] },
): AsyncGenerator<TimeToSolution> {
  const scenario = parseScenario({
    model: "annihilation",
    particles,
    Z: 1,
    alpha: { constant: 10 },
    observe: { times: [time] },
  });
  const system = makeSystem(scenario);
  const limit = limitOf(scenario, [time])![0].count;
  for (const kind of engines) {
    if (kind === "gpu" && open === null) continue;
    const begin = performance.now();
    const engine: Engine = kind === "gpu" ? await GpuEngine.create(system, open!) : new CpuEngine(system);
    await engine.advance(system.observeAt[0]);
    const count = (await engine.countMasses()).reduce((a, b) => a + b);
    const seconds = (performance.now() - begin) / 1000;
    yield {
      particles,
      eps: system.eps,
      time,
      engine: kind,
      seconds,
      ...engine.work(),
      left: count / particles,
      limit,
    };
    engine.dispose();
  }
}
