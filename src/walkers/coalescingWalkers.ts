import { UserError } from "../errors.ts";
import { RandomWords } from "../exact/randomWords.ts";
import { streams } from "../exact/streams.ts";
import { Crowd } from "./crowd.ts";
import {
  leastLogarithm,
  leastRateOfMany,
  mostLogarithm,
  placeMany,
  type WalkerNumber,
} from "./fromOneSite.ts";
import { Lattice } from "./lattice.ts";

export const walkerStarts = ["sites", "uniform", "origin"] as const;
/** One walker on every site, each walker on a uniformly chosen site, or all on one site. */
export type WalkerStart = (typeof walkerStarts)[number];

export interface WalkersProblem {
  /** d, from 1 to 5. */
  dimension: number;
  /** L of the torus (Z / L)^d, an integer from 1 on; Infinity for Z^d. */
  side: number;
  start: WalkerStart;
  /**
   * N, from 1 to 2^24; of no account for the start `sites`, which needs at most 2^24 sites. On Z^d also ln N from 20 to 10^7, for a rate
   * from 0.1 on: then exact but for the first moment, see `placeMany`.
   */
  walkers: WalkerNumber;
  /** The rate at which each pair of walkers on one site becomes one walker; Infinity: at once. */
  rate: number;
  /** When to look: from 0 on, not decreasing. */
  times: readonly number[];
  /** 64 bits. */
  seed: bigint;
  /** Which of the independent copies, from 0 to 2^32 - 1. */
  replica: number;
  /** Told now and then what time it is. */
  onTime?: (time: number) => void;
}

/** Walkers at one time. */
export interface WalkersState {
  time: number;
  /** Of all walkers. */
  count: number;
  /** Sites with a walker. */
  occupied: number;
  /** The mean over walkers of the squared distance from the origin; null on the torus. */
  squaredDistance: number | null;
}

/** The most walkers, and most sites that each get one. */
export const mostWalkers = 2 ** 24;
export const mostDimensions = 5;

/** Events between two calls of `onTime`: about a tenth of a second. */
const eventsPerCall = 2 ** 18;

/**
 * One path of coalescing random walkers (Hammond's survey §2.2). Every walker stays for an exponential time of mean 1 and then jumps to one
 * of its 2 d neighbours, all alike, so that the difference of two walkers jumps at rate 2. Each pair of walkers on one site becomes one
 * walker at `rate`. Exact in law, to the 2^-52 of a random number; the same path for the same seed and replica on every machine.
 *
 * @throws UserError for what is out of range, or where a walker goes further than Z^d is numbered.
 */
export function* coalescingWalkers(problem: WalkersProblem): Generator<WalkersState> {
  check(problem);
  const { rate, times, seed, replica, onTime } = problem;
  const lattice = new Lattice(problem.dimension, problem.side);
  const random = new RandomWords(seed, replica, streams.walkers);
  const crowd = place(problem, lattice, random);
  const mergers = rate === Number.POSITIVE_INFINITY ? 0 : rate;
  let events = 0;
  let total = crowd.count + mergers * crowd.pairs;
  let next = random.exponential() / total;
  for (const time of times) {
    while (next <= time) {
      // The last walker on a torus has nobody to meet, and where it is nobody asks.
      if (crowd.count === 1 && !lattice.infinite) break;
      if (crowd.pairs === 0 || mergers === 0 || random.uniform() * total < crowd.count) crowd.jump(random);
      else crowd.merge(random);
      if (++events % eventsPerCall === 0) onTime?.(next);
      total = crowd.count + mergers * crowd.pairs;
      next += random.exponential() / total;
    }
    yield stateOf(time, crowd, lattice);
  }
}

function place({ start, walkers, rate }: WalkersProblem, lattice: Lattice, random: RandomWords): Crowd {
  const atOnce = rate === Number.POSITIVE_INFINITY;
  const crowd = new Crowd(lattice, start === "sites" ? lattice.volume : 1024, atOnce);
  if (start === "sites") for (let site = 0; site < lattice.volume; site++) crowd.add(site, 1);
  else if (typeof walkers !== "number") placeMany(crowd, lattice, walkers.ln, rate, random);
  else if (start === "origin") crowd.add(lattice.origin, walkers);
  else for (let i = 0; i < walkers; i++) crowd.add(random.below(lattice.volume), 1);
  return crowd;
}

function stateOf(time: number, crowd: Crowd, lattice: Lattice): WalkersState {
  let squares = 0;
  if (lattice.infinite) {
    crowd.forEach((site, walkers) => {
      squares += walkers * lattice.squaredDistance(site);
    });
  }
  return {
    time,
    count: crowd.count,
    occupied: crowd.occupied,
    squaredDistance: lattice.infinite ? squares / crowd.count : null,
  };
}

function check({ dimension, side, start, walkers, rate, times, seed }: WalkersProblem): void {
  const whole = (x: number, from: number, to: number) => Number.isInteger(x) && x >= from && x <= to;
  if (!(seed >= 0n && seed < 2n ** 64n)) {
    throw new UserError(`seed is ${seed}, but must be an integer from 0 to 2^64 - 1.`);
  }
  if (!whole(dimension, 1, mostDimensions)) {
    throw new UserError(`dimension is ${dimension}, but must be an integer from 1 to ${mostDimensions}.`);
  }
  if (!walkerStarts.includes(start)) {
    throw new UserError(`start is "${start}", but must be ${walkerStarts.join(", ")}.`);
  }
  // Sites are drawn by 32-bit words.
  const mostSites = start === "sites" ? mostWalkers : 2 ** 32;
  if (side !== Number.POSITIVE_INFINITY && !(whole(side, 1, mostSites) && side ** dimension <= mostSites)) {
    throw new UserError(
      `side is ${side}, but must be an integer from 1 to ${Math.floor(mostSites ** (1 / dimension) + 1e-9)}, or infinity.`,
    );
  }
  if (side === Number.POSITIVE_INFINITY && start !== "origin") {
    throw new UserError(`side is infinity, but must be an integer for the start "${start}".`);
  }
  if (start !== "sites") checkNumber(walkers, start, side, rate);
  if (!(rate >= 0)) throw new UserError(`rate is ${rate}, but must be from 0 on, or infinity.`);
  if (start === "origin" && rate === Number.POSITIVE_INFINITY) {
    throw new UserError(
      'rate is infinity, but must be finite for the start "origin", where one walker would be left at once.',
    );
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

function checkNumber(walkers: WalkerNumber, start: WalkerStart, side: number, rate: number): void {
  if (typeof walkers === "number") {
    if (Number.isInteger(walkers) && walkers >= 1 && walkers <= mostWalkers) return;
    throw new UserError(`walkers is ${walkers}, but must be an integer from 1 to ${mostWalkers}.`);
  }
  const { ln } = walkers;
  if (!(ln >= leastLogarithm && ln <= mostLogarithm)) {
    throw new UserError(`walkers is e^${ln}, but must be from e^${leastLogarithm} to e^${mostLogarithm}.`);
  }
  if (start !== "origin" || side !== Number.POSITIVE_INFINITY) {
    throw new UserError(
      `walkers is e^${ln}, but must be an integer unless the start is "origin" and the side infinity.`,
    );
  }
  if (!(rate >= leastRateOfMany)) {
    throw new UserError(`rate is ${rate}, but must be from ${leastRateOfMany} on for e^${ln} walkers.`);
  }
}
