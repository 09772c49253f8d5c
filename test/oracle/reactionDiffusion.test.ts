import { describe, expect, test } from "vitest";
import { type Axis, makeBoxGrid } from "../../src/oracle/boxGrid.ts";
import { integral } from "../../src/oracle/grid.ts";
import { makeRadialGrid } from "../../src/oracle/radialGrid.ts";
import { makeReaction } from "../../src/oracle/reaction.ts";
import { evolve, type ReactionDiffusion } from "../../src/oracle/reactionDiffusion.ts";
import { expectOrder, type MadeUp, manufacturedError } from "./ladder.ts";

const axis = (coordinate: number, length = 1): Axis => ({ coordinate, from: 0, length });

/** 1 + 0.4 e^(-2t) times a product of one cosine for each axis, shifted for each kind, in cells along axes of length 1. */
function waves(axes: number, count: number): MadeUp {
  const k = 2 * Math.PI;
  return (n, cell, time) => {
    let wave = 0.4 * Math.exp(-2 * time);
    for (let rest = cell, a = 0; a < axes; a++, rest = Math.floor(rest / count)) {
      wave *= Math.cos((k * ((rest % count) + 0.5)) / count - n);
    }
    const size = 1 / (n + 1);
    return { value: size * (1 + wave), slope: -2 * size * wave, laplacian: -size * axes * k * k * wave };
  };
}

describe("the error against manufactured solutions", () => {
  test("is of third order in the step", () => {
    // A step spreads over cells, so that space adds nothing.
    const count = 40;
    const grid = makeBoxGrid([axis(0)], count, 1);
    const errors = [20, 40, 80, 160].map((steps) =>
      manufacturedError(grid, waves(1, count), 1, { stops: [0.4], fixedStep: 0.4 / steps }),
    );
    expectOrder(errors, 3, 0.1);
    expect(errors[3]).toBeLessThan(1e-5);
  });

  test.each([1, 2, 3])(
    "is of second order in the cell where a step spreads less than it, along %d axes",
    (axes) => {
      // d dt / h^2 is at most 0.14 in the longest of the three spreadings of a step.
      const errors = [8, 16, 32].map((count) => {
        const grid = makeBoxGrid(
          Array.from({ length: axes }, (_, k) => axis(k)),
          count,
          1,
        );
        return manufacturedError(grid, waves(axes, count), 0.02, { stops: [0.1], fixedStep: 0.01 });
      });
      expectOrder(errors, 2, 0.15);
    },
  );

  test("is of no order in the cell where a step spreads over it: the cells that resolve the densities suffice", () => {
    const error = (count: number) =>
      manufacturedError(makeBoxGrid([axis(0)], count, 1), waves(1, count), 4, {
        stops: [0.1],
        fixedStep: 0.005,
      });
    expect(Math.abs(error(16) - error(128))).toBeLessThan(0.02 * error(128)); // the mean of the error's size over few cells
  });

  test.each([2, 3, 4, 5])("is of second order in the shells of a ball in dimension %d", (dimension) => {
    const errors = [25, 50, 100].map((count) => {
      const grid = makeRadialGrid(dimension, 7, count);
      const madeUp: MadeUp = (n, cell, time) => {
        const r2 = grid.radii[cell] ** 2;
        const value = Math.exp(-time - r2 / 2) / (n + 1);
        return { value, slope: -value, laplacian: (r2 - dimension) * value };
      };
      return manufacturedError(grid, madeUp, 1, { stops: [0.2], fixedStep: 0.01 });
    });
    expectOrder(errors, 2, 0.15);
  });
});

/** Coagulation with six masses, far from smooth. */
function rough(): { system: ReactionDiffusion; start: Float64Array[] } {
  const reaction = makeReaction({ model: "coagulation", masses: 6, beta: (n, m) => n + m, negligible: 0 });
  const grid = makeBoxGrid([axis(0, 2), axis(1, 3)], 12, 1.5);
  const start = Array.from({ length: 8 }, () => new Float64Array(144));
  start[0] = start[0].map((_, c) => (c % 5 === 0 ? 40 : 0));
  start[2] = start[2].map((_, c) => (c < 30 ? 3 : 0));
  const kinds = start.map((_, n) => n);
  return {
    system: {
      grid,
      diffusivities: kinds.map((n) => 1 / (n + 1)),
      rates: reaction.rates,
      norms: [kinds.map((n) => (n < 7 ? 1 : 0))],
    },
    start,
  };
}

describe("from a start with jumps", () => {
  const { system, start } = rough();
  const mass = (fields: readonly Float64Array[]) =>
    fields.reduce((sum, f, n) => sum + (n < 6 ? n + 1 : n - 6) * integral(system.grid, f), 0);

  test("densities stay positive and mass is kept to rounding, at any tolerance", () => {
    for (const tolerance of [1, 1e-2, 1e-4]) {
      let steps = 0;
      for (const { fields } of evolve(system, start, { stops: [0.3], tolerance })) {
        steps++;
        expect(Math.min(...fields.map((field) => Math.min(...field)))).toBeGreaterThanOrEqual(0);
        expect(Math.abs(mass(fields) / mass(start) - 1)).toBeLessThan(1e-13);
      }
      expect(steps).toBeGreaterThan(5);
    }
  });

  test("a step that would lead below zero is cut: the first one wanted is, even if any error is allowed", () => {
    // 4/3 of the step, times the rate at which 40 particles of mass 1 leave their cell, 80, must stay below 1.
    const times = Array.from(evolve(system, start, { stops: [0.3], tolerance: 1e9 }), ({ time }) => time);
    expect(times[1]).toBeLessThan(0.75 / 80);
  });

  test("smaller tolerances take more steps and come closer", () => {
    const ends = [1e-3, 1e-4, 1e-6].map((tolerance) => {
      let [steps, count] = [0, 0];
      for (const { fields } of evolve(system, start, { stops: [0.1], tolerance })) {
        steps++;
        count = fields.slice(0, 7).reduce((sum, f) => sum + integral(system.grid, f), 0);
      }
      return { steps, count };
    });
    const [coarse, middle, fine] = ends;
    expect(middle.steps).toBeGreaterThan(1.5 * coarse.steps);
    expect(fine.steps).toBeGreaterThan(3 * middle.steps);
    expect(Math.abs(middle.count - fine.count)).toBeLessThan(0.3 * Math.abs(coarse.count - fine.count));
  });

  test("steps end at each stop", () => {
    const stops = [0.001, 0.0015, 0.1];
    const times = Array.from(evolve(system, start, { stops, tolerance: 1e-3 }), ({ time }) => time);
    for (const stop of stops) expect(times).toContain(stop);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("a reaction that explodes ends with a sentence", () => {
    const exploding = {
      ...system,
      rates: (f: Float64Array, out: Float64Array) => out.set(f.map((x) => x * x)),
    };
    expect(() => Array.from(evolve(exploding, start, { stops: [1], tolerance: 1e-3 }))).toThrow(
      /stopped at t = /,
    );
  });
});

describe("heat alone", () => {
  test("on a box takes a product of waves down as it should, along axes of their own lengths", () => {
    const grid = makeBoxGrid([axis(0, 2), axis(1, 3)], 24, 1);
    const wave = (x: number, y: number) => 1 + 0.5 * Math.cos(Math.PI * x) * Math.cos((4 * Math.PI * y) / 3);
    const at = (cell: number, amplitude: number) => {
      const [x, y] = [Math.floor(cell / 24), cell % 24].map((i, k) => grid.middle(grid.axes[k], i));
      return 1 + amplitude * (wave(x, y) - 1);
    };
    const field = grid.volumes.map((_, c) => at(c, 1));
    grid.diffuse(0.02, field, field);
    const left = Math.exp(-0.02 * (Math.PI ** 2 + (16 * Math.PI ** 2) / 9));
    for (const [c, f] of field.entries()) expect(Math.abs(f - at(c, left))).toBeLessThan(1e-9);
  });

  test("in a ball makes a Gaussian wider, keeps what it holds, and leaves no density negative", () => {
    for (const dimension of [2, 3, 4, 5]) {
      const grid = makeRadialGrid(dimension, 12, 300);
      const gaussian = (variance: number) =>
        grid.radii.map((r) => variance ** (-dimension / 2) * Math.exp((-r * r) / (2 * variance)));
      const out = new Float64Array(300);
      grid.diffuse(0.5, gaussian(1), out);
      const exact = gaussian(2);
      const error =
        integral(
          grid,
          out.map((f, i) => Math.abs(f - exact[i])),
        ) / integral(grid, exact);
      expect(error).toBeLessThan(1e-3);
      expect(Math.abs(integral(grid, out) / integral(grid, gaussian(1)) - 1)).toBeLessThan(1e-14);
      expect(Math.min(...out)).toBeGreaterThanOrEqual(0);
    }
  });
});
