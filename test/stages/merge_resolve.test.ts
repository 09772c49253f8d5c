import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { merge_resolve } from "../../src/cpu/merge_resolve.ts";
import type { Candidate } from "../../src/cpu/pair_search.ts";
import { toBits } from "../../src/exact/single.ts";
import { counters } from "../../src/stages.ts";
import {
  anyCloud,
  type Cloud,
  candidatesOf,
  cellListOf,
  inOrder,
  makeCloud,
  makeMultirate,
  plain,
  proposalsOf,
  shuffled,
  sizes,
} from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";
import {
  anyStates,
  type ProgressRow,
  pacesFor,
  progressOf,
  rowsOf,
  uniformStepOf,
} from "../support/paces.ts";
import { wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const step = 3;
const ids = Uint32Array.from({ length: 100 }, (_, i) => i);
const pair = (i: number, j: number, time: number): Candidate => ({ i, j, time });

describe("the reference", () => {
  test("lets the earliest pair win, and then the earliest of those it left free", () => {
    const chain = [pair(0, 1, 0.4), pair(1, 2, 0.2), pair(2, 3, 0.3), pair(3, 4, 0.5), pair(5, 6, 0.9)];
    expect(merge_resolve(chain, ids)).toEqual([pair(1, 2, 0.2), pair(3, 4, 0.5), pair(5, 6, 0.9)]);
  });

  test("lets the lower ids win at equal times, not the lower entries", () => {
    const triangle = [pair(1, 2, 0.5), pair(0, 2, 0.5), pair(0, 1, 0.5)];
    expect(merge_resolve(triangle, ids)).toEqual([pair(0, 1, 0.5)]);
    expect(merge_resolve([pair(2, 1, 0.5), pair(2, 0, 0.5)], Uint32Array.of(30, 20, 10))).toEqual([
      pair(2, 1, 0.5),
    ]);
  });

  const graph = fc.uniqueArray(
    fc
      .tuple(fc.nat(98), fc.nat(30), fc.nat(20))
      .map(([i, off, time]) => pair(i, Math.min(99, i + 1 + off), time / 20)),
    { selector: ({ i, j }) => 100 * i + j },
  );

  test("matches nobody twice, and refuses a pair only for an earlier match of one of its two", () => {
    fc.assert(
      fc.property(graph, (candidates) => {
        const matches = merge_resolve(candidates, ids);
        const matchOf = new Map(
          matches.flatMap((match) => [[match.i, match] as const, [match.j, match] as const]),
        );
        expect(matchOf.size).toBe(2 * matches.length);
        const earlier = inOrder(ids);
        for (const candidate of candidates) {
          const reasons = [matchOf.get(candidate.i), matchOf.get(candidate.j)];
          const justified = reasons.some((match) => match !== undefined && earlier(match, candidate) <= 0);
          expect(justified, JSON.stringify(candidate)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test("gives the same matches in whatever order the candidates come", () => {
    fc.assert(
      fc.property(graph, fc.nat(), (candidates, seed) => {
        const other = shuffled(candidates.length, wordSource(seed)).map((k) => candidates[k]);
        expect(merge_resolve(other, ids)).toEqual(merge_resolve(candidates, ids));
      }),
      { seed: 2 },
    );
  });
});

/**
 * Expects from the GPU the matches of the reference; returns how many there are, and how many candidates. `rows`: of a multirate run.
 */
async function expectEqualEngines(
  cloud: Cloud,
  rows: readonly ProgressRow[] | null = null,
): Promise<{ matches: number; candidates: number }> {
  const list = cellListOf(cloud);
  const candidates = candidatesOf(cloud, list, rows?.map(uniformStepOf) ?? step);
  const proposals = proposalsOf(cloud, candidates);
  const { place, mass, id, system } = cloud;
  const next = wordSource(cloud.spec.seed);
  // Those who propose nobody keep what an earlier step left, even if it says that they are matched.
  const best = Uint32Array.from({ length: 2 * mass.length }, next);
  for (const [slot, { time, partner }] of proposals) best.set([toBits(time), partner], 2 * slot);
  const slots = [...proposals.keys()];
  const proposers = new Uint32Array(mass.length);
  proposers.set(shuffled(slots.length, next).map((k) => slots[k]));
  const after = await gpu.runStage("merge_resolve", system, {
    place,
    mass,
    id,
    cell_start: list.start,
    order: list.order,
    best,
    proposers,
    counters: Uint32Array.from(counters, (name) =>
      name === "step" ? step : name === "proposers" ? slots.length : 0,
    ),
    progress: progressOf(rows ?? []),
  });

  const got: number[][] = [];
  for (const i of slots) {
    const partner = after.best[2 * i + 1];
    if (partner < 0x80000000) {
      // Left over: everybody it could ring with is taken.
      expect(partner).toBe(0x7fffffff);
      continue;
    }
    const j = partner - 0x80000000;
    expect(after.best[2 * j + 1]).toBe(i + 0x80000000);
    if (id[i] < id[j]) got.push([i, j, after.best[2 * i], after.best[2 * j]]);
  }
  const wanted = cloud.replicas.flatMap(({ particles, slots }, r) =>
    merge_resolve(candidates[r], particles.id).map(({ i, j, time }) => [
      slots[i],
      slots[j],
      toBits(time),
      toBits(time),
    ]),
  );
  const bySlot = (a: number[], b: number[]) => a[0] - b[0];
  expect(got.sort(bySlot)).toEqual(wanted.sort(bySlot));
  for (let slot = 0; slot < mass.length; slot++) {
    if (!proposals.has(slot)) expect(after.best[2 * slot + 1]).toBe(best[2 * slot + 1]);
  }
  return { matches: got.length, candidates: candidates.flat().length };
}

describe("the GPU matches whom the reference matches", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      await expectEqualEngines(makeCloud({ ...plain, particles, replicas, dead: 0, strength: 1000 }));
    },
  );

  test.each([2, 3, 4, 5])("for clouds of any kind, in dimension %i", async (dimension) => {
    let [matches, candidates] = [0, 0];
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension }), async (spec) => {
        const counted = await expectEqualEngines(makeCloud(spec));
        matches += counted.matches;
        candidates += counted.candidates;
      }),
      { seed: dimension, numRuns: 40 },
    );
    expect(matches).toBeGreaterThan(100);
    // Most candidates conflict with another.
    expect(candidates).toBeGreaterThan(5 * matches);
  });

  test("where everybody is in range of hundreds, in several replicas", async () => {
    const dense = { ...plain, particles: 700, replicas: 3, dead: 0, spread: 0.3, strength: 1000 };
    const { matches, candidates } = await expectEqualEngines(makeCloud(dense));
    expect(matches).toBeGreaterThan(700);
    expect(candidates).toBeGreaterThan(300_000);
  });

  test("where most pairs ring at the same time, so that ids decide", async () => {
    const cloud = makeCloud({
      ...plain,
      particles: 257,
      replicas: 2,
      dead: 0,
      spread: 0.4,
      potential: "indicator",
    });
    // Deviates below one divided by this are below 2^-126, which is zero.
    cloud.system.rate = { form: "constant", table: Float32Array.of(3e38), size: 0 };
    const { matches } = await expectEqualEngines(cloud);
    expect(matches).toBeGreaterThan(150);
  });
});

describe("the GPU in a multirate run", () => {
  test("matches in each replica those who ring in its own uniform step", async () => {
    let matches = 0;
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension: 3, form: "constant" }), anyStates, async (spec, states) => {
        const cloud = makeMultirate({ ...spec, strength: 1000 });
        matches += (await expectEqualEngines(cloud, rowsOf(states, pacesFor(spec.replicas), spec.seed)))
          .matches;
      }),
      { seed: 9, numRuns: 25 },
    );
    expect(matches).toBeGreaterThan(100);
  });
});
