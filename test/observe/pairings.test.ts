import { describe, expect, test } from "vitest";
import { parseScenario, type ScenarioInput, type TestFunctionSpec } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { nameOf } from "../../src/model/testFunction.ts";
import { pairings } from "../../src/observe/pairings.ts";
import { anySnapshot, placeOf, thinned } from "../support/snapshots.ts";

const K = 2;
const testFunctions: TestFunctionSpec[] = [
  "constant",
  { cosine: { axis: 1, waves: 3 } },
  { gaussian: { centre: [0.1, -0.3, 0.2], sd: 0.2 } },
  // On a torus of side 1.3 its images matter.
  { gaussian: { centre: [0.2, 0.9, 0.1], sd: 0.8 } },
];

const systemIn = (domain: ScenarioInput["domain"]) =>
  makeSystem(
    parseScenario({
      particles: 60,
      domain: domain!,
      Z: 3,
      alpha: { constant: 1 },
      replicas: 2,
      initial: [{ mass: 1, density: { gaussian: { centre: [0, 0, 0], sd: 0.1 } } }],
      observe: { times: [0], masses: K, testFunctions },
    }),
  );

/** J at a place, with many more images than it takes. */
function plainly(J: TestFunctionSpec, x: readonly number[], side: number, open: boolean): number {
  if (J === "constant") return 1;
  if ("cosine" in J) return Math.cos((2 * Math.PI * J.cosine.waves * x[J.cosine.axis]) / side);
  const { centre, sd } = J.gaussian;
  const images = open ? [0] : Array.from({ length: 41 }, (_, k) => (k - 20) * side);
  let sum = 0;
  for (const a of images) {
    for (const b of images) {
      for (const c of images) {
        const square = [a, b, c].reduce((s, image, k) => s + (x[k] + image - centre[k]) ** 2, 0);
        if (square < 80 * sd * sd) sum += Math.exp((-0.5 * square) / sd ** 2);
      }
    }
  }
  return sum;
}

describe.each([
  ["on a torus", { torus: 1.3 }],
  ["in a space", { space: 4 }],
])("pairings %s", (_, domain) => {
  const system = systemIn(domain as ScenarioInput["domain"]);
  const snapshot = thinned(anySnapshot(system, 6));
  const values = pairings(system, snapshot, testFunctions);
  const at = (r: number, j: number, row: number) => values[(r * testFunctions.length + j) * (K + 1) + row];
  /** The particles of a replica and of a row. */
  const who = (r: number, row: number) =>
    [...snapshot.id.keys()].filter(
      (i) =>
        Math.floor(snapshot.id[i] / system.particles) === r && (row === K || snapshot.mass[i] === row + 1),
    );
  const rows = [0, 1].flatMap((r) => Array.from({ length: K + 1 }, (_, row) => [r, row]));

  test("with 1 are the weight times counts, exactly", () => {
    for (const [r, row] of rows) {
      expect(who(r, row).length).toBeGreaterThan(0);
      expect(at(r, 0, row)).toBe(system.weight * who(r, row).length);
    }
  });

  test.each(testFunctions.map((J, j) => [nameOf(J), j] as const))("with %s are plain sums", (_, j) => {
    for (const [r, row] of rows) {
      const sum = who(r, row).reduce((sum, i) => {
        const x = placeOf(system, snapshot, i);
        return sum + plainly(testFunctions[j], x, system.side, system.open);
      }, 0);
      expect(at(r, j, row)).toBeCloseTo(system.weight * sum, 12);
    }
  });
});

test("a wide Gaussian on a torus is nearly the same everywhere: its integral over R^d per volume", () => {
  const system = systemIn({ torus: 1.3 });
  const [value] = pairings(system, { ...anySnapshot(system, 7), mass: new Uint32Array(120).fill(1) }, [
    { gaussian: { centre: [0, 0, 0], sd: 1.3 } },
  ]);
  // Its first harmonic has the amplitude 2 exp(-2 pi^2).
  expect(value / (system.weight * 60 * (2 * Math.PI) ** 1.5)).toBeCloseTo(1, 7);
});
