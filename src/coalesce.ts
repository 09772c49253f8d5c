/** The stochastic coalescent, beside what it tends to and what is known of it exactly. */
import {
  type Kernel,
  type KernelName,
  type KnownKernel,
  kernelNames,
  kernels,
} from "./coalescent/kernels.ts";
import { type CoalescentState, marcusLushnikov } from "./coalescent/marcusLushnikov.ts";
import { UserError } from "./errors.ts";
import { type Estimate, estimate } from "./observe/statistics.ts";
import { type HomogeneousState, homogeneousLimit } from "./oracle/smoluchowski.ts";
import { seedBits } from "./seed.ts";

export interface CoalesceOptions {
  /** K by name, or as a function of two masses n >= m >= 1; see also `powerKernel` and `tableKernel`. */
  kernel: KernelName | Kernel;
  /** N, the number of blocks of mass 1 at time 0, from 1 to 2^24. Every pair merges at rate K / N. */
  blocks: number;
  /** When to look: from 0 on, not decreasing. */
  times: readonly number[];
  /** Report blocks of mass 1, 2, ... up to this one; 5 unless given. */
  masses?: number;
  /** Independent copies; 1 unless given. */
  replicas?: number;
  /** Fixes every path, to the bit, on every machine; 64 bits, 1 unless given. */
  seed?: number | bigint;
  /** Whether to solve the Smoluchowski equation, too; true unless given. */
  equation?: boolean;
  /** Told now and then which share of the work is done. */
  onProgress?: (fraction: number) => void;
}

/** A mean over replicas with its standard error, and what it is compared with: null where that is not known. */
export interface CoalescentValue extends Estimate {
  /** The expectation at this N. */
  expected: number | null;
  /**
   * The limit N -> infinity: the Smoluchowski equation, or what is known beyond it. Null too where mass has left the equation, unless
   * the kernel is one of constant, sum and product: what a gel does to the rest is not solved for others.
   */
  limit: number | null;
}

/** Everything is a share of N. */
export interface CoalescentObservation {
  time: number;
  /** Blocks of all masses. */
  count: CoalescentValue;
  masses: ({ mass: number } & CoalescentValue)[];
  /** Sum of the squared masses. */
  secondMoment: CoalescentValue;
  /** The largest mass. */
  largest: CoalescentValue;
  /**
   * Mass that the Smoluchowski equation has lost beyond its cutoff: that of the gel, where there is one. Null where it was not solved, or
   * could not be: for kernels that gel at once.
   */
  lostMass: number | null;
}

/**
 * Simulates the Marcus-Lushnikov coalescent (Hammond's survey §2.1) and sets it beside the Smoluchowski equation with the same kernel.
 *
 * @throws UserError for options out of range, or a kernel that is negative or not finite.
 */
export function coalesce(options: CoalesceOptions): CoalescentObservation[] {
  const { kernel, blocks, times, masses = 5, replicas = 1, seed = 1, equation = true, onProgress } = options;
  const known = knownKernel(kernel);
  if (!(Number.isInteger(replicas) && replicas >= 1 && replicas <= 2 ** 32)) {
    throw new UserError(`replicas is ${replicas}, but must be an integer from 1 to 2^32.`);
  }
  const bits = seedBits(seed);
  const paths: CoalescentState[][] = [];
  for (let replica = 0; replica < replicas; replica++) {
    const onTime = (time: number) => onProgress?.((replica + time / times[times.length - 1]) / replicas);
    const problem = { kernel: known.rate, blocks, times, masses, seed: bits, replica, onTime };
    paths.push([...marcusLushnikov(problem)]);
    onProgress?.((replica + 1) / replicas);
  }
  const limit = equation ? solve(known, times, masses) : null;
  return times.map((_, k) =>
    compare(
      paths.map((path) => path[k]),
      limit?.[k] ?? null,
      known,
      blocks,
    ),
  );
}

/** Null where the equation resists: kernels such as (n m)^2 gel at once, and the solver's steps shrink to nothing. */
function solve({ rate }: KnownKernel, times: readonly number[], masses: number): HomogeneousState[] | null {
  try {
    return homogeneousLimit({ model: "coagulation", initial: [1], beta: rate, times: [...times], masses });
  } catch {
    return null;
  }
}

function knownKernel(kernel: KernelName | Kernel): KnownKernel {
  if (typeof kernel === "function") return { formula: "K(n, m)", rate: kernel };
  if (kernelNames.includes(kernel)) return kernels[kernel];
  throw new UserError(`kernel is "${kernel}", but must be ${kernelNames.join(", ")} or a function.`);
}

/** Share of the mass that may have left the equation unnoticed. */
const negligible = 1e-5;

function compare(
  states: CoalescentState[],
  limit: HomogeneousState | null,
  known: KnownKernel,
  blocks: number,
): CoalescentObservation {
  const { time, masses } = states[0];
  const solved = limit !== null && (known.bilinear || limit.lostMass < negligible) ? limit : null;
  const value = (
    of: (state: CoalescentState) => number,
    expected: number | undefined,
    tendsTo: number | null,
  ): CoalescentValue => ({
    ...estimate(states.map((state) => of(state) / blocks)),
    expected: expected === undefined ? null : expected / blocks,
    limit: tendsTo,
  });
  return {
    time,
    count: value(({ count }) => count, known.expectedCount?.(blocks, time), solved?.total ?? null),
    masses: masses.map((_, i) => {
      const expected = i === 0 ? known.expectedSingles?.(blocks, time) : undefined;
      return { mass: i + 1, ...value((state) => state.masses[i], expected, solved?.masses[i] ?? null) };
    }),
    secondMoment: value(
      ({ squares }) => squares,
      known.expectedSquares?.(blocks, time),
      known.secondMoment?.(time) ?? null,
    ),
    largest: value(({ largest }) => largest, undefined, known.gel?.(time) ?? null),
    lostMass: limit?.lostMass ?? null,
  };
}
