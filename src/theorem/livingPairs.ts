/** How many pairs there are, and for how long: what the sums over pairs are set against. */
import { gaussLegendre } from "../exact/quadrature.ts";
import { clusterRadius, tickOf } from "../model/pace.ts";
import { binsOfOctave } from "../model/pairs.ts";
import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";
import { type PairRecord, pairRecords, shells } from "../observe/pairRecord.ts";
import type { PairProblem } from "../oracle/beta.ts";
import { solveFiniteTime } from "../oracle/finiteTime.ts";
import { tauOf } from "./onePair.ts";
import type { ObservedRun } from "./statement.ts";
import { tabulated } from "./tabulated.ts";

/** From the first observation to the last, for each replica. */
export function recordsOf({ system, observables }: ObservedRun): PairRecord[] {
  const { sums } = observables.pairs!;
  return pairRecords(system, sums[sums.length - 1], sums.length > 1 ? sums[0] : sums[0].map(() => 0n));
}

/** The times between which `recordsOf` sums up. */
export function spanOf({ system, observables }: ObservedRun): { from: number; to: number } {
  const { observeAt, dt } = system;
  return { from: observables.pairs!.sums.length > 1 ? observeAt[0] * dt : 0, to: observeAt.at(-1)! * dt };
}

/**
 * The time integral of the number of pairs of masses n and m, each pair once, over the span of `recordsOf`, for each replica. Exact, from
 * the events, but for their moments within a step.
 */
export function pairTimes(run: ObservedRun, n: number, m: number): number[] {
  const { system, events, clock } = run;
  const { replicas, particles, dimension, annihilation, dt } = system;
  const { from, to } = spanOf(run);
  const width = 5 + dimension;
  let e = 0;
  return Array.from({ length: replicas }, (_, r) => {
    const { mass } = makeStart(system, r);
    let [ofN, ofM] = [0, 0];
    const count = (each: number, by: number) => {
      if (each === n) ofN += by;
      if (each === m) ofM += by;
    };
    for (let i = 0; i < particles; i++) count(mass[i], 1);
    const pairs = () => (n === m ? (ofN * (ofN - 1)) / 2 : ofN * ofM);
    let [time, sum] = [from, 0];
    for (; e < events.length && events[e] === r; e += width) {
      const [, step, moment, survivor, vanished] = events.subarray(e, e + 5);
      const now = Math.min(to, Math.max(from, tickOf(clock[r], step + moment / 2 ** 32) * dt));
      sum += pairs() * (now - time);
      time = now;
      count(mass[survivor], -1);
      count(mass[vanished], -1);
      mass[survivor] = annihilation ? 0 : mass[survivor] + mass[vanished];
      mass[vanished] = 0;
      count(mass[survivor], 1);
    }
    return sum + pairs() * (to - time);
  });
}

/** A range of distances of a pair, in units of eps; its volume is in the scenario's. */
export interface Shell {
  from: number;
  to: number;
  volume: number;
  /** Those of `PairRecord.lived` that it is made of. */
  bins: readonly number[];
}

/**
 * The shells in which all pairs were looked at nearly always: fine ones where sub-steps are short against them, and beyond of a factor of sqrt(2)
 * each. That is what sub-steps' standard deviations differ by from level to level, so that within one what is counted too much here and too little
 * there, up to 7 % where each quarter is looked at alone, is made up for (docs/theorem/repulsion.md).
 */
export function completeShells(run: ObservedRun): { fine: Shell[]; octaves: Shell[] } {
  const { system, clock } = run;
  const nearlyAlways = 0.999;
  const end = system.observeAt.at(-1)!;
  const all = shells(system).map((shell, bin): Shell => ({ ...shell, bins: [bin] }));
  const octaves = [
    all[0],
    ...Array.from({ length: (all.length - 1) / binsOfOctave }, (_, k) =>
      union(all.slice(1 + binsOfOctave * k, 1 + binsOfOctave * (k + 1))),
    ),
  ];
  /** The share of the time in which pairs were looked at as far as this. */
  const looked = (to: number) => {
    let sum = 0;
    for (const segments of clock) {
      for (const [k, { tick, ticks, levels }] of segments.entries()) {
        const until = segments[k + 1]?.tick ?? end;
        if (to <= lookedAt(system, levels === 0 ? null : ticks)) sum += until - tick;
      }
    }
    return sum / (end * clock.length);
  };
  const complete = octaves.filter(({ to }) => looked(to) >= nearlyAlways);
  const isFine = ({ to }: Shell) => to <= 2;
  return {
    octaves: complete,
    fine: [...all.filter(isFine), ...complete.filter((shell) => !isFine(shell))],
  };
}

const union = (parts: readonly Shell[]): Shell => ({
  from: parts[0].from,
  to: parts[parts.length - 1].to,
  volume: parts.reduce((sum, { volume }) => sum + volume, 0),
  bins: parts.flatMap(({ bins }) => bins),
});

const timeRule = gaussLegendre(6);

/** 1 - u^[t](r), averaged over the span of `recordsOf`: what is there of pairs that have had this time to meet. It changes like a power of the root of t. */
export function depletion(run: ObservedRun, problem: PairProblem): (r: number) => number {
  const { from, to } = spanOf(run);
  const [a, b] = [Math.sqrt(from), Math.sqrt(to)];
  const solutions = Array.from(timeRule.nodes, (node, k) => {
    const root = a + (b - a) * node;
    const weight = (timeRule.weights[k] * (b - a) * 2 * root) / (to - from);
    return { weight, ...solveFiniteTime(problem, tauOf(run.system, problem, root * root)) };
  });
  return tabulated((r) => solutions.reduce((sum, { weight, u }) => sum + weight * (1 - u(r)), 0));
}

/** All n <= m up to a mass. */
export function massPairs(masses: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let n = 1; n <= masses; n++) for (let m = n; m <= masses; m++) pairs.push([n, m]);
  return pairs;
}

/** How long pairs of the masses n and m lived in a shell, for each replica. */
export const livedIn = (records: readonly PairRecord[], n: number, m: number, { bins }: Shell): number[] =>
  records.map((record) => bins.reduce((sum, bin) => sum + record.lived(n, m, bin), 0));

/**
 * The distance, in eps, up to which pairs are looked at in steps of so many ticks; null: uniform steps. Pairs outside clusters can come as near as
 * half a cluster's radius within a step, which by default is more than two standard deviations of their move.
 */
function lookedAt(system: System, ticks: number | null): number {
  const { eps, side, pairs } = system;
  if (ticks === null) return (pairs!.reach / 2 ** 32) * (side / eps);
  return Math.min(clusterRadius(system, ticks), side / 4) / 2 / eps;
}
