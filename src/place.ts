/** Where systems are played: the best engine there is, or the one that was asked for. */
import { CpuEngine } from "./cpu/engine.ts";
import type { Engine, EngineState } from "./engine.ts";
import { UserError } from "./errors.ts";
import { type OpenDevice, openDevice } from "./gpu/device.ts";
import { GpuEngine, type GpuOptions } from "./gpu/engine.ts";
import type { System } from "./model/system.ts";

export type EngineChoice = "auto" | "gpu" | "cpu";

export interface PlaceOptions extends GpuOptions {
  /** Where to run. "auto" (the default): a hardware GPU, else the shaders on the processor, else the CPU reference. */
  engine?: EngineChoice;
  /** Part of the name of the adapter to use. */
  adapter?: string;
}

/** Where a run takes place, and why there. */
export interface Place {
  engine: "gpu" | "cpu";
  /** Its name and driver, and whether it is a software adapter; null on the CPU reference. */
  adapter: string | null;
  driver: string | null;
  software: boolean | null;
  /** A sentence. */
  why: string;
}

/** A place that is ready; its device is one for all systems played there, so that shaders are compiled once. */
export interface OpenPlace {
  place: Place;
  /**
   * An engine at the start of a system, or where a run of it has come to. Throws a UserError if the device cannot hold it or the start does
   * not fit the box.
   */
  create(system: System, state?: EngineState): Promise<Engine>;
  /** Lets go of the device, which has failed, for a new one on the same adapter. Engines on the old one are of no more use. */
  reopen(): Promise<void>;
  release(): void;
}

/** Throws a UserError if what was asked for is not there. */
export async function openPlace(options: PlaceOptions): Promise<OpenPlace> {
  const { engine = "auto", adapter } = options;
  const reference = (why: string): OpenPlace => ({
    place: { engine: "cpu", adapter: null, driver: null, software: null, why },
    create: async (system, state) => new CpuEngine(system, state),
    async reopen() {},
    release() {},
  });
  if (engine === "cpu") {
    if (adapter === undefined) return reference("the CPU reference was asked for");
    throw new UserError(
      `adapter is "${adapter}", but engine is "cpu", which runs without one; allowed with it are "auto" and "gpu".`,
    );
  }
  let open = await openDevice(adapter);
  if (open === null) {
    const why = "there is no WebGPU adapter (coagula doctor tells how to get one)";
    if (engine === "auto") return reference(why);
    throw new UserError(`engine is "gpu", but ${why}; allowed here are "auto" and "cpu".`);
  }
  return {
    place: placeOf(open, adapter),
    create: (system, state) => GpuEngine.create(system, open!, options, state),
    async reopen() {
      open = await open!.reopen();
      if (open === null) throw new Error("There is no adapter any more.");
    },
    release: () => open?.release(),
  };
}

function placeOf({ info }: OpenDevice, wanted: string | undefined): Place {
  const found = info.software
    ? "there is no GPU with a driver, and without one the processor runs the shaders best by itself"
    : "it is the best GPU";
  const why = wanted === undefined ? found : `"${wanted}" was asked for`;
  return { engine: "gpu", adapter: info.name, driver: info.driver, software: info.software, why };
}
