/** A plan of many runs: scenarios at several N and seeds, each run cut into shards of its replicas that can be played anywhere, in any order. */
import * as z from "zod";
import { UserError } from "../errors.ts";
import { integer, list, map } from "../model/forms.ts";
import { parseText } from "../model/load.ts";
import { firstOf, problemsIn } from "../model/problems.ts";
import { parseScenario, type Scenario, scenarioSchema, withParticles } from "../model/scenario.ts";
import { makeSystem } from "../model/system.ts";
import { slug } from "../results/slug.ts";

const { particles, seed, replicas } = scenarioSchema.shape;

const planSchema = map({
  $schema: z.string("a text").exactOptional().describe("The JSON Schema of this file, for editors."),
  scenarios: list(z.string("a path"), 1, 1000, "paths").describe(
    "Scenario files, as seen from the plan's folder.",
  ),
  particles: list(particles, 1, 1000, "numbers of particles")
    .exactOptional()
    .describe("N, each instead of the scenarios'."),
  seeds: list(seed.unwrap(), 1, 100_000, "seeds").exactOptional().describe("Each instead of the scenarios'."),
  replicas: replicas.unwrap().exactOptional().describe("Of every run, instead of the scenarios'."),
  replicasPerShard: integer(1, 2 ** 20)
    .exactOptional()
    .describe("The most replicas of a shard; by default a run is one shard."),
});

export type Plan = z.output<typeof planSchema>;

/** One run of a sweep. */
export interface PlannedRun {
  /** Names its folder. */
  name: string;
  scenario: Scenario;
  replicasPerShard: number;
}

/** A piece of a run. */
export interface Shard {
  run: PlannedRun;
  /** With the shard's number of replicas. */
  scenario: Scenario;
  firstReplica: number;
}

/** The most shards of a sweep: array jobs take no more. */
const mostShards = 100_000;

/** The plan in a YAML or JSON text; throws a UserError with a sentence and a place for each mistake. */
export const parsePlan = (text: string, fileName: string): Plan =>
  parseText(text, fileName, {
    what: "a plan",
    keys: "scenarios and seeds",
    check(value) {
      const result = planSchema.safeParse(value);
      if (!result.success) return { problems: firstOf(problemsIn(result.error, value, "the plan")) };
      const { $schema, ...plan } = result.data;
      return { value: plan };
    },
  });

/** The JSON Schema (draft 7) of a plan, for editors. */
export const planJsonSchema = (): Record<string, unknown> => {
  const { $schema, ...rest } = z.toJSONSchema(planSchema, { target: "draft-7", io: "input" });
  return { $schema, $id: "urn:coagula:plan", title: "coagula plan", ...rest };
};

/**
 * All runs of a plan: for each scenario, in their order, those at each N, and of those at each seed. Throws a UserError if one of them is not valid, or two
 * have one name.
 */
export function runsOf(plan: Plan, scenarios: readonly Scenario[]): PlannedRun[] {
  const runs = scenarios.flatMap((scenario) =>
    (plan.particles ?? [undefined]).flatMap((n) =>
      (plan.seeds ?? [undefined]).map((own): PlannedRun => {
        const base = n === undefined ? scenario : withParticles(scenario, n);
        const changed = parseScenario({
          ...base,
          ...(own !== undefined && { seed: own }),
          ...(plan.replicas !== undefined && { replicas: plan.replicas }),
        });
        makeSystem(changed); // for its complaints
        const name = [
          slug(scenario.name),
          ...(n === undefined ? [] : [`n${n}`]),
          ...(own === undefined ? [] : [`seed${own}`]),
        ].join("-");
        return { name, scenario: changed, replicasPerShard: plan.replicasPerShard ?? changed.replicas };
      }),
    ),
  );
  const names = new Set<string>();
  const twice = runs.find(({ name }) => names.size === names.add(name).size)?.name;
  if (twice !== undefined) {
    throw new UserError(`two runs of the plan are called "${twice}"; scenarios and seeds must differ.`);
  }
  const { length } = shardsOf(runs);
  if (length <= mostShards) return runs;
  throw new UserError(
    `the plan has ${length} shards, but must have at most ${mostShards}; raise replicasPerShard.`,
  );
}

/** The shards of runs, numbered in this order from 1 on. */
export const shardsOf = (runs: readonly PlannedRun[]): Shard[] =>
  runs.flatMap((run) => {
    const { scenario, replicasPerShard: most } = run;
    return Array.from({ length: Math.ceil(scenario.replicas / most) }, (_, k) => {
      const firstReplica = k * most;
      const replicas = Math.min(most, scenario.replicas - firstReplica);
      return { run, scenario: { ...scenario, replicas }, firstReplica };
    });
  });
