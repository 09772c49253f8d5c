import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scenarioJsonSchema } from "../../src/index.ts";
import { coagula, root } from "../support/cli.ts";

const commands = [
  "run",
  "converge",
  "solve",
  "check",
  "verify",
  "beta",
  "coalescent",
  "kingman",
  "walkers",
  "doctor",
  "schema",
];

async function json(...args: string[]) {
  const { code, stdout, stderr } = await coagula([...args, "--json"]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^\{.*\}\n$/);
  return JSON.parse(stdout);
}

describe("coagula", () => {
  test("tells its version", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const option of ["--version", "-V"]) {
      expect(await coagula([option])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
    }
  });

  test("lists every command and the exit codes with --help", async () => {
    const { code, stdout, stderr } = await coagula(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
    expect(stdout).toMatch(/^Exit codes: 0 .*; 1 .*; 2 .*; 130 /m);
  });

  test.each(["bash", "zsh", "fish", "powershell"])("completes commands and options in %s", async (shell) => {
    const { code, stdout, stderr } = await coagula(["completion", shell]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/\bcomplete\b/);
  });

  test("completes what a shell asks it to", async () => {
    const completed = async (...words: string[]) => {
      const { code, stdout } = await coagula(["complete", "--", ...words]);
      expect(code).toBe(0);
      return stdout.split("\n").map((line) => line.split("\t")[0]);
    };
    expect(await completed("")).toEqual(expect.arrayContaining(commands));
    expect(await completed("sol")).toEqual(["solve", ":4", ""]);
    expect(await completed("solve", "--")).toEqual(
      expect.arrayContaining(["--rate", "--tolerance", "--cells", "--masses"]),
    );
  });

  test("refuses to complete in a shell that it does not know", async () => {
    const { code, stdout, stderr } = await coagula(["completion", "tcsh"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^coagula: .*'tcsh'.*\bzsh, bash, fish, powershell\.\n$/);
  });

  test("has no colours to turn off", async () => {
    const help = await coagula(["--help"], { env: { FORCE_COLOR: "1" } });
    const error = await coagula(["run", "nothing.yaml"], { env: { FORCE_COLOR: "1" } });
    for (const { stdout, stderr } of [help, error]) expect(stdout + stderr).not.toContain("\u001b");
  });

  test("without a command shows its help as an error", async () => {
    const { code, stdout, stderr } = await coagula([]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Usage: coagula/);
  });

  test.concurrent.each<[string, string[]]>([
    ["run", ["--out", "--no-out", "--force", "--seed", "--replicas", "--engine", "--adapter", "--json"]],
    ["converge", ["--n", "--eps", "--se", "--replicas", "--seed", "--out", "--no-out", "--force", "--json"]],
    ["solve", ["--rate", "--tolerance", "--cells", "--masses", "--out", "--no-out", "--force", "--json"]],
    ["verify", ["--adapter", "--case", "--workgroup-size", "--json"]],
    ["check", ["--json"]],
    [
      "beta",
      [
        "--potential",
        "--dimension",
        "--alpha",
        "--D",
        "--masses",
        "--r",
        "--time",
        "--pairs",
        "--out",
        "--json",
      ],
    ],
    [
      "coalescent",
      ["--kernel", "--n", "--times", "--masses", "--replicas", "--seed", "--no-equation", "--json"],
    ],
    ["kingman", ["--n", "--times", "--law", "--json"]],
    [
      "walkers",
      [
        "--dimension",
        "--side",
        "--start",
        "--walkers",
        "--rate",
        "--times",
        "--cox",
        "--replicas",
        "--seed",
        "--json",
      ],
    ],
    ["doctor", ["--adapter", "--json"]],
    ["schema", []],
  ])("%s has --help that tells its options", async (command, options) => {
    const { code, stdout, stderr } = await coagula([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^Usage: coagula ${command}\\b`));
    for (const option of [...options, "--help"]) expect(stdout).toMatch(new RegExp(`^ +.*${option}\\b`, "m"));
  });
});

describe("verify", () => {
  const cases = ["one particle", "63 particles", "the plane, annihilation"];

  test("prints the digests of both engines side by side as one JSON object", async () => {
    const report = await json("verify", "--case", ...cases);
    expect(report.equal).toBe(true);
    expect(new Set(report.cases.map(({ name }: { name: string }) => name))).toEqual(new Set(cases));
    expect(report.cases).toHaveLength(cases.length);
    for (const { cpu, gpu } of report.cases) {
      expect(cpu).toMatch(/^[0-9a-f]{64}$/);
      expect(gpu).toBe(cpu);
    }
    expect(new Set(report.cases.map(({ cpu }: { cpu: string }) => cpu)).size).toBe(cases.length);
  });

  test("prints a line for each case and how many are equal, at any workgroup size", async () => {
    const { code, stdout } = await coagula(["verify", "--workgroup-size", "32", "--case", ...cases]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^CPU reference against .*, workgroups of 32\n/);
    for (const name of cases) {
      expect(stdout).toMatch(new RegExp(`^equal {2}cpu (\\w{16}) {2}gpu \\1 {2}${name}$`, "m"));
    }
    expect(stdout).toMatch(/^3 of 3 cases equal\.\n$/m);
  });
});

describe("beta", () => {
  test("prints the value known for poly2 in three dimensions, and what belongs to it", async () => {
    const args = ["--potential", "poly2", "--dimension", "3", "--alpha", "10", "--D", "1"];
    const solution = await json("beta", ...args);
    const keys = ["beta", "capacityLimit", "errorEstimate", "naive", "scatteringLength", "u0"];
    expect(Object.keys(solution).sort()).toEqual(keys);
    // 4.42793263279697690255, of which a double holds these digits.
    const known = 4.427932632796977;
    expect(Math.abs(solution.beta / known - 1)).toBeLessThan(1e-13);
    expect(Math.abs(solution.beta - known)).toBeLessThan(Math.max(solution.errorEstimate, 1e-14));
    expect(solution.naive).toBe(10);
    expect(Math.abs(solution.capacityLimit / (4 * Math.PI) - 1)).toBeLessThan(1e-13);
    expect(solution.u0).toBeGreaterThan(0);
    expect(solution.u0).toBeLessThan(1);

    // The same for people.
    const { stdout } = await coagula(["beta", ...args]);
    expect(stdout).toMatch(new RegExp(`^beta +${String(solution.beta).replace(".", "\\.")} `, "m"));
  });

  test("is the closed form 4 pi D (1 - tanh(k) / k) for the indicator, which is the default", async () => {
    const { beta } = await json("beta", "--alpha", "50", "--D", "2");
    // V = 3 / (4 pi) within the unit ball, and k^2 = alpha V / D.
    const k = Math.sqrt((50 * 3) / (4 * Math.PI) / 2);
    expect(Math.abs(beta / (4 * Math.PI * 2 * (1 - Math.tanh(k) / k)) - 1)).toBeLessThan(1e-12);
  });
});

describe("doctor", () => {
  test("tells adapter, driver, limits, features, what is missing and how to get it", async () => {
    const report = await json("doctor");
    expect(report).toMatchObject({
      ok: true,
      node: process.version,
      adapter: { name: expect.any(String), driver: expect.any(String), software: expect.any(Boolean) },
      missing: expect.any(Array),
      advice: expect.stringMatching(/\.$/),
      selfTest: { equal: true },
    });
    expect(report.adapters.length).toBeGreaterThan(0);
    expect(report.features).toEqual([...report.features].sort());
    expect(report.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 27);
    expect(report.largestParticles[2]).toBeGreaterThan(report.largestParticles[3]);
    expect(report.missing).toHaveLength(report.adapter.software ? 1 : 0);
    expect(report.selfTest.cpu).toBe(report.selfTest.gpu);
  });

  test("tells people the same", async () => {
    const { code, stdout } = await coagula(["doctor"]);
    expect(code).toBe(0);
    for (const word of ["adapters", "best", "driver", "features", "limit", "largest", "test", "missing"]) {
      expect(stdout).toMatch(new RegExp(`^${word}: +\\S`, "m"));
    }
    expect(stdout).toMatch(/^best: .*, (software|hardware)$/m);
    expect(stdout).not.toMatch(/undefined|\[object/);
  });
});

test("schema prints the JSON Schema of scenarios, with a description of every key", async () => {
  const { code, stdout, stderr } = await coagula(["schema"]);
  expect([code, stderr]).toEqual([0, ""]);
  const schema = JSON.parse(stdout);
  expect(schema).toEqual(scenarioJsonSchema());
  expect(schema.$schema).toMatch(/^http:\/\/json-schema\.org\/draft-07/);
  const keys = ["name", "model", "dimension", "domain", "particles", "Z", "initial", "diffusion", "alpha"];
  for (const key of [...keys, "potential", "observe", "replicas", "seed", "engine"]) {
    expect(schema.properties).toHaveProperty(`${key}.description`);
  }
  expect(new Set(schema.required)).toEqual(new Set(["particles", "observe"]));
  expect(schema.additionalProperties).toBe(false);
  expect(JSON.parse(readFileSync(join(root, "dist/scenario.schema.json"), "utf8"))).toEqual(schema);
});
