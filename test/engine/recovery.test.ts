/** A device that goes away, or fails in any other way, costs time and no bit of the result. */
import fc from "fast-check";
import { afterAll, describe, expect, test, vi } from "vitest";
import { globals } from "webgpu";
import type { OpenDevice } from "../../src/gpu/device.ts";
import { GpuEngine } from "../../src/gpu/engine.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { type OpenPlace, openPlace } from "../../src/place.ts";
import { play } from "../../src/play.ts";
import { openForTests } from "../support/device.ts";

const system = makeSystem(
  parseScenario({
    particles: 200,
    Z: 5,
    alpha: { constant: 40 },
    observe: { times: [0.002, 0.01], pairs: { masses: 1 } },
    replicas: 2,
  }),
);

const cpu = await openPlace({ engine: "cpu" });
const expected = await play(system, cpu, { onCounts() {} });

const opened = new Set<OpenDevice>();
afterAll(() => {
  for (const open of opened) open.release();
});

/** A place whose devices the tests hold in their hands. */
async function place(): Promise<OpenPlace & { device: () => GPUDevice; devices: () => number }> {
  let open = await openForTests();
  let devices = 1;
  opened.add(open);
  return {
    place: { engine: "gpu", adapter: "", driver: "", software: true, why: "" },
    create: (system, state) => GpuEngine.create(system, open, { batch: 5 }, state),
    async reopen() {
      opened.delete(open);
      open = (await open.reopen())!;
      opened.add(open);
      devices++;
    },
    release() {},
    device: () => open.device,
    devices: () => devices,
  };
}

type Fault = (device: GPUDevice) => void;

const faults: Record<string, Fault> = {
  "a device that is destroyed": (device) => device.destroy(),
  "a buffer that is not valid": (device) => device.createBuffer({ size: 4, usage: 0 }),
  "a shader that is not valid": (device) => device.createShaderModule({ code: "fn main( {" }),
  "an error that tells of no memory left": (device) => {
    const { GPUUncapturedErrorEvent, GPUOutOfMemoryError } = globals as unknown as typeof globalThis;
    const error = new GPUOutOfMemoryError("made up");
    device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
  },
  "a copy out of bounds": (device) => {
    const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const [a, b] = [8, 4].map((size) => device.createBuffer({ size, usage }));
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(a, 0, b, 0, 8);
    device.queue.submit([encoder.finish()]);
  },
};

/** Lets a device's answers never come, from the call of the function that is returned on. */
function silenced(device: GPUDevice): () => void {
  let isSilent = false;
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const made = create(descriptor);
    const map = made.mapAsync.bind(made);
    made.mapAsync = (...args) => (isSilent ? new Promise(() => {}) : map(...args));
    return made;
  };
  return () => {
    isSilent = true;
  };
}

/** Plays with a fault at the k-th time that the run reports progress, for each of these k. */
async function played(fault: Fault, when: readonly number[]) {
  const where = await place();
  const recoveries: string[] = [];
  const counts: Uint32Array[] = [];
  let reports = 0;
  const result = await play(system, where, {
    onCounts: (k, seen) => {
      expect(k).toBe(counts.length);
      counts.push(seen);
    },
    onProgress() {
      if (when.includes(reports++)) fault(where.device());
    },
    keepEvery: 0,
    onRecovery: (sentence) => recoveries.push(sentence),
  });
  where.device().destroy();
  return { result, counts, recoveries, devices: where.devices() };
}

describe.each(Object.keys(faults))("%s", (name) => {
  test("costs a new device, and nothing else", async () => {
    const { result, counts, recoveries, devices } = await played(faults[name], [3]);
    expect(recoveries.length).toBe(1);
    expect(recoveries[0]).toMatch(
      /^the device failed \(.+\); the run goes on from its last state on a new one$/s,
    );
    expect(devices).toBe(2);
    expect(counts).toEqual(expected.observables.counts);
    expect(result.digest).toBe(expected.digest);
    expect(result.observables).toEqual(expected.observables);
    expect(result.work).toEqual(expected.work);
  });
});

test("whenever devices are lost, the result is the same (seed 12)", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(40), { minLength: 1, maxLength: 4 }), async (when) => {
      const { result, counts } = await played(faults["a device that is destroyed"], when);
      expect(counts).toEqual(expected.observables.counts);
      expect(result.digest).toBe(expected.digest);
    }),
    { seed: 12, numRuns: 8 },
  );
});

test("a device that does not answer is given up", async () => {
  const wait = globalThis.setTimeout;
  const hurried = vi.spyOn(globalThis, "setTimeout");
  // Minutes pass in a second.
  hurried.mockImplementation(((act: () => void, ms = 0) =>
    wait(act, ms >= 60_000 ? 1000 : ms)) as typeof wait);
  const where = await place();
  const silence = silenced(where.device());
  const recoveries: string[] = [];
  let reports = 0;
  const { digest } = await play(system, where, {
    onCounts() {},
    onProgress() {
      if (reports++ === 3) silence();
    },
    keepEvery: 0,
    onRecovery: (sentence) => recoveries.push(sentence),
  }).finally(() => hurried.mockRestore());
  expect(recoveries[0]).toContain("the device has not answered for 300 s");
  expect(digest).toBe(expected.digest);
});

test("where every device fails, the run ends with a sentence", async () => {
  const where = await place();
  const options = { onCounts() {}, onProgress: () => where.device().destroy(), keepEvery: 1e9 };
  await expect(play(system, where, options)).rejects.toThrow(/^The device failed 3 times in a row: .+/s);
});

test("what the caller's functions throw is the caller's: no device is blamed", async () => {
  const where = await place();
  const keep = async () => {
    throw new Error("the disk is full");
  };
  await expect(play(system, where, { onCounts() {}, keep, keepEvery: 0 })).rejects.toThrow(
    "the disk is full",
  );
  expect(where.devices()).toBe(1);
});
