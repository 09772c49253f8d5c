/**
 * The question: what does a step take, and which stage takes it?
 *
 * The uniform step: the "resolved" workload of `stepRate.ts`. The multirate step: annihilation, V the indicator, alpha = 10, Z = 1, all
 * defaults. One engine runs undisturbed, for wall time; another has its stages timed on the device, each in a compute pass of its own.
 */
import type { OpenDevice } from "../src/gpu/device.ts";
import { GpuEngine } from "../src/gpu/engine.ts";
import { parseScenario } from "../src/model/scenario.ts";
import { makeSystem, type System } from "../src/model/system.ts";
import type { StageName } from "../src/stages.ts";
import { workloadOf } from "./stepRate.ts";

export interface StageRecord {
  /** The adapter's name. */
  engine: string;
  step: "uniform" | "multirate";
  particles: number;
  /** Of the undisturbed engine, after those that do not count. */
  steps: number;
  /** Milliseconds of wall time of a step. */
  wall: number;
  /** None where the adapter has no timestamps. */
  stages: readonly {
    stage: StageName;
    dispatches: number;
    /** Milliseconds of a step, by the device's own clock, summed over the stage's dispatches. */
    device: number;
  }[];
}

/** Macro-steps that do not count: they compile, sort and fit the batch. */
const warmUp = 30;

/** A macroscopic time that one multirate step takes at N = 10^4 and Z = 1, about; it falls as N^(-2/3). */
const stepAtTenThousand = 4e-6;

export async function* measureStages(
  open: OpenDevice,
  { sizes, seconds }: { sizes: readonly number[]; seconds: number },
): AsyncGenerator<StageRecord> {
  for (const particles of sizes) {
    const uniform = workloadOf("resolved", { particles, seed: 1, steps: 1e7 });
    yield await measure(open, uniform, "uniform", { particles, ticks: 1, seconds });
    const time = stepAtTenThousand * (1e4 / particles) ** (2 / 3);
    const multirate = makeSystem(
      parseScenario({
        model: "annihilation",
        particles,
        Z: 1,
        alpha: { constant: 10 },
        observe: { times: [time, 1e5 * time] },
      }),
    );
    const ticks = multirate.observeAt[0];
    yield await measure(open, multirate, "multirate", { particles, ticks, seconds });
  }
}

interface Wanted {
  particles: number;
  /** What `advance` counts of one step. */
  ticks: number;
  /** Of wall time to be measured, about. */
  seconds: number;
}

async function measure(
  open: OpenDevice,
  system: System,
  step: StageRecord["step"],
  { particles, ticks, seconds }: Wanted,
): Promise<StageRecord> {
  const undisturbed = await GpuEngine.create(system, open);
  let undisturbedRun = await play(undisturbed, warmUp * ticks);
  // Twice as many steps each time, until so many were made that what a start and a stop cost no longer counts.
  for (let count = warmUp; undisturbedRun.wall * undisturbedRun.steps < 1000 * seconds; count *= 2) {
    undisturbedRun = await play(undisturbed, count * ticks);
  }
  const { wall, steps } = undisturbedRun;
  undisturbed.dispose();

  const timed = await GpuEngine.create(system, open, { timeStages: true });
  await play(timed, warmUp * ticks);
  const before = structuredClone(timed.stageTimes() ?? {});
  const { steps: timedSteps } = await play(timed, Math.ceil((200 * seconds) / wall) * ticks);
  const stages = Object.entries(timed.stageTimes() ?? {}).flatMap(([name, time]) => {
    const stage = name as StageName;
    const since = before[stage] ?? { dispatches: 0, seconds: 0 };
    const dispatches = (time.dispatches - since.dispatches) / timedSteps;
    const device = (1000 * (time.seconds - since.seconds)) / timedSteps;
    return dispatches > 0 ? [{ stage, dispatches, device }] : [];
  });
  timed.dispose();
  return { engine: open.info.name, step, particles, steps, wall, stages };
}

/** Returns how many steps were made, and the milliseconds of wall time of one. */
async function play(engine: GpuEngine, ticks: number): Promise<{ steps: number; wall: number }> {
  const before = engine.work().macroSteps;
  const begin = performance.now();
  await engine.advance(engine.step + ticks);
  await engine.countMasses();
  const steps = engine.work().macroSteps - before;
  return { steps, wall: (performance.now() - begin) / steps };
}
