import { describe, expect, test } from "vitest";
import { makeGrid } from "../../src/grid.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { bufferBytes, sizesOf, tablesOf } from "../../src/sizes.ts";

const systemOf = (dimension: number, particles: number, replicas = 1) =>
  makeSystem(
    parseScenario({
      dimension,
      particles,
      replicas,
      Z: dimension === 2 ? particles / 10 : 10,
      diffusion: { power: { scale: 1, exponent: -1 / 3 } },
      alpha: { sum: { scale: 10, exponent: 0.5 } },
      potential: "poly2",
      observe: { times: [0] },
    }),
  );

const bytesOf = (system: ReturnType<typeof systemOf>) =>
  Object.values(bufferBytes(sizesOf(system))).reduce((a, b) => a + b);

describe("memory on the device", () => {
  test.each([
    [2, 1e5],
    [3, 1e5],
    [2, 1e6],
    [3, 1e6],
  ])(
    "in dimension %i is at most 96 bytes a particle at N = %i, all buffers and tables together",
    (dimension, n) => {
      const system = systemOf(dimension, n);
      expect(bytesOf(system) / n).toBeLessThanOrEqual(96);
      // Places, masses and ids alone are as much as this.
      expect(bytesOf(system) / n).toBeGreaterThan(4 * (dimension + 2));
    },
  );

  test.each(
    (["uniform", "multirate"] as const).flatMap((engine) =>
      [1e5, 1e6, 1e7, 2 ** 24].map((n) => [engine, n] as const),
    ),
  )("of a %s run in dimension 3 is at most 64 bytes a particle at N = %i", (engine, n) => {
    const scenario = {
      particles: n,
      Z: 1,
      alpha: { constant: 1 },
      observe: { times: [0] },
      engine,
    };
    const bytes = bytesOf(makeSystem(parseScenario(scenario)));
    expect(bytes / n).toBeLessThanOrEqual(64);
  });

  test("grows with the replicas as with the particles, the tables apart", () => {
    const one = systemOf(3, 1e6);
    const tables = 4 * tablesOf(one).reduce((sum, [, table]) => sum + table.length, 0);
    const ratio = (bytesOf(systemOf(3, 1e6, 50)) - tables) / (bytesOf(one) - tables);
    expect(ratio).toBeGreaterThan(49);
    expect(ratio).toBeLessThan(51);
  });

  test("is at least 16 bytes in every buffer, since no binding may be empty", () => {
    for (const dimension of [2, 3, 4, 5]) {
      const system = makeSystem(
        // In the plane eps = exp(-N / Z), else eps^(d-2) = Z / N.
        parseScenario({
          dimension,
          particles: 1,
          Z: dimension === 2 ? 0.2 : 0.001,
          alpha: { constant: 1 },
          observe: { times: [0] },
        }),
      );
      for (const bytes of Object.values(bufferBytes(sizesOf(system)))) {
        expect(bytes).toBeGreaterThanOrEqual(16);
        expect(bytes % 4).toBe(0);
      }
    }
  });
});

describe("the grid", () => {
  test.each([2, 3, 4, 5])(
    "in dimension %i has about one cell a particle, none narrower than the reach",
    (dimension) => {
      for (const particles of [1, 2, 63, 64, 65, 1000, 131072]) {
        for (const reach of [200, 4295, 2 ** 20, 2 ** 29]) {
          const { bits, cells, total, base, extra } = makeGrid(dimension, particles, reach);
          expect(bits).toHaveLength(dimension);
          expect(bits.reduce((a, b) => a + b)).toBe(total);
          expect(dimension * base + extra).toBe(total);
          expect(cells).toBe(2 ** total);
          expect(cells).toBeLessThanOrEqual(particles);
          for (const axis of bits) expect(2 ** (32 - axis)).toBeGreaterThan(reach);
          // Not fewer than half of what is wanted, unless the reach forbids it.
          const widest = dimension * Math.floor(32 - Math.log2(reach + 1));
          expect(total).toBe(Math.min(Math.floor(Math.log2(particles)), widest));
        }
      }
    },
  );
});
