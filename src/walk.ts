/** Coalescing random walkers on a lattice, beside what their number tends to. */
import { type KingmanMoments, kingmanLaw, kingmanMoments, shortestLaw } from "./coalescent/kingman.ts";
import { UserError } from "./errors.ts";
import { type Estimate, estimate } from "./observe/statistics.ts";
import { seedBits } from "./seed.ts";
import { type ChiSquareTest, chiSquareTest } from "./walkers/chiSquare.ts";
import {
  coalescingWalkers,
  type WalkerStart,
  type WalkersProblem,
  type WalkersState,
} from "./walkers/coalescingWalkers.ts";
import type { WalkerNumber } from "./walkers/fromOneSite.ts";
import { meetingRate, returnTime, torusReturnTime } from "./walkers/meeting.ts";

export interface WalkOptions {
  /** d, from 1 to 5; 3 unless given. */
  dimension?: number;
  /** L of the torus (Z / L)^d, or Infinity for Z^d; 20 unless given, and Infinity for the start `origin`. */
  side?: number;
  /** One walker on every `sites`, each on a `uniform` site, or all at the `origin`; `sites` unless given. */
  start?: WalkerStart;
  /** N, from 1 to 2^24, for the starts `uniform` and `origin`; 1000 unless given. From one site of Z^d also ln N from 20 to 10^7. */
  walkers?: WalkerNumber;
  /** The rate at which a pair on one site becomes one walker; Infinity, at once, unless given, and 1 for the start `origin`. */
  rate?: number;
  /** When to look: from 0 on, not decreasing. */
  times: readonly number[];
  /** Whether times are in units of L^d, in which Cox's theorem says that the number of walkers is Kingman's coalescent. */
  cox?: boolean;
  /** Independent copies; 1 unless given. */
  replicas?: number;
  /** Fixes every path, to the bit, on every machine; 64 bits, 1 unless given. */
  seed?: number | bigint;
  /** Told now and then which share of the work is done. */
  onProgress?: (fraction: number) => void;
}

/** Kingman's coalescent at one time, and how the counts of all replicas fit its law. */
export interface KingmanComparison extends KingmanMoments {
  /** The time of Kingman's clock, in which every pair merges at rate 1. */
  clock: number;
  /** Null for few replicas, or at a time so short that the law is not summed. */
  test: ChiSquareTest | null;
}

export interface WalkersObservation {
  /** In units of the walkers' mean stay. */
  time: number;
  count: Estimate;
  /** Of the count, over replicas; null from one. */
  variance: number | null;
  occupied: Estimate;
  /** Walkers per site, on a torus. */
  density: Estimate | null;
  /** What the mean field rho' = -k rho^2 / 2 makes of the density at time 0, with k of Z^d; from d = 3 on, on a torus. */
  meanField: number | null;
  /**
   * k in the mean since the time before, from the mean density: 2 (1 / rho - 1 / rho_before) / (time - time before), over k of Z^d.
   * Null where `meanField` is, and at time 0.
   */
  rateShare: Estimate | null;
  /** Root of the mean over walkers and replicas of the squared distance from the origin, on Z^d. */
  spread: number | null;
  /** With `cox`: Cox's limit, from d = 3 on, and the same with the mean meeting time of this very torus from this very number. */
  limit: KingmanComparison | null;
  atSide: KingmanComparison | null;
}

/**
 * Simulates coalescing random walkers (Hammond's survey §2.2) and sets them beside the mean field, or with `cox` beside Kingman's coalescent.
 *
 * @throws UserError for options out of range.
 */
export function walk(options: WalkOptions): WalkersObservation[] {
  const { replicas = 1, seed = 1, cox = false, times, onProgress } = options;
  const problem = problemOf(options);
  if (!(Number.isInteger(replicas) && replicas >= 1 && replicas <= 2 ** 32)) {
    throw new UserError(`replicas is ${replicas}, but must be an integer from 1 to 2^32.`);
  }
  const bits = seedBits(seed);
  if (cox && (problem.start === "origin" || problem.side === Number.POSITIVE_INFINITY || problem.side < 2)) {
    throw new UserError(
      `cox is true for side ${problem.side} and start "${problem.start}", but must be false unless the side is from 2 on and the start "sites" or "uniform".`,
    );
  }
  const paths: WalkersState[][] = [];
  const end = problem.times[times.length - 1];
  for (let replica = 0; replica < replicas; replica++) {
    // From one site nearly all happens in the first moment.
    const within = (time: number) => (problem.start === "origin" ? 0 : time / end);
    const onTime = (time: number) => onProgress?.((replica + within(time)) / replicas);
    paths.push([...coalescingWalkers({ ...problem, seed: bits, replica, onTime })]);
    onProgress?.((replica + 1) / replicas);
  }
  const torusTime = cox ? torusReturnTime(problem.dimension, problem.side) : null;
  return times.map((_, k) => observe(paths, k, problem, torusTime));
}

function problemOf(options: WalkOptions): Omit<WalkersProblem, "seed" | "replica"> {
  const { dimension = 3, start = "sites", walkers = 1000, times, cox = false } = options;
  const origin = start === "origin";
  const { side = origin ? Number.POSITIVE_INFINITY : 20, rate = origin ? 1 : Number.POSITIVE_INFINITY } =
    options;
  const unit = cox ? side ** dimension : 1;
  return { dimension, side, start, walkers, rate, times: times.map((time) => time * unit) };
}

function observe(
  paths: WalkersState[][],
  k: number,
  problem: Omit<WalkersProblem, "seed" | "replica">,
  torusTime: number | null,
): WalkersObservation {
  const { dimension, side, start, rate } = problem;
  const { time } = paths[0][k];
  const counts = paths.map((path) => path[k].count);
  const count = estimate(counts);
  const volume = side ** dimension;
  const torus = volume < Number.POSITIVE_INFINITY;
  const perfect = meetingRate(returnTime(dimension), rate);
  const meets = torus && start !== "origin" && perfect > 0;
  const first = start === "sites" || typeof problem.walkers !== "number" ? volume : problem.walkers;
  const squares = paths.reduce((sum, path) => sum + (path[k].squaredDistance ?? 0) * path[k].count, 0);
  const walkers = counts.reduce((a, b) => a + b, 0);
  const comparison = (clock: number, blocks: number): KingmanComparison | null =>
    clock > 0 ? compareWithKingman(counts, clock, blocks) : null;
  return {
    time,
    count,
    variance: count.se === null ? null : count.se ** 2 * counts.length,
    occupied: estimate(paths.map((path) => path[k].occupied)),
    density: torus ? estimate(counts.map((n) => n / volume)) : null,
    meanField: meets ? 1 / (volume / first + (perfect * time) / 2) : null,
    rateShare: meets && time > 0 ? rateShare(paths, k, volume, first, perfect) : null,
    spread: torus ? null : Math.sqrt(squares / walkers),
    limit:
      torusTime === null || perfect === 0
        ? null
        : comparison((perfect * time) / volume, start === "sites" ? Number.POSITIVE_INFINITY : first),
    atSide: torusTime === null ? null : comparison((meetingRate(torusTime, rate) * time) / volume, first),
  };
}

/** By first order in the errors of both mean densities, which replicas share. */
function rateShare(paths: WalkersState[][], k: number, volume: number, first: number, rate: number) {
  const after = paths.map((path) => path[k].count);
  const before = paths.map((path) => (k === 0 ? first : path[k - 1].count));
  const since = k === 0 ? 0 : paths[0][k - 1].time;
  const unit = (2 * volume) / (paths[0][k].time - since) / rate;
  const [a, b] = [estimate(after).mean, estimate(before).mean];
  const { se } = estimate(after.map((n, r) => unit * (before[r] / b ** 2 - n / a ** 2)));
  return { mean: unit * (1 / a - 1 / b), se };
}

function compareWithKingman(counts: number[], clock: number, blocks: number): KingmanComparison {
  const moments = kingmanMoments(blocks, clock);
  if (clock < shortestLaw || counts.length < 2) return { clock, ...moments, test: null };
  const most = Math.ceil(moments.mean + 8 * Math.sqrt(moments.variance)) + 1;
  return { clock, ...moments, test: chiSquareTest(counts, kingmanLaw(blocks, clock, most)) };
}
