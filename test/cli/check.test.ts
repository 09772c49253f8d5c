import { join } from "node:path";
import { expect, test } from "vitest";
import { checkHypotheses } from "../../src/index.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { coagula, root, scenarioText, small } from "../support/cli.ts";

test("lists every hypothesis with a mark and a reason, then the conclusion; what fails is no error", async () => {
  const { code, stdout, stderr } = await coagula(["check", join(root, "scenarios/first-light.yaml")]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^ {2}yes {2}V is continuous .*\n {7}V, poly2, /m);
  expect(stdout).toMatch(
    /^ {2}NO {3}particles move in R\^d \[S §1\.3\]\n {7}They move on a torus of side 1\.$/m,
  );
  expect(stdout).toMatch(/\n\nTheorem 1\.1 of the survey does not cover this scenario\./);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
});

test("prints the report as one JSON object", async () => {
  const { code, stdout } = await coagula(["check", "a.json", "--json"], {
    files: { "a.json": scenarioText() },
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ name: "small", ...checkHypotheses(parseScenario(small)) });
});

test("complains of a scenario that cannot be run as run does", async () => {
  const tooDense = scenarioText({ Z: 200 });
  for (const command of ["check", "run"]) {
    const { code, stdout, stderr } = await coagula([command, "a.json"], { files: { "a.json": tooDense } });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^coagula: Z is 200, which makes eps 0\.6667, but eps must be at most .*\n$/);
  }
});
