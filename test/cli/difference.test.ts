import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type BothEngines, verify, verifyCommand } from "../../src/cli/verify.ts";
import { CpuEngine } from "../../src/cpu/engine.ts";
import type { Snapshot } from "../../src/engine.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import type { System } from "../../src/model/system.ts";
import { caseOf, type VerifyCase } from "../../src/verify/cases.ts";
import { compareEngines, digestOf, firstDifference, playUntilDifferent } from "../../src/verify/compare.ts";
import { openForTests } from "../support/device.ts";

vi.mock("../../src/verify/compare.ts", async (original) => {
  const real = await original<typeof import("../../src/verify/compare.ts")>();
  return { ...real, compareEngines: vi.fn(real.compareEngines) };
});

/** Rows [id, mass, ...place] as an engine holds them. */
function snapshot(...rows: number[][]): Snapshot {
  return {
    id: Uint32Array.from(rows, ([id]) => id),
    mass: Uint32Array.from(rows, ([, mass]) => mass),
    place: Uint32Array.from(rows.flatMap(([, , ...place]) => place)),
  };
}

const rows = [
  [0, 1, 10, 11],
  [2, 3, 20, 21],
  [5, 1, 30, 31],
  [6, 2, 40, 41],
];
/** Ids 5 and 6 are particles 0 and 1 of replica 1. */
const sizes = { dimension: 2, particles: 5 };
const without = (k: number) => rows.filter((_, i) => i !== k);
const changed = (k: number, ...row: number[]) => rows.map((old, i) => (i === k ? row : old));

describe("the first difference", () => {
  test("is null between equal particles, many or none", () => {
    expect(firstDifference(snapshot(...rows), snapshot(...rows), sizes)).toBeNull();
    expect(firstDifference(snapshot(), snapshot(), sizes)).toBeNull();
  });

  test("names the particle whose mass differs, with both values", () => {
    const found = firstDifference(snapshot(...rows), snapshot(...changed(2, 5, 7, 30, 31)), sizes);
    expect(found).toEqual({
      replica: 1,
      particle: 0,
      cpu: { mass: 1, place: [30, 31] },
      gpu: { mass: 7, place: [30, 31] },
    });
  });

  test.each([0, 1])("names the particle whose place differs along axis %i", (axis) => {
    const place = [20, 21].map((x, k) => (k === axis ? x + 1 : x));
    const found = firstDifference(snapshot(...rows), snapshot(...changed(1, 2, 3, ...place)), sizes);
    expect(found).toEqual({
      replica: 0,
      particle: 2,
      cpu: { mass: 3, place: [20, 21] },
      gpu: { mass: 3, place },
    });
  });

  test.each(rows.map((_, k) => k))("names the particle in row %i when it is missing on either side", (k) => {
    const [id, mass, ...place] = rows[k];
    const who = { replica: Math.floor(id / 5), particle: id % 5 };
    const [all, some] = [snapshot(...rows), snapshot(...without(k))];
    expect(firstDifference(all, some, sizes)).toEqual({ ...who, cpu: { mass, place }, gpu: null });
    expect(firstDifference(some, all, sizes)).toEqual({ ...who, cpu: null, gpu: { mass, place } });
  });

  test("is the lowest of several, whatever the order of the sides", () => {
    const state = fc.record({ mass: fc.integer({ min: 1, max: 2 }), x: fc.integer({ min: 0, max: 1 }) });
    const particle = fc.option(state, { nil: null });
    const side = fc.array(particle, { minLength: 6, maxLength: 6 });
    const held = (particles: ({ mass: number; x: number } | null)[]) =>
      snapshot(...particles.flatMap((p, id) => (p === null ? [] : [[id, p.mass, p.x, 9]])));
    const told = (p: { mass: number; x: number } | null) => p && { mass: p.mass, place: [p.x, 9] };
    fc.assert(
      fc.property(side, side, (cpu, gpu) => {
        const id = cpu.findIndex((p, k) => p?.mass !== gpu[k]?.mass || p?.x !== gpu[k]?.x);
        expect(firstDifference(held(cpu), held(gpu), sizes)).toEqual(
          id < 0
            ? null
            : { replica: id < 5 ? 0 : 1, particle: id % 5, cpu: told(cpu[id]), gpu: told(gpu[id]) },
        );
      }),
    );
  });
});

const open = await openForTests();
afterAll(() => open.release());

const good = caseOf("good", { particles: 50, Z: 5, alpha: { constant: 50 }, steps: 20 });
const bad = caseOf("bad", { particles: 60, Z: 6, alpha: { constant: 50 }, replicas: 2, steps: 20 });
const never = caseOf("never reached", { particles: 10, Z: 1, alpha: { constant: 50 }, steps: 1 });

/** Engines of which the GPU plays `wrong` of the bad case's system. */
function engines(wrong: (system: System) => System): BothEngines {
  const gpuSystem = (system: System) => (system.scenario.name === "bad" ? wrong(system) : system);
  const withGpu = async <T>(system: System, use: (gpu: GpuEngine) => Promise<T>) => {
    const gpu = await GpuEngine.create(gpuSystem(system), open);
    return use(gpu).finally(() => gpu.dispose());
  };
  return {
    adapter: "a faulty one",
    digests: async (system) => ({
      cpu: await digestOf(system, new CpuEngine(system)),
      gpu: await withGpu(system, (gpu) => digestOf(system, gpu)),
    }),
    difference: (system) => withGpu(system, (gpu) => playUntilDifferent(system, new CpuEngine(system), gpu)),
  };
}

/** The other seed moves everybody differently, and starts elsewhere. */
const reseeded = (system: System): System => ({ ...system, seed: [system.seed[0] ^ 1, system.seed[1]] });
/** Slower by one part in a million: the start is the same. */
const slowed = (system: System): System => ({ ...system, sigma: system.sigma.map((s) => s * (1 - 1e-6)) });

describe("verify", () => {
  const printed = { stdout: "", stderr: "" };
  beforeEach(() => {
    Object.assign(printed, { stdout: "", stderr: "" });
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed.stdout += text;
      return true;
    });
    vi.spyOn(console, "error").mockImplementation((text) => {
      printed.stderr += `${text}\n`;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  const run = (cases: VerifyCase[], wrong: (system: System) => System, json: boolean) =>
    verify(cases, "a title", engines(wrong), json);

  test("is content with engines that agree", async () => {
    expect(await run([good, bad], (system) => system, true)).toBe(true);
    const { equal, cases } = JSON.parse(printed.stdout);
    expect(equal).toBe(true);
    expect(cases.map(({ name }: VerifyCase) => name)).toEqual(["good", "bad"]);
  });

  test("stops at the first case that differs and names the first particle, with both values", async () => {
    expect(await run([good, bad, never], slowed, false)).toBe(false);
    expect(printed.stdout).toMatch(/^a title\nequal {2}cpu (\w{16}) {2}gpu \1 {2}good\nDIFFER .* bad\n$/);
    expect(printed.stderr).toMatch(
      /^coagula: bad: after step 1 particle \d+ of replica 0 is the first that differs: cpu has mass 1 at \[\d+, \d+, \d+\], gpu has mass 1 at \[\d+, \d+, \d+\]\.\n$/,
    );
  });

  test("tells the same as one JSON object", async () => {
    expect(await run([good, bad, never], reseeded, true)).toBe(false);
    expect(printed.stderr).not.toContain("coagula:");
    expect(printed.stdout).toMatch(/^\{.*\}\n$/);
    const { equal, cases, difference } = JSON.parse(printed.stdout);
    expect(equal).toBe(false);
    expect(cases.map(({ name }: VerifyCase) => name)).toEqual(["good", "bad"]);
    expect(cases[0].gpu).toBe(cases[0].cpu);
    expect(cases[1].gpu).not.toBe(cases[1].cpu);
    // From another seed even the start differs.
    expect(difference).toMatchObject({
      step: 0,
      replica: 0,
      particle: 0,
      cpu: { mass: 1 },
      gpu: { mass: 1 },
    });
    expect(difference.cpu.place).not.toEqual(difference.gpu.place);
  });

  test("says when only the event logs differ", async () => {
    const unlike = { ...engines((system) => system), digests: async () => ({ cpu: "a", gpu: "b" }) };
    expect(await verify([bad], "a title", unlike, false)).toBe(false);
    expect(printed.stderr).toMatch(/^coagula: bad: .*only the event logs, or the sums over pairs, do\.\n$/);
  });

  test("ends the command with exit code 1 at a difference, else with 0", async () => {
    const before = process.exitCode;
    try {
      process.exitCode = 0;
      await verifyCommand().parseAsync(["--case", "one particle"], { from: "user" });
      expect(process.exitCode).toBe(0);
      vi.mocked(compareEngines).mockResolvedValueOnce({ cpu: "a", gpu: "b" });
      await verifyCommand().parseAsync(["--case", "one particle"], { from: "user" });
      expect(process.exitCode).toBe(1);
    } finally {
      process.exitCode = before;
    }
  });
});
