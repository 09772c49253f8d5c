import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { EquationSolution } from "../../src/index.ts";
import { parseScenario, solveSmoluchowski } from "../../src/index.ts";
import { coagula, listing, type Outcome, scenarioText, small } from "../support/cli.ts";

const changes = {
  name: "wave",
  particles: 20000,
  initial: [{ mass: 1, density: { cosine: { axis: 2, amplitude: 0.5 } } }],
  observe: { times: [0, 0.002, 0.01], masses: 3 },
};
const files = { "wave.yaml": scenarioText(changes), "flat.yaml": scenarioText() };
const read = (...path: string[]) => readFileSync(join(...path), "utf8");
const rows = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));

type Solution = EquationSolution & { out?: string };
const solutionOf = ({ stdout }: Outcome): Solution => JSON.parse(stdout);

let outcome: Outcome;
beforeAll(async () => {
  outcome = await coagula(["solve", "wave.yaml", "--json"], { files });
});

describe("solve", () => {
  test("prints one object on standard output, people's text on standard error, and says how it was solved", () => {
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stdout).toMatch(/^\{.*\}\n$/);
    const { method, rate, cells, gel, error, points } = solutionOf(outcome);
    expect({ method, rate, cells, gel }).toEqual({
      method: "planar",
      rate: "recipe",
      cells: 256,
      gel: false,
    });
    expect(error).toBeLessThan(1e-4);
    expect(points.map(({ time }) => time)).toEqual(changes.observe.times);
    expect(outcome.stderr).toMatch(/^ *time +all +mass 1 +mass 2 +mass 3 +mass lost$/m);
    expect(outcome.stderr).toContain("planar: 256 cells along each axis");
  });

  test("prints what the library solves", () => {
    const scenario = parseScenario({ ...small, ...changes });
    const { points, error } = solveSmoluchowski(scenario, changes.observe.times);
    for (const [k, point] of solutionOf(outcome).points.entries()) {
      // The command's steps end at the observations, the library's here do not.
      expect(Math.abs(point.count - points[k].count)).toBeLessThan(error!);
    }
  });

  test("writes a folder with the fractions, the profiles, a summary and a figure", () => {
    const folder = join(outcome.folder, "results/wave-solution");
    expect(solutionOf(outcome).out).toBe(folder);
    expect(listing(folder)).toEqual(["density.svg", "profiles.csv", "solution.csv", "summary.json"]);
    const [titles, ...points] = rows(read(folder, "solution.csv"));
    expect(titles).toEqual(["time", "count", "mass_1", "mass_2", "mass_3", "lost_mass"]);
    expect(points.map((row) => Number(row[1]))).toEqual(solutionOf(outcome).points.map(({ count }) => count));
    const [header, ...profile] = rows(read(folder, "profiles.csv"));
    expect(header).toEqual(["time", "x2", "f_1", "f_2", "f_3"]);
    expect(profile).toHaveLength(3 * 256);
    // At the start 8 (1 + cos(2 pi x) / 2).
    for (const [, place, f] of profile.slice(0, 256)) {
      expect(Number(f)).toBeCloseTo(8 + 4 * Math.cos(2 * Math.PI * Number(place)), 10);
    }
    const { out, ...solution } = solutionOf(outcome);
    expect(JSON.parse(read(folder, "summary.json"))).toMatchObject({ ...solution, name: "wave" });
    expect(read(folder, "density.svg")).toMatch(/^<svg[^>]* xmlns=/);
    expect(read(folder, "density.svg")).not.toMatch(/NaN|undefined/);
  });

  test("writes nothing with --no-out, and takes its options", async () => {
    const args = [
      "solve",
      "wave.yaml",
      "--no-out",
      "--json",
      "--cells",
      "64",
      "--masses",
      "32",
      "--rate",
      "naive",
    ];
    const done = await coagula([...args, "--tolerance", "1e-3"], { files });
    expect(listing(done.folder)).toEqual(["flat.yaml", "wave.yaml"]);
    expect(solutionOf(done)).toMatchObject({ cells: 64, cutoff: 32, rate: "naive", tolerance: 1e-3 });
  });

  test("solves the ordinary equations where the start is homogeneous, without profiles", async () => {
    const done = await coagula(["solve", "flat.yaml", "--out", "flat"], { files });
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toContain("homogeneous: ordinary differential equations");
    expect(done.stdout).toContain("right to 9 digits");
    expect(listing(join(done.folder, "flat"))).toEqual(["density.svg", "solution.csv", "summary.json"]);
  });

  test("writes profiles along two axes, a row for each cell", async () => {
    const cosine = { cosine: { amplitude: 1 } };
    const twice = {
      initial: [{ mass: 1, density: { product: [cosine, "uniform", cosine] } }],
      observe: { times: [0, 0.001], masses: 1 },
    };
    const done = await coagula(["solve", "two.yaml", "--out", "two", "--cells", "16"], {
      files: { "two.yaml": scenarioText(twice) },
    });
    const [header, ...profile] = rows(read(done.folder, "two/profiles.csv"));
    expect(header).toEqual(["time", "x0", "x2", "f_1"]);
    expect(profile).toHaveLength(2 * 16 * 16);
    for (const [, x, z, f] of profile.slice(0, 256).map((row) => row.map(Number))) {
      const wave = (place: number) => 1 + Math.cos(2 * Math.PI * place);
      expect(f).toBeCloseTo(8 * wave(x) * wave(z), 10);
    }
  });

  test("tells a gel", async () => {
    const gelling = scenarioText({
      Z: 1,
      particles: 1000,
      alpha: { product: { scale: 1, exponent: 1 } },
      observe: { times: [2], masses: 2 },
    });
    const done = await coagula(["solve", "gel.yaml", "--rate", "naive", "--no-out"], {
      files: { "gel.yaml": gelling },
    });
    expect(done.stdout).toMatch(/^Gelation: 79\.7 % of the mass is beyond mass 512/m);
  });

  test("ends soon after an interrupt and leaves nothing", async () => {
    const cloud = { initial: [{ mass: 1, density: { gaussian: { centre: [0.5, 0.5, 0.5], sd: 0.1 } } }] };
    const done = await coagula(["solve", "cloud.yaml"], {
      files: { "cloud.yaml": scenarioText(cloud) },
      meddle: (child) => setTimeout(() => child.kill("SIGINT"), 2000),
    });
    expect(done.code).toBe(130);
    expect(done.stderr).toContain("coagula: interrupted; nothing was written.");
    expect(listing(done.folder)).toEqual(["cloud.yaml"]);
  });
});
