import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Convergence } from "../../src/converge/conclusion.ts";
import { coagula, freshFolder, listing, type Outcome, scenarioText } from "../support/cli.ts";
import { isWellFormed } from "../support/svg.ts";

const changes = {
  name: "bias",
  model: "annihilation",
  particles: 200,
  Z: 10,
  diffusion: { constant: 1 },
  observe: { times: [0.001, 0.002], masses: 1 },
  engine: "multirate",
  seed: 82,
};
const files = { "s.yaml": scenarioText(changes) };
const args = ["converge", "s.yaml", "--engine", "cpu", "--n", "60,120,240", "--replicas", "60"];
const there = ["convergence.csv", "convergence.json", "convergence.svg", "report.html", "study.json"];

/** Without what a clock or the place tells. */
function numbersOf({ stdout }: Outcome) {
  const { work, out, ...rest } = JSON.parse(stdout) as Convergence & { out?: string };
  return { ...rest, particleSteps: work.particleSteps };
}

let whole: Outcome;
beforeAll(async () => {
  whole = await coagula([...args, "--json", "--out", "out"], { files });
});

describe("converge", () => {
  test("with --json prints one object on standard output, and its text elsewhere", () => {
    expect(whole.code, whole.stderr).toBe(0);
    expect(whole.stdout.trimEnd().split("\n")).toHaveLength(1);
    const result = JSON.parse(whole.stdout);
    expect(result).toMatchObject({
      name: "bias",
      dimension: 3,
      method: "multirate",
      Z: 10,
      seed: 82,
      time: 0.002,
    });
    expect(result.levels.map((level: { replicas: number }) => level.replicas)).toEqual([60, 60, 60]);
    expect(result.levels[0].observations).toHaveLength(2);
    expect(result.fit.low).toBeLessThan(result.fit.order);
    expect(result.out).toBe(join(whole.folder, "out"));
  });

  test("shows a table, the order with its interval, and what becomes of the naive limit", () => {
    const rows = whole.stderr.split("\n");
    const header = rows.findIndex((line) => /^ *N +eps +replicas +h_N +h_N - h /.test(line));
    const { levels } = JSON.parse(whole.stdout) as Convergence;
    for (const [k, { particles, observations }] of levels.entries()) {
      const cells = rows[header + 2 + k].trim().split(/ {2,}/);
      expect(cells.slice(0, 3)).toEqual([
        String(particles),
        String(Number((10 / particles).toPrecision(4))),
        "60",
      ]);
      expect(Number.parseFloat(cells[4])).toBeCloseTo(observations[1].difference, 3);
      expect(Number.parseFloat(cells[6])).toBeCloseTo(observations[1].correction!, 4);
    }
    expect(whole.stderr).toMatch(
      /^\|h_N - h\| falls with the order \d\.\d\d in eps \(95 %: \d.\d\d to \d\.\d\d; chi\^2/m,
    );
    expect(whole.stderr).toContain("Theory expects order 1 in eps.");
    expect(whole.stderr).toMatch(/^The naive limit, 0\.5, is rejected: at the smallest eps h_N is \+\d/m);
  });

  test("keeps the study, its result and its figure", () => {
    expect(listing(join(whole.folder, "out"))).toEqual(there);
    const { out, ...result } = JSON.parse(whole.stdout);
    const kept = JSON.parse(readFileSync(join(out, "convergence.json"), "utf8"));
    expect(kept).toMatchObject(result);
    expect(kept.scenario).toMatchObject({ particles: 200, seed: 82 });
    expect(kept.machine.node).toBe(process.version);
    const svg = readFileSync(join(out, "convergence.svg"), "utf8");
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).toContain("theory: eps |h1|");
  });

  test("interrupted keeps what is finished and says how to go on; the same command goes on to the same numbers", async () => {
    const folder = freshFolder(files);
    const state = join(folder, "results/bias-converge/study.json");
    const first = await coagula(args, {
      folder,
      meddle: (child) => {
        const poll = setInterval(() => {
          if (!existsSync(state)) return;
          clearInterval(poll);
          child.kill("SIGINT");
        }, 5);
        child.on("close", () => clearInterval(poll));
      },
    });
    expect(first.code).toBe(130);
    expect(first.stderr.trimEnd().split("\n").at(-1)).toBe(
      `coagula: interrupted; what is finished is kept in ${join(folder, "results/bias-converge")}, and the same command goes on.`,
    );
    expect(listing(join(folder, "results/bias-converge"))).toEqual(["study.json"]);
    const before = JSON.parse(readFileSync(state, "utf8")).chunks;
    expect(before.length).toBeGreaterThan(0);

    const second = await coagula([...args, "--json"], { folder });
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toContain("going on with the study in ");
    expect(numbersOf(second)).toEqual(numbersOf(whole));
    expect(JSON.parse(readFileSync(state, "utf8")).chunks.slice(0, before.length)).toEqual(before);
  });

  test("of a study that is finished shows it again, and plays nothing", async () => {
    const { folder } = whole;
    const before = readFileSync(join(folder, "out/study.json"), "utf8");
    const again = await coagula([...args, "--json", "--out", "out"], { folder });
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(whole.stdout));
    expect(readFileSync(join(folder, "out/study.json"), "utf8")).toBe(before);
  });

  test("interrupted before anything is finished leaves nothing", async () => {
    const endless = scenarioText({
      ...changes,
      particles: 100000,
      engine: "uniform",
      observe: { times: [0.01] },
    });
    const { code, stderr, folder } = await coagula(
      ["converge", "s.yaml", "--engine", "cpu", "--n", "90000,100000"],
      {
        files: { "s.yaml": endless },
        meddle: (child) => child.stdout!.once("data", () => child.kill("SIGINT")),
      },
    );
    expect(code).toBe(130);
    expect(stderr).toMatch(/coagula: interrupted; nothing was written\.\n$/);
    expect(listing(folder)).toEqual(["s.yaml"]);
  });

  test("with --no-out writes nothing", async () => {
    const { code, stdout, folder } = await coagula(
      ["converge", "s.yaml", "--engine", "cpu", "--eps", "0.15,0.1", "--replicas", "4", "--no-out"],
      { files },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^bias: annihilation, d = 3, a torus of side 1, Z = 10, N = 67, 100$/m);
    expect(listing(folder)).toEqual(["s.yaml"]);
  });
});

/** Exit code 2, one sentence with all of these parts, and a folder that is as it was. */
async function expectRefusal(folder: string, more: string[], parts: string[]) {
  const before = listing(folder);
  const { code, stdout, stderr } = await coagula(["converge", ...more], { folder });
  expect(stderr).toMatch(/^coagula: [^\n]+\n$/);
  for (const part of parts) expect(stderr).toContain(part);
  expect(stderr).not.toContain("    at ");
  expect({ code, stdout, files: listing(folder) }).toEqual({ code: 2, stdout: "", files: before });
}

describe("a folder that cannot be gone on with", () => {
  const quick = ["s.yaml", "--engine", "cpu", "--n", "60,70", "--replicas", "2", "--out", "out"];

  test("is one of another scenario; --force begins anew", async () => {
    const { folder } = await coagula(["converge", ...quick], { files });
    await expectRefusal(
      folder,
      [...quick, "--seed", "83"],
      ['out is "out"', "holds a study of another scenario", "--force", "--out"],
    );
    const anew = await coagula(["converge", ...quick, "--seed", "83", "--force", "--json"], { folder });
    expect(JSON.parse(anew.stdout).seed).toBe(83);
    // N, replicas, the name and the description may change.
    const text = scenarioText({
      ...changes,
      seed: 83,
      particles: 500,
      replicas: 9,
      name: "other",
      description: "x",
    });
    writeFileSync(join(folder, "s.yaml"), text);
    const on = await coagula(["converge", ...quick], { folder });
    expect(on.stdout).toContain("going on with the study");
  });

  test.each<[string, (text: string) => string, string]>([
    ["is damaged", (text) => text.slice(0, -20), "a damaged study.json"],
    ["holds something else", () => '{"chunks": 3}', "a damaged study.json"],
    ["lacks a count", (text) => text.replace(/"left":\[\[\d+,/, '"left":[['), "a damaged study.json"],
    [
      "has a count above N",
      (text) => text.replace(/"left":\[\[\d+,/, '"left":[[61,'),
      "a damaged study.json",
    ],
    [
      "is of another version",
      (text) => text.replace(/"version":"[^"]*"/, '"version":"0.0.1"'),
      "by coagula 0.0.1",
    ],
  ])("%s", async (_, spoil, part) => {
    const spoilt = spoil(readFileSync(join(whole.folder, "out/study.json"), "utf8"));
    const folder = freshFolder({ ...files, "out/study.json": spoilt });
    await expectRefusal(
      folder,
      [...args.slice(1), "--out", "out"],
      ['out is "out"', part, "--force", "--out"],
    );
    expect(readFileSync(join(folder, "out/study.json"), "utf8")).toBe(spoilt);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ["is a file", { out: "" }, ["which is a file"]],
    ["holds other things", { "out/notes.txt": "mine" }, ["other things in it"]],
    ["holds the results of a run", { "out/summary.json": "{}" }, ["other things in it"]],
    ["has lost its study", { "out/convergence.svg": "" }, ["results without the study", "--force"]],
  ])("%s", async (_, inside, parts) => {
    await expectRefusal(freshFolder({ ...files, ...inside }), quick, ['out is "out"', ...parts]);
  });
});

test.concurrent.each<[string[], string[]]>([
  [
    ["--n", "100,abc"],
    ["--n", "'100,abc'", '"abc" must be a number'],
  ],
  [
    ["--n", "20,200"],
    ["n leads to N = 20", "at most 0.2 of the side 1"],
  ],
  [
    ["--eps", "0.1,0"],
    ["eps has 0", "a list of numbers from"],
  ],
  [
    ["--se", "0"],
    ["--se", "'0'", "above 0 and below 1"],
  ],
  [
    ["--replicas", "1"],
    ["--replicas", "'1'", "an integer from 2 to 65536"],
  ],
  [["--replicas", "9", "--se", "0.1"], ["se and replicas are both given"]],
  [
    ["--engine", "cpu", "--adapter", "abacus"],
    ['adapter is "abacus"', 'engine is "cpu"'],
  ],
])("converge refuses %j", async (more, parts) => {
  const folder = freshFolder(files);
  const { code, stderr } = await coagula(["converge", "s.yaml", ...more], { folder });
  expect(code).toBe(2);
  const last = stderr.trimEnd().split("\n").at(-1)!;
  for (const part of parts) expect(last).toContain(part);
  expect(stderr).not.toContain("    at ");
  expect(listing(folder)).toEqual(["s.yaml"]);
});
