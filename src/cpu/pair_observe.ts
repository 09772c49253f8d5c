import { mul, scale } from "../exact/single.ts";
import { isSampled, sampleBits } from "../model/pairs.ts";
import type { System } from "../model/system.ts";
import { separation } from "./distance.ts";
import { makeNeighbours } from "./neighbours.ts";
import { hazardAt } from "./pair.ts";
import type { Candidate } from "./pair_search.ts";
import type { PairSums } from "./pairSums.ts";
import type { Particles } from "./particles.ts";

/**
 * Adds what the pairs of a uniform step live through, before its matches are carried out: their hazard until the first event of either, and in some
 * steps, for all, the time at their distance. `bits`, `start` and `order` are the cell list.
 */
export function pair_observe(
  system: System,
  particles: Particles,
  step: number,
  matches: readonly Candidate[],
  bits: readonly number[],
  start: Uint32Array,
  order: Uint32Array,
  sums: PairSums,
): void {
  const { living, place, mass, id } = particles;
  const { dimension: d, tickHazard } = system;
  const until = new Float64Array(living).fill(1);
  for (const { i, j, time } of matches) until[i] = until[j] = time;
  const memberOf = (i: number) => ({ mass: mass[i], x0: place[d * i] });
  const sampled = isSampled(step);
  const neighbours = makeNeighbours(place, bits, start, order, () =>
    sampled ? system.pairs!.reach : system.reach,
  );
  let i = 0;
  const visit = (j: number) => {
    if (id[j] <= id[i]) return;
    const s = separation(system, place, i, j);
    if (sampled) sums.addTime(mass[i], mass[j], s, scale(tickHazard, sampleBits));
    const hazard = hazardAt(system, mass[i], mass[j], s, tickHazard);
    sums.addHazard(memberOf(i), memberOf(j), mul(hazard, Math.min(until[i], until[j])));
  };
  for (; i < living; i++) neighbours(i, visit);
}
