import type { System } from "../model/system.ts";
import type { EventLog } from "../observe/eventLog.ts";
import { pairWords } from "./pair.ts";
import type { Candidate } from "./pair_search.ts";
import type { Particles } from "./particles.ts";

const words = new Uint32Array(4);

/** Where in a step a sub-step lies: it starts at `elapsed` and has `length`, of `end`, which is a power of four of at most 4^15. */
export interface SubStep {
  elapsed: number;
  length: number;
  end: number;
}

const wholeStep: SubStep = { elapsed: 0, length: 1, end: 1 };

/** The ring time, a fraction of the sub-step, as a fraction of the step in units of 2^-32, rounded down within the sub-step. */
export function momentOf(time: number, { elapsed, length, end }: SubStep): number {
  const unit = 2 ** 32 / end;
  return elapsed * unit + Math.min(Math.floor(time * length * unit), length * unit - 1);
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
      pairWords(words, system, replica, id[i], id[j], step, subStep.elapsed);
      const total = mass[i] + mass[j];
      // floor(word * total / 2^32) < m_i: true for a share m_i / total of all words.
      if (Number((BigInt(words[1]) * BigInt(total)) >> 32n) >= mass[i]) [survivor, vanished] = [j, i];
      mass[survivor] = total;
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
