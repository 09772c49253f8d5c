import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { brownian_step, moveBy } from "../../src/cpu/brownian_step.ts";
import { cellOf } from "../../src/cpu/cells.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { displacement } from "../../src/exact/gaussian.ts";
import { massFunction } from "../../src/exact/massFunction.ts";
import { mul } from "../../src/exact/single.ts";
import { streams } from "../../src/exact/streams.ts";
import { threefry } from "../../src/exact/threefry.ts";
import { makeGrid } from "../../src/grid.ts";
import { counters, noOffender } from "../../src/stages.ts";
import { anyCloud, type Cloud, makeCloud, makeMultirate, plain, sizes } from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";
import { anyStates, pacesFor, progressOf, rowsOf, uniformStepOf } from "../support/paces.ts";
import { expectSameWords, wordSource } from "../support/words.ts";

const gpu = await openTestGpu();

const step = 5;
const copyOf = (particles: Particles): Particles => ({ ...particles, place: particles.place.slice() });

describe("the reference", () => {
  test("moves each coordinate by the Gaussian of the particle's own word, times its mass's deviation", () => {
    const cloud = makeCloud({ ...plain, dimension: 5, dead: 0, replicas: 2, seed: 9 });
    const { system } = cloud;
    const particles = copyOf(cloud.replicas[1].particles);
    const before = particles.place.slice();
    brownian_step(system, particles, step);
    const i = 10;
    const sigma = system.sigma[particles.mass[i]];
    const words = new Uint32Array(8);
    threefry(words, 9, 0, 1, streams.move, particles.id[i], step, 0, 0);
    threefry(words.subarray(4), 9, 0, 1, streams.move, particles.id[i], step, 1, 0);
    for (let k = 0; k < 5; k++) {
      const moved = (particles.place[5 * i + k] - before[5 * i + k]) >>> 0;
      expect(moved).toBe(displacement(words[k], sigma));
      expect(moved).not.toBe(0);
    }
  });

  test("moves a particle alike whoever else is there, and differently in another step, replica or seed", () => {
    fc.assert(
      fc.property(anyCloud({ dead: 0, open: false }), fc.nat(1000), (spec, pick) => {
        const cloud = makeCloud(spec);
        const d = spec.dimension;
        const { particles } = cloud.replicas[0];
        const i = pick % particles.living;
        const alone: Particles = {
          ...particles,
          living: 1,
          id: particles.id.slice(i, i + 1),
          mass: particles.mass.slice(i, i + 1),
          place: particles.place.slice(d * i, d * (i + 1)),
        };
        const placeAfter = (system: Cloud["system"], which: Particles, at: number, entry: number) => {
          const moved = copyOf(which);
          brownian_step(system, moved, at);
          return [...moved.place.subarray(d * entry, d * (entry + 1))];
        };
        const { system } = cloud;
        const here = placeAfter(system, alone, step, 0);
        expect(placeAfter(system, particles, step, i)).toEqual(here);
        // Steps of one lattice unit or so repeat themselves by chance.
        if (system.sigma[particles.mass[i]] < 1000) return;
        expect(placeAfter(system, alone, step + 1, 0)).not.toEqual(here);
        expect(placeAfter(system, { ...alone, replica: 7 }, step, 0)).not.toEqual(here);
        const [low, high] = system.seed;
        expect(placeAfter({ ...system, seed: [(low ^ 1) >>> 0, high] }, alone, step, 0)).not.toEqual(here);
        expect(placeAfter({ ...system, seed: [low, (high ^ 1) >>> 0] }, alone, step, 0)).not.toEqual(here);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test("names the lowest of those who cross the seam in R^d, and nobody on the torus", () => {
    const cloud = makeCloud({ ...plain, open: true, dead: 0, particles: 257, spread: 0.2 });
    const { system } = cloud;
    const { particles } = cloud.replicas[0];
    const moved = copyOf(particles);
    const offender = brownian_step(system, moved, step);
    // Steps are shorter than half the side: who is on the other side afterwards went through the seam.
    const crossed = [...particles.id].filter((i) =>
      [0, 1, 2].some((k) => Math.abs(moved.place[3 * i + k] - particles.place[3 * i + k]) > 2 ** 31),
    );
    expect(crossed.length).toBeGreaterThan(10);
    expect(offender).toBe(Math.min(...crossed));
    expect(brownian_step({ ...system, open: false }, copyOf(particles), step)).toBeNull();
    const middle = { ...particles, place: particles.place.map((x) => (x >>> 2) + 2 ** 30) };
    expect(brownian_step(system, middle, step)).toBeNull();
  });
});

/** Expects the same places and offender from both engines, and from the GPU each cell's count and ranks 0, 1, ... in it. */
async function expectEqualEngines(cloud: Cloud, workgroupSize = 64): Promise<number> {
  const { system, mass, id } = cloud;
  const { dimension: d, particles: n } = system;
  const place = cloud.place.slice();
  let offender: number = noOffender;
  for (const { particles, slots } of cloud.replicas) {
    const moved = copyOf(particles);
    const local = brownian_step(system, moved, step);
    if (local !== null) offender = Math.min(offender, particles.replica * n + local);
    slots.forEach((slot, i) => {
      place.set(moved.place.subarray(d * i, d * (i + 1)), d * slot);
    });
  }
  const before = Uint32Array.from(counters, (name) =>
    name === "step" ? step : name === "offender" ? noOffender : 0,
  );
  const after = await gpu.runStage(
    "brownian_step",
    system,
    { place: cloud.place, mass, id, counters: before },
    { workgroupSize },
  );
  expectSameWords(after.place, place, (at) => `Slot ${Math.floor(at / d)}, axis ${at % d}.`);
  expect(after.counters[counters.indexOf("offender")]).toBe(offender);

  const { bits, cells } = makeGrid(d, n, system.reach);
  const ranks = new Map<number, number[]>();
  for (const [slot, m] of mass.entries()) {
    if (m === 0) continue;
    const cell = Math.floor(id[slot] / n) * cells + cellOf(place, slot, bits);
    ranks.set(cell, [...(ranks.get(cell) ?? []), after.rank[slot]]);
  }
  const count = new Uint32Array(cells * system.replicas);
  for (const [cell, inCell] of ranks) {
    count[cell] = inCell.length;
    expect(inCell.sort((a, b) => a - b)).toEqual([...inCell.keys()]);
  }
  expectSameWords(after.cell_count, count, (cell) => `The count of cell ${cell}.`);
  return offender;
}

describe("the GPU moves everybody as the reference does, and counts each cell", () => {
  test.each(sizes.flatMap((particles) => [1, 3].map((replicas) => [particles, replicas])))(
    "for %i particles in %i replicas",
    async (particles, replicas) => {
      await expectEqualEngines(makeCloud({ ...plain, particles, replicas }));
      await expectEqualEngines(makeCloud({ ...plain, dimension: 2, particles, replicas, dead: 0 }), 7);
    },
  );

  test.each([2, 3, 4, 5])("for clouds of any kind, in dimension %i", async (dimension) => {
    let offenders = 0;
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension }), async (spec) => {
        if ((await expectEqualEngines(makeCloud(spec))) !== noOffender) offenders++;
      }),
      { seed: dimension, numRuns: 40 },
    );
    expect(offenders).toBeGreaterThan(5);
  });

  test("once halted, nobody moves", async () => {
    const { system, place, mass, id } = makeCloud(plain);
    const halted = Uint32Array.from(counters, (name) => (name === "halted" ? 1 : 0));
    const after = await gpu.runStage("brownian_step", system, { place, mass, id, counters: halted });
    expectSameWords(after.place, place);
  });
});

describe("the GPU in a multirate run", () => {
  test("moves who is alone by a macro-step, everybody where steps are uniform, and nobody else", async () => {
    let [alone, uniform, still, offenders] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(anyCloud({ dimension: 3, form: "constant" }), anyStates, async (spec, states) => {
        const cloud = makeMultirate(spec);
        const { system, mass, id } = cloud;
        const paces = pacesFor(spec.replicas);
        const rows = rowsOf(states, paces, spec.seed);
        const next = wordSource(spec.seed);
        // How many are near: none, one or several.
        const best = Uint32Array.from({ length: 2 * mass.length }, (_, at) =>
          at % 2 === 0 ? next() % 3 : next(),
        );
        const place = cloud.place.slice();
        let offender: number = noOffender;
        for (const [r, { particles, slots }] of cloud.replicas.entries()) {
          const moved = copyOf(particles);
          for (const [i, slot] of slots.entries()) {
            const sigma = massFunction(system.sigma, particles.mass[i]);
            let by: number | null = null;
            if (uniformStepOf(rows[r]) !== null) by = sigma;
            else if (states[r] === "macro" && best[2 * slot] === 0) by = mul(paces[r].stretch, sigma);
            if (by === null) still++;
            else if (moveBy(system, moved, i, rows[r].step, by)) offender = Math.min(offender, id[slot]);
            else if (states[r] === "macro") alone++;
            else uniform++;
            place.set(moved.place.subarray(3 * i, 3 * i + 3), 3 * slot);
          }
        }
        const progress = progressOf(rows);
        const before = Uint32Array.from(counters, (name) => (name === "offender" ? noOffender : 0));
        const given = { place: cloud.place, mass, id, best, progress, counters: before };
        const after = await gpu.runStage("brownian_step", system, given);
        expectSameWords(after.place, place, (at) => `Slot ${Math.floor(at / 3)}, axis ${at % 3}.`);
        expect(after.counters[counters.indexOf("offender")]).toBe(offender);
        // Cells are counted anew before anybody looks at them.
        expectSameWords(after.cell_count, new Uint32Array(after.cell_count.length));
        if (offender !== noOffender) offenders++;
      }),
      { seed: 9, numRuns: 40 },
    );
    for (const moves of [alone, uniform, still]) expect(moves).toBeGreaterThan(200);
    expect(offenders).toBeGreaterThan(3);
  });
});
