import { expect, test } from "vitest";
import { type DensityFigure, densityFigure } from "../../src/report/densityFigure.ts";
import { isWellFormed, lines, points } from "../support/svg.ts";

/** The constant kernel from single particles: mass n after the rescaled time T has density T^(n-1) / (1+T)^(n+1). */
const massDensity = (t: number, n: number) => (40 * t) ** (n - 1) / (1 + 40 * t) ** (n + 1);
const countDensity = (t: number) => 1 / (1 + 40 * t);

function figure(times: number[], masses: number): DensityFigure {
  const estimate = (theory: number) => ({ mean: theory * 1.01, se: 0.02 * theory, theory });
  const list = Array.from({ length: masses }, (_, i) => i + 1);
  const last = times[times.length - 1];
  return {
    title: "a < b & c",
    subtitle: 'said "so"',
    observations: times.map((time) => ({
      time,
      count: estimate(countDensity(time)),
      masses: list.map((mass) => ({ mass, ...estimate(massDensity(time, mass)) })),
    })),
    curves: Array.from({ length: 101 }, (_, i) => (last * i) / 100).map((time) => ({
      time,
      count: countDensity(time),
      masses: list.map((mass) => massDensity(time, mass)),
    })),
  };
}

test("has a line per mass and one for all, a point per observation of each, and is well-formed", async () => {
  const svg = await densityFigure({ ...figure([0.002, 0.01, 0.03], 3), caption: "word ".repeat(40) });
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(isWellFormed(svg)).toBe(true);
  expect(lines(svg)).toBe(4);
  expect(points(svg)).toBe(3 * 4);
  for (const label of ["all", "1", "2", "3"]) expect(svg).toContain(`>${label}</text>`);
  expect(svg).toContain("a &lt; b &amp; c");
  expect(svg).not.toContain("NaN");
});

test("the same input gives the same bytes, also side by side", async () => {
  const input = figure([0.002, 0.01, 0.03], 5);
  const first = await densityFigure(input);
  await densityFigure(figure([1, 2], 1));
  expect(await Promise.all([densityFigure(input), densityFigure(input)])).toEqual([first, first]);
});

test("axes are logarithmic where a decade is spanned", async () => {
  const scales = async (times: number[], masses: number) =>
    [...(await densityFigure(figure(times, masses))).matchAll(/for a (\w+) scale/g)].map((match) => match[1]);
  expect(await scales([0, 0.001, 0.03], 4)).toEqual(["log", "log"]);
  expect(await scales([0, 0.02, 0.03], 1)).toEqual(["linear", "linear"]);
});

test("draws what there is: no theory, no errors, one time, densities of 0, many masses", async () => {
  const bare = {
    title: "bare",
    observations: [
      {
        time: 0.01,
        count: { mean: 0.5, se: null, theory: null },
        masses: Array.from({ length: 20 }, (_, i) => ({
          mass: i + 1,
          mean: i < 2 ? 0.2 : 0,
          se: null,
          theory: null,
        })),
      },
    ],
    curves: null,
  };
  for (const input of [bare, { ...bare, observations: [] }, figure([0], 2)]) {
    const svg = await densityFigure(input);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|Infinity/);
  }
  expect(lines(await densityFigure(bare))).toBe(0);
});
