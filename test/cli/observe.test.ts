import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Statement } from "../../src/theorem/statement.ts";
import { coagula, endless, listing, scenarioText } from "../support/cli.ts";

/** All that a crowd can be asked for. */
const annihilation = {
  model: "annihilation",
  observe: {
    times: [0.0002, 0.0004],
    masses: 1,
    ghosts: true,
    densities: { width: 0.2, points: 4 },
    testFunctions: ["constant", { cosine: { axis: 0 } }],
  },
};
const crowd = ["candidate-densities", "empirical-measures", "ghosts", "survival"];

const two = {
  particles: 2,
  Z: 0.002,
  initial: [{ mass: 1, density: { pair: { apart: [0, 1] } } }],
  observe: { times: [5e-7] },
  replicas: 40,
};

interface Printed {
  results: { particles: number; digest: string }[];
  statements: Statement[];
  out?: string;
}

async function observe(changes: object, ...args: string[]) {
  const outcome = await coagula(["observe", "s.yaml", "--engine", "cpu", ...args], {
    files: { "s.yaml": scenarioText(changes) },
  });
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome;
}

test("observe writes a summary and a figure of each statement, prints what it wrote, and people's text elsewhere", async () => {
  const { stdout, stderr, folder } = await observe(
    annihilation,
    ..."--n 150,300 --json --out out".split(" "),
  );
  const printed: Printed = JSON.parse(stdout);
  expect(printed.results.map(({ particles }) => particles)).toEqual([150, 300]);
  expect(printed.statements.map(({ key }) => key)).toEqual(crowd);
  expect(printed.out).toBe(join(folder, "out"));
  expect(readdirSync(printed.out!).sort()).toEqual(
    [
      ...crowd.map((key) => `${key}.svg`),
      "densities.csv",
      "report.html",
      "statements.csv",
      "summary.json",
    ].sort(),
  );
  for (const key of crowd) {
    expect(readFileSync(join(printed.out!, `${key}.svg`), "utf8")).toMatch(/^<svg .*<\/svg>$/s);
    expect(stderr).toContain(`docs/theorem/${key}.md`);
  }
  const summary = JSON.parse(readFileSync(join(printed.out!, "summary.json"), "utf8"));
  expect(summary).toMatchObject({ results: printed.results, statements: printed.statements });
  expect(summary.scenarios.map(({ particles }: { particles: number }) => particles)).toEqual([150, 300]);
});

test("observe prints a table of two particles, and writes nothing with --no-out", async () => {
  const { stdout, folder } = await observe(two, "--no-out");
  expect(stdout).toMatch(/^What becomes of two particles \(.*docs\/theorem\/two-particles\.md\)$/m);
  expect(stdout).toMatch(/^coagulated by D t \/ eps\^2 = 1, started 1 eps apart +0\.\d/m);
  expect(listing(folder)).toEqual(["s.yaml"]);
});

test("observe at several scalings states the crossover, tells densities at each, and wants them to increase", async () => {
  const changes = { model: "annihilation", observe: { times: [0.001], masses: 1 }, replicas: 2 };
  const { stdout, folder } = await observe(changes, ..."--n 200,400 --scaling 0.5,1 --out out".split(" "));
  expect(stdout).toMatch(/^rate at b = 0.5, N = 400 /m);
  expect(stdout).toMatch(/^N = 400, b = 1: digest /m);
  const [titles, ...rows] = readFileSync(join(folder, "out", "densities.csv"), "utf8")
    .trim()
    .split("\n");
  expect(titles).toBe("particles,scaling,time,mass,mean,se,theory");
  expect(new Set(rows.map((row) => row.split(",").slice(0, 2).join()))).toEqual(
    new Set(["200,0.5", "400,0.5", "200,1", "400,1"]),
  );
  const { code, stderr } = await coagula(["observe", "s.yaml", "--scaling", "1,0.5", "--no-out"], { folder });
  expect(code).toBe(2);
  expect(stderr).toBe("coagula: scaling is 1,0.5, but must increase, as in 0.4,0.6,0.8,1.\n");
});

test("observe leaves nothing when it is interrupted", async () => {
  const scenario = { ...JSON.parse(endless), ...annihilation };
  scenario.observe = { ...annihilation.observe, times: [0.0001, 900] };
  const { code, stderr, folder } = await coagula(
    ["observe", "s.yaml", "--engine", "cpu", "--out", "new/out"],
    {
      files: { "s.yaml": JSON.stringify(scenario) },
      meddle: (child) => child.stderr!.once("data", () => child.kill("SIGINT")),
    },
  );
  expect(code).toBe(130);
  expect(stderr.trimEnd().split("\n").at(-1)).toBe("coagula: interrupted; nothing was written.");
  expect(listing(folder)).toEqual(["s.yaml"]);
});

test("run shows and writes the statements that a scenario asks for, below its densities", async () => {
  const pairs = { times: [0, 0.0002, 0.0004], masses: 2, pairs: { masses: 1, widths: [0.3] } };
  const { code, stdout, stderr, folder } = await coagula(
    ["run", "s.yaml", "--engine", "cpu", "--out", "out"],
    {
      files: { "s.yaml": scenarioText({ observe: pairs }) },
    },
  );
  expect(code, stderr).toBe(0);
  const { statements } = JSON.parse(readFileSync(join(folder, "out", "summary.json"), "utf8"));
  const keys = ["stosszahlansatz", "repulsion", "displaced-pairs", "collision-bound", "concentration"];
  expect(statements.map(({ key }: Statement) => key)).toEqual(keys);
  expect(readdirSync(join(folder, "out")).sort()).toEqual(
    [
      ...["densities.csv", "density.svg", "events.parquet", "limit.csv", "moments.csv", "rates.csv"],
      ...["report.html", "spectrum.csv", "statements.csv", "summary.json"],
      ...keys.filter((key) => key !== "collision-bound").map((key) => `${key}.svg`),
    ].sort(),
  );
  expect(stdout.indexOf("Living pairs avoid each other")).toBeGreaterThan(stdout.indexOf("digest"));
});
