/** Both engines side by side: equal digests, or the first particle on which they disagree. */
import { CpuEngine } from "../cpu/engine.ts";
import type { Engine, Snapshot } from "../engine.ts";
import type { OpenDevice } from "../gpu/device.ts";
import { GpuEngine, type GpuOptions } from "../gpu/engine.ts";
import type { System } from "../model/system.ts";
import { digest, hashOf } from "../observe/digest.ts";
import { EventLog } from "../observe/eventLog.ts";

/** What an engine holds of a particle: its mass and its place in lattice units. */
export interface ParticleState {
  mass: number;
  place: number[];
}

export interface Difference {
  /** Steps done when it is first seen. */
  step: number;
  replica: number;
  particle: number;
  /** Null: the particle is not there. */
  cpu: ParticleState | null;
  gpu: ParticleState | null;
}

/** The digest of the whole run of a system on an engine; where pairs are summed up, it is one of that and of the sums. */
export async function digestOf(system: System, engine: Engine): Promise<string> {
  const log = new EventLog(system.dimension);
  for (const tick of system.observeAt) await engine.advance(tick);
  await engine.takeEvents(log);
  const trajectory = digest(system, log.sorted(), await engine.snapshot());
  if (system.pairs === null) return trajectory;
  return hashOf(
    Uint32Array.from(trajectory, (digit) => Number.parseInt(digit, 16)),
    await engine.pairSums(),
  );
}

/** Runs the system on both engines. */
export async function compareEngines(system: System, open: OpenDevice, options: GpuOptions = {}) {
  const gpu = await withEngine(await GpuEngine.create(system, open, options), (e) => digestOf(system, e));
  const cpu = await withEngine(new CpuEngine(system), (e) => digestOf(system, e));
  return { cpu, gpu };
}

/** The first particle on which the engines differ, if any does after a step. */
export async function findDifference(
  system: System,
  open: OpenDevice,
  options: GpuOptions = {},
): Promise<Difference | null> {
  return withEngine(await GpuEngine.create(system, open, options), (gpu) =>
    withEngine(new CpuEngine(system), (cpu) => playUntilDifferent(system, cpu, gpu)),
  );
}

/**
 * Plays two engines at their start until a particle differs, step by step or, where steps are of many lengths, from observation to
 * observation; null if none does to the end.
 */
export async function playUntilDifferent(
  system: System,
  cpu: Engine,
  gpu: Engine,
): Promise<Difference | null> {
  const end = system.observeAt.at(-1)!;
  const stops =
    system.multirate === null ? Array.from({ length: end + 1 }, (_, k) => k) : [0, ...system.observeAt];
  for (const step of stops) {
    await Promise.all([cpu.advance(step), gpu.advance(step)]);
    const found = firstDifference(await cpu.snapshot(), await gpu.snapshot(), system);
    if (found !== null) return { step, ...found };
  }
  return null;
}

/** The particle of lowest replica and id that two snapshots do not hold alike. */
export function firstDifference(
  cpu: Snapshot,
  gpu: Snapshot,
  { dimension, particles }: Pick<System, "dimension" | "particles">,
): Omit<Difference, "step"> | null {
  const state = ({ id, mass, place }: Snapshot, at: number, wanted: number): ParticleState | null =>
    id[at] === wanted
      ? { mass: mass[at], place: Array.from(place.subarray(dimension * at, dimension * (at + 1))) }
      : null;
  for (let at = 0; at < Math.max(cpu.id.length, gpu.id.length); at++) {
    // Up to here both hold the same particles, so the lower of two ids is missing in the other.
    const id = Math.min(cpu.id[at] ?? Infinity, gpu.id[at] ?? Infinity);
    const [a, b] = [state(cpu, at, id), state(gpu, at, id)];
    if (a === null || b === null || a.mass !== b.mass || a.place.some((x, k) => x !== b.place[k])) {
      return { replica: Math.floor(id / particles), particle: id % particles, cpu: a, gpu: b };
    }
  }
  return null;
}

async function withEngine<E extends Engine, T>(engine: E, use: (engine: E) => Promise<T>): Promise<T> {
  try {
    return await use(engine);
  } finally {
    engine.dispose();
  }
}
