import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { maxTextLength, parseScenarioText } from "../../src/model/load.ts";
import { loadScenario } from "../../src/model/loadFile.ts";
import { parseScenario } from "../../src/model/scenario.ts";

const firstLight = `
name: first light
model: coagulation              # or annihilation
dimension: 3
domain: { torus: 1 }            # its side; or { space: 8 }: R^d in a box that nobody may leave
particles: 10000                # N; eps follows from Z
Z: 10
initial:                        # weights and densities per mass; eps^(d-2) per particle, total Z
  - { mass: 1, weight: 1, density: uniform }   # or { cosine: { axis: 0, amplitude: 0.8 } }
diffusion: { power: { scale: 1, exponent: -0.3333333333333333 } }   # or { constant: 1 }, { table: [...] }
alpha: { sum: { scale: 10, exponent: 0.5 } }   # 10 (n^.5 + m^.5); or { constant: 50 }, { product: ... }
potential: poly2                # indicator, bump, poly1, poly2, cone, shell, shellq, { radial: [[r, V], ...] }
observe: { times: [0.002, 0.006, 0.02], masses: 5 }
replicas: 64
seed: 1
engine: { kind: uniform }       # later: multirate, the default
`;

const least = "Z: 10\nparticles: 100\nalpha: { constant: 50 }\nobserve: { times: [0.1] }\n";
const leastValue = parseScenario({
  Z: 10,
  particles: 100,
  alpha: { constant: 50 },
  observe: { times: [0.1] },
});

/** The message of the UserError that the text raises, or "" for a good one. */
function complaint(text: string): string {
  try {
    parseScenarioText(text, "run.yaml");
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "";
}

describe("parseScenarioText", () => {
  it("reads the first scenario", () => {
    const scenario = parseScenarioText(firstLight, "first-light.yaml");
    expect(scenario.name).toBe("first light");
    expect(scenario.diffusion).toEqual({ power: { scale: 1, exponent: -0.3333333333333333 } });
    expect(scenario.observe).toEqual({ times: [0.002, 0.006, 0.02], masses: 5 });
    expect(scenario.engine).toEqual({ kind: "uniform", step: 0.025 });
  });

  it("reads JSON, tabs, a byte order mark, Windows line ends and hand-written anchors", () => {
    const json = JSON.stringify({ $schema: "x.json", ...leastValue }, null, "\t");
    expect(parseScenarioText(json, "run.json")).toEqual(leastValue);
    expect(parseScenarioText(`\ufeff${json}`, "run.json")).toEqual(leastValue);
    expect(parseScenarioText(least.replaceAll("\n", "\r\n"), "run.yaml")).toEqual(leastValue);
    const anchored =
      "&Z Z: &ten 10\nparticles: *ten\nalpha: { constant: *ten }\nobserve: { times: [*ten] }\n";
    expect(parseScenarioText(anchored, "run.yaml").alpha).toEqual({ constant: 10 });
  });

  it("reads a 64-bit seed written as a string", () => {
    expect(parseScenarioText(`${least}seed: "0xffffffffffffffff"`, "run.yaml").seed).toBe(
      "0xffffffffffffffff",
    );
    expect(parseScenarioText(`${least}seed: 0xff`, "run.yaml").seed).toBe(255);
    expect(complaint(`${least}seed: 0xffffffffffffffff`)).toMatch(
      /^run.yaml:5:7: seed is 18446744073709552000, but/,
    );
  });

  it("reads its own scenarios back from JSON", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
        fc.string({ minLength: 1, maxLength: 100 }),
        (Z, name) => {
          const scenario = parseScenario({ ...leastValue, Z, name });
          expect(parseScenarioText(JSON.stringify(scenario), "run.json")).toEqual(scenario);
        },
      ),
    );
  });
});

describe("a bad text gets one sentence with its place", () => {
  const cases: [text: string, sentence: string][] = [
    [
      "",
      "run.yaml:1:1: the text is empty, but must be a scenario: a map with keys such as particles, Z and alpha.",
    ],
    [
      "# nothing\n",
      "run.yaml:1:1: the text is empty, but must be a scenario: a map with keys such as particles, Z and alpha.",
    ],
    [
      "---\n",
      "run.yaml:1:1: the text is empty, but must be a scenario: a map with keys such as particles, Z and alpha.",
    ],
    [least.replace("10", "-1"), "run.yaml:1:4: Z is -1, but must be a positive number."],
    [least.replace("10", ""), "run.yaml:1:4: Z is null, but must be a positive number."],
    [least.replace("Z: 10", "# no Z"), "run.yaml:2:1: Z is missing; it must be a positive number."],
    [
      least.replace("0.1", "1, 0.5"),
      "run.yaml:4:19: observe.times is [1,0.5], but must be a list of strictly increasing times.",
    ],
    [
      least.replace("0.1", "0.1, -x"),
      'run.yaml:4:25: observe.times[1] is "-x", but must be a number that is not negative.',
    ],
    [
      least.replace("times", "tmies"),
      'run.yaml:4:12: unknown key "tmies" in observe (did you mean "times"?); allowed here: times, masses, massWidth, ghosts, densities, testFunctions, pairs.',
    ],
    [
      `${least}__proto__: { Z: 1 }\n`,
      'run.yaml:5:1: unknown key "__proto__"; allowed here: name, description, model, dimension, domain, particles, Z, initial, diffusion, alpha, potential, radius, scaling, fragmentation, observe, replicas, seed, physical, engine.',
    ],
    [
      `${least}domain: { space: 1 }\n`,
      'run.yaml:1:1: initial[0].density is "uniform", but must be a map with exactly one of the keys gaussian, product, pair, as the domain is a space.',
    ],
    [`${least}Z: 11\n`, 'run.yaml:5:1: the key "Z" stands here again, but may stand once.'],
    [`${least}seed: 1\n"seed": 2\n`, 'run.yaml:6:1: the key "seed" stands here again, but may stand once.'],
    ['{ "Z": 1,\n  "Z": 2 }', 'run.yaml:2:3: the key "Z" stands here again, but may stand once.'],
    [
      `${least}---\nZ: 1\n`,
      "run.yaml:5:1: a second document starts here, but a scenario must be one document.",
    ],
    [`${least}name: 'x`, "run.yaml:5:9: this is not valid YAML or JSON: Missing closing 'quote."],
    [
      `${least}name: a: b\n`,
      "run.yaml:5:7: this is not valid YAML or JSON: Nested mappings are not allowed in compact mappings.",
    ],
    [
      `${least}\tname: a\n`,
      "run.yaml:5:1: this is not valid YAML or JSON: Tabs are not allowed as indentation.",
    ],
    [`${least}name: !who 3\n`, "run.yaml:5:7: this is not valid YAML or JSON: Unresolved tag: !who."],
    [`${least}name: *who\n`, "run.yaml:5:7: *who has no anchor &who before it."],
  ];
  it.each(cases)("%j", (text, sentence) => {
    expect(complaint(text)).toBe(sentence);
  });

  it("too long", () => {
    expect(complaint("Z: 1 ".padEnd(maxTextLength + 1))).toBe(
      "run.yaml:1:1: the text has 1048577 characters, but must have at most 1048576.",
    );
  });

  it("nested too deeply", () => {
    expect(complaint("[".repeat(1e5))).toMatch(
      /^run.yaml:1:\d+: this is not valid YAML or JSON: it is nested too deeply\.$/,
    );
    expect(complaint(`${"[".repeat(500)}${"]".repeat(500)}`)).toMatch(
      /^run.yaml:1:1: the scenario is \[\[.*, but must be a map/,
    );
  });

  it("aliases that multiply, lead to themselves or are too many", () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `k${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]\n`);
    expect(complaint(`k0: &a0 1\n${bomb.join("")}`)).toBe(
      "run.yaml:1:1: the aliases (*) in this text must stand for at most 100 values in all.",
    );
    expect(complaint("alpha: &a { table: *a }")).toContain("run.yaml:1:20: alpha.table is");
    expect(complaint(`Z: &z 1\nx: [${"*z, ".repeat(101)}]`)).toBe(
      "run.yaml:2:405: this is one alias (*) too many; at most 100 are allowed.",
    );
  });

  it("in time linear in the text, however many keys are wrong", () => {
    let text = "";
    for (let i = 0; text.length < maxTextLength - 20; i++) text += `k${i}: 1\n`;
    const lines = complaint(text).split("\n");
    expect(lines).toHaveLength(21);
    expect(lines[20]).toMatch(/^run.yaml:1:1: There are \d+ more problems\.$/);
    expect(complaint("Z: 1\n".repeat(2e5)).split("\n")).toHaveLength(20);
  }, 30_000);

  it("and never anything but a UserError, whatever is cut out or put in", () => {
    const place = fc.nat(firstLight.length);
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "&a ",
        "*a",
        "[",
        "{",
        "}",
        "- ",
        "? ",
        ": ",
        "!!set ",
        "!!binary ",
        "|",
        "\t",
        "<<: ",
        "---\n",
        "%YAML 1.1\n---\n",
        "'",
        '"',
        "null",
        "__proto__: ",
      ),
    );
    fc.assert(
      fc.property(place, place, piece, (from, to, insert) => {
        const message = complaint(firstLight.slice(0, from) + insert + firstLight.slice(to));
        for (const line of message.split("\n")) expect(line).toMatch(/^$|^run\.yaml:\d+:\d+: .+\.$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("loadScenario", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "coagula-load-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function written(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  it("reads a file", async () => {
    expect(await loadScenario(await written("run.yaml", least))).toEqual(leastValue);
  });

  it("names the file, the line and the column", async () => {
    const path = await written("bad.yaml", least.replace("100", "-5"));
    const sentence = `${path}:2:12: particles is -5, but must be an integer from 1 to 134217728.`;
    await expect(loadScenario(path)).rejects.toEqual(new UserError(sentence));
  });

  it("says in one sentence why a file cannot be read", async () => {
    const missing = join(folder, "none.yaml");
    const binary = await written("binary.yaml", new Uint8Array([0x5a, 0x3a, 0xff]));
    const huge = await written("huge.yaml", " ".repeat(2 ** 21));
    const beneath = join(await written("file", ""), "run.yaml");
    const cases = [
      [missing, `${missing} must be a scenario file, but it does not exist.`],
      [folder, `${folder} must be a scenario file, but it is a folder.`],
      [beneath, `${beneath} must be a scenario file, but a part of its path is not a folder.`],
      [binary, `${binary} must be a scenario file of UTF-8 text, but holds other bytes.`],
      [huge, `${huge} must be a scenario file of at most 1048576 bytes, but is longer.`],
      ["/dev/zero", "/dev/zero must be a scenario file of at most 1048576 bytes, but is longer."],
      ["a\0b", "a\0b must be a scenario file, but reading it failed (ERR_INVALID_ARG_VALUE)."],
    ];
    for (const [path, sentence] of cases) {
      await expect(loadScenario(path)).rejects.toEqual(new UserError(sentence));
    }
  });
});
