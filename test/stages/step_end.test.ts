import { describe, expect, test } from "vitest";
import { step_end } from "../../src/cpu/step_end.ts";
import { counters, progressFields } from "../../src/stages.ts";
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

/** Expects the GPU to count the step of every replica that took it, and to forget its clusters; once halted, neither. */
async function expectEqualEngines(
  replicas: number,
  { workgroupSize = 64, groupsPerRow = 65535, halted = 0 } = {},
): Promise<void> {
  const { system } = makeMultirate({ ...plain, particles: 1, replicas, dead: 0 });
  const rows = anyRows(replicas, wordSource(replicas));
  const before = Uint32Array.from(counters, (name, k) => (name === "halted" ? halted : 100 + k));
  const after = await gpu.runStage(
    "step_end",
    system,
    { progress: progressOf(rows), counters: before },
    { workgroupSize, groupsPerRow },
  );
  const set: Record<string, number> = { firsts: 0, pairs: 0, larger: 0, beyond: 0, roomy: 0 };
  set.step = 1 + before[counters.indexOf("step")];
  expect([...after.counters]).toEqual(
    counters.map((name, k) => (halted === 0 ? set[name] : undefined) ?? before[k]),
  );
  if (halted === 0) for (const row of rows) if (row.left > 0 && row.overflow === 0) step_end(row);
  const width = progressFields.length;
  const describe = (at: number) => `Replica ${Math.floor(at / width)}, ${progressFields[at % width]}.`;
  expectSameWords(after.progress, progressOf(rows), describe);
}

describe("the GPU ends the step of each replica that took it as the reference does, and of no other", () => {
  test.each([1, 2, 63, 64, 65, 300])("for %i replicas", async (replicas) => {
    await expectEqualEngines(replicas);
    await expectEqualEngines(replicas, { workgroupSize: 7, groupsPerRow: 3 });
  });

  test("and of none once halted", async () => {
    await expectEqualEngines(65, { halted: 1 });
  });
});
