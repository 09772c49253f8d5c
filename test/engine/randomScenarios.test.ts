/** Scenarios drawn at random: they find what chosen ones do not. A failing one is kept below under a name. */
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { CpuEngine } from "../../src/cpu/engine.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import { potentialNames } from "../../src/model/potential.ts";
import { makeSystem } from "../../src/model/system.ts";
import { EventLog } from "../../src/observe/eventLog.ts";
import { replay } from "../../src/observe/genealogy.ts";
import { type CaseInput, caseOf } from "../../src/verify/cases.ts";
import { digestOf } from "../../src/verify/compare.ts";
import { onProcessor, openForTests } from "../support/device.ts";

const open = await openForTests();
afterAll(() => open.release());

const exponent = fc.double({ min: -1, max: 1, noNaN: true });

const alpha = fc.oneof(
  fc.constant("contact" as const),
  fc.record({ constant: fc.constantFrom(0, 1, 30, 1e4, 1e7) }),
  fc.record({ sum: fc.record({ scale: fc.constantFrom(1, 30, 1e4), exponent }) }),
  fc.record({ product: fc.record({ scale: fc.constantFrom(1, 30, 1e4), exponent }) }),
  fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000)).map(([a, b, c]) => ({
    table: [
      [a, b],
      [b, c],
    ] as number[][],
  })),
);

const diffusion = fc.oneof(
  fc.record({ constant: fc.constantFrom(0.01, 1, 7) }),
  fc.record({
    power: fc.record({
      scale: fc.constantFrom(0.5, 2),
      exponent: fc.double({ min: -2, max: 0, noNaN: true }),
    }),
  }),
  fc
    .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 })
    .map((table) => ({ table })),
);

const common = {
  model: fc.constantFrom("coagulation", "annihilation"),
  dimension: fc.constantFrom(2, 3, 3, 4, 5),
  side: fc.constantFrom(0.37, 1, 12),
  heavy: fc.constantFrom(1, 2, 1000, 300000),
  alpha,
  diffusion,
  potential: fc.constantFrom(...potentialNames),
  scaling: fc.constantFrom(1, 1, 1, 0.8),
  radius: fc.option(fc.double({ min: 0, max: 0.5, noNaN: true }), { nil: undefined }),
  pairs: fc.option(fc.record({ masses: fc.integer({ min: 1, max: 4 }), slabs: fc.constantFrom(1, 4, 64) }), {
    nil: undefined,
  }),
  seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((seed) => `0x${seed.toString(16)}`),
};

type Common = { [K in keyof typeof common]: (typeof common)[K] extends fc.Arbitrary<infer T> ? T : never };

/** The same where contact, radii and a weaker scaling leave out what does not go with them; two of the heavy mass have a range of 0.4 eps. */
function consistent<T extends Omit<Common, "side" | "dimension"> & { dimension: number }>({
  potential,
  scaling,
  radius,
  pairs,
  heavy,
  ...rest
}: T) {
  const isContact = rest.alpha === "contact";
  const b = isContact || rest.dimension === 2 ? 1 : scaling;
  const isPlain = !isContact && radius === undefined && b === 1;
  return {
    ...rest,
    ...(!isContact && { potential }),
    scaling: b,
    ...(radius !== undefined && {
      radius: { power: { scale: 0.2 / heavy ** radius, exponent: radius } },
    }),
    ...(isPlain && pairs !== undefined && { pairs }),
  };
}

/** Z for an interaction range `share` times the side; half of that where uniform steps look ahead for contact. */
function strengthFor(
  share: number,
  {
    side,
    dimension,
    particles,
    alpha,
  }: Record<"side" | "dimension" | "particles", number> & { alpha: unknown },
) {
  const eps = Math.min(
    share * side * (alpha === "contact" ? 0.5 : 1),
    dimension === 2 ? 0.9 : Number.POSITIVE_INFINITY,
  );
  return dimension === 2 ? particles / -Math.log(eps) : particles * eps ** (dimension - 2);
}

/** Z follows from the wanted eps, a share of the side, so that most scenarios are dense enough for conflicts. */
const dense = fc
  .record({
    ...common,
    share: fc.double({ min: 0.005, max: 0.2, noNaN: true }),
    particles: fc.integer({ min: 1, max: 400 }),
    replicas: fc.integer({ min: 1, max: 4 }),
    spread: fc.constantFrom(undefined, "exponential", "uniform"),
    engine: fc.constantFrom("uniform", "multirate", { kind: "multirate", k: 1.5, crowd: 1 } as const),
    steps: fc.integer({ min: 1, max: 40 }),
    longer: fc.constantFrom(1, 10, 100),
    batch: fc.integer({ min: 1, max: 20 }),
    // Every size is another compilation, of seconds on a software adapter.
    workgroupSize: fc.constantFrom(64, 100),
    spareEvents: fc.constantFrom(0, 50, 4096),
  })
  .map(({ side, share, heavy, spread, batch, workgroupSize, spareEvents, steps, longer, ...rest }) => {
    const input: CaseInput = {
      ...(consistent({ heavy, ...rest }) as Omit<CaseInput, "Z">),
      Z: strengthFor(share, { side, ...rest }),
      // A multirate step is worth many ticks where eps is small.
      steps: rest.engine === "uniform" ? steps : steps * longer,
      domain: { torus: side },
      initial: [
        { mass: 1, weight: 3 },
        { mass: heavy, weight: 1 },
        // Ranges that grow with such masses would be too long for the box.
        ...(spread === undefined || rest.radius !== undefined ? [] : [{ mass: 40, spread }]),
      ],
    };
    return { input, options: { batch, workgroupSize, spareEvents } };
  });

/** Steps of either kind in which so many react that the device's list of events, made as short as it may be, fills up on the way. */
const filling = fc.tuple(dense, fc.constantFrom(0.02, 0.1, 0.13, 0.19)).map(([{ input, options }, share]) => {
  const { dimension = 3, domain } = input;
  // With fewer hardly anybody is in range.
  const particles = 300 + input.particles;
  const { torus: side } = domain as { torus: number };
  const alpha = { constant: 1e4 };
  const Z = strengthFor(share, { side, dimension, particles, alpha });
  const steps = share === 0.19 ? 60 : 2000;
  const engine = share === 0.19 ? "uniform" : ({ kind: "multirate", k: 1.5, crowd: 1 } as const);
  const crowded: CaseInput = { ...input, particles, alpha, scaling: 1, Z, engine, steps };
  return { input: crowded, options: { ...options, batch: 60, spareEvents: 0 } };
});

/** Few who start within some lattice units, each of which is many times eps, for as long as it takes to move by some of them, or by far more. */
const refined = fc
  .record({
    ...common,
    dimension: fc.integer({ min: 2, max: 4 }),
    share: fc.integer({ min: 36, max: 100 }).map((bits) => 2 ** -bits),
    particles: fc.integer({ min: 2, max: 16 }),
    replicas: fc.integer({ min: 2, max: 8 }),
    k: fc.constantFrom(1.5, 3),
    batch: fc.integer({ min: 1, max: 20 }),
    reach: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ side, share, heavy, batch, k, reach, ...rest }) => {
    const here = Array(rest.dimension).fill(side / 2);
    const density = { gaussian: { centre: here, sd: 3e-10 * side } };
    const input: CaseInput = {
      ...(consistent({ heavy, ...rest }) as Omit<CaseInput, "Z">),
      Z: strengthFor(share, { side, ...rest }),
      engine: { kind: "multirate", k },
      // A step moves by about a tenth of eps.
      steps: 100 * (2 ** (reach - 32) / share) ** 2,
      domain: { torus: side },
      initial: [
        { mass: 1, weight: 3, density },
        { mass: heavy, weight: 1, density },
      ],
    };
    return { input, options: { batch, workgroupSize: 64 } };
  });

/** Few or many who split seldom or often, so that the device's list of events fills up again and again. */
const splitting = fc
  .record({
    ...common,
    alpha: fc.oneof(
      fc.record({ constant: fc.constant(30) }),
      fc.record({ sum: fc.record({ scale: fc.constant(30), exponent }) }),
    ),
    share: fc.double({ min: 0.1, max: 0.19, noNaN: true }),
    particles: fc.integer({ min: 1, max: 150 }),
    replicas: fc.integer({ min: 1, max: 4 }),
    weights: fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 }),
    often: fc.constantFrom(0.1, 1, 2),
    step: fc.constantFrom(0.1, 1),
    steps: fc.integer({ min: 50, max: 200 }),
    batch: fc.integer({ min: 1, max: 50 }),
    workgroupSize: fc.constantFrom(64, 100),
  })
  .map(({ side, share, weights, often, step, batch, workgroupSize, ...rest }) => {
    const { dimension, particles, replicas, alpha, diffusion, seed } = rest;
    const Z = strengthFor(share, { side, dimension, particles, alpha });
    const eps = Math.min(share * side, dimension === 2 ? 0.9 : Number.POSITIVE_INFINITY);
    // So that a particle splits in a step with a probability of at most about `often`, whatever it coagulates with.
    const scale = often / (13 * weights.length * eps ** 2 * (dimension === 2 ? -Math.log(eps) : 1));
    const input: CaseInput = {
      ...{ dimension, particles, replicas, alpha, diffusion, seed, Z, steps: rest.steps },
      domain: { torus: side },
      engine: { kind: "uniform", step },
      fragmentation: { weights: weights.map((weight) => weight * scale) },
    };
    return { input, options: { batch, workgroupSize } };
  });

const scenario = fc.oneof({ arbitrary: dense, weight: 7 }, { arbitrary: refined, weight: 1 });

type Drawn = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** Scenarios on which the engines once differed. */
const found: Record<string, Drawn> = {};

/** And how often the device had to wait until the host had taken its events. */
async function bothDigests({ input, options }: Drawn) {
  const system = makeSystem(caseOf("random", input).scenario);
  // Either way of scanning cells, but on our own adapter, where no workgroup has invocations that wait for each other.
  const inStep = options.workgroupSize === 100 && !onProcessor;
  const engine = await GpuEngine.create(system, { ...open, inStep }, options);
  try {
    const gpu = await digestOf(system, engine);
    return { gpu, cpu: await digestOf(system, new CpuEngine(system)), halts: engine.halts };
  } finally {
    engine.dispose();
  }
}

/** How often a particle splits, by the reference: whoever vanishes before an event with mass 0 has just come to life. */
async function splitsOf({ input }: Drawn): Promise<number> {
  const system = makeSystem(caseOf("random", input).scenario);
  const engine = new CpuEngine(system);
  await engine.advance(system.observeAt.at(-1)!);
  const log = new EventLog(system.dimension);
  await engine.takeEvents(log);
  const { before } = replay(system, log.sorted());
  return before.filter((mass, k) => k % 2 === 1 && mass === 0).length;
}

describe("on scenarios drawn at random the engines take the same trajectory", () => {
  test("seed 20261122, 40 scenarios", async () => {
    let nRefined = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const { gpu, cpu } = await bothDigests(drawn);
        expect(gpu).toBe(cpu);
        if ((makeSystem(caseOf("random", drawn.input).scenario).multirate?.fineWords ?? 1) > 1) nRefined++;
      }),
      { seed: 20261122, numRuns: 40, endOnFailure: true },
    );
    expect(nRefined).toBeGreaterThan(2);
  }, 600_000);

  test("seed 20261130, 30 scenarios in which more react than the device's list of events holds", async () => {
    const full = { uniform: 0, multirate: 0 };
    await fc.assert(
      fc.asyncProperty(filling, async (drawn) => {
        const { gpu, cpu, halts } = await bothDigests(drawn);
        expect(gpu).toBe(cpu);
        if (halts > 0) full[drawn.input.engine === "uniform" ? "uniform" : "multirate"]++;
      }),
      { seed: 20261130, numRuns: 30, endOnFailure: true },
    );
    expect(full.uniform).toBeGreaterThan(4);
    expect(full.multirate).toBeGreaterThan(4);
  }, 600_000);

  test("seed 20261129, 30 scenarios in which particles split", async () => {
    let splits = 0;
    await fc.assert(
      fc.asyncProperty(splitting, async (drawn) => {
        const { gpu, cpu } = await bothDigests(drawn);
        expect(gpu).toBe(cpu);
        splits += await splitsOf(drawn);
      }),
      { seed: 20261129, numRuns: 30, endOnFailure: true },
    );
    expect(splits).toBeGreaterThan(1000);
  }, 600_000);

  for (const [name, drawn] of Object.entries(found)) {
    test(`once different: ${name}`, async () => {
      const { gpu, cpu } = await bothDigests(drawn);
      expect(gpu).toBe(cpu);
    });
  }
});
