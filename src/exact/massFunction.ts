/**
 * A positive function of mass, such as d(m) or one factor of alpha(n, m), as a table both engines read: every mass below 1024
 * has its own entry; above, each octave has 512 nodes and the function is linear between them, whose relative error for
 * m^p is at most |p (p - 1)| / 2^21. Values are single precision. Twin: `shaders/shared/mass_function.wgsl`.
 */
import { add, fromDouble, fromInteger, mul } from "./single.ts";

const exactBelow = 1024;
const nodesPerOctave = 512;

/** The table for masses 1..largest; entry 0 is unused and zero. `f` gives doubles. */
export function makeMassFunction(f: (mass: number) => number, largest: number): Float32Array {
  const table = new Float32Array(tableLength(largest));
  for (let entry = 1; entry < table.length; entry++) table[entry] = fromDouble(f(massOf(entry)));
  return table;
}

/** The mass that an entry of the table stands for. */
function massOf(entry: number): number {
  if (entry < exactBelow) return entry;
  const octave = Math.floor((entry - exactBelow) / nodesPerOctave);
  return (nodesPerOctave + ((entry - exactBelow) % nodesPerOctave)) * 2 ** (octave + 1);
}

/** One entry more than the largest mass reads, since interpolation also reads the next node. */
function tableLength(largest: number): number {
  if (largest < exactBelow) return largest + 1;
  const shift = 31 - Math.clz32(largest) - 9;
  return exactBelow + (shift - 1) * nodesPerOctave + (largest >>> shift) - nodesPerOctave + 2;
}

/** The function at a mass within the table. */
export function massFunction(table: Float32Array, mass: number): number {
  if (mass < exactBelow) return table[mass];
  const shift = 31 - Math.clz32(mass) - 9;
  const node = exactBelow + (shift - 1) * nodesPerOctave + (mass >>> shift) - nodesPerOctave;
  const past = mass & ((1 << shift) - 1);
  const unit = 2 ** -shift;
  return add(
    mul(table[node], fromInteger(2 ** shift - past) * unit),
    mul(table[node + 1], fromInteger(past) * unit),
  );
}
