/**
 * Every block of code in the README and docs/ does what it says it is: commands run, programs run, scenarios are valid. Scenarios are played smaller
 * than they are, so that it takes minutes and not hours; what pages quote of the full ones is not looked at here.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { parseScenarioText } from "../../src/model/load.ts";
import { makeSpatialPotential } from "../../src/model/spatialPotential.ts";
import { parsePlan } from "../../src/sweep/plan.ts";
import { coagula, freshFolder, root, start, writeFiles } from "../support/cli.ts";
import { blocksOf, pages } from "../support/pages.ts";

const blocks = pages.flatMap(blocksOf);
const inLanguage = (language: string) => blocks.filter((block) => block.language === language);

/** What the tests of other files run, or what this machine cannot. */
const elsewhere = [
  /^npm /, // CI itself; test/web; test/soak.test.ts
  /^npx vitest /, // CI itself
  /sbatch/, // test/deploy
  /^coagula resume /, // test/cli/resume.test.ts, which interrupts a run first
];

/** A scenario that is over soon: few particles, few replicas, a tenth of the time. */
function smaller(text: string): string {
  const scenario = parse(text);
  if (scenario.bumps) return text;
  if (scenario.scenarios) return stringify({ ...scenario, particles: [200, 210, 220, 230] });
  if (scenario.initial?.[0]?.density?.pair === undefined)
    scenario.particles = Math.min(scenario.particles, 150);
  scenario.replicas = Math.min(scenario.replicas ?? 1, 3);
  scenario.observe.times = scenario.observe.times.map((time: number) => time / 10);
  return stringify(scenario);
}

/** A folder as a reader of the page has it. */
function workplace(page: string): string {
  const folder = freshFolder({ "K.txt": "1 2\n2 3\n" });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/coagula"));
  for (const name of readdirSync(join(root, "scenarios"))) {
    writeFiles(folder, {
      [join("scenarios", name)]: smaller(readFileSync(join(root, "scenarios", name), "utf8")),
    });
  }
  for (const { language, name, text } of blocksOf(page)) {
    if (language === "yaml" && name !== "") writeFiles(folder, { [name]: smaller(text) });
  }
  return folder;
}

/** The words of a line of sh as it is used here: quotes of either kind, and what follows # left out. */
const wordsOf = (line: string): string[] =>
  [...line.replace(/\s#.*$/, "").matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c);

/** Those that aim at many particles or an error bar, with less of either. */
function lessWork(words: string[]): string[] {
  const smallerBy: Record<string, string> = { "--n": "120,240,480", "--replicas": "3", "--pairs": "50" };
  const result = words.map((word, k) => {
    const instead = smallerBy[words[k - 1]];
    return instead === undefined ? word : word.includes(",") ? instead : instead.split(",").at(-1)!;
  });
  return result[0] === "converge" && !result.includes("--replicas") ? [...result, "--replicas", "3"] : result;
}

/** Pages tell the first of n shards, "and so on". */
function everyShard(words: string[]): string[][] {
  const at = words.indexOf("--shard") + 1;
  if (at === 0) return [words];
  const n = Number(words[at].split("/")[1]);
  return Array.from({ length: n }, (_, k) => words.with(at, `${k + 1}/${n}`));
}

test("there are blocks of each kind, and every block says what it is", () => {
  const languages = new Set(blocks.map(({ language }) => language));
  expect([...languages].sort()).toEqual(["js", "python", "r", "sh", "sql", "text", "yaml"]);
});

describe("scenarios and plans", () => {
  test.each(inLanguage("yaml"))("$page: $text", ({ text }) => {
    const { scenarios, particles, bumps } = parse(text);
    if (scenarios) parsePlan(text, "block");
    else if (bumps) makeSpatialPotential({ bumps });
    // A part of a scenario tells one key.
    else
      parseScenarioText(particles ? text : `particles: 100\nZ: 4\nalpha: { constant: 1 }\n${text}`, "block");
  });
});

describe("programs", () => {
  test.each(inLanguage("js"))("$page", async ({ page, text }) => {
    const folder = workplace(page);
    const outcome = await start(process.execPath, ["block.mjs"], { folder, files: { "block.mjs": text } });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stdout).not.toBe("");
  });
});

describe("commands", () => {
  for (const page of pages) {
    const lines = blocksOf(page)
      .filter(({ language }) => language === "sh")
      .flatMap(({ text }) => text.trim().split("\n"))
      .filter((line) => !elsewhere.some((other) => other.test(line)));
    if (lines.length === 0) continue;
    test(`${page}: ${lines.length}`, async () => {
      const folder = workplace(page);
      for (const line of lines) {
        const [program, ...rest] = wordsOf(line).filter((word) => word !== "npx");
        const words = rest.slice(0, rest.includes(">") ? rest.indexOf(">") : rest.length);
        expect(program, line).toBe("coagula");
        for (const each of everyShard(lessWork(words))) {
          const { code, stdout, stderr } = await coagula(each, { folder });
          expect(code, `${line}\n${stderr}`).toBe(0);
          expect(stdout, line).not.toBe("");
        }
      }
    }, 600_000);
  }
});
