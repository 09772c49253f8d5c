/** What benchmarks share: the time of a run, and the spread of repeats. */
import type { System } from "../src/model/system.ts";
import type { Contender } from "./contenders.ts";

/** The least, the median and the most of repeats. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0], median: sorted[sorted.length >> 1], max: sorted[sorted.length - 1] };
}

/** Wall time from the start to the first observation, compilation left out, and the living then. */
export async function timeRun(
  system: System,
  create: Contender["create"],
): Promise<{ seconds: number; left: number }> {
  const engine = await create(system);
  const begin = performance.now();
  await engine.advance(system.observeAt[0]);
  const left = (await engine.countMasses()).reduce((a, b) => a + b);
  const seconds = (performance.now() - begin) / 1000;
  engine.dispose();
  return { seconds, left };
}
