import type { Statement } from "./statement.ts";

/** For a scenario whose equation would take minutes to solve. */
export function unsolved(about: Pick<Statement, "key" | "title" | "reference">): Statement {
  const remark =
    "There is nothing to compare with: the Smoluchowski equation of this scenario is not solved in seconds. `coagula solve` tells why.";
  return { ...about, rows: [], remark, figure: null };
}
