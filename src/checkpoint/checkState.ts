/** Whether the state of a run is one that its system can come to, as far as that can be told without playing it. */
import type { Snapshot } from "../engine.ts";
import type { ClockSegment, PacerState } from "../model/pace.ts";
import { tickOf } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import { densityGrid } from "../observe/densities.ts";
import { productWeights } from "../observe/densityProducts.ts";
import { EventLog } from "../observe/eventLog.ts";
import type { Observed } from "../observe/observables.ts";
import { checkAgainstGenealogy, type RunState } from "../play.ts";
import { DamagedError } from "./tree.ts";

/** Throws a DamagedError if it is not. */
export function checkState(system: System, { engine, events, observed }: RunState): void {
  const { particles, replicas, dimension, scenario, pairs } = system;
  const everybody = particles * replicas;
  must(isSnapshot(system, engine.living), "its particles are not in order");
  const graves = scenario.observe.ghosts === true ? everybody * dimension : null;
  must((engine.everybody?.length ?? null) === graves, "its dead are not those of its scenario");
  must(engine.pairSums.length === replicas * (pairs?.sums ?? 0), "its sums are not those of its scenario");
  checkObserved(system, observed);
  const seen = observed.counts.length;
  const from = system.observeAt[seen - 1] ?? 0;
  const to = system.observeAt[Math.min(seen, system.observeAt.length - 1)];
  for (const pacer of engine.pacers) {
    must(pacer.tick >= from && pacer.tick <= to, "its time is not that of its observations");
    must(isClock(pacer), "its clocks are wrong");
  }
  must(areEvents(system, events, engine.pacers), "its events are not those of its particles");
  const next = circlesOf(system, events, engine.living);
  must(
    next.length === engine.next.length && next.every((one, k) => one === engine.next[k]),
    "its circles contradict its events",
  );
}

/** The circles that the events lead to, which must lead to the particles. */
function circlesOf(system: System, events: Uint32Array, living: Snapshot): Uint32Array {
  try {
    return checkAgainstGenealogy(system, new EventLog(system.dimension, events).sorted(), living).next;
  } catch {
    throw new DamagedError("its events contradict its particles");
  }
}

function must(holds: boolean, words: string): void {
  if (!holds) throw new DamagedError(words);
}

const isSnapshot = ({ particles, replicas, dimension }: System, { id, mass, place }: Snapshot): boolean =>
  mass.length === id.length &&
  place.length === id.length * dimension &&
  id.every((one, k) => one < particles * replicas && (k === 0 || one > id[k - 1])) &&
  mass.every((m) => m > 0);

function checkObserved(system: System, observed: Observed): void {
  const { replicas, pairs, observeAt, scenario } = system;
  const { ghosts, densities, testFunctions, pairs: wanted, masses } = scenario.observe;
  const seen = observed.counts.length;
  const rows = replicas * (masses + 1);
  const products =
    replicas * (wanted?.widths?.length ?? 0) * productWeights.length * (wanted?.masses ?? 0) ** 2;
  const cells = densities === undefined ? 0 : densityGrid(scenario, densities).size;
  const have = (list: readonly { length: number }[], isWanted: boolean, length: number) =>
    list.length === (isWanted ? seen : 0) && list.every((array) => array.length === length);
  must(
    seen <= observeAt.length &&
      have(observed.counts, true, rows) &&
      have(observed.densities, densities !== undefined, rows * cells) &&
      have(observed.pairings, testFunctions !== undefined, rows * (testFunctions?.length ?? 0)) &&
      have(observed.sums, pairs !== null, replicas * (pairs?.sums ?? 0)) &&
      have(
        observed.products.map(({ all }) => all),
        wanted?.widths !== undefined,
        products,
      ) &&
      have(
        observed.products.map(({ selves }) => selves),
        wanted?.widths !== undefined,
        products,
      ) &&
      observed.living.length === (ghosts === true ? seen : 0) &&
      observed.living.every((snapshot) => isSnapshot(system, snapshot)),
    "its observations are not those of its scenario",
  );
}

/** Whether every stretch of steps begins where the one before it ends, and the last leads to now. */
function isClock({ tick, steps, care, clock }: PacerState): boolean {
  const whole = (n: number) => Number.isSafeInteger(n) && n >= 0;
  const isSegment = ({ step, tick, ticks, levels }: ClockSegment, k: number) =>
    [step, tick, ticks, levels].every(whole) &&
    ticks > 0 &&
    step >= (clock[k - 1]?.step ?? 0) &&
    step <= steps &&
    tick === (k === 0 ? 0 : tickOf([clock[k - 1]], step));
  return (
    [tick, steps].every(whole) &&
    care > 0 &&
    care <= 1 &&
    clock.every(isSegment) &&
    (clock[0]?.step ?? 0) === 0 &&
    tick === (clock.length === 0 ? 0 : tickOf(clock, steps))
  );
}

function areEvents(
  { particles, replicas, dimension, fragmentation }: System,
  events: Uint32Array,
  pacers: readonly PacerState[],
): boolean {
  const width = 5 + dimension;
  if (events.length % width !== 0) return false;
  if (fragmentation === null && events.length > particles * replicas * width) return false;
  for (let at = 0; at < events.length; at += width) {
    const [replica, step, , survivor, vanished] = events.subarray(at, at + 5);
    if (replica >= replicas || step >= pacers[replica].steps) return false;
    if (survivor >= particles || vanished >= particles) return false;
  }
  return true;
}
