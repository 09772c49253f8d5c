import { describe, expect, test } from "vitest";
import { makeStart } from "../../src/model/start.ts";
import { ghosts, wrappedMoment } from "../../src/theorem/ghosts.ts";
import { survival } from "../../src/theorem/survival.ts";
import { growth } from "../../src/theorem/survivors.ts";
import {
  expectStandardNormal,
  kolmogorovBound,
  kolmogorovDistance,
  studentScore,
} from "../physics/support.ts";
import { observed, rowOf, scoreOf } from "./support.ts";

const replicas = 300;
// eps = 0.02, D t / eps^2 = 100 in the end; a coordinate then spreads to a fifth of the side.
const run = await observed({
  model: "annihilation",
  particles: 100,
  Z: 2,
  alpha: { constant: 25 },
  observe: { times: [0.0004, 0.004, 0.02], ghosts: true },
  replicas,
  seed: 21,
});
const { system } = run;
const everybody = run.observables.ghosts!.at(-1)!;
const starts = Array.from({ length: replicas }, (_, r) => [...makeStart(system, r).place]).flat();

test("a Gaussian on a long circle has moments 1 and 3, on a short one those of an even law", () => {
  expect(wrappedMoment(2, 40)).toBeCloseTo(1, 12);
  expect(wrappedMoment(4, 40)).toBeCloseTo(3, 12);
  expect(wrappedMoment(2, 0.5)).toBeCloseTo(0.25 / 12, 12);
});

/** Seed 21; every test here fails a right program in a share 5e-5 of all seeds. Some 32 of 100 particles are ghosts in the end. */
describe("survivors and ghosts together are independent Brownian motions (stochastic)", () => {
  const dead = everybody.alive.reduce((sum, mark) => sum + (mark === 0 ? 1 : 0), 0) / everybody.alive.length;

  test("their moments are those of Brownian motion, and neighbours go their own ways", () => {
    expect(dead).toBeGreaterThan(0.3);
    const statement = ghosts([run]);
    const names = [
      "squared displacement",
      "fourth power",
      "correlation of next neighbours",
      "pairs within eps",
    ];
    expectStandardNormal(
      Object.fromEntries(
        names.map((name) => {
          const { mean, se, theory } = rowOf(statement, name);
          return [name, studentScore(mean - theory!, se!, replicas)];
        }),
      ),
    );
  });

  /** In turns of the torus, one coordinate of each: within a replica independent, and replicas are. */
  const displacements = (which: (one: number) => boolean) =>
    [...everybody.alive.keys()]
      .filter(which)
      .map((one) => ((everybody.place[3 * one] - starts[3 * one]) | 0) / 2 ** 32);
  const sd = Math.sqrt(2 * 0.02);
  // Abramowitz and Stegun 7.1.26, to 1.5e-7.
  const normal = (x: number) => {
    const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
    const tail =
      ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) *
      t *
      Math.exp((-x * x) / 2);
    return x > 0 ? 1 - tail / 2 : tail / 2;
  };
  const wrapped = (x: number) =>
    [-3, -2, -1, 0, 1, 2, 3].reduce((sum, k) => sum + normal((x + k) / sd) - normal((k - 0.5) / sd), 0);

  test("the law of a displacement is the Gaussian around the torus", () => {
    expect(
      kolmogorovDistance(
        displacements(() => true),
        wrapped,
      ),
    ).toBeLessThan(kolmogorovBound);
  });

  test("all are spread evenly in the end", () => {
    const places = [...everybody.alive.keys()].map((one) => everybody.place[3 * one + 1] / 2 ** 32);
    expect(kolmogorovDistance(places, (x) => x)).toBeLessThan(kolmogorovBound);
  });

  test("ghosts that stayed where they died would be found out", () => {
    // Had the dead not moved after the first observation, their displacement would be that until then.
    const early = run.observables.ghosts![0];
    const frozen = [...everybody.alive.keys()].map((one) => {
      const { place } = everybody.alive[one] === 1 ? everybody : early;
      return ((place[3 * one] - starts[3 * one]) | 0) / 2 ** 32;
    });
    expect(kolmogorovDistance(frozen, wrapped)).toBeGreaterThan(2 * kolmogorovBound);
  });
});

test("the tracer survives with the probability that any particle does, at the rate of the recipe (stochastic)", () => {
  const statement = survival([run])!;
  const tracer = rowOf(statement, "tracers that survive");
  // The first window's theory is a pair's; its corrections are of the order of eps.
  const first = rowOf(statement, "rate at D t / eps^2 from 0 to");
  expectStandardNormal({
    tracer: (tracer.mean - tracer.theory!) / tracer.se!,
    first: studentScore(first.mean - first.theory!, first.se!, replicas),
  });
  const last = statement.rows.filter(({ what }) => what.startsWith("rate")).at(-1)!;
  expect((last.naive! - last.mean) / last.se!).toBeGreaterThan(30);
});

test("the growth of an inverse mean has the error that leaving out a replica at a time tells", () => {
  const after = Array.from({ length: 60 }, (_, r) => 0.3 + 0.05 * Math.sin(7 * r));
  const before = after.map((h, r) => 2 * h + 0.1 * Math.cos(5 * r));
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const inverse = (left: number) => {
    const others = (values: number[]) => values.filter((_, r) => r !== left);
    return (1 / mean(others(after)) - 1 / mean(others(before))) / 4;
  };
  const jackknife = after.map((_, r) => inverse(r));
  const spread = jackknife.reduce((sum, x) => sum + (x - mean(jackknife)) ** 2, 0);
  const found = growth(before, after, 4);
  expect(found.mean).toBeCloseTo(inverse(-1), 12);
  expect(found.se! / Math.sqrt((59 / 60) * spread)).toBeCloseTo(1, 2);
});

/**
 * Seed 22, two short times. That a third one comes first is left out of the theory: less than a third of a standard error. Without the repulsion
 * that has grown until the second time, a share of 0.57 and not 0.66 would come from beyond eps: more than four standard errors.
 */
test("in a short time those annihilate who were within eps, but for a share that theory knows (stochastic)", async () => {
  const short = await observed({
    model: "annihilation",
    particles: 200,
    Z: 6,
    alpha: { constant: 25 },
    observe: { times: [0.000045, 0.000585, 0.00072], ghosts: true },
    replicas: 600,
    seed: 22,
  });
  const rows = survival([short])!.rows.filter(({ what }) => /^(of those|pairs within)/.test(what));
  expect(rows.length).toBe(4);
  expectStandardNormal(Object.fromEntries(rows.map((row) => [row.what, scoreOf(row)])));
});
