import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CpuEngine } from "../../src/cpu/engine.ts";
import type { Engine } from "../../src/engine.ts";
import { potentialNames } from "../../src/model/potential.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import { makeStart } from "../../src/model/start.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { caseOf } from "../../src/verify/cases.ts";
import { openEngine } from "./support.ts";

/** Scenarios of every kind, from hardly any events to all at once. */
const anyScenario: fc.Arbitrary<Scenario> = fc
  .record({
    model: fc.constantFrom("coagulation", "annihilation"),
    dimension: fc.integer({ min: 2, max: 5 }),
    particles: fc.integer({ min: 1, max: 200 }),
    eps: fc.constantFrom(0.03, 0.1, 0.19),
    masses: fc.array(fc.constantFrom(1, 2, 3, 1023, 1024, 70001), { minLength: 1, maxLength: 3 }),
    exponent: fc.constantFrom(-1, -1 / 3, 0),
    form: fc.constantFrom("constant", "sum", "product", "table"),
    strength: fc.constantFrom(1, 100, 1e6),
    potential: fc.constantFrom(...potentialNames),
    replicas: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
    steps: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ eps, masses, exponent, form, strength, ...rest }) => {
    const { dimension, particles } = rest;
    const Z = dimension === 2 ? particles / -Math.log(eps) : particles * eps ** (dimension - 2);
    const initial = masses.map((mass) => ({ mass }));
    const diffusion = { power: { scale: 1, exponent } };
    const family = { scale: strength, exponent: 0.25 };
    const alpha = {
      constant: { constant: strength },
      sum: { sum: family },
      product: { product: family },
      table: {
        table: [
          [strength, 0],
          [0, 2 * strength],
        ],
      },
    }[form];
    return caseOf("random", { ...rest, Z, initial, diffusion, alpha }).scenario;
  });

interface Books {
  count: number;
  mass: number;
}

/** The number of particles and their mass, by replica. */
function booksOf(system: System, id: Uint32Array, mass: Uint32Array): Books[] {
  const books = Array.from({ length: system.replicas }, () => ({ count: 0, mass: 0 }));
  for (const [k, one] of id.entries()) {
    const book = books[Math.floor(one / system.particles)];
    book.count++;
    book.mass += mass[k];
  }
  return books;
}

/**
 * Plays a scenario, and at every observation holds the particles that are there against the start and the
 * events so far.
 */
async function expectConserved(system: System, engine: Engine): Promise<void> {
  const { particles: n, replicas, annihilation, dimension } = system;
  const starts = Array.from({ length: replicas }, (_, replica) => makeStart(system, replica).mass);
  const mass = Float64Array.from(starts.flatMap((masses) => Array.from(masses)));
  const vanished = new Set<number>();
  for (const step of system.observeAt) {
    await engine.advance(step);
    const log = new EventLog(dimension);
    await engine.takeEvents(log);
    const events = log.sorted();
    for (let at = 0; at < events.length; at += log.width) {
      const [replica, when, , ...pair] = events.subarray(at, at + 5);
      const [survivor, dead] = pair.map((id) => replica * n + id);
      expect(when).toBeLessThan(step);
      expect(vanished).not.toContain(survivor);
      expect(vanished).not.toContain(dead);
      vanished.add(dead);
      if (annihilation) vanished.add(survivor);
      mass[survivor] = annihilation ? 0 : mass[survivor] + mass[dead];
      mass[dead] = 0;
    }

    const { id, mass: there } = await engine.snapshot();
    expect(Array.from(id)).toEqual(Array.from(mass.keys()).filter((one) => !vanished.has(one)));
    expect(Array.from(there)).toEqual(Array.from(id, (one) => mass[one]));
    const counts = await engine.countMasses();
    const columns = counts.length / replicas;
    for (const [replica, book] of booksOf(system, id, there).entries()) {
      const seen = counts.subarray(replica * columns, (replica + 1) * columns);
      expect(seen.reduce((a, b) => a + b)).toBe(book.count);
      const atStart = starts[replica].reduce((a, b) => a + b);
      if (annihilation) expect((n - book.count) % 2).toBe(0);
      else expect(book.mass).toBe(atStart);
    }
  }
}

describe("nothing is lost: mass is conserved, events account for every count, and nobody vanishes twice", () => {
  const options = { seed: 51, endOnFailure: true };

  test("on the reference", async () => {
    const holds = fc.asyncProperty(anyScenario, async (scenario) => {
      const system = makeSystem(scenario);
      await expectConserved(system, new CpuEngine(system));
    });
    await fc.assert(holds, { ...options, numRuns: 200 });
  });

  test("on the GPU", async () => {
    const holds = fc.asyncProperty(anyScenario, async (scenario) => {
      const system = makeSystem(scenario);
      await expectConserved(system, await openEngine(system));
    });
    await fc.assert(holds, { ...options, numRuns: 8 });
  });
});
