/** What a multirate run needs beyond a uniform one: how finely time and, inside clusters, the lattice are divided. */
import { enoughClearance } from "./missedEncounters.ts";
import type { Ranges } from "./ranges.ts";

/** Lattice units along the side of the torus. */
export const latticeSide = 2 ** 32;

export interface Multirate {
  /** See `paceOf`. */
  k: number;
  crowd: number;
  /** The time of a tick, but that it is shortened a little to have a whole number of them. */
  tick: number;
  /** The finest sub-step wanted is a tick / 2^tickLevels. */
  tickLevels: number;
  /** Where nobody can be followed apart, everybody may take uniform steps of a tick: it is short enough, and the base lattice fine enough. */
  canStepUniformly: boolean;
  /** Words of the time elapsed in a macro-step: 32 levels of sub-steps take one. */
  elapsedWords: number;
  /** Words of a coordinate inside clusters, see `exact/fine.ts`: 1 unless eps is too small for the base lattice. */
  fineWords: number;
  /**
   * Distances of pairs in range are measured in units of 2^drop of the refined lattice's, of which ranges have few enough for a word. Without
   * refinement that is the lattice unit.
   */
  drop: number;
}

/** Of the base lattice every range has at least this many units in a uniform run, or a step would be too coarse. */
export const leastUnits = 200;

/** The finest sub-step's standard deviation in lattice units, without refinement: rounding then adds less than 4e-4 to its variance. */
const smallestMove = 16;

/** Units of which the smallest range has at least this many where the lattice is refined, and less than twice as many. */
const refinedRange = 2 ** 27;

/** A range 2^spareBits times as large still has less than 2^31 of them. */
const spareBits = 3;

const mostFineWords = 9;

/** The least range as a share of the side. */
export const smallestShare = refinedRange / latticeSide ** mostFineWords;

/** Ticks are counted in doubles. */
const mostTicks = 2 ** 52;

/**
 * The finest sub-step has at most this many times the scenario's `step` as its hazard: where a pair reacts faster than it moves, its steps must
 * be finer for beta to have the same error (docs/numerics.md).
 */
const gentleness = 6;

/** What follows from a scenario before its ticks are known; times and lengths in the scenario's units. */
export interface Motion {
  side: number;
  ranges: Ranges;
  /** The largest d(m). */
  fastest: number;
  /** The hazard of a pair that stays where it reacts hardest, for a time of the smallest range squared; 0 where pairs react as soon as they meet. */
  strongest: number;
  /** Of the run. */
  end: number;
}

/** The time of a uniform step, or the finest that motion alone asks for: `step` in units of range^2 / D for the pair that moves fastest, of the smallest range. */
export const uniformStepOf = (step: number, { ranges: { smallest }, fastest }: Motion) =>
  (step * smallest * smallest) / (2 * fastest);

/** What a scenario says of the multirate engine. */
interface MultirateOptions {
  step: number;
  k?: number;
  crowd: number;
}

export function makeMultirate(engine: MultirateOptions, motion: Motion): Multirate {
  const { side, ranges, fastest, strongest, end } = motion;
  const plain = uniformStepOf(engine.step, motion);
  let longTick = 0;
  while (end / (plain * 2 ** longTick) > mostTicks) longTick++;
  let gentle = 0;
  while (strongest / (2 * fastest) / 2 ** gentle > gentleness) gentle++;
  const finest = plain / 2 ** gentle;

  const unit = side / latticeSide;
  let refinement = 0;
  if (Math.sqrt(2 * fastest * finest) < smallestMove * unit) {
    while ((ranges.smallest / unit) * 2 ** refinement < refinedRange) refinement++;
  }
  // The largest range must have few enough of the units in which distances of pairs in range are measured.
  const coarser = Math.max(0, Math.ceil(Math.log2(ranges.bound / ranges.smallest)) - spareBits);
  const fineWords = 1 + Math.ceil(refinement / 32);

  // A macro-step's radius is at most a quarter of the side, and k standard deviations of the fastest pair must fit into it.
  const k = engine.k ?? enoughClearance(side / 4, ranges.smallest);
  const finestOfLongest = (side / (4 * k)) ** 2 / (4 * fastest * finest);
  const levels = Math.ceil(Math.log2(Math.max(1, finestOfLongest))) + 1;
  return {
    k,
    crowd: engine.crowd,
    tick: plain * 2 ** longTick,
    tickLevels: longTick + gentle,
    canStepUniformly: longTick === 0 && fineWords === 1,
    elapsedWords: Math.ceil(levels / 32),
    fineWords,
    drop: 32 * (fineWords - 1) - Math.max(0, refinement - coarser),
  };
}
