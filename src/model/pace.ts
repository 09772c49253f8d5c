/**
 * How the multirate engine cuts time: a pure function of how many live, how much time is left until the next observation, and how
 * careful overflows have made it. Both engines follow it, so it decides trajectories.
 *
 * A macro-step of `ticks` ticks moves particles with nobody within `radius` at once; the others form clusters that are followed
 * in sub-steps of a half, a quarter, ... of it. k standard deviations of the fastest pair's relative displacement just fit
 * between eps and the radius, so that hardly any pair that starts outside meets within a macro-step.
 */
import { UserError } from "../errors.ts";
import { pow } from "../exact/elementary.ts";
import { latticeSide } from "./multirate.ts";
import { rangeOf } from "./ranges.ts";
import type { System } from "./system.ts";

export interface Pace {
  /** Length of a macro-step in ticks of system.dt. */
  ticks: number;
  /** Macro-steps of this length until the pace is set anew. */
  steps: number;
  /** The finest level: a sub-step of level l takes ticks / 2^l, and of this level at most as long as the finest wanted. */
  levels: number;
  /** sqrt(ticks), single precision: how many times a tick's standard deviation a macro-step has. */
  stretch: number;
  /** A sub-step of the finest level over the finest wanted, single precision, from above 1/2 to 1: its share of the rate's hazard. */
  hazard: number;
  /**
   * How many times a tick's standard deviation is to fit into the gap of a pair, single precision: k standard deviations of its relative
   * displacement in a macro-step, if both move as fast.
   */
  clearance: number;
  /** Pairs nearer than this, in lattice units, are in one cluster; where particles have radii, pairs whose gap is less than this. */
  reach: number;
}

/** Steps are numbered in a word of the random counters. */
const mostSteps = 2 ** 32;

/** Macro-steps after which the pace is looked at again. */
const paceEvery = 64;

/** A cluster with more members than this is not followed: its replica does not take the step, and becomes more careful. */
export const clusterCapacity = 16;

/**
 * What a cluster beyond capacity multiplies `care` by, and what an epoch without one gives back. The step that would have had it is not
 * taken: it is the start of the step that decides, before any random word of the step is drawn, so nothing is selected.
 */
const carefulness = { overflow: 0.5, recovery: 1.05 };

/**
 * The pace for `living` particles of a replica with `left` ticks to go (at least 1). `care` in (0, 1] shortens steps. Null: no macro-step
 * longer than a tick is to be had, and uniform steps of one tick serve. Throws a UserError where they would, but cannot.
 */
export function paceOf(system: System, living: number, left: number, care: number): Pace | null {
  if (system.multirate === null) return null;
  const { dimension, side, largestRange, dt, fastest } = system;
  const { k, crowd, tickLevels, canStepUniformly } = system.multirate;
  const unit = side / latticeSide;
  // The radius within which `crowd` others are expected if the living are spread evenly.
  const radius = side * pow(crowd / (Math.max(1, living - 1) * ballVolume(dimension)), 1 / dimension);
  const room = Math.min(radius - typicalRange(system, living), side / 4 - largestRange);
  // Relative displacement of the fastest pair: variance 2 (d_i + d_j) t = 4 fastest t.
  const wanted = room <= 0 ? 0 : Math.floor(((room / k) ** 2 / (4 * fastest * dt)) * care);
  if (wanted < 2 && canStepUniformly) return null;
  if (wanted < 1) throw new UserError(tooCrowded(system));
  const ticks = Math.min(wanted, left);
  const needed = system.radius === null ? clusterRadius(system, ticks) : clearance(system, ticks);
  let levels = 0;
  while (2 ** levels < ticks) levels++;
  return {
    ticks,
    steps: Math.min(paceEvery, Math.floor(left / ticks)),
    levels: tickLevels + levels,
    stretch: Math.fround(Math.sqrt(ticks)),
    hazard: Math.fround(ticks / 2 ** levels),
    clearance: Math.fround(k * Math.sqrt(2 * ticks)),
    // A quarter of the side at most: a wider cube could come back to the cell it starts in, the other way around the torus.
    reach: Math.min(latticeSide / 4, Math.ceil((needed / unit) * (1 + 2 ** -20)) + 1),
  };
}

/** In a macro-step of so many ticks of a multirate run pairs nearer than this, a length, are in one cluster, if particles have no radii. */
export function clusterRadius(system: System, ticks: number): number {
  return system.rangeUnit + clearance(system, ticks);
}

/** k standard deviations of the fastest pair's relative displacement in so many ticks, a length. */
function clearance({ fastest, dt, multirate }: System, ticks: number): number {
  return multirate!.k * Math.sqrt(4 * fastest * dt * ticks);
}

/** The range of two particles of the mean mass of so many living, a length. */
function typicalRange({ scenario, rangeUnit, particles, meanMass }: System, living: number): number {
  const mean = Math.max(1, Math.round((meanMass * particles) / Math.max(1, living)));
  return rangeUnit * rangeOf(scenario, mean, mean);
}

function tooCrowded({ eps }: System): string {
  return `initial puts more than ${clusterCapacity} particles too close together to be followed apart while eps is ${eps.toPrecision(3)}; spread them wider or raise Z.`;
}

/** Volume of the unit ball of R^d: pi, 4 pi / 3, pi^2 / 2, 8 pi^2 / 15. */
function ballVolume(d: number): number {
  return d <= 1 ? (d === 0 ? 1 : 2) : (ballVolume(d - 2) * 2 * Math.PI) / d;
}

/** A stretch of steps at one pace. */
export interface Epoch {
  /** Null: uniform steps of one tick. */
  pace: Pace | null;
  /** Of each step. */
  ticks: number;
  steps: number;
}

/** From step `step` on, which starts at `tick`, steps last `ticks` ticks of system.dt, the finest sub-step a part 2^-levels of that. */
export interface ClockSegment {
  step: number;
  tick: number;
  ticks: number;
  /** 0: uniform steps. */
  levels: number;
}

/** The tick at which a step starts; a fraction of a step is allowed. */
export function tickOf(clock: readonly ClockSegment[], step: number): number {
  const segment = clock.findLast((from) => from.step <= step)!;
  return segment.tick + (step - segment.step) * segment.ticks;
}

/** The tick to which the places of a pair belong that merged at a moment of a step: the end of the finest sub-step around it. */
export function settledAt(clock: readonly ClockSegment[], step: number, moment: number): number {
  // A moment has no more than 32 bits.
  const parts = 2 ** Math.min(clock.findLast((from) => from.step <= step)!.levels, 32);
  return tickOf(clock, step + (Math.floor((moment / 2 ** 32) * parts) + 1) / parts);
}

/** All that decides how a `Pacer` goes on, between two epochs. */
export interface PacerState {
  tick: number;
  steps: number;
  /** In (0, 1]: see `paceOf`. */
  care: number;
  clock: ClockSegment[];
}

/** How far one replica has come, and at what pace it goes on: the same for both engines. */
export class Pacer {
  /** Ticks done. */
  tick = 0;
  /** Steps taken, of any length: what tells their random words apart. */
  steps = 0;
  readonly clock: ClockSegment[] = [];
  readonly #system: System;
  #care = 1;
  #epoch: Epoch = { pace: null, ticks: 1, steps: 0 };

  /** At the start, or where another has come to. */
  constructor(system: System, state?: PacerState) {
    this.#system = system;
    if (state === undefined) return;
    this.tick = state.tick;
    this.steps = state.steps;
    this.#care = state.care;
    this.clock = state.clock.map((segment) => ({ ...segment }));
  }

  state(): PacerState {
    const { tick, steps, clock } = this;
    return { tick, steps, care: this.#care, clock: clock.map((segment) => ({ ...segment })) };
  }

  /** The next epoch of a replica with `living` particles, on its way to the tick `to`, which must be an observation's. */
  begin(living: number, to: number): Epoch {
    const left = to - this.tick;
    const pace = paceOf(this.#system, living, left, this.#care);
    const ticks = pace?.ticks ?? 1;
    this.#epoch = { pace, ticks, steps: pace?.steps ?? Math.min(paceEvery, left) };
    if (this.steps + this.#epoch.steps > mostSteps) {
      throw new UserError(
        `observe.times ends at ${this.#system.scenario.observe.times.at(-1)}, which takes more than ${mostSteps} macro-steps, the most that can be told apart; end the run earlier.`,
      );
    }
    const levels = pace?.levels ?? 0;
    const last = this.clock.at(-1);
    if (last?.ticks !== ticks || last.levels !== levels) {
      this.clock.push({ step: this.steps, tick: this.tick, ticks, levels });
    }
    return this.#epoch;
  }

  /** The epoch has ended after `taken` steps, early only because a cluster overflowed. */
  end(taken: number, overflow: boolean): void {
    this.steps += taken;
    this.tick += taken * this.#epoch.ticks;
    const { overflow: less, recovery } = carefulness;
    this.#care = overflow ? this.#care * less : Math.min(1, this.#care * recovery);
  }
}
