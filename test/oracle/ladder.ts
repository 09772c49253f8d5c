/** What the tests of convergence share. */
import { expect } from "vitest";
import { type Grid, integral } from "../../src/oracle/grid.ts";
import { makeReaction } from "../../src/oracle/reaction.ts";
import { evolve, type ReactionDiffusion, type StepControl } from "../../src/oracle/reactionDiffusion.ts";

/** The slopes of log2 error along a ladder whose rungs halve the step or the cell: all must be near `order`. */
export function expectOrder(errors: readonly number[], order: number, within: number): void {
  const slopes = errors.slice(1).map((error, k) => Math.log2(errors[k] / error));
  for (const slope of slopes) {
    expect(Math.abs(slope - order), `slopes ${slopes.map((x) => x.toFixed(2))}`).toBeLessThan(within);
  }
}

/** A solution made up: the density of kind n (from 0) in a cell, its derivative in time and its Laplacian. */
export type MadeUp = (
  n: number,
  cell: number,
  time: number,
) => { value: number; slope: number; laplacian: number };

/** d of masses 1, 2 and of what is heavier. */
const diffusivity = (n: number) => 1 / (1 + 0.3 * Math.min(n, 2));

/**
 * Coagulation of masses 1 and 2 and what is heavier, beta(n, m) = 1 + n m / 2, with a source by which the made-up solution is the exact
 * one (the method of manufactured solutions); returns the relative error at the end, in the mean over space and all kinds.
 */
export function manufacturedError(
  grid: Grid,
  madeUp: MadeUp,
  scale: number,
  control: Omit<StepControl, "tolerance">,
): number {
  const reaction = makeReaction({
    model: "coagulation",
    masses: 2,
    beta: (n, m) => 1 + (n * m) / 2,
    negligible: 0,
  });
  const kinds = Array.from({ length: reaction.size }, (_, n) => n);
  const exact = new Float64Array(reaction.size);
  const change = new Float64Array(reaction.size);
  const system: ReactionDiffusion = {
    grid,
    diffusivities: kinds.map((n) => scale * diffusivity(n)),
    norms: [kinds.map(() => 1)],
    rates(f, out, time, cell) {
      reaction.rates(f, out);
      const wanted = kinds.map((n) => madeUp(n, cell, time));
      for (const n of kinds) exact[n] = wanted[n].value;
      reaction.rates(exact, change);
      for (const n of kinds) {
        out[n] += wanted[n].slope - scale * diffusivity(n) * wanted[n].laplacian - change[n];
      }
    },
  };
  const fieldsAt = (time: number) =>
    kinds.map((n) => grid.volumes.map((_, cell) => madeUp(n, cell, time).value));
  let end: readonly Float64Array[] = [];
  for (const { fields } of evolve(system, fieldsAt(0), { ...control, tolerance: 1 })) end = fields;
  const right = fieldsAt(control.stops[control.stops.length - 1]);
  const sum = (fields: readonly Float64Array[]) =>
    fields.reduce((all, field) => all + integral(grid, field), 0);
  return sum(end.map((field, n) => field.map((x, c) => Math.abs(x - right[n][c])))) / sum(right);
}
