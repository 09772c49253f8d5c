/**
 * Finds adapters and opens devices, in Node through Dawn and in a browser through navigator.gpu. The one module that owns Dawn's
 * object: if it were collected while its device lives, the process would die.
 */
import { UserError } from "../errors.ts";
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
  adapter: GPUAdapter;
  info: AdapterInfo;
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

/** What keeps Dawn's objects reachable while their devices live. */
const held = new Set<GPU>();

const inBrowser = () => typeof navigator !== "undefined" && "gpu" in navigator && navigator.gpu !== undefined;

/** Else timestamps are in steps of 0.1 ms, longer than most stages take. */
const exactTimestamps = "disable-dawn-features=timestamp_quantization";

/** Null where Dawn has no binary for this machine, or one that its libraries are too old for; and in a page, which is bundled without it (`browser` in package.json). */
async function dawn(options: string[]): Promise<GPU | null> {
  const module = await import("webgpu").catch(() => null);
  return typeof module?.create === "function" ? module.create([...options, exactTimestamps]) : null;
}

/** Names of the adapters that Dawn sees, best first; in a browser it cannot be known, and the list is empty. */
export async function listAdapters(): Promise<string[]> {
  if (inBrowser()) return [];
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

/**
 * Opens the best adapter, or the one whose name contains `wanted`. Null where there is none; throws a UserError if a wanted one is
 * not there.
 */
export async function openDevice(wanted?: string): Promise<OpenDevice | null> {
  if (inBrowser()) return openFrom(navigator.gpu);
  if (wanted !== undefined) return openFrom(await dawn([`adapter=${await findAdapter(wanted)}`]));
  // Dawn puts hardware first, but does not know which of several software drivers is the fastest.
  const first = await openFrom(await dawn([]));
  const place = first === null ? -1 : rank(`${first.info.name} ${first.info.driver}`);
  if (first === null || place <= 0) return first;
  const [best] = await listAdapters();
  if (best === undefined || rank(best) === place) return first;
  first.release();
  return openFrom(await dawn([`adapter=${best}`]));
}

async function findAdapter(wanted: string): Promise<string> {
  const names = await listAdapters();
  const found = names.find((name) => name.toLowerCase().includes(wanted.toLowerCase()));
  if (found !== undefined) return found;
  const there = names.length === 0 ? "there is none" : `there are ${names.map((n) => `"${n}"`).join(", ")}`;
  throw new UserError(`adapter is "${wanted}", but must be part of the name of an adapter: ${there}.`);
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
  return {
    device,
    adapter,
    info: describe(adapter),
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
