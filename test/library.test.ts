import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Observation, type ScenarioInput, type Simulation, simulate, UserError } from "../src/index.ts";
import { freshFolder, root, small, start } from "./support/cli.ts";

const scenario: ScenarioInput = small;
/** Lasts until it is stopped. */
const endless: ScenarioInput = { ...small, observe: { times: [0.0001, 900] } };
/** Somebody leaves the box after the first observation. */
const leaving: ScenarioInput = {
  ...small,
  domain: { space: 1 },
  particles: 20,
  Z: 2,
  initial: [{ mass: 1, density: { gaussian: { centre: [0, 0, 0], sd: 0.05 } } }],
  alpha: { constant: 0 },
  engine: "multirate",
  observe: { times: [0.001, 0.2] },
};

async function iterate(simulation: Simulation): Promise<Observation[]> {
  const seen: Observation[] = [];
  for await (const observation of simulation) seen.push(observation);
  return seen;
}

describe.each(["cpu", "gpu"] as const)("simulate on the %s", (engine) => {
  test("gives its observations in order as they come, then its result", async () => {
    const simulation = simulate(scenario, { engine });
    let ended = false;
    const result = simulation.result.then((value) => {
      ended = true;
      return value;
    });
    const seen: Observation[] = [];
    for await (const observation of simulation) {
      if (seen.length === 0) expect(ended).toBe(false);
      seen.push(observation);
    }
    expect(seen.map(({ time }) => time)).toEqual(small.observe.times);
    expect(seen).toEqual((await result).observations);
    expect(await result).toMatchObject({ engine, name: "small", particles: 300, replicas: 3, seed: 1 });
    expect((await simulation.place).engine).toBe(engine);
    expect((await simulation.events).length).toBe((await result).events * (5 + 3));
  });

  test("works for who only awaits the result, only iterates, or iterates twice", async () => {
    const { observations } = await simulate(scenario, { engine }).result;
    expect(observations.map(({ time }) => time)).toEqual(small.observe.times);
    const simulation = simulate(scenario, { engine });
    expect(await Promise.all([iterate(simulation), iterate(simulation)])).toEqual([
      observations,
      observations,
    ]);
    expect(await iterate(simulation)).toEqual(observations);
  });

  test("reports how far it is, from 0 to 1", async () => {
    const fractions: number[] = [];
    const times = [0.0004, 0.02];
    await simulate(
      { ...scenario, observe: { times } },
      { engine, batch: 100, onProgress: (fraction) => fractions.push(fraction) },
    ).result;
    expect(fractions.length).toBeGreaterThan(0);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions[0]).toBeGreaterThanOrEqual(0);
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
  });

  test("ends soon after it is aborted, with the reason, for all who wait", async () => {
    const controller = new AbortController();
    const simulation = simulate(endless, { engine, signal: controller.signal });
    const seen: Observation[] = [];
    const reason = new Error("enough");
    const loop = async () => {
      for await (const observation of simulation) {
        seen.push(observation);
        controller.abort(reason);
      }
    };
    await expect(loop()).rejects.toBe(reason);
    await expect(simulation.result).rejects.toBe(reason);
    await expect(simulation.events).rejects.toBe(reason);
    expect(seen.map(({ time }) => time)).toEqual([0.0001]);
  });

  test("does not begin, however short it is, when it is aborted before", async () => {
    const simulation = simulate(scenario, { engine, signal: AbortSignal.abort() });
    await expect(iterate(simulation)).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    await expect(simulation.result).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });

  test("gives what it has seen, then the error, when a particle leaves the box", async () => {
    const simulation = simulate(leaving, { engine });
    const seen: Observation[] = [];
    const loop = async () => {
      for await (const observation of simulation) seen.push(observation);
    };
    await expect(loop()).rejects.toThrow(UserError);
    await expect(simulation.result).rejects.toThrow(/^domain\.space is 1, but a particle left the box;/);
    expect(seen.map(({ time }) => time)).toEqual([0.001]);
  });
});

describe("simulate", () => {
  test("throws at once for a scenario that is not valid, and leaves the scenario alone", () => {
    expect(() => simulate({ ...scenario, Z: -1 })).toThrow(UserError);
    expect(() => simulate({ ...scenario, Z: -1 })).toThrow(/^Z is -1, but must be a positive number\.$/);
    expect(() => simulate({ ...scenario, Z: 150 })).toThrow(/^Z is 150, which makes eps/);
    // @ts-expect-error: Not a key.
    expect(() => simulate({ ...scenario, colour: "red" })).toThrow(/unknown key "colour"/);
    expect(() => simulate(JSON.parse("null"))).toThrow(UserError);
    const frozen = Object.freeze({ ...scenario, observe: Object.freeze({ times: [0] }) });
    expect(simulate(frozen, { engine: "cpu" }).system.scenario.seed).toBe(1);
  });

  test("rejects an adapter that is not there, for all who wait", async () => {
    const simulation = simulate(scenario, { engine: "gpu", adapter: "abacus" });
    for (const waiting of [simulation.place, simulation.result, simulation.events, iterate(simulation)]) {
      await expect(waiting).rejects.toThrow(/^adapter is "abacus", but must be part of the name/);
    }
  });

  test("gives the same digests to several at the same time as to each alone", async () => {
    const runs = [
      () => simulate(scenario, { engine: "gpu" }),
      () => simulate({ ...scenario, seed: 2, model: "annihilation" }, { engine: "gpu" }),
      () => simulate({ ...scenario, seed: 2, model: "annihilation" }, { engine: "cpu" }),
    ];
    const alone: string[] = [];
    for (const run of runs) alone.push((await run().result).digest);
    const together = await Promise.all(runs.map((run) => run().result));
    expect(together.map(({ digest }) => digest)).toEqual(alone);
    expect(alone[1]).toBe(alone[2]);
    expect(alone[1]).not.toBe(alone[0]);
  });
});

test("the README's example of ten lines runs and prints", async () => {
  const blocks = readFileSync(join(root, "README.md"), "utf8").matchAll(/^```(?:js|ts)\n(.*?)^```$/gms);
  const example = Array.from(blocks, ([, code]) => code).find((code) => /from "coagula"/.test(code));
  expect(example).toBeDefined();
  expect(example!.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(10);

  const folder = freshFolder({ "example.mjs": example! });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/coagula"));
  const { code, stdout, stderr } = await start(process.execPath, ["example.mjs"], { folder });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.trim().split("\n").length).toBeGreaterThan(1);
  expect(stdout).not.toMatch(/undefined|NaN|\[object/);
});
