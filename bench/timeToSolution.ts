/**
 * The question: how long does a multirate run take to a macroscopic time, on each engine?
 *
 * Annihilation of N particles in the unit 3-torus, V the indicator, alpha = 10, Z = 1 (eps = 1 / N), all defaults.
 */
import { parseScenario } from "../src/model/scenario.ts";
import { makeSystem } from "../src/model/system.ts";
import { limitOf } from "../src/oracle/limit.ts";
import type { Contender } from "./contenders.ts";

export interface TimeToSolution {
  particles: number;
  eps: number;
  /** Macroscopic time at the end of the run. */
  time: number;
  /** Of the contender. */
  engine: string;
  /** Of wall time, start and compilation included. */
  seconds: number;
  macroSteps: number;
  particleSteps: number;
  /** The fraction of particles left, and the limit's. */
  left: number;
  limit: number;
}

export async function* measureTimeToSolution(
  contenders: readonly Contender[],
  { particles, time }: { particles: number; time: number },
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
  for (const { name, create } of contenders) {
    const begin = performance.now();
    const engine = await create(system);
    await engine.advance(system.observeAt[0]);
    const count = (await engine.countMasses()).reduce((a, b) => a + b);
    const seconds = (performance.now() - begin) / 1000;
    yield {
      particles,
      eps: system.eps,
      time,
      engine: name,
      seconds,
      ...engine.work(),
      left: count / particles,
      limit,
    };
    engine.dispose();
  }
}
