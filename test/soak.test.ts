import { describe, expect, test } from "vitest";
import { growthOf } from "../bench/growth.ts";
import { root, start } from "./support/cli.ts";

describe("growth of memory", () => {
  const over = (bytes: (minute: number) => number) =>
    growthOf(
      Array.from({ length: 600 }, (_, k) => ({ minute: k / 10, bytes: bytes(k / 10) })),
      60,
    );

  test("is none where it comes and goes", () => {
    expect(over((minute) => 1e8 + 1e7 * (Math.round(10 * minute) % 3)).bytes).toBe(0);
  });

  test("is none where it only was more at the beginning", () => {
    expect(over((minute) => (minute < 10 ? 5e8 : 1e8)).bytes).toBe(0);
  });

  test("is half of a steady leak's", () => {
    // From the middle of the second quarter, 22.5, to that of the last, 52.5.
    expect(over((minute) => 1e8 + 1e6 * minute).bytes).toBeCloseTo(30e6, -6);
  });
});

test("a soak of some seconds plays its systems over and over, to the same digests", async () => {
  const { code, stdout } = await start(process.execPath, [
    `${root}/dist/soak.js`,
    "--minutes",
    "0.4",
    "--json",
  ]);
  const result = JSON.parse(stdout);
  expect(result.runs).toBeGreaterThan(5);
  expect(result.differing).toEqual([]);
  expect([0, 1]).toContain(code);
  expect(code === 0).toBe(result.memory.isFlat);
});
