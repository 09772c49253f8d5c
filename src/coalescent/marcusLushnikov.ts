import { UserError } from "../errors.ts";
import { RandomWords } from "../exact/randomWords.ts";
import { streams } from "../exact/streams.ts";
import { Blocks } from "./blocks.ts";
import type { Kernel } from "./kernels.ts";

export interface CoalescentProblem {
  kernel: Kernel;
  /** N, the number of blocks of mass 1 at time 0: an integer from 1 to 2^24. */
  blocks: number;
  /** When to look: from 0 on, not decreasing. */
  times: readonly number[];
  /** Count the blocks of mass 1, 2, ... up to this one. */
  masses: number;
  /** 64 bits. */
  seed: bigint;
  /** Which of the independent copies, from 0 to 2^32 - 1. */
  replica: number;
  /** Told now and then what time it is. */
  onTime?: (time: number) => void;
}

/** Mergers proposed between two calls of `onTime`: about a tenth of a second. */
const proposalsPerCall = 2 ** 17;

/** A coalescent at one time. Masses sum to N always. */
export interface CoalescentState {
  time: number;
  /** Number of blocks. */
  count: number;
  /** Number of blocks of mass 1, 2, ... */
  masses: number[];
  /** Sum of the squared masses. */
  squares: number;
  /** The largest mass. */
  largest: number;
}

/** The most blocks that are simulated; they take 16 bytes each. */
export const mostBlocks = 2 ** 24;

/**
 * One path of the Marcus-Lushnikov process (Hammond's survey §2.1): of N blocks every pair merges at rate K(n, m) / N, where n and m are
 * its masses. As N grows, the number of blocks of mass n over N tends to the solution f_n of the Smoluchowski equation with kernel K that
 * starts from f_1 = 1. Exact in law, to the 2^-52 of a random number; the same path for the same seed and replica on every machine.
 *
 * @throws UserError for what is out of range, or a kernel that is negative or not finite.
 */
export function* marcusLushnikov(problem: CoalescentProblem): Generator<CoalescentState> {
  check(problem);
  const { kernel, blocks: total, times, masses, seed, replica, onTime } = problem;
  const random = new RandomWords(seed, replica, streams.coalescent);
  const blocks = new Blocks(total, kernel);
  const wait = () => (total * random.exponential()) / blocks.rate;
  let next = wait();
  let proposals = 0;
  for (const time of times) {
    while (next <= time) {
      blocks.propose(random);
      if (++proposals % proposalsPerCall === 0) onTime?.(next);
      next += wait();
    }
    yield {
      time,
      count: blocks.count,
      masses: Array.from({ length: masses }, (_, i) => blocks.ofMass[i + 1] ?? 0),
      squares: blocks.squares,
      largest: blocks.largest,
    };
  }
}

function check({ blocks, times, masses, seed }: CoalescentProblem): void {
  if (!(seed >= 0n && seed < 2n ** 64n)) {
    throw new UserError(`seed is ${seed}, but must be an integer from 0 to 2^64 - 1.`);
  }
  if (!(Number.isInteger(blocks) && blocks >= 1 && blocks <= mostBlocks)) {
    throw new UserError(`blocks is ${blocks}, but must be an integer from 1 to ${mostBlocks}.`);
  }
  if (!(Number.isInteger(masses) && masses >= 0)) {
    throw new UserError(`masses is ${masses}, but must be an integer from 0 on.`);
  }
  let previous = 0;
  for (const time of times) {
    if (!(time >= previous && time < Number.POSITIVE_INFINITY)) {
      throw new UserError(
        `times has ${time} after ${previous}, but must be finite, from 0 on and not decreasing.`,
      );
    }
    previous = time;
  }
}
