/** What is measured beside each other: the GPU engine on one adapter or another, and the CPU reference. */
import { CpuEngine } from "../src/cpu/engine.ts";
import type { Engine } from "../src/engine.ts";
import { type OpenDevice, openDevice } from "../src/gpu/device.ts";
import { GpuEngine } from "../src/gpu/engine.ts";
import type { System } from "../src/model/system.ts";

export interface Contender {
  /** The adapter's, or "cpu". */
  name: string;
  /** Null of the reference. */
  open: OpenDevice | null;
  create(system: System): Promise<Engine>;
}

/** "cpu", "best" or part of an adapter's name. Throws a UserError if there is no such adapter. */
export async function openContender(name: string): Promise<Contender | null> {
  if (name === "cpu") return { name, open: null, create: async (system) => new CpuEngine(system) };
  const open = await openDevice(name === "best" ? undefined : name);
  return open && { name: open.info.name, open, create: (system) => GpuEngine.create(system, open) };
}
