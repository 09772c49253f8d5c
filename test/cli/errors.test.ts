import { describe, expect, test } from "vitest";
import { coagula, listing, type Outcome, scenarioText } from "../support/cli.ts";

/** Exit code 2, one sentence with all of these parts, no stack, no output, nothing written. */
function expectRefusal({ code, stdout, stderr, folder }: Outcome, parts: readonly string[], files: string[]) {
  expect(stderr).toMatch(/^coagula: [^\n]+\n$/);
  for (const part of parts) expect(stderr).toContain(part);
  expect(stderr).not.toContain("    at ");
  expect({ code, stdout, files: listing(folder) }).toEqual({ code: 2, stdout: "", files });
}

const wave = { initial: [{ mass: 1, density: { cosine: { axis: 0, amplitude: 0.5 } } }] };
const line = { cosine: { amplitude: 0.5 } };
const fourCoordinates = {
  dimension: 4,
  Z: 0.5,
  initial: [{ mass: 1, density: { product: [line, line, line, line] } }],
};

type Row = [title: string, changes: object, parts: string[]];

/** Without what a run that can begin tells of itself: three lines of introduction, and its progress if it takes long. */
const withoutNews = (outcome: Outcome): Outcome => ({
  ...outcome,
  stdout: outcome.stdout.replace(/^small: .*\neps = .*\non .*\n/, ""),
  stderr: outcome.stderr.replace(/^small: (\d+ %|done).*\n/gm, ""),
});

/** Changes to the small scenario, and what the sentence must name: the key, the value and what is allowed. */
const scenarios: Row[] = [
  [
    "an unknown key",
    { partciles: 5 },
    ['unknown key "partciles"', 'did you mean "particles"', "allowed here: "],
  ],
  [
    "an unknown key further in",
    { observe: { times: [1], mases: 3 } },
    ['"mases" in observe', "times, masses"],
  ],
  ["a key that is missing", { Z: undefined }, ["Z is missing", "a positive number"]],
  ["a text for a number", { Z: "ten" }, ['Z is "ten"', "a positive number"]],
  ["a number for a map", { domain: 3 }, ["domain is 3", "exactly one of the keys torus, space"]],
  ["a model that is none", { model: "explosion" }, ['"explosion"', '"coagulation" or "annihilation"']],
  ["an engine kind that is none", { engine: { kind: "magic" } }, ['engine.kind is "magic"', '"uniform"']],
  ["a negative rate", { alpha: { constant: -50 } }, ["alpha.constant is -50", "not negative"]],
  [
    "a negative diffusivity",
    { diffusion: { constant: -1 } },
    ["diffusion.constant is -1", "a positive number"],
  ],
  ["a negative rate in a table", { alpha: { table: [[-3]] } }, ["alpha.table[0][0] is -3", "not negative"]],
  [
    "a rate that overflows",
    { alpha: { sum: { scale: 1e300, exponent: 8 } } },
    ["alpha.sum is", "finite for masses"],
  ],
  ["half a particle", { particles: 0.5 }, ["particles is 0.5", "an integer from 1 to 134217728"]],
  ["no particles", { particles: 0 }, ["particles is 0", "an integer from 1 to 134217728"]],
  ["fewer particles than none", { particles: -3 }, ["particles is -3", "an integer from 1 to 134217728"]],
  ["more particles than can be", { particles: 2 ** 40 }, ["particles is 1099511627776", "134217728"]],
  ["replicas beyond counting", { particles: 2 ** 27, replicas: 9 }, ["replicas is 9", "at most 8"]],
  ["an eps too large for the box", { Z: 150 }, ["Z is 150", "eps 0.5000", "at most 0.2 of the side 1"]],
  ["an eps too small for the lattice", { Z: 1e-6 }, ["Z is 0.000001", "at least 4.66e-8"]],
  ["a plane whose eps is too small", { dimension: 2 }, ["Z is 8", "eps 5.1", "at least 4.66e-8"]],
  ["too many steps", { observe: { times: [1e9] } }, ["observe.times ends at 1000000000", "at most 2^32"]],
  ["rates too large for a step", { alpha: { constant: 1e25 } }, ["alpha", "1000000000000000"]],
  ["times that do not increase", { observe: { times: [2, 1] } }, ["observe.times is [2,1]", "increasing"]],
  [
    "a seed of too many bits",
    { seed: "0x10000000000000000" },
    ['seed is "0x1', "1 to 16 hexadecimal digits"],
  ],
  ["uniform particles on a space", { domain: { space: 1 } }, ['initial[0].density is "uniform"', "space"]],
];

test.concurrent.each(scenarios)("run refuses %s", async (_, changes, parts) => {
  const outcome = await coagula(["run", "s.yaml", "--json", "--out", "new/out"], {
    files: { "s.yaml": scenarioText(changes) },
  });
  expectRefusal(outcome, parts, ["s.yaml"]);
});

test.concurrent.each([
  [".inf", "Infinity"],
  ["-.inf", "-Infinity"],
  [".nan", "NaN"],
])("run refuses a rate of %s and tells where it stands", async (written, value) => {
  const text = `particles: 300\nZ: 8\nobserve: { times: [0.001] }\nalpha:\n  constant: ${written}\n`;
  const outcome = await coagula(["run", "s.yaml"], { files: { "s.yaml": text } });
  expectRefusal(outcome, [`s.yaml:5:13: alpha.constant is ${value}`, "not negative"], ["s.yaml"]);
});

test("run tells every mistake of a scenario, each in a line", async () => {
  const { code, stderr } = await coagula(["run", "s.yaml"], {
    files: { "s.yaml": scenarioText({ Z: -1, replicas: 0, colour: "red" }) },
  });
  expect(code).toBe(2);
  const lines = stderr.trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines)
    expect(line).toMatch(/^coagula: s\.yaml:1:\d+: .*(Z is -1|replicas is 0|"colour").*\.$/);
});

describe("run refuses", () => {
  const good = scenarioText();
  const files = { "s.yaml": good, "folder/x": "", "bytes.yaml": "", "broken.yaml": "a: [1,\n" };
  const there = ["broken.yaml", "bytes.yaml", "folder", "folder/x", "s.yaml"];

  test.concurrent.each<[title: string, args: string[], parts: string[]]>([
    ["a scenario that is not there", ["no.yaml"], ["no.yaml must be a scenario file", "does not exist"]],
    ["a folder as scenario", ["folder"], ["folder must be a scenario file", "it is a folder"]],
    ["a scenario below a file", ["s.yaml/x"], ["s.yaml/x must be a scenario file", "not a folder"]],
    ["an empty scenario", ["bytes.yaml"], ["bytes.yaml:1:1: the text is empty", "particles, Z and alpha"]],
    ["a text that is not YAML", ["broken.yaml"], ["broken.yaml:", "not valid YAML or JSON"]],
    ["no scenario", [], ["missing required argument 'scenario'"]],
    ["two scenarios", ["s.yaml", "s.yaml"], ["too many arguments", "Expected 1"]],
    ["results below a file", ["s.yaml", "--out", "s.yaml/out"], ['out is "s.yaml/out"', "is a file"]],
    [
      "results in place of a file",
      ["s.yaml", "--out", "s.yaml"],
      ['out is "s.yaml"', "a folder or a free name"],
    ],
    ["results among other files", ["s.yaml", "--out", "folder"], ['out is "folder"', "a free name"]],
    ["results in /proc", ["s.yaml", "--out", "/proc/new/out"], ['out is "/proc/new/out"', "cannot be made"]],
    ["results in a device", ["s.yaml", "--out", "/dev/null/x"], ['out is "/dev/null/x"', "is a file"]],
    ["a name too long", ["s.yaml", "--out", `new/${"x".repeat(300)}`], ["out is", "the name is too long"]],
    ["an unknown engine", ["s.yaml", "--engine", "abacus"], ["'abacus'", "--engine", "auto, gpu, cpu"]],
    [
      "an adapter for an engine without one",
      ["s.yaml", "--engine", "cpu", "--adapter", "abacus"],
      ['adapter is "abacus"', 'engine is "cpu"', '"auto" and "gpu"'],
    ],
    [
      "an unknown adapter",
      ["s.yaml", "--adapter", "abacus"],
      ['adapter is "abacus"', "must be part of the name"],
    ],
    [
      "an unknown option",
      ["s.yaml", "--fast"],
      ["unknown option '--fast'", "--engine", "--adapter", "--help"],
    ],
    ["a misspelt option", ["s.yaml", "--jsn"], ["'--jsn'", "Did you mean --json?"]],
    ["an option without its value", ["s.yaml", "--engine"], ["--engine <engine>", "missing"]],
    ["half a replica", ["s.yaml", "--replicas", "1.5"], ['replicas is "1.5"', "an integer from 1 to 65536"]],
    ["a negative seed", ["s.yaml", "--seed", "-1"], ['seed is "-1"', "hexadecimal digits"]],
  ])("%s", async (_, args, parts) => {
    expectRefusal(await coagula(["run", ...args], { files }), parts, there);
  });
});

test.concurrent.each<[args: string[], parts: string[]]>([
  [
    ["rnu"],
    [
      "unknown command 'rnu'",
      "Did you mean run?",
      "run, resume, observe, converge, sweep, merge, report, solve, check, verify, beta, coalescent, kingman, walkers, clusters, doctor, schema",
    ],
  ],
  [["--fast"], ["unknown option '--fast'", "--version", "--help"]],
  [
    ["verify", "--case", "no such case"],
    ["--case", "'no such case'", "one particle", "dense"],
  ],
  [
    ["verify", "--workgroup-size", "257"],
    ["--workgroup-size", "'257'", "an integer from 1 to 256"],
  ],
  [
    ["verify", "--adapter", "abacus"],
    ['adapter is "abacus"', "must be part of the name"],
  ],
  [
    ["doctor", "--adapter", "abacus", "--json"],
    ['adapter is "abacus"', "must be part of the name"],
  ],
  [["beta"], ["--alpha"]],
  [
    ["beta", "--alpha", "ten", "--json"],
    ["--alpha", "'ten'", "at least 0"],
  ],
  [
    ["beta", "--alpha", "-1"],
    ["--alpha", "'-1'", "at least 0"],
  ],
  [
    ["beta", "--alpha", "Infinity"],
    ["--alpha", "'Infinity'", "at least 0"],
  ],
  [
    ["beta", "--alpha", "1", "--D", "0"],
    ["--D", "'0'", "above 0"],
  ],
  [
    ["beta", "--alpha", "1", "--dimension", "6"],
    ["--dimension", "'6'", "2, 3, 4, 5"],
  ],
  [
    ["beta", "--alpha", "1", "--potential", "cube"],
    ["--potential", "'cube'", "indicator, bump"],
  ],
  [
    ["schema", "extra"],
    ["'extra' is invalid", "Allowed choices are scenario, run-summary, "],
  ],
  [
    ["schema", "run", "extra"],
    ["too many arguments", "Expected 1"],
  ],
])("coagula refuses %j", async (args, parts) => {
  expectRefusal(await coagula(args), parts, []);
});

test.concurrent.each<[title: string, args: string[], changes: object, parts: string[]]>([
  ["a scenario that is none", [], { Z: -1 }, ["s.yaml:1:", "Z is -1"]],
  [
    "a cutoff that cannot hold the mass",
    ["--masses", "4"],
    {},
    ["masses is 4", "of the mass passes it", "raise"],
  ],
  ["a cutoff below the masses observed", ["--masses", "2"], {}, ["masses is 2", "at least 3"]],
  ["half a mass", ["--masses", "7.5"], {}, ["--masses", "'7.5'", "a positive integer"]],
  ["too few cells", ["--cells", "2"], wave, ["cells is 2", "from 6 to 4096"]],
  ["no cells", ["--cells", "0"], wave, ["--cells", "'0'", "a positive integer"]],
  ["a tolerance that is none", ["--tolerance", "1"], {}, ["--tolerance", "'1'", "above 0 and at most 0.01"]],
  ["an unknown rate", ["--rate", "magic"], {}, ["--rate", "'magic'", "recipe, naive"]],
  ["four coordinates", [], fourCoordinates, ["initial", "4 coordinates", "at most 3"]],
  ["results below a file", ["--out", "s.yaml/out"], {}, ['out is "s.yaml/out"', "is a file"]],
])("solve refuses %s", async (_, args, changes, parts) => {
  const outcome = await coagula(["solve", "s.yaml", ...args], { files: { "s.yaml": scenarioText(changes) } });
  expectRefusal(outcome, parts, ["s.yaml"]);
});

const ghosts = { model: "annihilation", observe: { times: [0.0004], ghosts: true } };

test.concurrent.each<[title: string, args: string[], changes: object, parts: string[]]>([
  [
    "a scenario that no statement is measured by",
    [],
    {},
    ["asks for nothing", "densities", "testFunctions", "observe.pairs", "observe.ghosts", "density pair"],
  ],
  ["ghosts in the plane alone", [], { ...ghosts, dimension: 2, Z: 50 }, ["asks for nothing", "d >= 3"]],
  ["ghosts of an uneven start alone", [], { ...ghosts, ...wave }, ["asks for nothing", "an even start"]],
  ["ghosts of two masses alone", [], { ...ghosts, initial: [{ mass: 1 }, { mass: 2 }] }, ["one mass"]],
  ["ghosts of those who coagulate", [], { ...ghosts, model: "coagulation" }, ["observe.ghosts is true"]],
  ["numbers that do not increase", ["--n", "300,200"], ghosts, ["n is 300,200", "must increase"]],
  ["an N that is too large", ["--n", "300,100000000"], ghosts, ["observe.times ends at", "at most 2^32"]],
  ["results below a file", ["--out", "s.yaml/out"], ghosts, ['out is "s.yaml/out"', "is a file"]],
])("observe refuses %s before it simulates anything", async (_, args, changes, parts) => {
  const outcome = await coagula(["observe", "s.yaml", "--out", "new/out", ...args], {
    files: { "s.yaml": scenarioText(changes) },
  });
  expectRefusal(outcome, parts, ["s.yaml"]);
});

describe("on a GPU", () => {
  test.each(["uniform", "multirate"])(
    "run refuses more particles than the adapter can bind by %s steps",
    async (engine) => {
      const { stdout } = await coagula(["doctor", "--json"]);
      const particles = Math.ceil((JSON.parse(stdout).largestParticles[3] + 1) / 8);
      const changes = { particles, Z: particles / 1000, replicas: 8, observe: { times: [1e-9] }, engine };
      const outcome = await coagula(["run", "s.yaml", "--engine", "gpu"], {
        files: { "s.yaml": scenarioText(changes) },
      });
      const parts = [`particles times replicas is ${8 * particles}`, "binds at most", "at most about"];
      expectRefusal(withoutNews(outcome), parts, ["s.yaml"]);
    },
  );

  /** Without interaction the start and the steps decide alone who leaves, and when. */
  const cloud = (sd: number, changes: object = {}) =>
    scenarioText({
      domain: { space: 1 },
      particles: 20,
      Z: 2,
      initial: [{ mass: 1, density: { gaussian: { centre: [0, 0, 0], sd } } }],
      alpha: { constant: 0 },
      observe: { times: [0.1] },
      replicas: 1,
      ...changes,
    });

  test.each([
    [
      "leaves the box",
      cloud(0.05),
      /domain\.space is 1, but particle \d+ of replica 0 left the box in step \d+; raise/,
    ],
    [
      "starts outside",
      cloud(2),
      /initial\[0\]\.density puts particle \d+ of replica 0 outside .* within 0\.5 of 0/,
    ],
  ])("and on the CPU a particle that %s gets the same sentence", async (_, scenario, sentence) => {
    const refusals: string[] = [];
    for (const engine of ["cpu", "gpu"]) {
      const outcome = withoutNews(
        await coagula(["run", "s.yaml", "--engine", engine], { files: { "s.yaml": scenario } }),
      );
      expect(outcome.stderr).toMatch(sentence);
      expectRefusal(outcome, [], ["s.yaml"]);
      refusals.push(outcome.stderr);
    }
    expect(refusals[1]).toBe(refusals[0]);
  });
});

test("where no driver is installed, run, verify and doctor take the processor", async () => {
  const env = { VK_DRIVER_FILES: "/nonexistent.json", VK_ICD_FILENAMES: "/nonexistent.json" };
  const run = await coagula(["run", "s.yaml", "--engine", "gpu", "--no-out"], {
    env,
    files: { "s.yaml": scenarioText() },
  });
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/^on processor \(WebAssembly on \d+ threads?\): there is no GPU with a driver/m);

  const verify = await coagula(["verify", "--json", "--case", "two particles"], { env });
  expect(verify.code).toBe(0);
  expect(JSON.parse(verify.stdout)).toMatchObject({ adapter: "processor", equal: true });

  const doctor = await coagula(["doctor", "--json"], { env });
  expect(doctor.code).toBe(0);
  expect(JSON.parse(doctor.stdout)).toMatchObject({
    ok: true,
    adapter: { name: "processor", software: true },
    adapters: ["processor"],
    missing: ["a hardware GPU with a Vulkan driver"],
    advice: expect.stringContaining("Vulkan driver"),
  });
});
