/**
 * The question: how many moves of single particles a second does the uniform step make, on each engine?
 *
 * Two workloads of the unit 3-torus, one species, A + A -> A at rate alpha eps^-2 V with alpha V = 1 inside eps: "resolved", eps = 1/N,
 * where hardly anybody is ever in range, and "dense", eps = 0.2 N^(-1/3), where pairs react all the time.
 */
import type { Engine } from "../src/engine.ts";
import { makeSystem, type System } from "../src/model/system.ts";
import { caseOf } from "../src/verify/cases.ts";
import type { Contender } from "./contenders.ts";
import { type Spread, spreadOf } from "./timing.ts";

export interface StepRate {
  workload: Workload;
  particles: number;
  /** Of the contender. */
  engine: string;
  /** Million particle-steps per second of wall time: the slowest, the median and the fastest of the repeats. */
  rate: Spread;
  /** Particle-steps of one repeat. */
  work: number;
  repeats: number;
}

export interface StepRateOptions {
  sizes: readonly number[];
  repeats: number;
  /** Particle-steps of one repeat, about. */
  work: number;
  seed: number;
}

const workloads = {
  resolved: { Z: () => 1, mostSteps: 20_000 },
  // At most as many steps as leave a third of the particles after eight repeats.
  dense: { Z: (n: number) => 0.2 * n ** (2 / 3), mostSteps: 30 },
} satisfies Record<string, { Z: (n: number) => number; mostSteps: number }>;

type Workload = keyof typeof workloads;

/** alpha with alpha V = 1 inside the ball: V = 1 / volume. */
const alpha = { constant: (4 / 3) * Math.PI };

export function workloadOf(
  name: Workload,
  { particles, seed, steps }: { particles: number; seed: number; steps: number },
): System {
  return makeSystem(
    caseOf(name, { particles, Z: workloads[name].Z(particles), alpha, seed, steps }).scenario,
  );
}

/** Contenders take turns within a workload, so that a change of the machine's mood meets all. */
export async function* measureStepRates(
  contenders: readonly Contender[],
  options: StepRateOptions,
): AsyncGenerator<StepRate> {
  for (const workload of Object.keys(workloads) as Workload[]) {
    for (const particles of options.sizes) {
      const steps = Math.max(2, Math.min(workloads[workload].mostSteps, Math.ceil(options.work / particles)));
      const total = (options.repeats + 1) * steps + 8;
      const system = workloadOf(workload, { particles, seed: options.seed, steps: total });
      const engines = await Promise.all(contenders.map((contender) => contender.create(system)));
      const rates = engines.map(() => [] as number[]);
      for (let repeat = 0; repeat <= options.repeats; repeat++) {
        for (const [e, engine] of engines.entries()) {
          const rate = await timeSteps(system, engine, steps);
          // The first round compiles, sorts and fits the batch: it does not count.
          if (repeat > 0) rates[e].push(rate);
        }
      }
      for (const [e, engine] of engines.entries()) {
        yield {
          workload,
          particles,
          engine: contenders[e].name,
          rate: spreadOf(rates[e]),
          work: steps * particles,
          repeats: options.repeats,
        };
        engine.dispose();
      }
    }
  }
}

async function timeSteps(system: System, engine: Engine, steps: number): Promise<number> {
  const before = await living(engine);
  const begin = performance.now();
  await engine.advance(Math.min(engine.step + steps, system.observeAt.at(-1)!));
  const seconds = (performance.now() - begin) / 1000;
  return (((before + (await living(engine))) / 2) * steps) / seconds / 1e6;
}

const living = async (engine: Engine) => (await engine.countMasses()).reduce((a, b) => a + b);
