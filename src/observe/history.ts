/** What the event log tells of times between observations too: moments of the mass, its spectrum, and which pairs reacted. */

import { classWidth } from "../model/massClass.ts";
import { type ClockSegment, tickOf } from "../model/pace.ts";
import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";
import { applyEvent, circlesAtStart } from "./genealogy.ts";
import { type Estimate, Tally } from "./statistics.ts";

/** At one time, over replicas. All sums over particles are divided by N. */
export interface Moments {
  time: number;
  /** Sums over the living of mass^0, mass^1 and mass^2. */
  sums: [Estimate, Estimate, Estimate];
  /** The largest mass; 0 if nobody is left. */
  largest: Estimate;
  /** Its share of all the mass there was at the start. */
  gelShare: Estimate;
}

/** At one time, of each mass that somebody has, or class of masses by the mass it goes up to, in increasing order, the share of N that has it. */
export interface Spectrum {
  time: number;
  masses: ({ mass: number } & Estimate)[];
}

/** Coagulations or annihilations of two particles of the masses n <= m. */
export interface PairEvents {
  n: number;
  m: number;
  /** By replica. */
  events: Float64Array;
  /** By replica: how often one of mass n + m split into them. */
  splits: Float64Array;
  /** By replica: the integral over the run of the number of living pairs of these masses. */
  pairTime: Float64Array;
}

export interface History {
  moments: Moments[];
  spectra: Spectrum[];
  pairs: PairEvents[];
}

export interface HistoryRequest {
  /** Ticks at which to look, increasing, from 0 to the last observation. */
  ticks: readonly number[];
  /** Those of them at which to take the spectrum. */
  spectrumTicks: ReadonlySet<number>;
  /** Events are counted for all pairs of masses up to this. */
  pairMasses: number;
}

/**
 * Replays the sorted log. An event has happened at a tick if its step has ended or its moment has passed, so that at an observation what is counted
 * is what the engine counted.
 */
export function historyOf(
  system: System,
  sorted: Uint32Array,
  clock: readonly ClockSegment[][],
  { ticks, spectrumTicks, pairMasses }: HistoryRequest,
): History {
  const { replicas, particles, dt, observeAt, dimension, scenario } = system;
  const width = 5 + dimension;
  const pairs = pairsUpTo(pairMasses, replicas);
  const tallies = ticks.map(() => Array.from({ length: 5 }, () => new Tally()));
  const spectra = ticks.map(() => new Map<number, Counts>());
  let e = 0;
  for (let replica = 0; replica < replicas; replica++) {
    const { mass } = makeStart(system, replica);
    const living = new Population(
      mass,
      circlesAtStart(system, mass.length),
      pairMasses,
      classWidth(scenario.observe),
    );
    const startMass = living.sums[1];
    let since = 0;
    const livePairs = (tick: number) => {
      for (const { n, m, pairTime } of pairs) pairTime[replica] += (tick - since) * dt * living.pairs(n, m);
      since = tick;
    };
    for (const [k, tick] of ticks.entries()) {
      for (; e * width < sorted.length && sorted[e * width] === replica; e++) {
        const [, step, moment, survivor, vanished] = sorted.subarray(e * width, (e + 1) * width);
        const at = tickOf(clock[replica], step + moment * 2 ** -32);
        if (at >= tick && tickOf(clock[replica], step + 1) > tick) break;
        livePairs(at);
        const { n, m, split } = living.react(survivor, vanished, system.annihilation);
        if (m <= pairMasses) pairs[pairIndex(n, m)][split ? "splits" : "events"][replica]++;
      }
      const largest = living.largest();
      const values = [...living.sums.map((sum) => sum / particles), largest, largest / startMass];
      for (const [q, value] of values.entries()) tallies[k][q].add(value);
      if (spectrumTicks.has(tick)) living.countInto(spectra[k]);
    }
    livePairs(observeAt[observeAt.length - 1]);
  }
  return {
    moments: tallies.map((tally, k) => {
      const [zeroth, first, second, largest, gelShare] = tally.map((one) => one.estimate());
      return { time: ticks[k] * dt, sums: [zeroth, first, second], largest, gelShare };
    }),
    spectra: ticks.flatMap((tick, k) =>
      spectrumTicks.has(tick)
        ? [{ time: tick * dt, masses: estimates(spectra[k], replicas, particles) }]
        : [],
    ),
    pairs,
  };
}

/** All n <= m up to `most`, by m, then n. */
function pairsUpTo(most: number, replicas: number): PairEvents[] {
  const pairs: PairEvents[] = [];
  for (let m = 1; m <= most; m++) {
    for (let n = 1; n <= m; n++) {
      const perReplica = () => new Float64Array(replicas);
      pairs.push({ n, m, events: perReplica(), splits: perReplica(), pairTime: perReplica() });
    }
  }
  return pairs;
}

const pairIndex = (n: number, m: number) => (m * (m - 1)) / 2 + n - 1;

/** How many have a mass: the sum over replicas, and that of its square. Most replicas have none of most masses, so they are not listed. */
interface Counts {
  sum: number;
  squares: number;
}

function estimates(
  spectrum: ReadonlyMap<number, Counts>,
  replicas: number,
  particles: number,
): Spectrum["masses"] {
  return [...spectrum]
    .map(([mass, { sum, squares }]) => {
      const mean = sum / replicas;
      const spread = Math.max(0, squares - sum * mean) / (replicas - 1) / replicas;
      return { mass, mean: mean / particles, se: replicas < 2 ? null : Math.sqrt(spread) / particles };
    })
    .sort((a, b) => a.mass - b.mass);
}

/** The living of a replica, by particle and by mass. */
class Population {
  /** Sums over the living of mass^0, mass^1, mass^2. */
  readonly sums: [number, number, number] = [0, 0, 0];
  readonly #mass: Uint32Array;
  readonly #next: Uint32Array;
  /** By the mass up to which a class of masses goes: of width 1 by mass. */
  readonly #counts = new Map<number, number>();
  readonly #classWidth: number;
  /** The counts of the masses up to some, which are asked for often. */
  readonly #few: Float64Array;

  constructor(mass: Uint32Array, next: Uint32Array, few: number, classWidth: number) {
    this.#mass = mass;
    this.#classWidth = classWidth;
    this.#next = next;
    this.#few = new Float64Array(few + 1);
    for (const m of mass) this.#add(m, 1);
  }

  #add(mass: number, by: 1 | -1): void {
    const upTo = Math.ceil(mass / this.#classWidth) * this.#classWidth;
    const count = (this.#counts.get(upTo) ?? 0) + by;
    if (count === 0) this.#counts.delete(upTo);
    else this.#counts.set(upTo, count);
    if (mass < this.#few.length) this.#few[mass] = count;
    for (let k = 0; k < 3; k++) this.sums[k] += by * mass ** k;
  }

  /** Lets two particles react, or one split; tells the masses of the two while there were two, the smaller first. */
  react(survivor: number, vanished: number, annihilation: boolean) {
    const mass = this.#mass;
    const two = [survivor, vanished];
    const before = two.map((id) => mass[id]);
    for (const m of before) if (m > 0) this.#add(m, -1);
    applyEvent(mass, this.#next, annihilation, survivor, vanished);
    const after = two.map((id) => mass[id]);
    for (const m of after) if (m > 0) this.#add(m, 1);
    const split = before[1] === 0;
    const [n, m] = (split ? after : before).sort((a, b) => a - b);
    return { n, m, split };
  }

  /** Of masses up to `few`. */
  pairs(n: number, m: number): number {
    const count = this.#few[n];
    return n === m ? (count * (count - 1)) / 2 : count * this.#few[m];
  }

  largest(): number {
    // Single masses are the keys of the counts, which are far fewer.
    const masses = this.#classWidth === 1 ? this.#counts.keys() : this.#mass;
    let largest = 0;
    for (const mass of masses) largest = Math.max(largest, mass);
    return largest;
  }

  countInto(spectrum: Map<number, Counts>): void {
    for (const [mass, count] of this.#counts) {
      const { sum, squares } = spectrum.get(mass) ?? { sum: 0, squares: 0 };
      spectrum.set(mass, { sum: sum + count, squares: squares + count * count });
    }
  }
}
