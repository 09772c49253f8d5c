/**
 * V as both engines read it: a function of the squared distance s = |x|^2 / eps^2 in [0, 1), linear on each of 1024 segments
 * and allowed to jump between them. Shape of the table: [1024, 2], V at the start and at the end of each segment, single
 * precision; `model/potentialTable.ts` makes it. Twin: `shaders/shared/potential_table.wgsl`.
 */
import { add, fromInteger, mul } from "./single.ts";

export const potentialSegments = 1024;

/** V at the squared distance s < 1 (single precision). */
export function potentialAt(table: Float32Array, s: number): number {
  const fixed = Math.floor(s * 2 ** 24);
  const segment = fixed >>> 14;
  const along = fixed & 0x3fff;
  return add(
    mul(table[2 * segment], fromInteger(0x4000 - along) * 2 ** -14),
    mul(table[2 * segment + 1], fromInteger(along) * 2 ** -14),
  );
}
