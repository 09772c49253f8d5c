/** What a run finds on the device when it begins, or goes on from where another has come to. */
import type { EngineState } from "../engine.ts";
import { massFunction } from "../exact/massFunction.ts";
import { toBits } from "../exact/single.ts";
import { heaviestOf } from "../model/massSpread.ts";
import { makeStart } from "../model/start.ts";
import type { System } from "../model/system.ts";
import { tablesOf } from "../sizes.ts";
import { noOffender } from "../stages.ts";
import type { Memory } from "./memory.ts";

/** Writes particles, tables and counters into buffers that are zero. */
export function load(memory: Memory, system: System, state: EngineState | undefined): void {
  if (state === undefined) placeStart(memory, system);
  else takeUp(memory, system, state);
  let at = 0;
  for (const [, table] of tablesOf(system)) {
    memory.write(memory.buffers.tables, table, at);
    at += table.length;
  }
  const initial = {
    step: state === undefined ? 0 : Math.min(...state.pacers.map(({ tick }) => tick)),
    offender: noOffender,
    largest: toBits(largestRadius(system, state)),
  };
  for (const [name, word] of Object.entries(initial) as [keyof typeof initial, number][]) {
    memory.setCounter(name, word);
  }
}

function placeStart(memory: Memory, system: System): void {
  const { buffers } = memory;
  const { particles, replicas, dimension } = system;
  const id = new Uint32Array(particles);
  for (let replica = 0; replica < replicas; replica++) {
    const first = replica * particles;
    const { place, mass } = makeStart(system, replica);
    memory.write(buffers.place, place, first * dimension);
    memory.write(buffers.mass, mass, first);
    for (let i = 0; i < particles; i++) id[i] = first + i;
    memory.write(buffers.id, id, first);
    if (system.fragmentation !== null) memory.write(buffers.next, id, first);
  }
}

/** The living one after the other; where the dead are kept, or may come to life, everybody by id. */
function takeUp(memory: Memory, system: System, state: EngineState): void {
  const { buffers } = memory;
  const { living, everybody, next, pairSums } = state;
  if (everybody === null && system.fragmentation === null) {
    for (const name of ["id", "mass", "place"] as const) memory.write(buffers[name], living[name]);
  } else {
    const { dimension: d } = system;
    const mass = new Uint32Array(system.particles * system.replicas);
    for (const [k, id] of living.id.entries()) mass[id] = living.mass[k];
    const place = everybody ?? new Uint32Array(mass.length * d);
    // Where the dead were is nobody's concern unless they are kept.
    if (everybody === null) {
      for (const [k, id] of living.id.entries()) place.set(living.place.subarray(d * k, d * (k + 1)), d * id);
    }
    memory.write(buffers.id, Uint32Array.from(mass.keys()));
    memory.write(buffers.mass, mass);
    memory.write(buffers.place, place);
    memory.write(buffers.next, next);
  }
  memory.write(buffers.pair_sums, new Uint32Array(pairSums.buffer, pairSums.byteOffset, 2 * pairSums.length));
}

/** Of those who live, or are there at the start; 0 where particles have no radius. */
function largestRadius({ radius, scenario }: System, state: EngineState | undefined): number {
  if (radius === null) return 0;
  const masses = state?.living.mass ?? Uint32Array.from(scenario.initial, heaviestOf);
  return masses.reduce((largest, mass) => Math.max(largest, massFunction(radius, mass)), 0);
}
