import { expect, test } from "vitest";
import { walk } from "../../src/index.ts";
import { coagula, succeeds } from "../support/cli.ts";

test("prints the density beside the mean field", async () => {
  const stdout = await succeeds(coagula(["walkers", "--side", "8", "--times", "1,10", "--replicas", "3"]));
  expect(stdout).toMatch(
    /^one walker on each site of the torus of side 8, dimension 3, coalescing at once, 3 replicas, seed 1\n/,
  );
  expect(stdout).toMatch(/^ +10 +\d+\.\d\(\d+\) +0\.\d+\(\d+\) +0\.1317 +0\.\d+\(\d+\) +1\.\d+\(\d+\)$/m);
});

test("prints the number beside Kingman's law with --cox", async () => {
  const { code, stdout } = await coagula([
    "walkers",
    "--side",
    "6",
    "--cox",
    "--times",
    "0.5",
    "--replicas",
    "100",
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +0\.5 +\d\.\d+\(\d+\) +\d\.\d+ +limit +0\.6595 +3\.390 /m);
  expect(stdout).toMatch(/^ +this L +0\.7\d+ .*, p = 0\.\d+$/m);
});

test("prints how many are left of those that began at one site, and how far they are", async () => {
  const { stdout } = await coagula(["walkers", "--start", "origin", "--walkers", "100", "--times", "1"]);
  expect(stdout).toMatch(
    /^100 walkers, all at the origin of Z\^3, coalescing at rate 1 on a site, 10 replicas/,
  );
  expect(stdout).toMatch(/^ +1 +\d+\.\d+\(\d+\) +\d+\.\d+\(\d+\) +1\.\d+$/m);
});

test("prints the same as one JSON object with --json, and the seed fixes it", async () => {
  const run = async (...more: string[]) =>
    JSON.parse((await coagula(["walkers", "--side", "5", "--times", "1,2", "--json", ...more])).stdout);
  const { observations, seconds, ...rest } = await run("--seed", "0x10");
  expect(rest).toEqual({
    ...{ dimension: 3, side: 5, start: "sites", walkers: 125, rate: "infinity" },
    ...{ cox: false, replicas: 10, seed: "16" },
  });
  expect(seconds).toBeGreaterThan(0);
  expect(observations).toEqual(walk({ side: 5, times: [1, 2], replicas: 10, seed: 16 }));
  expect((await run("--seed", "17")).observations).not.toEqual(observations);
});

test.concurrent.each<[string, string[], string]>([
  [
    "half a side",
    ["--side", "1.5"],
    "'--side <L>' argument '1.5' is invalid. It must be an integer from 1 on, or infinity.",
  ],
  ["a side too long", ["--side", "300"], "side is 300, but must be an integer from 1 to 256, or infinity."],
  ["a negative rate", ["--rate", "-1"], "It must be a number from 0 on, or infinity."],
  [
    "neither a number nor a power of e",
    ["--walkers", "e^3"],
    "It must be an integer from 1 to 16777216, or from e^20 to e^10000000.",
  ],
  ["no such start", ["--start", "moon"], "Allowed choices are sites, uniform, origin."],
  ["a dimension too many", ["--dimension", "6"], "It must be an integer from 1 to 5."],
  ["one site at once", ["--start", "origin", "--rate", "infinity"], "rate is infinity, but must be finite"],
])("refuses %s with one sentence and exit code 2", async (_name, args, sentence) => {
  const { code, stdout, stderr } = await coagula(["walkers", ...args]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(sentence);
});
