/** Every JSON that is written or printed is what its JSON Schema says, in the eyes of a validator that knows nothing of us. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { jsonSchema, type SchemaName, schemaNames } from "../../src/results/jsonSchemas.ts";
import { coagula, freshFolder, root, scenarioText } from "../support/cli.ts";

const complaints = (name: SchemaName, value: unknown) => {
  const ajv = new Ajv({ allErrors: true, strict: false });
  const validate = ajv.compile(jsonSchema(name));
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

const files = {
  "s.yaml": scenarioText({ observe: { times: [0.0004, 0.0009], masses: 3, pairs: { masses: 1 } } }),
};
const cpu = ["--engine", "cpu"];
const printed: [SchemaName, string[]][] = [
  ["run", ["run", "s.yaml", ...cpu, "--out", "run", "--json"]],
  ["observe", ["observe", "s.yaml", ...cpu, "--out", "observe", "--json"]],
  [
    "converge",
    ["converge", "s.yaml", ...cpu, "--n", "150,300", "--replicas", "4", "--out", "converge", "--json"],
  ],
  ["solve", ["solve", "s.yaml", "--out", "solve", "--json"]],
  ["check", ["check", "s.yaml", "--json"]],
  ["check", ["check", join(root, "scenarios/colloid.yaml"), "--json"]],
  ["verify", ["verify", "--case", "one particle", "--json"]],
  ["beta", ["beta", "--potential", "poly2", "--alpha", "10", "--r", "0,1", "--time", "0.1", "--json"]],
  ["coalescent", ["coalescent", "--n", "100", "--replicas", "4", "--json"]],
  ["kingman", ["kingman", "--n", "8", "--json"]],
  ["walkers", ["walkers", "--side", "6", "--replicas", "4", "--times", "0.1", "--json"]],
  ["clusters", ["clusters", "--masses", "1,2,4,8", "--blocks", "16", "--chains", "1", "--json"]],
  ["doctor", ["doctor", "--json"]],
];
const written: [SchemaName, string][] = [
  ["run-summary", "run/summary.json"],
  ["observe-summary", "observe/summary.json"],
  ["solve-summary", "solve/summary.json"],
  ["convergence", "converge/convergence.json"],
  ["study", "converge/study.json"],
];

let folder = "";
const outputs: string[] = [];
beforeAll(async () => {
  folder = freshFolder(files);
  for (const [, args] of printed) {
    const { code, stdout, stderr } = await coagula(args, { folder });
    expect({ args, code, stderr: code === 0 ? "" : stderr }).toEqual({ args, code: 0, stderr: "" });
    outputs.push(stdout);
  }
}, 300_000);

test("there is a test of every schema", () => {
  const tested = new Set<string>([
    ...printed.map(([name]) => name),
    ...written.map(([name]) => name),
    "scenario",
  ]);
  expect(schemaNames.filter((name) => !tested.has(name))).toEqual([]);
});

describe("what is printed with --json", () => {
  test.each(printed.map(([name, args], k) => [args.slice(0, 2).join(" "), name, k] as const))(
    "by %s",
    (_, name, k) => {
      expect(complaints(name, JSON.parse(outputs[k]))).toEqual([]);
      expect(complaints(name, { ...JSON.parse(outputs[k]), more: 1 })).not.toEqual([]);
    },
  );
});

describe("what is written", () => {
  test.each(written)("%s", (name, path) => {
    const value = JSON.parse(readFileSync(join(folder, path), "utf8"));
    expect(complaints(name, value)).toEqual([]);
    expect(complaints(name, { ...value, version: 3 })).not.toEqual([]);
  });
});

test("what is no scenario is none for editors either", () => {
  expect(complaints("scenario", JSON.parse(files["s.yaml"]))).toEqual([]);
  expect(complaints("scenario", { particles: -1 })).not.toEqual([]);
});
