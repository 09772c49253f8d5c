/**
 * What an engine is: something that plays the steps of a System. The reference (`cpu/engine.ts`) defines the answer; the GPU
 * (`gpu/engine.ts`) must give the same bits, whatever its workgroup size, its batches or its driver.
 */
import type { ClockSegment, PacerState } from "./model/pace.ts";
import type { System } from "./model/system.ts";
import type { EventLog } from "./observe/eventLog.ts";

/** Who is where: the living in order of replica, then id. */
export interface Snapshot {
  /** replica * N + particle. */
  id: Uint32Array;
  mass: Uint32Array;
  /** u32[living, dimension], in lattice units. */
  place: Uint32Array;
}

/** What a run took so far. */
export interface Work {
  /** Steps, of the replica that took most. */
  macroSteps: number;
  /** Moves of single particles, sub-steps included, all replicas. */
  particleSteps: number;
  /** Those of them in clusters beyond each member's first of a step; 0 in a uniform run. */
  subSteps: number;
}

/** All that decides how a run goes on, beside its system: an engine of either kind that is given it goes on with the same bits. */
export interface EngineState {
  living: Snapshot;
  /** See `Engine.everybody`; null where the dead are not kept. */
  everybody: Uint32Array | null;
  /** By id, u32[replicas * N], who is next on the circle of a living particle and those it has taken up; empty unless particles split. */
  next: Uint32Array;
  /** How far each replica has come. */
  pacers: PacerState[];
  /** See `Engine.pairSums`. */
  pairSums: BigUint64Array;
  /** What it took to come so far. */
  work: Work;
}

export interface AdvanceOptions {
  /** Hears now and then how many ticks are done. */
  onProgress?: (tick: number) => void;
  /** Awaited now and then where the state can be taken: between two epochs. */
  atRest?: () => Promise<void>;
}

export interface Engine {
  readonly kind: "cpu" | "gpu";
  /** Ticks done; of the uniform engine, steps. */
  readonly step: number;
  /**
   * Plays until `to` ticks are done, an observation's number where steps are of many lengths. Throws a UserError if a particle leaves the box
   * that stands for R^d, or grows so large that it does not fit the torus.
   */
  advance(to: number, options?: AdvanceOptions): Promise<void>;
  /** The state between two calls of `advance`, or at rest. */
  state(): Promise<EngineState>;
  /** Moves the events since the last call into `log`, in any order. */
  takeEvents(log: EventLog): Promise<void>;
  /** The living by mass: u32[replicas, K + 1], masses 1..K and all above. */
  countMasses(): Promise<Uint32Array>;
  /** What was summed up over pairs from the start on: u64[replicas, sums], see `Pairs`; empty if nothing is. */
  pairSums(): Promise<BigUint64Array>;
  snapshot(): Promise<Snapshot>;
  /**
   * Where everybody is, u32[replicas * N, dimension] by id: the living now, the dead where they died. Only where `observe.ghosts` asks for
   * it does an engine keep its dead.
   */
  everybody(): Promise<Uint32Array>;
  work(): Work;
  /** How long the steps of each replica were. */
  clock(): ClockSegment[][];
  /** Frees what the engine holds; it must not be used afterwards. */
  dispose(): void;
}

/** The sentence for particles that left the box; of a multirate run, whose replicas keep times of their own, it does not say who was first. */
export function leftTheBox(
  { side, multirate, firstReplica }: Pick<System, "side" | "multirate" | "firstReplica">,
  { particle, replica, step }: { particle: number; replica: number; step: number },
): string {
  const who =
    multirate === null
      ? `particle ${particle} of replica ${firstReplica + replica} left the box in step ${step}`
      : "a particle left the box";
  return `domain.space is ${side}, but ${who}; raise domain.space so that nobody does, or end the run earlier.`;
}

/** Whether two particles of the largest radius, in units of `rangeUnit`, would have a range beyond what the run can hold. */
export function isOutgrown({ rangeUnit, largestRange }: System, radius: number): boolean {
  // Single precision and the bound, in doubles, may differ in their last digits.
  return 2 * radius * rangeUnit > largestRange * (1 + 1e-6);
}

/** The sentence for that. */
export function outgrown({ largestRange, side, scenario }: System): string {
  return `radius is ${JSON.stringify(scenario.radius)}, but a particle has grown so large that a pair's range exceeds ${largestRange.toPrecision(3)}, at the side ${side}; lower radius or Z, raise particles, or end the run earlier.`;
}
