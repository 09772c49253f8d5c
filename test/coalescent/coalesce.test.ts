import { expect, test } from "vitest";
import { coalesce } from "../../src/coalesce.ts";
import { kingmanMoments } from "../../src/coalescent/kingman.ts";
import { type KernelName, powerKernel, tableKernel } from "../../src/index.ts";

test("sets means and errors beside the expectation at N and the limit, as shares of N", () => {
  const [start, later] = coalesce({ kernel: "constant", blocks: 500, times: [0, 2], masses: 2, replicas: 4 });
  expect(start).toMatchObject({
    time: 0,
    count: { mean: 1, se: 0, expected: 1, limit: 1 },
    masses: [
      { mass: 1, mean: 1, expected: null, limit: 1 },
      { mass: 2, mean: 0, limit: 0 },
    ],
    secondMoment: { mean: 1, expected: 1, limit: 1 },
    largest: { mean: 1 / 500, expected: null, limit: null },
  });
  expect(later.count.expected).toBe(kingmanMoments(500, 2 / 500).mean / 500);
  expect(later.count.limit).toBeCloseTo(0.5, 8);
  expect(later.secondMoment.limit).toBe(3);
  expect(later.secondMoment.expected).toBeCloseTo(500 - 499 * Math.exp(-2 / 500), 12);
  expect(later.count.se).toBeGreaterThan(0);
});

test("knows the gel of the product kernel, and no limit beyond it for others", () => {
  const after = { blocks: 2000, times: [2], masses: 1 };
  const [product] = coalesce({ kernel: "product", ...after });
  expect(product.largest.limit).toBeCloseTo(0.7968121300200199, 14);
  expect(product.lostMass).toBeCloseTo(0.7968121300200199, 7);
  expect(product.masses[0].limit).toBeCloseTo(Math.exp(-2), 8);
  expect(product.masses[0].expected).toBeCloseTo(Math.exp((-2 * 1999) / 2000), 14);
  expect(product.secondMoment.limit).toBeNull();
  expect(product.count.se).toBeNull();

  const [other] = coalesce({ kernel: powerKernel(0.8, 0.8), ...after });
  expect(other.lostMass).toBeGreaterThan(0.5);
  expect([other.count.limit, other.masses[0].limit, other.largest.limit]).toEqual([null, null, null]);
});

test("does without the equation where it is not wanted, or where it cannot be solved", () => {
  const unsolvable = (n: number) => (n > 50 ? Number.NaN : 1);
  const options = { blocks: 50, times: [1], masses: 1 };
  for (const [observation] of [
    coalesce({ ...options, kernel: "sum", equation: false }),
    coalesce({ ...options, kernel: unsolvable }),
  ]) {
    expect(observation.lostMass).toBeNull();
    expect([observation.count.limit, observation.masses[0].limit]).toEqual([null, null]);
    expect(observation.count.mean).toBeGreaterThan(0);
  }
});

test("the same kernel under two names takes the same path", () => {
  const of = (kernel: Parameters<typeof coalesce>[0]["kernel"]) =>
    coalesce({ kernel, blocks: 300, times: [1], seed: 3, replicas: 2 })[0].masses.map(({ mean }) => mean);
  expect(of(tableKernel([[1]]))).toEqual(of("constant"));
  expect(of(powerKernel(0, 1))).toEqual(of("sum"));
  expect(of("sum")).not.toEqual(of("constant"));
});

test("tells how far it is, and what is out of range", () => {
  const heard: number[] = [];
  const onProgress = (done: number) => heard.push(done);
  coalesce({ kernel: "constant", blocks: 300_000, times: [1, 4], replicas: 2, onProgress });
  expect(heard.length).toBeGreaterThan(3);
  expect(heard).toEqual(heard.toSorted((a, b) => a - b));
  expect(heard).toContain(0.5);
  expect(heard.at(-1)).toBe(1);
  const good = { kernel: "sum", blocks: 10, times: [1] } as const;
  expect(() => coalesce({ ...good, kernel: "gravity" as KernelName })).toThrow(
    'kernel is "gravity", but must be constant, sum, product, brownian or a function.',
  );
  expect(() => coalesce({ ...good, replicas: 0 })).toThrow(
    "replicas is 0, but must be an integer from 1 to 2^32.",
  );
  expect(() => coalesce({ ...good, seed: 0.5 })).toThrow(
    "seed is 0.5, but must be an integer below 2^53 or a bigint.",
  );
  expect(() => coalesce({ ...good, seed: 2n ** 64n })).toThrow("but must be an integer from 0 to 2^64 - 1.");
});
