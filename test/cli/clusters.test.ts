import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { measureClusters, parseScenario } from "../../src/index.ts";
import { coagula, succeeds } from "../support/cli.ts";

const quick = ["clusters", "--masses", "1,2,4", "--blocks", "16"];

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "coagula-clusters-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test("prints each mass with its d(m) and r_m, then the whole chain beside the equation", async () => {
  const stdout = await succeeds(coagula([...quick, "--chains", "2"]));
  expect(stdout).toMatch(/^clusters of random walkers on Z\^3, 16 displacements of each, seed 1\n/);
  expect(stdout).toMatch(
    /^ +2 +0\.0\d+\(\d+\) +0\.02564 +0\.0\d+\(\d+\) +-\d\.\d+\(\d+\) +0\.6667 +0\.4150 +0\.5000$/m,
  );
  expect(stdout).toMatch(/^the whole chain from 60 pairs on a torus of side 50, 2 copies/m);
  expect(stdout).toMatch(/^ +\d+\.\d+ +0\.\d+\(\d+\) +0\.\d+ +[+-]\d+\.\d s\.e\./m);
});

test("writes a scenario that runs, and does not replace it unasked", async () => {
  const out = join(await emptyFolder(), "clusters.yaml");
  const write = [...quick, "--chains", "0", "--times", "0.5", "--pairs", "20", "--out", out];
  expect((await coagula(write)).stdout).toMatch(/^scenario: .*clusters\.yaml$/m);
  const text = await readFile(out, "utf8");
  expect(parseScenario(parse(text))).toMatchObject({ particles: 20, observe: { times: [0.5] } });

  const run = await coagula(["run", out, "--out", out.replace("clusters.yaml", "results")]);
  expect(run.code).toBe(0);
  const { code, stderr } = await coagula([...write, "--seed", "2"]);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("is there already; give --force to replace it"),
  ]);
  expect(await readFile(out, "utf8")).toBe(text);
});

test("prints the same as one JSON object with --json, and the seed fixes it", async () => {
  const run = async (...more: string[]) =>
    JSON.parse((await coagula([...quick, "--chains", "0", "--json", ...more])).stdout);
  const { clusters, ...rest } = await run("--seed", "0x10");
  expect(rest).toMatchObject({ dimension: 3, blocks: 16, side: 50, pairs: 60, chains: 0, seed: "16" });
  expect(clusters).toEqual(measureClusters({ masses: [1, 2, 4], blocks: 16, seed: 16 }));
  expect((await run("--seed", "17")).clusters).not.toEqual(clusters);
});

test.concurrent.each<[string, string[], string]>([
  ["masses without the pair", ["--masses", "1,4"], "masses is 1,4, but must begin with 1,2"],
  [
    "half a mass",
    ["--masses", "1,2,2.5"],
    "masses is 1,2,2.5, but must be increasing integers from 1 to 203.",
  ],
  ["a crowd", ["--pairs", "2000"], "pairs is 2000, but must be an integer from 2 to 1953"],
  ["a dimension too many", ["--dimension", "4"], "It must be an integer from 2 to 3."],
  ["times out of order", ["--times", "2,1"], "It must be increasing times from 0 on"],
])("refuses %s with one sentence and exit code 2", async (_name, args, sentence) => {
  const { code, stdout, stderr } = await coagula(["clusters", ...args]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(sentence);
});
