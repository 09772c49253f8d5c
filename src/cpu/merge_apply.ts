import type { System } from "../model/system.ts";
import type { EventLog } from "../observe/eventLog.ts";
import { pairWords } from "./pair.ts";
import type { Candidate } from "./pair_search.ts";
import type { Particles } from "./particles.ts";

const words = new Uint32Array(4);

/** Where in a step a sub-step lies, in units of 2^-32 of the step. */
export interface SubStep {
  /** Tells the random words of sub-steps apart. */
  number: number;
  start: number;
  /** A power of two; 1 also for what is shorter. */
  length: number;
  /** The moments of its events lie within these. */
  earliest: number;
  latest: number;
}

export const wholeStep: SubStep = { number: 0, start: 0, length: 2 ** 32, earliest: 0, latest: 2 ** 32 - 1 };

/** The ring time, a fraction of the sub-step, as a fraction of the step in units of 2^-32, rounded down within the sub-step. */
export function momentOf(time: number, { start, length, earliest, latest }: SubStep): number {
  const moment = start + Math.min(Math.floor(time * length), length - 1);
  return Math.max(earliest, Math.min(moment, latest));
}

/** One circle of two. */
function joinCircles(next: Uint32Array, a: number, b: number): void {
  [next[a], next[b]] = [next[b], next[a]];
}

/**
 * Carries out the matches of a step and logs them. Of a coagulating pair one survives where it is, with probability its share of the
 * mass, and takes the whole mass; the dead have mass 0 (Hammond's survey §1.3). Of an annihilating pair nobody does.
 */
export function merge_apply(
  system: System,
  particles: Particles,
  step: number,
  matches: Candidate[],
  log: EventLog,
  subStep = wholeStep,
): void {
  const { replica, place, mass, id } = particles;
  const d = system.dimension;
  for (const { i, j, time } of matches) {
    if (mass[i] === 0 || mass[j] === 0) throw new Error(`A particle coagulates twice in step ${step}.`);
    let [survivor, vanished] = [i, j];
    if (system.annihilation) {
      mass[i] = 0;
    } else {
      pairWords(words, system, replica, id[i], id[j], step, subStep.number);
      const total = mass[i] + mass[j];
      // floor(word * total / 2^32) < m_i: true for a share m_i / total of all words.
      if (Number((BigInt(words[1]) * BigInt(total)) >> 32n) >= mass[i]) [survivor, vanished] = [j, i];
      mass[survivor] = total;
      if (system.fragmentation !== null) joinCircles(particles.next, id[survivor], id[vanished]);
    }
    mass[vanished] = 0;
    log.append(
      replica,
      step,
      momentOf(time, subStep),
      id[survivor],
      id[vanished],
      place.subarray(d * survivor, d * (survivor + 1)),
    );
  }
}
