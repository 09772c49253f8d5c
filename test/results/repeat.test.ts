import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseScenarioText } from "../../src/model/load.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { repeatCommand, scenarioYaml } from "../../src/results/repeat.ts";

const plain = { particles: 10, Z: 1, alpha: { constant: 1 }, observe: { times: [1] } } as const;

/** Texts of every kind of sign, many of them blanks, line ends, quotes and what YAML or a shell might take for its own. */
const signs = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(..." \n\r\t\\'\"`$#:-!&*|>%@{}[],?") },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "\u0000",
      "\u007f",
      "\u0085",
      "\u2028",
      "\ufeff",
      "\u202e",
      "\ud800",
      "SCENARIO",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("a", "é", "粒", "😀", "1", "0x1", "true", "null", "---", "SCENARIO\n"),
  },
);
const text = fc.array(signs, { minLength: 1, maxLength: 30 }).map((parts) => parts.join("").slice(0, 100));

test("a scenario as YAML reads as the same scenario, whatever its texts, and shows every sign on its line", () => {
  fc.assert(
    fc.property(text, text, (name, description) => {
      const scenario = parseScenario({ ...plain, name, description });
      const yaml = scenarioYaml(scenario);
      expect(parseScenarioText(yaml, "s.yaml")).toEqual(scenario);
      expect(yaml).not.toMatch(/[^\n\P{C}]|[\u2028\u2029]/u);
      // The line that ends the here-document stands nowhere within it.
      expect(yaml.split("\n")).not.toContain("SCENARIO");
    }),
    { seed: 1, numRuns: 500 },
  );
});

test.each([
  {
    potential: {
      radial: [
        [0, 1],
        [0.5, 2],
      ],
    },
  },
  { alpha: "contact", domain: { torus: 2 }, seed: "0xffffffffffffffff" },
  { radius: { table: [0.3, 0.4] }, diffusion: { power: { scale: 1, exponent: -1 / 3 } }, dimension: 4 },
  {
    observe: {
      times: [1e-7, 0.1 + 0.2, 1e21],
      pairs: {},
      testFunctions: ["constant", { cosine: { axis: 1 } }],
    },
  },
])("a scenario as YAML reads as the same scenario: %j", (changes) => {
  const scenario = parseScenario({ ...plain, ...changes });
  expect(parseScenarioText(scenarioYaml(scenario), "s.yaml")).toEqual(scenario);
});

test("what is pasted into a shell writes that YAML, to the byte, and names the command with its options", () => {
  const scenario = parseScenario({ ...plain, name: "$(id) `id` \\ 'it' \"is\"", description: "two\nlines" });
  const command = repeatCommand("run", ["--snapshots"], "scenario.yaml", scenario);
  const [written, called] = command.split(/(?<=^SCENARIO\n)/m);
  expect(called).toBe("coagula run scenario.yaml --snapshots\n");
  const pasted = written.replace("cat > scenario.yaml", "cat");
  expect(execFileSync("sh", ["-c", pasted], { encoding: "utf8" })).toBe(scenarioYaml(scenario));
});
