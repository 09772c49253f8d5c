import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makePotential } from "../../src/model/potential.ts";
import { solvePair } from "../../src/oracle/beta.ts";
import { solveFiniteTime } from "../../src/oracle/finiteTime.ts";
import {
  type CliOptions,
  coagula,
  freshFolder,
  listing,
  scenarioText,
  small,
  succeeds,
} from "../support/cli.ts";

/** What `coagula beta --json` prints. */
async function json(args: string[], options?: CliOptions) {
  return JSON.parse(await succeeds(coagula(["beta", ...args, "--json"], options)));
}

describe("one pair", () => {
  const problem = { potential: makePotential("cone", 4), dimension: 4, alpha: 7, D: 2 };
  const args = ["--potential", "cone", "--dimension", "4", "--alpha", "7", "--D", "2"];

  test("u at distances, and until times in units of eps^2", async () => {
    const report = await json([...args, "--r", "0,0.5,2", "--time", "0.25,3"]);
    const { u } = solvePair(problem);
    expect(report.u).toEqual([0, 0.5, 2].map((r) => ({ r, u: u(r) })));
    expect(report.finiteTime).toHaveLength(2);
    const { u: until, ...rest } = solveFiniteTime(problem, 0.5);
    expect(report.finiteTime[0]).toEqual({ time: 0.25, tau: 0.5, u: [0, 0.5, 2].map(until), ...rest });
  });

  test("the same for people", async () => {
    const { code, stdout } = await coagula(["beta", ...args, "--r", "0.5", "--time", "0.25,3"]);
    expect(code).toBe(0);
    for (const line of [
      /^scattering length +0\.\d/m,
      /^u\(0\.5\) +0\.\d/m,
      /^time +D t/m,
      /^0\.25 +0\.5 +\d/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).not.toMatch(/undefined|NaN|null/);
  });

  test("in the plane every pair meets, and there is no scattering length", async () => {
    const args = ["--dimension", "2", "--alpha", "3", "--r", "0,9"];
    const { u, u0, scatteringLength } = await json(args);
    expect([u[0].u, u[1].u, u0, scatteringLength]).toEqual([1, 1, null, null]);
    const { stdout } = await coagula(["beta", ...args]);
    expect(stdout).toMatch(/^scattering length +- /m);
  });

  test("a radial table, in the command or in a file", async () => {
    const table = "{radial: [[0, 1], [1, 0]]}";
    const { beta } = await json(["--potential", "cone", "--alpha", "5"]);
    for (const potential of [table, "v.yaml"]) {
      const report = await json(["--potential", potential, "--alpha", "5"], { files: { "v.yaml": table } });
      expect(report.beta).toBeCloseTo(beta, 12);
    }
  });
});

describe("a V that is not radial", () => {
  test("an ellipsoid", async () => {
    // On a busy machine it may tell its progress on standard error.
    const ellipsoid = "{ellipsoid: {semiAxes: [1, 0.7, 0.5]}}";
    const { code, stdout } = await coagula(["beta", "--potential", ellipsoid, "--alpha", "0.1", "--json"]);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(Object.keys(report).sort()).toEqual(
      ["beta", "capacityLimit", "errorEstimate", "naive", "scatteringLength", "u0"].sort(),
    );
    expect(report.capacityLimit).toBeCloseTo(9.140913388459124, 12);
    expect(report.errorEstimate).toBeLessThan(1e-5 * report.beta);
  });

  test("bumps, for people, from a file", async () => {
    const bumps = [-1, 1].map((sign) => ({ at: [0, 0.5 * sign, 0], radius: 0.6, profile: "poly2" }));
    const { code, stdout } = await coagula(["beta", "--potential", "two.json", "--alpha", "0.1"], {
      files: { "two.json": JSON.stringify({ bumps }) },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^beta +0\.09\d+ +alpha ∫ V \(1 - u\), within \de-/m);
    expect(stdout).toMatch(/^capacity limit +- +unknown for this shape$/m);
  });
});

describe("a scenario", () => {
  const files = {
    "s.yaml": scenarioText({ potential: "bump", alpha: { product: { scale: 2, exponent: 0.5 } } }),
  };
  const D = (n: number, m: number) =>
    n ** small.diffusion.power.exponent + m ** small.diffusion.power.exponent;
  const problem = (n: number, m: number) => ({
    potential: makePotential("bump", 3),
    dimension: 3,
    alpha: 2 * (n * m) ** 0.5,
    D: D(n, m),
  });

  test("gives V, alpha and D of two masses, and eps to the times", async () => {
    const report = await json(["s.yaml", "--masses", "2,5", "--time", "0.001"], { files });
    expect(report.beta / solvePair(problem(2, 5)).beta).toBeCloseTo(1, 13);
    // eps = Z / N in d = 3.
    const tau = (D(2, 5) * 0.001) / (small.Z / small.particles) ** 2;
    expect(report.finiteTime[0].tau / tau).toBeCloseTo(1, 12);
    expect(report.finiteTime[0].rate / solveFiniteTime(problem(2, 5), tau).rate).toBeCloseTo(1, 10);
  });

  test("in the plane a pair feels alpha / |log eps|, and its rate is told in units of that", async () => {
    const plane = { dimension: 2, particles: 40, Z: 8, observe: { times: [0.001] } };
    const { naive, finiteTime } = await json(["s.yaml", "--time", "0"], {
      files: { "s.yaml": scenarioText(plane) },
    });
    expect(naive).toBe(50);
    expect(finiteTime[0].rate).toBeCloseTo(50, 12);
  });

  test("gives all pairs: CSV on standard output or in a file, or a square table", async () => {
    const { code, stdout, folder } = await coagula(["beta", "s.yaml", "--pairs", "12"], { files });
    expect(code).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split("\n");
    expect(head).toBe("n,m,beta");
    expect(lines).toHaveLength(78);
    const [n, m, beta] = lines[24].split(",").map(Number);
    expect([n, m]).toEqual([7, 4]);
    expect(beta / solvePair(problem(7, 4)).beta).toBeCloseTo(1, 10);

    const written = await coagula(["beta", "s.yaml", "--pairs", "12", "--out", "b.csv"], { folder });
    expect(written.stdout).toBe("beta(n, m) of all masses up to 12 in b.csv\n");
    expect(readFileSync(join(folder, "b.csv"), "utf8")).toBe(stdout);
    expect(listing(folder)).toEqual(["b.csv", "s.yaml"]);

    const table = await json(["s.yaml", "--pairs", "12"], { folder });
    expect(table.masses).toBe(12);
    expect([table.beta[6][3], table.beta[3][6]]).toEqual([beta, beta]);
  });

  test("does not overwrite a file unless told to", async () => {
    const folder = freshFolder(files);
    writeFileSync(join(folder, "b.csv"), "mine");
    const args = ["beta", "s.yaml", "--pairs", "2", "--out", "b.csv"];
    const refused = await coagula(args, { folder });
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/^coagula: out is "b\.csv", which is there already; give --force .*\.\n$/);
    expect(readFileSync(join(folder, "b.csv"), "utf8")).toBe("mine");
    expect((await coagula([...args, "--force"], { folder })).code).toBe(0);
    expect(readFileSync(join(folder, "b.csv"), "utf8")).toMatch(/^n,m,beta\n1,1,/);
  });
});

describe("is refused in one sentence, with exit code 2", () => {
  const files = { "s.yaml": scenarioText() };
  const negative = JSON.stringify({ radial: [[0, 1], [1, -1]] }); // biome-ignore format: a table
  test.concurrent.each<[args: string[], sentence: RegExp]>([
    [[], /--alpha is missing; it must be a number of at least 0, or come with a scenario/],
    [
      ["--alpha", "1", "--r", "1,x"],
      /--r <list>' argument '1,x' .* numbers of at least 0, separated by commas/,
    ],
    [["--alpha", "1", "--time", "-1"], /--time <list>' argument '-1'/],
    [["--alpha", "1", "--pairs", "3"], /--pairs needs a scenario/],
    [["--alpha", "1", "--masses", "1,2"], /--masses needs a scenario/],
    [["--alpha", "1", "--out", "x"], /--out is only for --pairs/],
    [
      ["--alpha", "1", "--potential", "no.yaml"],
      /--potential is 'no\.yaml', but must be one of indicator, bump/,
    ],
    [
      ["--alpha", "1", "--potential", "s.yaml"],
      /s\.yaml holds the keys name, .* radial, ellipsoid, bumps, grid/,
    ],
    [["--alpha", "1", "--potential", "{ bumps: ["], /--potential is not valid YAML or JSON/],
    [["--alpha", "1", "--potential", negative], /\[1,-1\] as point 2; V must be 0 or more/],
    [
      ["--alpha", "1", "--potential", "{radial: [[0, 0], [1, 0]]}"],
      /V = 0 at every point; V must be positive/,
    ],
    [
      ["--alpha", "1", "--potential", "{radial: [[0, .inf]]}"],
      /\[0,Infinity\] as point 1; a point must be two num/,
    ],
    [
      ["--alpha", "1", "--potential", "{radial: [[0, 1e308], [1, 1e308]]}"],
      /the integral Infinity; it must be/,
    ],
    [["--alpha", "1", "--potential", "{grid: {values: [1]}}"], /has 1 values; .* a table is too coarse/],
    [["--alpha", "1", "--potential", "{ellipsoid: {semiAxes: [1, 1, -1]}}"], /semiAxes\[2\] is -1/],
    [["--alpha", "-1", "--potential", "{ellipsoid: {semiAxes: [1, 1, 1]}}"], /--alpha .*at least 0/],
    [
      ["--alpha", "1", "--dimension", "4", "--potential", "{ellipsoid: {semiAxes: [1, 1, 1]}}"],
      /--dimension is 4, but must be 3/,
    ],
    [
      ["--alpha", "1", "--r", "1", "--potential", "{ellipsoid: {semiAxes: [1, 1, 1]}}"],
      /--r needs a radial V/,
    ],
    [["s.yaml", "--alpha", "1"], /--alpha cannot be given with a scenario/],
    [["s.yaml", "--masses", "3"], /--masses <n,m>' argument '3' .* two integers/],
    [["s.yaml", "--pairs", "0"], /--pairs <K>' argument '0' .* integer from 1 to 4096/],
    [["s.yaml", "--pairs", "3", "--r", "1"], /--r cannot be given with --pairs/],
    [["s.yaml", "--pairs", "3", "--out", "no/b.csv"], /out is "no\/b\.csv".*there is no such folder/],
    [["no.yaml"], /no\.yaml must be a scenario file, but it does not exist/],
  ])("%j", async (args, sentence) => {
    const { code, stdout, stderr, folder } = await coagula(["beta", ...args], { files });
    expect({ code, stdout, files: listing(folder) }).toEqual({ code: 2, stdout: "", files: ["s.yaml"] });
    expect(stderr).toMatch(/^coagula: [^\n]+\.\n$/);
    expect(stderr).toMatch(sentence);
  });
});
