import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, test } from "vitest";
import type { SimulationResult } from "../../src/index.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import {
  coagula,
  endless,
  freshFolder,
  listing,
  type Outcome,
  root,
  scenarioText,
  small,
} from "../support/cli.ts";

type Result = SimulationResult & { out?: string };

const files = { "small.yaml": scenarioText() };
const times = small.observe.times;
const resultOf = ({ stdout }: Outcome): Result => JSON.parse(stdout);
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

/** Names and contents of a folder's files. */
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, read(folder, name)]));

/** The names of a folder with results, and of no others. */
const resultNames = [
  "densities.csv",
  "density.svg",
  "events.parquet",
  "limit.csv",
  "moments.csv",
  "rates.csv",
  "report.html",
  "spectrum.csv",
  "summary.json",
];

let onCpu: Outcome;
let onGpu: Outcome;
beforeAll(async () => {
  onCpu = await coagula(["run", "small.yaml", "--json", "--engine", "cpu", "--out", "out"], { files });
  onGpu = await coagula(["run", "small.yaml", "--json", "--engine", "gpu", "--no-out"], { files });
});

describe("run --json", () => {
  test("prints one object on standard output and nothing else, and people's text on standard error", () => {
    for (const { code, stdout, stderr } of [onCpu, onGpu]) {
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/^\{.*\}\n$/);
      expect(typeof JSON.parse(stdout)).toBe("object");
      expect(stderr).toContain("Smoluchowski");
    }
  });

  test("tells digest, engine, adapter, replicas, observations, work and time", () => {
    for (const outcome of [onCpu, onGpu]) {
      const result = resultOf(outcome);
      expect(result.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(result.replicas).toBe(3);
      expect(result.wallSeconds).toBeGreaterThan(0);
      expect(result.observations.map(({ time }) => time)).toEqual(times);
      for (const { count, masses } of result.observations) {
        expect(masses.map(({ mass }) => mass)).toEqual([1, 2, 3]);
        for (const value of [count, ...masses]) {
          expect(value.mean).toBeGreaterThanOrEqual(0);
          expect(value.mean).toBeLessThanOrEqual(1);
          expect(value.se).toBeGreaterThanOrEqual(0);
          expect(value.theory).toBeGreaterThan(0);
          expect(value.theory).toBeLessThan(1);
        }
        expect(count.mean).toBeGreaterThanOrEqual(masses.reduce((sum, { mean }) => sum + mean, 0) - 1e-12);
      }
      const { macroSteps, particleSteps, uniformParticleSteps } = result.work;
      expect(macroSteps).toBeGreaterThan(50);
      expect(particleSteps).toBeLessThan(macroSteps * small.particles * small.replicas);
      expect(particleSteps).toBeGreaterThan(0.5 * macroSteps * small.particles * small.replicas);
      expect(uniformParticleSteps).toBe(particleSteps);
    }
    expect(resultOf(onCpu)).toMatchObject({ engine: "cpu", adapter: null });
    expect(resultOf(onGpu)).toMatchObject({ engine: "gpu", adapter: expect.stringMatching(/\w/) });
  });

  test("gives the same digest and the same numbers on both engines", () => {
    const [cpu, gpu] = [resultOf(onCpu), resultOf(onGpu)];
    expect(gpu.digest).toBe(cpu.digest);
    expect(gpu.observations).toEqual(cpu.observations);
    expect(gpu.work).toEqual(cpu.work);
    expect(gpu.events).toBe(cpu.events);
  });

  test("tells the k that was chosen where the scenario leaves it open, in the summary and the report, and none by uniform steps", async () => {
    expect(resultOf(onCpu).k).toBeNull();
    const args = ["run", "multirate.yaml", "--json", "--engine", "cpu", "--out", "out"];
    const outcome = await coagula(args, {
      files: { "multirate.yaml": scenarioText({ engine: "multirate" }) },
    });
    const { k } = makeSystem(parseScenario({ ...small, engine: "multirate" })).multirate!;
    expect(resultOf(outcome).k).toBe(k);
    expect(read(outcome.folder, "out", "report.html")).toContain(`multirate with k = ${k}`);
  });

  test("gives the same digest for the same seed, and another when any one bit of the seed changes", async () => {
    const digestFrom = async (seed: string) => {
      const args = ["run", "small.yaml", "--json", "--engine", "cpu", "--no-out", "--seed", seed];
      return resultOf(await coagula(args, { files })).digest;
    };
    const { digest } = resultOf(onCpu);
    expect(await digestFrom("0x1")).toBe(digest);
    for (const seed of ["0", "0x100000001", "0x8000000000000001"])
      expect(await digestFrom(seed)).not.toBe(digest);
  });

  test("has a prediction beside every density of a start that varies along an axis", async () => {
    const density = { cosine: { axis: 0, amplitude: 0.5 } };
    const outcome = await coagula(["run", "wave.yaml", "--json", "--engine", "cpu"], {
      files: { "wave.yaml": scenarioText({ name: "wave", initial: [{ mass: 1, density }] }) },
    });
    for (const { count, masses } of resultOf(outcome).observations) {
      for (const value of [count, ...masses]) expect(value.theory).toBeGreaterThan(0);
    }
    expect(outcome.stderr).toMatch(/^0\.0004 +all +[\d.()]+ +0\.\d+ +[+-]\d+\.\d s\.e\.$/m);
    expect(listing(join(outcome.folder, "results/wave"))).toEqual(resultNames);
  });

  test("has null as theory where the equation takes minutes, blanks in the table, and says so", async () => {
    const density = { gaussian: { centre: [0.5, 0.5, 0.5], sd: 0.02 } };
    const outcome = await coagula(["run", "cloud.yaml", "--json", "--engine", "cpu"], {
      files: { "cloud.yaml": scenarioText({ name: "cloud", initial: [{ mass: 1, density }], replicas: 1 }) },
    });
    const { observations } = resultOf(outcome);
    for (const { count, masses } of observations) {
      for (const value of [count, ...masses]) expect(value).toMatchObject({ theory: null, se: null });
    }
    expect(outcome.stderr).toMatch(/^0\.0004 +all +[\d.]+$/m);
    expect(outcome.stderr).toContain("coagula solve does it, or says why not.");
    const unsolved = resultNames.filter((name) => name !== "limit.csv");
    expect(listing(join(outcome.folder, "results/cloud"))).toEqual(unsolved);
  });
});

describe("the results folder", () => {
  test("has a summary with everything that was run, and where", () => {
    const summary = JSON.parse(read(onCpu.folder, "out/summary.json"));
    const { out, ...result } = resultOf(onCpu);
    expect(out).toBe(join(onCpu.folder, "out"));
    expect(summary).toMatchObject(result);
    expect(summary.scenario).toEqual(parseScenario(small));
    expect(summary.version).toBe(JSON.parse(read(root, "package.json")).version);
    expect(summary.machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
    expect(summary).toMatchObject({ seed: 1, adapter: null, driver: null, particles: 300, replicas: 3 });
    expect(summary.eps).toBeCloseTo(8 / 300, 12);
    expect(Number.isNaN(Date.parse(summary.ended))).toBe(false);
  });

  test("has a summary whose scenario, run again, gives the same digest", async () => {
    const { scenario, digest } = JSON.parse(read(onCpu.folder, "out/summary.json"));
    const again = await coagula(["run", "again.json", "--json", "--engine", "cpu", "--no-out"], {
      files: { "again.json": JSON.stringify(scenario) },
    });
    expect(resultOf(again).digest).toBe(digest);
  });

  test("has a figure of the densities beside the limit", () => {
    const svg = read(onCpu.folder, "out/density.svg");
    expect(svg).toMatch(/^<svg[^>]* xmlns=/);
    expect(svg.trimEnd()).toMatch(/<\/svg>$/);
    expect(svg).toContain("Smoluchowski");
    expect(svg).toContain(">small<");
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test("has an event log that, replayed, gives every count and keeps the mass", async () => {
    await checkEvents(join(onCpu.folder, "out"));
  });

  test("has such an event log for annihilation in the plane and for several masses, too", async () => {
    const initial = [
      { mass: 1, weight: 2 },
      { mass: 3, weight: 1 },
    ];
    const plane = { dimension: 2, model: "annihilation", particles: 200, Z: 70, replicas: 2, initial };
    const { code, stderr, folder } = await coagula(["run", "s.yaml", "--engine", "gpu", "--out", "out"], {
      files: { "s.yaml": scenarioText({ ...plane, observe: { times: [0, 0.02, 0.05], masses: 4 } }) },
    });
    expect(code, stderr).toBe(0);
    await checkEvents(join(folder, "out"));
  });
});

/** The rows of an event log, by hyparquet, which shares no code with its writer. */
async function readEvents(path: string): Promise<Record<string, number | bigint>[]> {
  return (await parquetReadObjects({ file: await asyncBufferFromFile(path) })) as Record<
    string,
    number | bigint
  >[];
}

/** Replays events.parquet and compares with the observations in summary.json. */
async function checkEvents(folder: string) {
  const { scenario, observations, events, dt, work } = JSON.parse(read(folder, "summary.json"));
  const { dimension, particles, replicas, model } = parseScenario(scenario);
  const rows = await readEvents(join(folder, "events.parquet"));
  const axes = ["x0", "x1", "x2", "x3", "x4"].slice(0, dimension);
  const columns = ["replica", "time", "step", "survivor", "vanished", "survivor_mass", "vanished_mass"];
  expect(Object.keys(rows[0])).toEqual([...columns, ...axes]);
  expect(rows.length).toBe(events);
  expect(rows.length).toBeGreaterThan(20);

  // A particle's first row tells the mass it started with; who has no row started and ended with another.
  const mass = new Map<string, number>();
  const dead = new Set<string>();
  const counts = observations.map(() => ({ lost: 0, ofMass: new Map<number, number>() }));
  let last = [0, 0];
  for (const row of rows) {
    const [replica, time, step, survivor, vanished, survivorMass, vanishedMass, ...x] =
      Object.values(row).map(Number);
    expect(replica > last[0] || (replica === last[0] && time >= last[1])).toBe(true);
    last = [replica, time];
    expect(replica).toBeLessThan(replicas);
    expect(step).toBeLessThan(work.macroSteps);
    expect(Math.abs(time / dt - step - 0.5)).toBeLessThanOrEqual(0.5 + 1e-6);
    expect(x).toHaveLength(dimension);
    for (const u of x) expect(u >= 0 && u < 1).toBe(true);
    const [s, v] = [`${replica}:${survivor}`, `${replica}:${vanished}`];
    expect(s).not.toBe(v);
    expect(dead.has(s) || dead.has(v)).toBe(false);
    for (const [id, told] of [
      [s, survivorMass],
      [v, vanishedMass],
    ] as const) {
      expect(mass.get(id) ?? told).toBe(told);
      if (!mass.has(id))
        expect(scenario.initial.some((law: { mass: number }) => law.mass === told)).toBe(true);
    }
    dead.add(v);
    if (model === "annihilation") dead.add(s);
    mass.set(s, survivorMass + vanishedMass);
    for (const [k, { time: seenAt }] of observations.entries()) {
      if (Math.round(seenAt / dt) <= step) continue;
      const { ofMass } = counts[k];
      const add = (m: number, by: number) => ofMass.set(m, (ofMass.get(m) ?? 0) + by);
      counts[k].lost += model === "annihilation" ? 2 : 1;
      add(survivorMass, -1);
      add(vanishedMass, -1);
      if (model === "coagulation") add(survivorMass + vanishedMass, 1);
    }
  }
  const all = particles * replicas;
  for (const [k, { count, masses }] of observations.entries()) {
    expect(count.mean).toBeCloseTo(1 - counts[k].lost / all, 12);
    if (scenario.initial.length > 1) continue;
    for (const { mass: m, mean } of masses) {
      expect(mean).toBeCloseTo(((m === 1 ? all : 0) + (counts[k].ofMass.get(m) ?? 0)) / all, 12);
    }
  }
  if (model === "coagulation") {
    const living = [...mass].filter(([id]) => !dead.has(id));
    const untouched = all - new Set([...mass.keys(), ...dead]).size;
    expect(living.reduce((sum, [, m]) => sum + m, untouched)).toBe(all);
  }
}

describe("the place of the results", () => {
  test("is never overwritten without --force", async () => {
    const before = contents(join(onCpu.folder, "out"));
    const { code, stderr } = await coagula(["run", "small.yaml", "--out", "out", "--seed", "2"], {
      folder: onCpu.folder,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^coagula: out is "out", which already holds results; .*--force.*\n$/);
    expect(contents(join(onCpu.folder, "out"))).toEqual(before);
    expect(readdirSync(onCpu.folder).sort()).toEqual(["out", "small.yaml"]);
  });

  test("is overwritten with --force, and nothing of the old or of the way there stays", async () => {
    const folder = freshFolder(files);
    const args = ["run", "small.yaml", "--engine", "cpu", "--out", "a/b", "--json"];
    const first = resultOf(await coagula(args, { folder }));
    const second = resultOf(await coagula([...args, "--seed", "2", "--force"], { folder }));
    expect(second.digest).not.toBe(first.digest);
    expect(JSON.parse(read(folder, "a/b/summary.json")).digest).toBe(second.digest);
    expect(listing(folder)).toEqual(
      ["a", "a/b", ...resultNames.map((name) => `a/b/${name}`), "small.yaml"].sort(),
    );
  });

  test("keeps the old results when a run with --force fails on its way", async () => {
    const folder = freshFolder({ "out/summary.json": "{}\n", "s.yaml": leaving });
    const { code } = await coagula(["run", "s.yaml", "--engine", "cpu", "--out", "out", "--force"], {
      folder,
    });
    expect(code).toBe(2);
    expect(contents(join(folder, "out"))).toEqual({ "summary.json": "{}\n" });
    expect(listing(folder)).toEqual(["out", "out/summary.json", "s.yaml"]);
  });

  test("may be an empty folder", async () => {
    const folder = freshFolder(files);
    mkdirSync(join(folder, "out"));
    const { code } = await coagula(["run", "small.yaml", "--engine", "cpu", "--out", "out"], { folder });
    expect(code).toBe(0);
    expect(readdirSync(join(folder, "out")).sort()).toEqual(resultNames);
  });

  test.each([
    ["a folder of other things", { "out/notes.txt": "mine" }],
    ["a folder of results and other things", { "out/summary.json": "{}", "out/notes.txt": "mine" }],
  ])("is never %s, even with --force", async (_, inside) => {
    const { code, stderr, folder } = await coagula(["run", "small.yaml", "--out", "out", "--force"], {
      files: { ...files, ...inside },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^coagula: out is "out", a folder with other things in it.*\n$/);
    expect(listing(folder)).toEqual(["out", ...Object.keys(inside), "small.yaml"].sort());
  });

  test("is results/<name> by default, then the first free number after it", async () => {
    const folder = freshFolder({ "s.yaml": scenarioText({ name: "../../Über; 2 kinds!" }) });
    const out: string[] = [];
    for (let k = 0; k < 3; k++) {
      const outcome = await coagula(["run", "s.yaml", "--engine", "cpu", "--json"], { folder });
      out.push(resultOf(outcome).out!);
    }
    const name = "ber-2-kinds";
    expect(out).toEqual([name, `${name}-2`, `${name}-3`].map((n) => join(folder, "results", n)));
    expect(readdirSync(join(folder, "results"))).toEqual([name, `${name}-2`, `${name}-3`]);
  });

  test("is one for each of several runs at the same time", async () => {
    const folder = freshFolder(files);
    const runs = await Promise.all(
      ["1", "2", "3"].map((seed) =>
        coagula(["run", "small.yaml", "--engine", "cpu", "--json", "--seed", seed], { folder }),
      ),
    );
    const digests = runs.map((run) => resultOf(run).digest);
    expect(runs.map((run) => JSON.parse(read(resultOf(run).out!, "summary.json")).digest)).toEqual(digests);
    expect(readdirSync(join(folder, "results"))).toEqual(["small", "small-2", "small-3"]);
  });

  test("is nowhere with --no-out", () => {
    expect(listing(onGpu.folder)).toEqual(["small.yaml"]);
    expect(resultOf(onGpu)).not.toHaveProperty("out");
  });
});

/** Twenty particles whose paths leave the box before the end. */
const leaving = scenarioText({
  name: "leaving",
  domain: { space: 1 },
  particles: 20,
  Z: 2,
  initial: [{ mass: 1, density: { gaussian: { centre: [0, 0, 0], sd: 0.05 } } }],
  alpha: { constant: 0 },
  observe: { times: [0.001, 0.2] },
  replicas: 1,
});

describe("a run that does not end", () => {
  /** Calls `act` once, when the run has printed its first line. */
  const onFirstLine = (act: (child: ChildProcess) => void) => (child: ChildProcess) =>
    child.stdout!.once("data", () => act(child));

  /** What is left, and what is said of it. */
  const left = (folder: string, out: string, stderr: string) => {
    expect(stderr).not.toMatch(/^ {4}at /m);
    const sentence = stderr.trimEnd().split("\n").at(-1);
    const kept = listing(folder).filter((path) => path !== "s.yaml");
    if (kept.length === 0) expect(sentence).toBe("coagula: interrupted; nothing was written.");
    else {
      expect(kept).toContain(join(`${out}.unfinished`, "checkpoint-1"));
      expect(sentence).toBe(
        `coagula: interrupted; what is done is kept, and coagula resume ${join(folder, out)} goes on.`,
      );
    }
  };

  test.each(["cpu", "gpu"])(
    "on the %s leaves nothing, or what can be resumed, when it is interrupted",
    async (engine) => {
      const { code, stdout, stderr, folder } = await coagula(["run", "s.yaml", "--engine", engine], {
        files: { "s.yaml": endless },
        meddle: onFirstLine((child) => child.kill("SIGINT")),
      });
      expect(code).toBe(130);
      expect(stdout).toContain("endless");
      left(folder, "results/endless", stderr);
    },
  );

  test("so it does when it is interrupted a second time at once, or terminated", async () => {
    for (const signals of [["SIGINT", "SIGINT"], ["SIGTERM"]] as const) {
      const { code, stderr, folder } = await coagula(
        ["run", "s.yaml", "--engine", "gpu", "--out", "deep/er"],
        {
          files: { "s.yaml": endless },
          meddle: onFirstLine((child) => {
            for (const [k, signal] of signals.entries()) setTimeout(() => child.kill(signal), 20 * k);
          }),
        },
      );
      expect(code).toBe(130);
      left(folder, "deep/er", stderr);
    }
  });

  test("leaves nothing when a particle leaves the box in the middle", async () => {
    const outcome = await coagula(["run", "s.yaml", "--engine", "cpu"], { files: { "s.yaml": leaving } });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain("t = 0.001:");
    expect(listing(outcome.folder)).toEqual(["s.yaml"]);
  });

  test("keeps the folders that were there before", async () => {
    const folder = freshFolder({ "s.yaml": leaving, "mine/notes.txt": "" });
    await coagula(["run", "s.yaml", "--engine", "cpu", "--out", "mine/new/out"], { folder });
    expect(listing(folder)).toEqual(["mine", "mine/notes.txt", "s.yaml"]);
  });
});

test.each(["stdout", "stderr"] as const)("a reader of %s who leaves early harms no results", async (name) => {
  const { stderr, folder } = await coagula(["run", "small.yaml", "--engine", "cpu", "--out", "out"], {
    files,
    meddle: (child) => child[name]!.destroy(),
  });
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(listing(folder)).toEqual(["out", ...resultNames.map((file) => `out/${file}`), "small.yaml"]);
});

test("run shows a table of simulated densities beside the Smoluchowski prediction", async () => {
  const { code, stdout, stderr } = await coagula(["run", "small.yaml", "--engine", "cpu", "--no-out"], {
    files,
  });
  expect(code).toBe(0);
  const lines = stdout.split("\n");
  const header = lines.findIndex((line) => /^ *time +mass +simulated +Smoluchowski/.test(line));
  const rows = lines.slice(header + 2, header + 2 + times.length * 4).map((line) => line.trim().split(/ +/));
  const { observations } = resultOf(onCpu);
  for (const [k, { time, count, masses }] of observations.entries()) {
    const [all, ...each] = rows.slice(4 * k, 4 * (k + 1));
    expect(all.slice(0, 2)).toEqual([String(time), "all"]);
    expect(Number.parseFloat(all[2])).toBeCloseTo(count.mean, 2);
    expect(Number(all[3])).toBeCloseTo(count.theory!, 3);
    expect(each.map(([mass]) => mass)).toEqual(["1", "2", "3"]);
    expect(each.map(([, , theory]) => Number(theory).toFixed(3))).toEqual(
      masses.map(({ theory }) => theory!.toFixed(3)),
    );
  }
  // Live, as they come, apart from the table.
  expect(stderr.match(/^t = .*$/gm)?.map((line) => Number(line.split(/[ :]/)[2]))).toEqual(times);
  expect(stdout).toMatch(/^on the CPU reference: the CPU reference was asked for$/m);
  expect(stdout).toContain(resultOf(onCpu).digest);
});

test("run without a choice takes the best engine there is, and says which and why", async () => {
  const found = await coagula(["run", "small.yaml", "--no-out"], { files });
  expect(found.stdout).toContain(`on ${resultOf(onGpu).adapter} (`);
  expect(found.stdout).toMatch(/: (there is no GPU with a driver|it is the best GPU)/);

  const none = await coagula(["run", "small.yaml", "--no-out"], {
    files,
    env: { VK_DRIVER_FILES: "/nonexistent.json", VK_ICD_FILENAMES: "/nonexistent.json" },
  });
  expect(none.code).toBe(0);
  expect(none.stdout).toMatch(
    /^on processor \(WebAssembly on \d+ threads?\): there is no GPU with a driver/m,
  );
  expect(none.stdout).toContain(resultOf(onCpu).digest);
});
