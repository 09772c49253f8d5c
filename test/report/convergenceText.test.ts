import { expect, test } from "vitest";
import type { Convergence } from "../../src/converge/conclusion.ts";
import { concludeStudy, convergenceTable, figureOf } from "../../src/report/convergenceText.ts";

const study: Convergence = {
  name: "s",
  version: "1",
  model: "annihilation",
  dimension: 3,
  method: "multirate",
  Z: 10,
  seed: 1,
  time: 0.5,
  limit: 0.6,
  naive: { limit: 0.3, apart: 99.97, growth: 12.34, rejected: true },
  levels: [0.04, 0.02].map((eps) => ({
    particles: 10 / eps,
    eps,
    smallness: eps,
    replicas: 9,
    wantedSe: eps === 0.02 ? 0.001 : 0.002,
    observations: [
      {
        time: 0.5,
        mean: 0.6 - 2 * eps,
        se: 0.002,
        limit: 0.6,
        naive: 0.3,
        difference: -2 * eps,
        correction: -2.5 * eps,
      },
    ],
  })),
  fit: { order: 1, low: 0.9, high: 1.125, coefficient: -2, chi2: 0, degreesOfFreedom: 0 },
  work: { particleSteps: 1.5e6, seconds: 3 },
};

const withFit = (low: number | null, high: number | null): Convergence => ({
  ...study,
  fit: { ...study.fit!, low, high },
});

test("tells the order, the share of theory's term, the naive limit's fate, and what fell short", () => {
  expect(concludeStudy(study).split("\n")).toEqual([
    "|h_N - h| falls with the order 1.00 in eps (95 %: 0.90 to 1.13).",
    "Theory expects order 1 in eps.",
    "At the smallest eps, h_N - h is 0.800(40) of eps h1, the leading term; the next ones make it less at larger eps.",
    "The naive limit, 0.3, is rejected: at the smallest eps h_N is +100 standard errors from it, and from the largest eps on the distance has grown by 12.3.",
    "At N = 500 the standard error is 0.0020, where 0.0010 was aimed at within bounded work; --se or --replicas go on.",
    "1.5 M particle-steps in 3.0 s",
  ]);
});

test.each([
  [null, 2, "up to 2.00"],
  [0.5, null, "from 0.50 on"],
  [null, null, "any"],
])("an interval from %s to %s reads %s", (low, high, text) => {
  expect(concludeStudy(withFit(low, high))).toContain(`(95 %: ${text}).`);
});

test("says what cannot be told", () => {
  const text = concludeStudy({
    ...study,
    fit: null,
    naive: { limit: 0.3, apart: null, growth: null, rejected: false },
  });
  expect(text).toContain("No order can be fitted");
  expect(text).toContain("cannot be judged");
  const near = concludeStudy({ ...study, naive: { limit: 0.3, apart: -6, growth: -3, rejected: false } });
  expect(near).toContain("is not rejected by these data: at the smallest eps h_N is -6.0");
  expect(near).toContain("has shrunk by 3.0");
});

test("knows what theory expects in every dimension", () => {
  const sentence = (dimension: number) =>
    concludeStudy({ ...study, dimension }).match(/^Theory expects (.*)\.$/m)![1];
  expect([2, 3, 5].map(sentence)).toEqual(["order 1 in 1/|log eps|", "order 1 in eps", "order 2 in eps"]);
  // log(0.04^2 log 25 / (0.02^2 log 50)) / log 2
  expect(sentence(4)).toBe("eps^2 log(1/eps), of order 1.72 between these eps");
});

test("the table leaves blank what is not known", () => {
  const { observations, ...level } = study.levels[0];
  const unknown = { ...observations[0], se: null, correction: null };
  const [, , row] = convergenceTable({ ...study, levels: [{ ...level, observations: [unknown] }] }).split(
    "\n",
  );
  expect(row.trim().split(/ +/)).toEqual(["250", "0.04", "9", "0.5200", "-0.08000"]);
});

test("the figure has the distances and the naive limit's own", () => {
  const { points, naiveDistance, axis } = figureOf({ ...study, dimension: 2 });
  expect(points.map(({ difference }) => difference)).toEqual([-0.08, -0.04]);
  expect(naiveDistance).toBeCloseTo(0.3, 12);
  expect(axis).toBe("1/|log eps|");
});
