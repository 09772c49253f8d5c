/**
 * Finds adapters and opens devices, in Node through Dawn or our own on the processor, and in a browser through navigator.gpu. The one module
 * that owns Dawn's object: if it were collected while its device lives, the process would die.
 */
import { UserError } from "../errors.ts";
import { openProcessor } from "../processor/device.ts";
import { Trouble } from "./trouble.ts";

/** An adapter as users see it. */
export interface AdapterInfo {
  /** Of the device, such as "nvidia-h200". */
  name: string;
  /** The driver and its version, as far as it tells, such as "llvmpipe: Mesa 25.0.7". */
  driver: string;
  /** Runs on the processor. */
  software: boolean;
}

export interface OpenDevice {
  device: GPUDevice;
  /** Of its adapter. */
  features: string[];
  info: AdapterInfo;
  /** Invocations that it may work on at a time, about: fewer leave it idle, more have less to share. */
  width: number;
  /** Invocations of a workgroup run in step, as on hardware: they should access memory side by side, and wait for each other at little cost. */
  inStep: boolean;
  /** Waiting for it takes a processor's time, which it would need itself. */
  polls: boolean;
  trouble: Trouble;
  /** Destroys the device and opens another on the same adapter; null where that is gone. */
  reopen(): Promise<OpenDevice | null>;
  /** Destroys the device and lets go of what keeps the process alive. */
  release(): void;
}

/** Names of drivers that run on the processor, best first. */
const softwareDrivers = [/llvmpipe|lavapipe/i, /swiftshader/i, /software|basic render|warp/i];

const isSoftware = (name: string) => softwareDrivers.some((driver) => driver.test(name));

/** Hardware (-1) first, then the software drivers in their order. */
const rank = (name: string) => softwareDrivers.findIndex((driver) => driver.test(name));

/** Of our own adapter: more would wait for each other longer than they work. */
const mostThreads = 64;

/** Each thread takes a workgroup, of the usual size. */
const ownWorkgroup = 64;

/** Of Dawn's adapters. */
const softwareWidth = 256;
const hardwareWidth = 2 ** 17;

/** What keeps Dawn's objects reachable while their devices live. */
const held = new Set<GPU>();

const inBrowser = () => typeof navigator !== "undefined" && "gpu" in navigator && navigator.gpu !== undefined;

const inNode = () => typeof process !== "undefined" && process.getBuiltinModule !== undefined;

/** Else timestamps are in steps of 0.1 ms, longer than most stages take. */
const exactTimestamps = "disable-dawn-features=timestamp_quantization";

/** Null where Dawn has no binary for this machine, or one that its libraries are too old for; and in a page, which is bundled without it (`browser` in package.json). */
async function dawn(options: string[]): Promise<GPU | null> {
  const module = await import("webgpu").catch(() => null);
  return typeof module?.create === "function" ? module.create([...options, exactTimestamps]) : null;
}

/** The name of our own adapter. */
const own = "processor";

/** Names of adapters, best first; in a browser it cannot be known, and the list is empty. */
export async function listAdapters(): Promise<string[]> {
  if (inBrowser()) return [];
  const names = await listDawnAdapters();
  const hardware = names.filter((name) => !isSoftware(name));
  return [...hardware, own, ...names.filter(isSoftware)];
}

async function listDawnAdapters(): Promise<string[]> {
  // Dawn lists its adapters only when asked for one that is not there.
  const message = await refusal(`adapter=none of them ${"?".repeat(8)}`);
  const names = Array.from(message.matchAll(/name: '([^']*)'/g), (match) => match[1]);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b));
}

async function refusal(option: string): Promise<string> {
  try {
    await openFrom(await dawn([option]));
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** In a browser navigator.gpu, null where there is none or it has no adapter; else see `openInNode`. */
export async function openDevice(wanted?: string): Promise<OpenDevice | null> {
  if (inBrowser()) return openFrom(navigator.gpu);
  return inNode() ? openInNode(wanted) : null;
}

/**
 * Opens the best adapter, or the one whose name contains `wanted`: a hardware GPU, else the processor by our own means, which are faster than
 * software drivers. Throws a UserError if a wanted one is not there.
 */
export async function openInNode(wanted?: string): Promise<OpenDevice> {
  if (wanted !== undefined) {
    const name = await findAdapter(wanted);
    if (name === own) return openOwn();
    const found = await openFrom(await dawn([`adapter=${name}`]));
    if (found === null)
      throw new UserError(`adapter is "${wanted}", but "${name}" cannot be opened; allowed is "${own}".`);
    return found;
  }
  // Dawn puts hardware first.
  const first = await openFrom(await dawn([]));
  if (first !== null && !first.info.software) return first;
  first?.release();
  return openOwn();
}

/** Opens Dawn's best adapter, be it a software one; null where there is none. */
export async function openDawn(): Promise<OpenDevice | null> {
  const [best] = (await listDawnAdapters()).sort((a, b) => rank(a) - rank(b));
  return best === undefined ? null : openFrom(await dawn([`adapter=${best}`]));
}

async function findAdapter(wanted: string): Promise<string> {
  const names = await listAdapters();
  const found = names.find((name) => name.toLowerCase().includes(wanted.toLowerCase()));
  if (found !== undefined) return found;
  throw new UserError(
    `adapter is "${wanted}", but must be part of the name of an adapter: there are ${names.map((n) => `"${n}"`).join(", ")}.`,
  );
}

async function openOwn(): Promise<OpenDevice> {
  const { availableParallelism } = process.getBuiltinModule("os");
  const threads = Math.min(availableParallelism(), mostThreads);
  const device = await openProcessor(threads);
  return {
    device,
    features: [...device.features],
    width: ownWorkgroup * threads,
    inStep: false,
    polls: false,
    info: {
      name: own,
      driver: `WebAssembly on ${threads} ${threads === 1 ? "thread" : "threads"}`,
      software: true,
    },
    trouble: new Trouble(device),
    reopen() {
      device.destroy();
      return openOwn();
    },
    release: () => device.destroy(),
  };
}

async function openFrom(gpu: GPU | null): Promise<OpenDevice | null> {
  if (gpu === null) return null;
  held.add(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    held.delete(gpu);
    return null;
  }
  const device = await adapter.requestDevice({
    requiredLimits: wantedLimits(adapter.limits),
    requiredFeatures: (["timestamp-query"] as const).filter((feature) => adapter.features.has(feature)),
  });
  const info = describe(adapter);
  return {
    device,
    features: [...adapter.features],
    info,
    width: info.software ? softwareWidth : hardwareWidth,
    inStep: !info.software,
    polls: info.software && !inBrowser(),
    trouble: new Trouble(device),
    reopen() {
      device.destroy();
      return openFrom(gpu);
    },
    release() {
      device.destroy();
      held.delete(gpu);
    },
  };
}

/** As much as the adapter has of what the default limits would keep small. */
function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  const names = ["maxBufferSize", "maxStorageBufferBindingSize", "maxStorageBuffersPerShaderStage"] as const;
  return Object.fromEntries(names.map((name) => [name, limits[name]]));
}

function describe({ info }: GPUAdapter): AdapterInfo {
  const { vendor, architecture, description, device } = info;
  // Dawn spells the device in letters, digits and dashes.
  const name = (device || architecture || vendor).replace(/-+$/, "");
  return {
    name,
    driver: description,
    software: info.isFallbackAdapter || isSoftware(`${name} ${description}`),
  };
}
