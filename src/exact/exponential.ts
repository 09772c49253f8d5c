/**
 * An exponential deviate of mean one, X = -ln(1 - U) with U = word / 2^32, in single precision, accurate relative to X both for
 * small X (which decide rare events) and for large. Twin: `shaders/shared/exponential.wgsl`.
 *
 * U < 1/2:  X = U * g(U), g(U) = -ln(1 - U) / U from a table of 256 segments, in units of 2^-23.
 * U >= 1/2: 1 - U = 2^-k y with y in [1/2, 1): X = k ln 2 - ln y, -ln y from a table of 256 segments, in units of 2^-27.
 */
import { log } from "./elementary.ts";
import { fromInteger, mul } from "./single.ts";

const segments = 256;
const ln2 = Math.round(log(2) * 2 ** 27);

/** Entries 0..256: g at U = s/512, in units of 2^-23; entries 257..513: -ln y at y = (1 + s/256)/2, in units of 2^-27. */
export const exponentialTable = Uint32Array.from({ length: 2 * (segments + 1) }, (_, at) => {
  const s = at % (segments + 1);
  if (at > segments) return Math.round(-log((1 + s / segments) / 2) * 2 ** 27);
  const u = s / (2 * segments);
  return Math.round((s === 0 ? 1 : -log(1 - u) / u) * 2 ** 23);
});

/** The deviate, a single-precision number from 0 (one word in 2^32) to 22.2. */
export function exponential(word: number): number {
  if (word < 0x80000000) {
    const s = word >>> 23;
    const rise = exponentialTable[s + 1] - exponentialTable[s];
    const g = exponentialTable[s] + ((rise * ((word >>> 7) & 0xffff) + 0x8000) >>> 16);
    return mul(fromInteger(word) * 2 ** -32, g * 2 ** -23);
  }
  const rest = (0x100000000 - word) >>> 0;
  const k = Math.clz32(rest);
  const y = (rest << k) >>> 0;
  const s = segments + 1 + ((y >>> 23) & 255);
  const drop = exponentialTable[s] - exponentialTable[s + 1];
  const minusLogY = exponentialTable[s] - Math.floor((drop * ((y >>> 11) & 0xfff) + 0x800) / 0x1000);
  return fromInteger(k * ln2 + minusLogY) * 2 ** -27;
}
