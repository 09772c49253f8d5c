import { expect, test } from "vitest";
import { openDevice } from "../../src/gpu/device.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { reservedBytes } from "../../src/processor/threads.ts";
import { bufferBytes, largestParticles, sizesOf } from "../../src/sizes.ts";
import { TestGpu } from "../support/gpu.ts";

const system = (particles: number, time = 1e-7) =>
  makeSystem(parseScenario({ particles, Z: 1, alpha: { constant: 10 }, observe: { times: [time] } }));

test("a run that the memory has no room for is refused, and what it had taken is free again", async () => {
  const open = (await openDevice("processor"))!;
  try {
    const engines: GpuEngine[] = [];
    // Each takes a gigabyte or so of the memory's four, none of which is touched.
    const fill = async () => {
      for (;;) engines.push(await GpuEngine.create(system(2 ** 23), open));
    };
    await expect(fill()).rejects.toThrow(
      /^particles times replicas is 8388608, which takes \d+\.\d MiB on the device, more than it has free; lower either\.$/,
    );
    expect(engines.length).toBeGreaterThanOrEqual(5);
    for (const engine of engines) engine.dispose();
    await open.device.queue.onSubmittedWorkDone();
    const again = await GpuEngine.create(system(2 ** 23), open);
    again.dispose();
    expect(open.trouble.first).toBeNull();
  } finally {
    open.release();
  }
});

test.each([2, 3, 4, 5])(
  "the largest run that doctor tells in dimension %i finds room in the memory, whichever step it takes",
  async (dimension) => {
    const open = (await openDevice("processor"))!;
    const particles = largestParticles(dimension, open.device.limits);
    open.release();
    for (const engine of ["uniform", "multirate"]) {
      // In the plane eps = exp(-N / Z), else eps^(d-2) = Z / N.
      const Z = dimension === 2 ? particles / 10 : 10;
      const scenario = { particles, dimension, Z, alpha: { constant: 1 }, observe: { times: [0] }, engine };
      const bytes = bufferBytes(sizesOf(makeSystem(parseScenario(scenario))));
      const total = Object.values(bytes).reduce((a, b) => a + b);
      expect(total + reservedBytes(64)).toBeLessThan(2 ** 32);
      expect(total).toBeGreaterThan(0.7 * 2 ** 32);
    }
  },
);

test("a buffer that is too large is refused with how many particles fit", async () => {
  const open = (await openDevice("processor"))!;
  try {
    await expect(GpuEngine.create(system(2 ** 26), open)).rejects.toThrow(
      /makes the buffer "events" 1008\.1 MiB, but this adapter binds at most 960\.0 MiB: at most about \d+ particles in all\.$/,
    );
  } finally {
    open.release();
  }
});

test("a shader that reaches beyond the memory ends the device, not the process", async () => {
  const open = (await openDevice("processor"))!;
  const text = `
@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>) {
  words[global.x * 0x30000000u] = 1u;
}`;
  const run = new TestGpu(open.device).runShader(
    text,
    { words: { access: "write", words: new Uint32Array(4) } },
    { invocations: 2 },
  );
  await expect(run).rejects.toThrow("memory access out of bounds");
  expect((await open.device.lost).message).toContain("memory access out of bounds");
  expect(open.trouble.first).toContain("memory access out of bounds");
  const next = await open.reopen();
  expect(next!.trouble.first).toBeNull();
  next!.release();
});

test("what is under way when a device is destroyed ends with a reason", async () => {
  const open = (await openDevice("processor"))!;
  const long = system(20_000, 1);
  const engine = await GpuEngine.create(long, open);
  const playing = engine.advance(long.observeAt[0]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  open.device.destroy();
  await expect(playing).rejects.toThrow("it was destroyed");
});
