/**
 * What an engine is: something that plays the steps of a System. The reference (`cpu/engine.ts`) defines the answer; the GPU
 * (`gpu/engine.ts`) must give the same bits, whatever its workgroup size, its batches or its driver.
 */
import type { EventLog } from "./observe/eventLog.ts";

/** Who is where: the living in order of replica, then id. */
export interface Snapshot {
  /** replica * N + particle. */
  id: Uint32Array;
  mass: Uint32Array;
  /** u32[living, dimension], in lattice units. */
  place: Uint32Array;
}

export interface Engine {
  readonly kind: "cpu" | "gpu";
  /** Steps done. */
  readonly step: number;
  /**
   * Plays steps until `to` are done; reports the steps done now and then. Throws a UserError if a particle leaves the box
   * that stands for R^d.
   */
  advance(to: number, onProgress?: (step: number) => void): Promise<void>;
  /** Moves the events since the last call into `log`, in any order. */
  takeEvents(log: EventLog): Promise<void>;
  /** The living by mass: u32[replicas, K + 1], masses 1..K and all above. */
  countMasses(): Promise<Uint32Array>;
  snapshot(): Promise<Snapshot>;
  /** Frees what the engine holds; it must not be used afterwards. */
  dispose(): void;
}

/** The sentence for a particle that left the box. */
export function leftTheBox(particle: number, replica: number, step: number, side: number): string {
  return `domain.space is ${side}, but particle ${particle} of replica ${replica} left the box in step ${step}; raise domain.space so that nobody does, or end the run earlier.`;
}
