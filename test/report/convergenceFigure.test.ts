import { expect, test } from "vitest";
import { type ConvergenceFigure, convergenceFigure } from "../../src/report/convergenceFigure.ts";
import { isWellFormed, lines, points } from "../support/svg.ts";

const full: ConvergenceFigure = {
  title: "a < b & c",
  subtitle: "points",
  caption: "word ".repeat(30),
  axis: "eps",
  points: [0.04, 0.02, 0.01, 0.005].map((smallness) => ({
    smallness,
    difference: -1.8 * smallness,
    se: 0.002,
    correction: -2 * smallness,
  })),
  fit: { coefficient: -1.8, order: 1 },
  naiveDistance: 0.29,
};

/** Where marks of a kind stand in the figure, down from its top. */
function heights(svg: string, role: string): number[] {
  const marks = svg.matchAll(
    new RegExp(`aria-roledescription="${role}"[^>]*transform="translate\\([^,]+,([^)]+)\\)"`, "g"),
  );
  return Array.from(marks, ([, y]) => Number(y));
}

test("has a point for each N, the fitted and the predicted line, and the naive limit with its label", async () => {
  const svg = await convergenceFigure(full);
  expect(isWellFormed(svg)).toBe(true);
  expect(points(svg)).toBe(4);
  expect(lines(svg)).toBe(2);
  for (const label of ["fitted: order 1.00", "theory: eps |h1|", "naive alpha ∫ V", "a &lt; b &amp; c"]) {
    expect(svg).toContain(label);
  }
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect([...svg.matchAll(/for a (\w+) scale/g)].map((match) => match[1])).toEqual(["log", "log"]);
  // The naive limit lies above all the points, as 0.29 does above 0.07; both axes are logarithmic, so equal factors are equal steps.
  const [a, b, c, d] = heights(svg, "point");
  expect(b - a).toBeCloseTo(c - b, 3);
  expect(d - c).toBeCloseTo(c - b, 3);
});

test("the same input gives the same bytes", async () => {
  expect(await convergenceFigure(full)).toBe(await convergenceFigure(full));
});

test("draws what there is: no theory, no fit, no naive limit, bars beyond 0, differences of 0", async () => {
  const bare: ConvergenceFigure = {
    title: "bare",
    axis: "1/|log eps|",
    points: [
      { smallness: 0.3, difference: 0.02, se: 0.05, correction: null },
      { smallness: 0.2, difference: -1e-5, se: 0.05, correction: null },
      { smallness: 0.1, difference: 0, se: null, correction: null },
    ],
    fit: null,
    naiveDistance: 0,
  };
  for (const input of [bare, { ...bare, points: [] }, { ...full, naiveDistance: 0 }]) {
    const svg = await convergenceFigure(input);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  }
  const svg = await convergenceFigure(bare);
  expect([points(svg), lines(svg)]).toEqual([2, 0]);
  expect(svg).not.toContain("naive");
});
