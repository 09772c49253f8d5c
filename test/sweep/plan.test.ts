/** A plan is expanded into runs, and runs into shards that hold every replica once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { parsePlan, runsOf, shardsOf } from "../../src/sweep/plan.ts";
import { parseSweep, shardAt, sweepText } from "../../src/sweep/sweep.ts";

const scenario = parseScenario({
  name: "A name",
  particles: 100,
  Z: 5,
  alpha: { constant: 1 },
  observe: { times: [0.1] },
  replicas: 7,
});
const plan = (text: string) => parsePlan(text, "plan.yaml");
const complaint = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  return "";
};

test("runs are all scenarios at each N and each seed", () => {
  const runs = runsOf(plan("scenarios: [a.yaml]\nparticles: [100, 200]\nseeds: [3, '0xff']"), [scenario]);
  expect(runs.map(({ name }) => name)).toEqual([
    "a-name-n100-seed3",
    "a-name-n100-seed0xff",
    "a-name-n200-seed3",
    "a-name-n200-seed0xff",
  ]);
  expect(runs[3].scenario).toEqual({ ...scenario, particles: 200, seed: "0xff" });
});

test("a plan that says no more runs the scenario as it is, in one shard", () => {
  const runs = runsOf(plan("scenarios: [a.yaml]"), [scenario]);
  expect(runs).toEqual([{ name: "a-name", scenario, replicasPerShard: 7 }]);
  expect(shardsOf(runs)).toEqual([{ run: runs[0], scenario, firstReplica: 0 }]);
});

test("a colloid with more particles is in a larger box", () => {
  const { physical } = parseScenario({
    particles: 100,
    physical: { temperature: 298, viscosity: 1e-3, monomerRadius: 1e-7, concentration: 1e15 },
    observe: { times: [1] },
  });
  const colloid = parseScenario({ particles: 100, physical, observe: { times: [1] } });
  const [run] = runsOf(plan("scenarios: [a.yaml]\nparticles: [800]"), [colloid]);
  expect(run.scenario.physical).toEqual(physical);
  expect(makeSystem(run.scenario).side).toBeCloseTo(2 * makeSystem(colloid).side, 9);
  expect(makeSystem(run.scenario).eps).toBeCloseTo(makeSystem(colloid).eps, 12);
});

test("shards hold each replica once, in order, however they are cut (seed 8)", () => {
  const sizes = fc.array(
    fc.record({ replicas: fc.integer({ min: 1, max: 50 }), most: fc.integer({ min: 1, max: 60 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  fc.assert(
    fc.property(sizes, (all) => {
      const runs = all.map(({ replicas, most }, k) => ({
        name: `run${k}`,
        scenario: { ...scenario, replicas },
        replicasPerShard: most,
      }));
      const shards = shardsOf(runs);
      for (const run of runs) {
        let next = 0;
        for (const shard of shards.filter((one) => one.run === run)) {
          expect(shard.firstReplica).toBe(next);
          expect(shard.scenario.replicas).toBeLessThanOrEqual(run.replicasPerShard);
          next += shard.scenario.replicas;
        }
        expect(next).toBe(run.scenario.replicas);
      }
      expect(shards.map((_, k) => shardAt(runs, { index: k + 1, count: shards.length }))).toEqual(shards);
      expect(parseSweep(sweepText(runs), "sweep.json")).toEqual(runs);
    }),
    { seed: 8, numRuns: 50 },
  );
});

describe("one sentence for each mistake", () => {
  test.each([
    [
      "",
      "plan.yaml:1:1: the text is empty, but must be a plan: a map with keys such as scenarios and seeds.",
    ],
    [
      "3",
      "plan.yaml:1:1: the plan is 3, but must be a map with the keys scenarios, particles, seeds, replicas, replicasPerShard.",
    ],
    ["seeds: [1]", "plan.yaml:1:1: scenarios is missing; it must be a list of 1 to 1000 paths."],
    [
      "scenarios: [a]\nseeds: [-1]",
      "plan.yaml:2:9: seeds[0] is -1, but must be an integer from 0 to 9007199254740991 or a string",
    ],
    ["scenarios: [a]\nseed: [1]", 'plan.yaml:2:1: unknown key "seed" (did you mean "seeds"?); allowed here:'],
    [
      "scenarios: [a]\nreplicasPerShard: 0",
      "replicasPerShard is 0, but must be an integer from 1 to 1048576.",
    ],
  ])("%j", (text, sentence) => {
    expect(complaint(() => plan(text))).toContain(sentence);
  });

  test("two runs of one name, too many shards, an N that a scenario cannot have", () => {
    const twice = plan("scenarios: [a.yaml, b.yaml]");
    expect(complaint(() => runsOf(twice, [scenario, scenario]))).toBe(
      'two runs of the plan are called "a-name"; scenarios and seeds must differ.',
    );
    const many = plan("scenarios: [a.yaml]\nreplicas: 65536\nreplicasPerShard: 1\nseeds: [1, 2]");
    expect(complaint(() => runsOf(many, [scenario]))).toMatch(
      /^the plan has 131072 shards, but must have at most/,
    );
    const small = plan("scenarios: [a.yaml]\nparticles: [2]");
    expect(complaint(() => runsOf(small, [scenario]))).toMatch(/eps/);
  });

  test("a sweep of another version, and what is none", () => {
    const runs = runsOf(plan("scenarios: [a.yaml]"), [scenario]);
    const other = sweepText(runs).replace(/"coagula":"[^"]*"|"coagula": "[^"]*"/, '"coagula":"0.0.0"');
    expect(complaint(() => parseSweep(other, "s.json"))).toMatch(
      /^s\.json is by coagula 0\.0\.0, and this is /,
    );
    for (const text of ["", "[]", "{}", '{"format":2}']) {
      expect(complaint(() => parseSweep(text, "s.json"))).toMatch(/^s\.json must be a sweep/);
    }
    expect(complaint(() => shardAt(runs, { index: 1, count: 2 }))).toBe(
      "shard is 1/2, but the sweep has 1 shards.",
    );
  });
});
