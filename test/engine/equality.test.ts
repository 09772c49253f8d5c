/** The claim the project stands on: the GPU takes the same trajectory as the CPU reference, bit for bit. */
import { afterAll, describe, expect, test } from "vitest";
import { CpuEngine } from "../../src/cpu/engine.ts";
import type { Engine } from "../../src/engine.ts";
import { GpuEngine, type GpuOptions } from "../../src/gpu/engine.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { caseOf, type VerifyCase, verifyCases } from "../../src/verify/cases.ts";
import { digestOf, findDifference } from "../../src/verify/compare.ts";
import { onProcessor, openForTests } from "../support/device.ts";

const open = await openForTests();
afterAll(() => open.release());

const reference = new Map<string, Promise<string>>();

/** The reference's digest of a case, computed once. */
function cpuDigest({ name, scenario }: VerifyCase): Promise<string> {
  const system = makeSystem(scenario);
  const found = reference.get(name) ?? digestOf(system, new CpuEngine(system));
  reference.set(name, found);
  return found;
}

async function gpuDigest(system: System, options: GpuOptions, device = open): Promise<string> {
  const engine = await GpuEngine.create(system, device, options);
  try {
    return await digestOf(system, engine);
  } finally {
    engine.dispose();
  }
}

const named = (cases: readonly VerifyCase[]) => cases.map((each) => [each.name, each] as const);
const small = verifyCases.filter(({ scenario }) => scenario.particles * scenario.replicas < 10_000);
const uniform = verifyCases.find(({ name }) => name === "1000 particles")!;
const multirate = verifyCases.filter(({ scenario }) => scenario.engine.kind === "multirate");

describe("the GPU takes the reference's trajectory", () => {
  test.each(named(verifyCases))("%s, workgroups of 64", async (_, each) => {
    const system = makeSystem(each.scenario);
    const gpu = await gpuDigest(system, { workgroupSize: 64 });
    if (gpu !== (await cpuDigest(each))) expect(await findDifference(system, open)).toBeNull();
    expect(gpu).toBe(await cpuDigest(each));
  });

  test.each(named(verifyCases))("%s, workgroups of 256", async (_, each) => {
    expect(await gpuDigest(makeSystem(each.scenario), { workgroupSize: 256 })).toBe(await cpuDigest(each));
  });

  test.each(named(small))("%s, submitted 1 and 7 steps at a time", async (_, each) => {
    const system = makeSystem(each.scenario);
    expect(await gpuDigest(system, { batch: 1, workgroupSize: 32 })).toBe(await cpuDigest(each));
    expect(await gpuDigest(system, { batch: 7 })).toBe(await cpuDigest(each));
  });

  test.each(named(small))("%s, looked at every 5 ms", async (_, each) => {
    expect(await gpuDigest(makeSystem(each.scenario), { flightTime: 5 })).toBe(await cpuDigest(each));
  });

  // On hardware every cluster has an invocation of its own, on processors an invocation follows one after another; and cells are scanned in another way,
  // but on our own adapter, where no workgroup has invocations that wait for each other.
  test.each(named([uniform, ...multirate]))("%s, as on the other kind of device", async (_, each) => {
    const other = { ...open, width: open.width < 1000 ? 2 ** 17 : 256, inStep: !open.inStep && !onProcessor };
    expect(await gpuDigest(makeSystem(each.scenario), {}, other)).toBe(await cpuDigest(each));
  });

  test("some multirate cases are on a refined lattice, and follow more clusters than a processor works on at a time", () => {
    const systems = multirate.map(({ scenario }) => makeSystem(scenario));
    expect(systems.filter((system) => system.multirate!.fineWords > 1).length).toBeGreaterThan(1);
    expect(systems.filter((system) => system.particles * system.replicas > 5 * 128).length).toBeGreaterThan(
      3,
    );
  });
});

describe("the cases are hard enough to tell engines apart", () => {
  /** Largest number of particles that anybody has in range at the start, and events of the first step. */
  async function firstStep(name: string) {
    const { scenario } = verifyCases.find((each) => each.name === name)!;
    const system = makeSystem(scenario);
    const engine = new CpuEngine(system);
    const { place } = await engine.snapshot();
    const d = system.dimension;
    let most = 0;
    for (let i = 0; i < system.particles; i += 10) {
      let near = 0;
      for (let j = 0; j < system.particles; j++) {
        let squares = 0;
        for (let k = 0; k < d; k++) {
          squares += (((place[d * i + k] - place[d * j + k]) | 0) * system.inverseRange) ** 2;
        }
        if (j !== i && squares < 1) near++;
      }
      most = Math.max(most, near);
    }
    await engine.advance(1);
    return { most, left: (await engine.snapshot()).id.length / system.particles / system.replicas };
  }

  test("in the dense ones somebody has dozens of partners in range", async () => {
    for (const name of ["dense", "dense and fierce", "the plane, dense"]) {
      expect((await firstStep(name)).most).toBeGreaterThan(24);
    }
  });

  test("in the fierce ones conflicts leave nearly half of the particles after one step: greedy matching is maximal", async () => {
    const { left } = await firstStep("dense and fierce");
    expect(left).toBeGreaterThanOrEqual(0.5);
    expect(left).toBeLessThan(0.55);
  });
});

describe("the digest tells trajectories apart", () => {
  const base = { particles: 500, Z: 20, alpha: { constant: 50 }, steps: 40 } as const;

  test("a seed changed in any one bit changes it, on both engines", async () => {
    const digests = new Set<string>();
    for (const seed of ["0x0", "0x1", "0x80000000", "0x100000000", "0x8000000000000000"]) {
      const system = makeSystem(caseOf("seed", { ...base, seed }).scenario);
      const cpu = await digestOf(system, new CpuEngine(system));
      expect(await gpuDigest(system, {})).toBe(cpu);
      digests.add(cpu);
    }
    expect(digests.size).toBe(5);
  });

  test("the same seed gives it again", async () => {
    const system = makeSystem(caseOf("again", base).scenario);
    expect(await gpuDigest(system, {})).toBe(await gpuDigest(system, {}));
  });

  test("looking in between changes nothing", async () => {
    const { scenario } = caseOf("looks", base);
    const last = scenario.observe.times.at(-1)!;
    const often = { ...scenario, observe: { times: [last / 5, last / 4, last / 2, last], masses: 3 } };
    expect(await gpuDigest(makeSystem(often), {})).toBe(await gpuDigest(makeSystem(scenario), {}));
  });
});

test.each([
  { particles: 1000, replicas: 64, engine: "multirate", steps: 100_000 },
  { particles: 40_000, replicas: 1, engine: "multirate", steps: 4_000_000 },
  { particles: 40_000, replicas: 1, engine: "uniform", steps: 3 },
] as const)(
  "$replicas replicas of $particles particles need not wait until the host has taken their events, by $engine steps",
  async (given) => {
    const system = makeSystem(caseOf("room", { Z: 1, alpha: { constant: 10 }, ...given }).scenario);
    const engine = await GpuEngine.create(system, open);
    await engine.advance(given.steps);
    if (given.engine === "multirate") expect(engine.work().macroSteps).toBeGreaterThan(3);
    expect(engine.halts).toBe(0);
    engine.dispose();
  },
);

describe("replicas side by side are each as if alone", () => {
  test("the first of five replicas has the events and particles of a single one", async () => {
    const { scenario } = caseOf("replicas", { particles: 300, Z: 15, alpha: { constant: 80 }, steps: 60 });
    const together = makeSystem({ ...scenario, replicas: 5 });
    const alone = makeSystem(scenario);
    const engine = await GpuEngine.create(together, open, { batch: 9 });
    const single = new CpuEngine(alone);
    await engine.advance(60);
    await single.advance(60);
    const [all, one] = [await engine.snapshot(), await single.snapshot()];
    engine.dispose();
    const n = one.id.length;
    expect(all.id.subarray(0, n)).toEqual(one.id);
    expect(all.mass.subarray(0, n)).toEqual(one.mass);
    expect(all.place.subarray(0, 3 * n)).toEqual(one.place);
    expect(all.id[n]).toBeGreaterThanOrEqual(300);
    // The replicas differ from one another.
    expect(all.id.length).not.toBe(5 * n);
  });
});

describe("who leaves the box that stands for space", () => {
  test("is the first of all replicas, named alike by both engines and whatever the batch", async () => {
    const { scenario } = caseOf("leaving", {
      domain: { space: 1 },
      particles: 200,
      Z: 1,
      initial: [{ mass: 1, density: { gaussian: { centre: [0.3, 0, 0], sd: 0.05 } } }],
      alpha: { constant: 20 },
      replicas: 3,
      steps: 4000,
    });
    const system = makeSystem(scenario);
    const message = async (engine: Engine, { observeAt } = system) => {
      try {
        return await engine.advance(observeAt.at(-1)!).then(
          () => "nobody left",
          (error: Error) => error.message,
        );
      } finally {
        engine.dispose();
      }
    };
    const cpu = await message(new CpuEngine(system));
    expect(cpu).toMatch(/^domain.space is 1, but particle \d+ of replica \d left the box in step \d+;/);
    expect(await message(await GpuEngine.create(system, open))).toBe(cpu);
    expect(await message(await GpuEngine.create(system, open, { batch: 13 }))).toBe(cpu);

    const longer = makeSystem({ ...scenario, engine: { kind: "multirate", step: 0.008, k: 4, crowd: 0.2 } });
    const either = await message(new CpuEngine(longer), longer);
    expect(either).toMatch(/^domain.space is 1, but a particle left the box;/);
    expect(await message(await GpuEngine.create(longer, open), longer)).toBe(either);
  });
});
