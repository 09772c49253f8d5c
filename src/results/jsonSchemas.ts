/** The JSON Schema of every JSON that coagula reads, writes or prints. */
import * as z from "zod";
import { scenarioJsonSchema } from "../model/scenario.ts";
import * as printed from "./printed.ts";
import * as summaries from "./summaries.ts";

const files = "in a results folder";

/** By name: what it describes, and the schema. */
const schemas = {
  "run-summary": [`summary.json ${files} of coagula run`, summaries.runSummary],
  "observe-summary": [`summary.json ${files} of coagula observe`, summaries.observeSummary],
  "solve-summary": [`summary.json ${files} of coagula solve`, summaries.solutionSummary],
  convergence: [`convergence.json ${files} of coagula converge`, summaries.convergenceSummary],
  study: [`study.json ${files} of coagula converge`, summaries.studyState],
  run: ["what coagula run --json prints", summaries.runPrinted],
  observe: ["what coagula observe --json prints", summaries.observePrinted],
  converge: ["what coagula converge --json prints", summaries.convergePrinted],
  solve: ["what coagula solve --json prints", summaries.solvePrinted],
  check: ["what coagula check --json prints", printed.checkPrinted],
  verify: ["what coagula verify --json prints", printed.verifyPrinted],
  beta: ["what coagula beta --json prints", printed.betaPrinted],
  coalescent: ["what coagula coalescent --json prints", printed.coalescentPrinted],
  kingman: ["what coagula kingman --json prints", printed.kingmanPrinted],
  walkers: ["what coagula walkers --json prints", printed.walkersPrinted],
  clusters: ["what coagula clusters --json prints", printed.clustersPrinted],
  doctor: ["what coagula doctor --json prints", printed.doctorPrinted],
} satisfies Record<string, readonly [string, z.ZodType]>;

export type SchemaName = "scenario" | keyof typeof schemas;

export const schemaNames: readonly SchemaName[] = [
  "scenario",
  ...(Object.keys(schemas) as (keyof typeof schemas)[]),
];

/** What a schema describes, in a few words. */
export const described = (name: SchemaName): string =>
  name === "scenario" ? "a scenario file" : schemas[name][0];

/** The JSON Schema (draft 7) of this name. */
export function jsonSchema(name: SchemaName): Record<string, unknown> {
  if (name === "scenario") return scenarioJsonSchema();
  const [description, schema] = schemas[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  return { $schema, $id: `urn:coagula:${name}`, title: `coagula ${name}`, description, ...rest };
}
