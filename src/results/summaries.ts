/** What the JSON files of results say: the types, and schemas that check them and from which JSON Schemas are made. */
import * as z from "zod";
import type { Chunk } from "../converge/chunk.ts";
import type { Convergence } from "../converge/conclusion.ts";
import { type Scenario, scenarioSchema } from "../model/scenario.ts";
import type { Dilution } from "../oracle/dilution.ts";
import type { EquationSolution } from "../oracle/solution.ts";
import type { SimulationResult } from "../simulate.ts";
import type { Statement } from "../theorem/statement.ts";
import { dilution } from "./printed.ts";

/** What made a result, when and where. */
export interface Provenance {
  /** Of coagula's sources; null outside a clone. */
  commit: string | null;
  /** ISO 8601. */
  ended: string;
  machine: { node: string; webgpu: string; platform: string; processor: string; cores: number };
}

/** summary.json of a run. */
export interface RunSummary extends SimulationResult, Provenance {
  kind: "run";
  statements?: Statement[];
  /** Of a colloid in SI units. */
  dilution?: Dilution;
  /** What the command was given beside the scenario that bears on the results. */
  options: string[];
  scenario: Scenario;
}

/** summary.json of `coagula observe`: a result and a scenario for each N. */
export interface ObserveSummary extends Provenance {
  kind: "observe";
  results: SimulationResult[];
  statements: Statement[];
  options: string[];
  scenarios: Scenario[];
}

/** convergence.json. */
export interface ConvergenceSummary extends Convergence, Provenance {
  kind: "converge";
  options: string[];
  scenario: Scenario;
}

/** summary.json of `coagula solve`. */
export interface SolutionSummary extends Omit<EquationSolution, "profiles" | "places" | "volumes"> {
  kind: "solve";
  name: string;
  version: string;
  commit: string | null;
  scenario: Scenario;
}

/** study.json: what `coagula converge` goes on from. */
export interface StudyState {
  format: 1;
  version: string;
  /** All of it but N, replicas and words for people. */
  scenario?: unknown;
  chunks: Chunk[];
}

const text = z.string();
const real = z.number();
const count = z.int().nonnegative();
const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]);
const seed = z.union([count, text]);
const engine = z.enum(["cpu", "gpu"]);
const model = z.enum(["coagulation", "annihilation"]);
const method = z.enum(["uniform", "multirate"]);
const digest = text.regex(/^[0-9a-f]{64}$/).describe("SHA-256 of all events and of who is where at the end.");
const seconds = real.nonnegative().describe("Seconds of wall time.");

const estimate = {
  mean: real.describe("Mean over replicas."),
  se: orNull(real.nonnegative()).describe("Its standard error; null from a single replica."),
};
const compared = {
  ...estimate,
  theory: orNull(real).describe("The Smoluchowski equation's value; null where it was not solved."),
};
const observation = z.strictObject({
  time: real.nonnegative(),
  count: z.strictObject(compared).describe("Particles of all masses, as a fraction of N."),
  masses: z
    .array(z.strictObject({ mass: count.min(1), ...compared }))
    .describe("Of each mass, as fractions of N."),
});

const place = {
  engine,
  adapter: orNull(text).describe("Null on the CPU reference."),
  driver: orNull(text),
  software: orNull(z.boolean()).describe("Whether the adapter is a software one."),
  why: text.describe("Why it ran there."),
};

const result = {
  name: text,
  version: text.describe("Of coagula."),
  digest,
  ...place,
  method,
  k: orNull(real).describe("The knob of the multirate step; null by uniform steps."),
  particles: count.describe("N, of each replica."),
  replicas: count.min(1),
  seed,
  eps: real.positive(),
  dt: real.positive().describe("A tick, which times are multiples of."),
  observations: z.array(observation),
  work: z.strictObject({
    macroSteps: count.describe("Steps of the whole system."),
    particleSteps: count.describe("Moves of single particles, all replicas."),
    subSteps: count.describe("Those of them in clusters beyond each member's first of a step."),
    uniformParticleSteps: real.describe("Moves that a run with the default uniform step would take."),
  }),
  events: count.describe("Coagulations or annihilations, all replicas."),
  timings: z.strictObject({ prepare: seconds, steps: seconds, rest: real }),
  wallSeconds: seconds,
};

const axis = z.strictObject({ title: text, type: z.enum(["linear", "log"]) });
const statement = z.strictObject({
  key: text.describe("Names its figure and its page docs/theorem/<key>.md."),
  title: text,
  reference: text.describe("Where the papers say it."),
  rows: z.array(
    z.strictObject({
      what: text,
      // What is not finite is null in JSON.
      mean: orNull(real) as unknown as z.ZodType<number>,
      se: orNull(real),
      theory: orNull(real).describe("What it should be or, where `bound`, at most be."),
      bound: z.literal(true).exactOptional(),
      naive: real.exactOptional().describe("What the naive guess alpha ∫ V would say."),
    }),
  ),
  remark: text,
  figure: orNull(
    z.strictObject({
      title: text,
      subtitle: text,
      x: axis,
      y: axis,
      series: z.array(
        z.strictObject({
          name: text,
          kind: z.enum(["points", "line", "dashed"]),
          data: z.array(z.strictObject({ x: real, y: real, se: orNull(real).exactOptional() })),
        }),
      ),
    }),
  ),
});

const provenance = {
  commit: orNull(text).describe("Of coagula's sources; null outside a clone."),
  ended: text.describe("ISO 8601."),
  machine: z.strictObject({ node: text, webgpu: text, platform: text, processor: text, cores: count }),
};
/** Words that a shell takes as they are. */
const options = z
  .array(text.regex(/^[\w.,+/-]+$/))
  .describe("What the command was given beside the scenario that bears on the results.");
const scenario = scenarioSchema as unknown as z.ZodType<Scenario>;
const out = text.exactOptional().describe("The results folder.");

/** Printed by `coagula run --json`. */
export const runPrinted = z.strictObject({
  ...result,
  statements: z.array(statement).exactOptional(),
  dilution: dilution.exactOptional(),
  out,
});

export const runSummary: z.ZodType<RunSummary> = z.strictObject({
  kind: z.literal("run"),
  ...result,
  statements: z.array(statement).exactOptional(),
  dilution: dilution.exactOptional(),
  ...provenance,
  options,
  scenario,
});

/** Printed by `coagula observe --json`. */
export const observePrinted = z.strictObject({
  results: z.array(z.strictObject(result)),
  statements: z.array(statement),
  out,
});

export const observeSummary: z.ZodType<ObserveSummary> = z.strictObject({
  kind: z.literal("observe"),
  results: z.array(z.strictObject(result)).min(1),
  statements: z.array(statement),
  ...provenance,
  options,
  scenarios: z.array(scenario).min(1),
});

const convergence = {
  name: text,
  version: text,
  model,
  dimension: count,
  method,
  Z: real,
  seed,
  time: real.describe("The last of the observations."),
  limit: real.describe("The fraction left then in the limit."),
  naive: z.strictObject({
    limit: real,
    apart: orNull(real).describe("(h_N - naive) / se at the smallest eps."),
    growth: orNull(real).describe(
      "How much |h_N - naive| grew from the largest eps to the smallest, in standard errors.",
    ),
    rejected: z.boolean(),
  }),
  levels: z.array(
    z.strictObject({
      particles: count,
      eps: real,
      smallness: real.describe("What the order is counted in: eps, in the plane 1 / |log eps|."),
      replicas: count,
      wantedSe: orNull(real),
      observations: z.array(
        z.strictObject({
          time: real,
          ...estimate,
          limit: real,
          naive: real,
          difference: real.describe("mean - limit."),
          correction: orNull(real).describe("eps h1, which theory predicts for it."),
        }),
      ),
    }),
  ),
  fit: orNull(
    z.strictObject({
      order: real,
      low: orNull(real),
      high: orNull(real),
      coefficient: real,
      chi2: real,
      degreesOfFreedom: count,
    }),
  ).describe("difference = coefficient smallness^order at the last time, with the order's 95 % interval."),
  work: z.strictObject({ particleSteps: count, seconds }),
};

/** Printed by `coagula converge --json`. */
export const convergePrinted = z.strictObject({ ...convergence, out });

export const convergenceSummary: z.ZodType<ConvergenceSummary> = z.strictObject({
  kind: z.literal("converge"),
  ...convergence,
  ...provenance,
  options,
  scenario,
});

export const studyState: z.ZodType<StudyState> = z.object({
  format: z.literal(1).describe("Changes whenever the meaning of this file does."),
  version: text,
  scenario: z.unknown(),
  chunks: z.array(
    z.object({
      particles: count,
      firstReplica: count,
      replicas: count.min(1),
      left: z.array(z.array(count)).describe("Particles left, by replica and observation time."),
      digest: text,
      particleSteps: count,
      seconds,
      engine,
      adapter: orNull(text),
    }),
  ),
});

const solution = {
  method: z.enum(["homogeneous", "sections", "planar", "two axes", "three axes", "radial"]),
  rate: z.enum(["recipe", "naive"]),
  cells: orNull(count).describe("Along each axis or radius; null for a homogeneous system."),
  cutoff: count.describe("The heaviest mass followed one by one."),
  tolerance: real.describe("Share of the mass that may pass the cutoff."),
  gel: orNull(z.boolean()).describe("Whether a gel takes mass."),
  steps: orNull(count).describe("In time; null for a homogeneous system."),
  points: z.array(z.strictObject({ time: real, count: real, masses: z.array(real), lostMass: real })),
  error: orNull(real).describe("An estimate of the largest error of a fraction."),
  coordinates: z.array(text),
};

/** Printed by `coagula solve --json`. */
export const solvePrinted = z.strictObject({ ...solution, out });

export const solutionSummary: z.ZodType<SolutionSummary> = z.strictObject({
  kind: z.literal("solve"),
  name: text,
  version: text,
  commit: orNull(text),
  ...solution,
  scenario,
});
