/** Runs that are too small to show anything still end in statements that can be written as JSON and drawn. */
import { expect, test } from "vitest";
import { statementFigure } from "../../src/report/statementFigure.ts";
import { statementsOf } from "../../src/theorem/statements.ts";
import { observed } from "./support.ts";

test.each([
  ["pairs, densities and test functions", { alpha: { constant: 50 } }],
  ["pairs that never react", { alpha: { constant: 0 } }],
  ["one mass that is not there any more", { alpha: { constant: 5000 }, initial: [{ mass: 2 }] }],
  ["ghosts", { alpha: { constant: 50 }, model: "annihilation" as const, ghosts: true }],
])(
  "%s of a few particles",
  async (_, { ghosts, ...changes }: { alpha: { constant: number }; ghosts?: boolean }) => {
    const runs = [];
    for (const particles of [5, 6, 8]) {
      const observe = {
        times: [0, 1e-7, 2e-7],
        masses: 2,
        pairs: { masses: 2, slabs: 2, widths: [0.2] },
        densities: { width: 0.1, points: 4 },
        testFunctions: ["constant" as const],
        ...(ghosts && { ghosts }),
      };
      runs.push(await observed({ particles, Z: 0.5, seed: 5, observe, engine: "uniform", ...changes }));
    }
    const statements = statementsOf(runs);
    expect(statements.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(statements))).toEqual(statements);
    for (const { figure } of statements)
      if (figure !== null) expect(await statementFigure(figure)).toMatch(/^<svg/);
  },
);
