import type { Snapshot } from "../engine.ts";
import { classOf } from "../model/massClass.ts";
import { latticeSide } from "../model/multirate.ts";
import type { System } from "../model/system.ts";

/**
 * Calls back for every living particle in order of replica and id: with its replica, the index of its mass among 1..K (n - 1, and K for all
 * above), and its place in the scenario's lengths, which is good until the next call.
 */
export function forEachParticle(
  { dimension, particles, side, open, scenario }: System,
  { id, mass, place }: Snapshot,
  see: (replica: number, row: number, x: Float64Array) => void,
): void {
  const x = new Float64Array(dimension);
  const from = open ? -side / 2 : 0;
  for (let i = 0; i < id.length; i++) {
    for (let k = 0; k < dimension; k++) x[k] = from + (place[dimension * i + k] / latticeSide) * side;
    see(Math.floor(id[i] / particles), classOf(scenario.observe, mass[i]), x);
  }
}
