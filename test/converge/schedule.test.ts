import { describe, expect, test } from "vitest";
import type { Chunk } from "../../src/converge/chunk.ts";
import { chunksOf } from "../../src/converge/chunk.ts";
import { type Goal, wantedReplicas } from "../../src/converge/replicas.ts";
import { plan } from "../../src/converge/schedule.ts";

/** A chunk in which every other replica has a tenth more of N left. */
function chunk(particles: number, firstReplica: number, replicas: number, secondsEach: number): Chunk {
  const left = Array.from({ length: replicas }, (_, r) => [
    particles,
    particles * ((firstReplica + r) % 2 === 0 ? 0.5 : 0.6),
  ]);
  return {
    particles,
    firstReplica,
    replicas,
    left,
    digest: "",
    particleSteps: 0,
    seconds: replicas * secondsEach,
    engine: "cpu",
    adapter: null,
  };
}

const half = (n: number) => Array.from({ length: n }, (_, k) => (k % 2 === 0 ? 0.5 : 0.6));

describe("the replicas wanted", () => {
  const goal: Goal = { se: 0.002, most: Number.POSITIVE_INFINITY };

  test("are a pilot, then as many as its spread of 0.05 asks for", () => {
    expect(wantedReplicas([], goal)).toBe(32);
    expect(wantedReplicas(half(31), goal)).toBe(32);
    const wanted = wantedReplicas(half(32), goal);
    expect(wanted / (0.05 / 0.002) ** 2).toBeCloseTo(1, 1);
    expect(wantedReplicas(half(wanted), goal)).toBe(wanted);
    expect(wantedReplicas(half(3 * wanted), goal)).toBe(wanted);
  });

  test("are more where the pilot was too quiet", () => {
    const quiet = [...Array(32).fill(0.55), ...half(5000)];
    expect(wantedReplicas(quiet, goal)).toBe(32);
    const louder = [...half(32).map((x) => 0.55 + (x - 0.55) / 4), ...half(5000)];
    expect(wantedReplicas(louder, goal)).toBeGreaterThan(400);
  });

  test("are no more than may be spent, and as many as were asked for", () => {
    expect(wantedReplicas(half(32), { se: 1e-9, most: 100 })).toBe(100);
    expect(wantedReplicas(half(100), { se: 1e-9, most: 100 })).toBe(100);
    expect(wantedReplicas([], { se: 1e-9, most: 8 })).toBe(8);
    expect(wantedReplicas(half(7), { replicas: 500 })).toBe(500);
  });
});

describe("the plan of a study", () => {
  const tasks = [100, 200, 400].map((particles) => ({ particles, goal: { replicas: 100 } }));

  test("begins with one replica, since nobody knows what it takes", () => {
    expect(plan(tasks, [], 1)).toEqual({
      next: { task: 0, firstReplica: 0, replicas: 1 },
      replicas: [100, 100, 100].map((wanted) => ({ done: 0, wanted })),
      secondsLeft: null,
    });
  });

  test("goes on with what lasts three seconds, pilots first, then each N in turn", () => {
    const chunks = [chunk(100, 0, 1, 0.25)];
    expect(plan(tasks, chunks, 1).next).toEqual({ task: 0, firstReplica: 1, replicas: 12 });
    chunks.push(chunk(100, 1, 31, 0.25));
    expect(plan(tasks, chunks, 1).next).toMatchObject({ task: 1, firstReplica: 0 });
    chunks.push(chunk(200, 0, 32, 0.5));
    // Twice as long at twice the N: so four times at four.
    expect(plan(tasks, chunks, 1).next).toEqual({ task: 2, firstReplica: 0, replicas: 3 });
    expect(plan(tasks, chunks, 1).secondsLeft).toBeCloseTo(68 * 0.25 + 68 * 0.5 + 100 * 1, 9);
    chunks.push(chunk(400, 0, 32, 1));
    expect(plan(tasks, chunks, 1).next).toEqual({ task: 0, firstReplica: 32, replicas: 12 });
    for (const [k, { particles }] of tasks.entries()) chunks.push(chunk(particles, 32, 68, 2 ** k / 4));
    expect(plan(tasks, chunks, 1)).toMatchObject({ next: null, secondsLeft: 0 });
  });

  test("guesses the cost at other N as that of the multirate step from one, and the replicas from the spread", () => {
    const goal = { se: 0.005, most: 1e6 };
    const two = [100, 800].map((particles) => ({ particles, goal }));
    const { secondsLeft, replicas } = plan(two, [chunk(100, 0, 200, 0.1)], 1);
    expect(replicas[1].wanted).toBe(32);
    expect(secondsLeft).toBeCloseTo(32 * 0.1 * 32, 6);
  });

  test("gives an engine that wants many particles at a time what it wants", () => {
    expect(plan(tasks, [], 1500).next).toEqual({ task: 0, firstReplica: 0, replicas: 15 });
    expect(plan(tasks, [], 1e9).next).toEqual({ task: 0, firstReplica: 0, replicas: 32 });
  });

  test("counts chunks as far as they follow one another", () => {
    const chunks = [chunk(100, 5, 5, 1), chunk(100, 0, 3, 1), chunk(200, 0, 9, 1), chunk(100, 3, 1, 1)];
    expect(chunksOf(chunks, 100).map(({ firstReplica }) => firstReplica)).toEqual([0, 3]);
    expect(plan(tasks, chunks, 1).replicas.map(({ done }) => done)).toEqual([4, 9, 0]);
  });
});
