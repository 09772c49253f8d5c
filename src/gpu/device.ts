/**
 * Finds adapters and opens devices, in Node through Dawn and in a browser through navigator.gpu. The one module that owns Dawn's
 * object: if it were collected while its device lives, the process would die.
 */
import { UserError } from "../errors.ts";

/** An adapter as users see it. */
export interface AdapterInfo {
  /** As the driver tells it, such as "llvmpipe (LLVM 15.0.6, 256 bits)". */
  name: string;
  vendor: string;
  architecture: string;
  /** Driver and version, as far as it tells. */
  description: string;
  /** Runs on the processor. */
  software: boolean;
}

export interface OpenDevice {
  device: GPUDevice;
  adapter: GPUAdapter;
  info: AdapterInfo;
  /** Destroys the device and lets go of what keeps the process alive. */
  release(): void;
}

/** Names of drivers that run on the processor, best first. */
const softwareDrivers = [/llvmpipe|lavapipe/i, /swiftshader/i, /software|basic render|warp/i];

const isSoftware = (name: string) => softwareDrivers.some((driver) => driver.test(name));

/** Hardware first, then the software drivers in their order. */
const rank = (name: string) => {
  const place = softwareDrivers.findIndex((driver) => driver.test(name));
  return place < 0 ? -1 : place;
};

/** What keeps Dawn's objects reachable while their devices live. */
const held = new Set<GPU>();

const inBrowser = () => typeof navigator !== "undefined" && "gpu" in navigator && navigator.gpu !== undefined;

async function dawn(options: string[]): Promise<GPU> {
  const { create } = await import("webgpu");
  return create(options);
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
    const gpu = await dawn([option]);
    held.add(gpu);
    await gpu.requestAdapter();
    held.delete(gpu);
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
  const names = await listAdapters();
  const name =
    wanted === undefined ? names[0] : names.find((name) => name.toLowerCase().includes(wanted.toLowerCase()));
  if (wanted !== undefined && name === undefined) {
    const there = names.length === 0 ? "there is none" : `there are ${names.map((n) => `"${n}"`).join(", ")}`;
    throw new UserError(`adapter is "${wanted}", but must be part of the name of an adapter: ${there}.`);
  }
  if (!inBrowser() && name === undefined) return null;

  const gpu = inBrowser() ? navigator.gpu : await dawn([`adapter=${name}`]);
  held.add(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    held.delete(gpu);
    return null;
  }
  const device = await adapter.requestDevice({ requiredLimits: wantedLimits(adapter.limits) });
  return {
    device,
    adapter,
    info: describe(adapter, name),
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

function describe({ info }: GPUAdapter, name = info.description || info.device || info.vendor): AdapterInfo {
  const { vendor, architecture, description } = info;
  return {
    name,
    vendor,
    architecture,
    description,
    software: info.isFallbackAdapter || isSoftware(`${name} ${description} ${architecture}`),
  };
}
