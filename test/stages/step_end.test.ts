import { describe, expect, test } from "vitest";
import { step_end } from "../../src/cpu/step_end.ts";
import { progressFields } from "../../src/stages.ts";
import { makeMultirate, plain } from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";
import { makePace, type ProgressRow, progressOf, progressRow } from "../support/paces.ts";
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

describe("the reference", () => {
  test("counts a step that was taken, and one less is left", () => {
    const progress = { step: 41, left: 2 };
    step_end(progress);
    expect(progress).toEqual({ step: 42, left: 1 });
    step_end(progress);
    expect(progress).toEqual({ step: 43, left: 0 });
  });

  test("is strict: a step beyond those left is an error", () => {
    expect(() => step_end({ step: 41, left: 0 })).toThrow(RangeError);
  });
});

/** Replicas of which about a third each has steps left, has none left, or waits since a cluster overflowed. */
function anyRows(replicas: number, next: () => number): ProgressRow[] {
  return Array.from({ length: replicas }, () =>
    progressRow(makePace(2 + (next() % 1000), 0.1), {
      step: next() % 2 ** 31,
      left: next() % 3 === 0 ? 0 : 1 + (next() % 64),
      macro: next() % 2,
      overflow: next() % 3 === 0 ? 1 : 0,
      moves: next(),
    }),
  );
}

/** Expects the GPU to count the step of every replica that took it, and to change nothing else. */
async function expectEqualEngines(replicas: number, workgroupSize = 64, groupsPerRow = 65535): Promise<void> {
  const { system } = makeMultirate({ ...plain, particles: 1, replicas, dead: 0 });
  const rows = anyRows(replicas, wordSource(replicas));
  const { progress } = await gpu.runStage(
    "step_end",
    system,
    { progress: progressOf(rows) },
    { workgroupSize, groupsPerRow },
  );
  for (const row of rows) if (row.left > 0 && row.overflow === 0) step_end(row);
  const width = progressFields.length;
  const describe = (at: number) => `Replica ${Math.floor(at / width)}, ${progressFields[at % width]}.`;
  expectSameWords(progress, progressOf(rows), describe);
}

describe("the GPU ends the step of each replica that took it as the reference does, and of no other", () => {
  test.each([1, 2, 63, 64, 65, 300])("for %i replicas", async (replicas) => {
    await expectEqualEngines(replicas);
    await expectEqualEngines(replicas, 7, 3);
  });
});
