import { join } from "node:path";
import { expect, test } from "vitest";
import { root, start } from "./support/cli.ts";

test.concurrent.each<[string, string[], string]>([
  ["a part that there is not", ["--parts", "rates,nosuch"], "Allowed are rates, stages, runs"],
  ["half a particle", ["--sizes", "0.5"], "It must be an integer from 1"],
  ["a run without a time", ["--runs", "1000"], "It must be N:t with a time above 0"],
  ["an engine that there is not", ["--engines", "nosuch"], 'adapter is "nosuch", but must be part of'],
])("the benchmark refuses %s with one sentence and exit code 2", async (_name, args, sentence) => {
  const { code, stdout, stderr } = await start(process.execPath, [join(root, "dist/bench.js"), ...args]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(sentence);
});
