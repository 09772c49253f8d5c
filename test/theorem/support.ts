/** Runs of scenarios as `coagula observe` makes them. */
import type { ScenarioInput } from "../../src/model/scenario.ts";
import { simulate } from "../../src/simulate.ts";
import type { Comparison, ObservedRun, Statement } from "../../src/theorem/statement.ts";

export async function observed(scenario: ScenarioInput): Promise<ObservedRun> {
  const { system, events, clock, observables } = simulate(scenario);
  return { system, events: await events, clock: await clock, observables: await observables };
}

/** The one row of a statement whose text begins so. */
export function rowOf(statement: Statement | null, what: string): Comparison {
  const rows = statement?.rows.filter((row) => row.what.startsWith(what)) ?? [];
  if (rows.length !== 1) throw new Error(`There are ${rows.length} rows that begin with "${what}".`);
  return rows[0];
}

/** How far a row's mean is from its theory, in standard errors. */
export const scoreOf = ({ mean, se, theory }: Comparison) => (mean - theory!) / se!;
