/**
 * V as both engines read it: a function of the squared distance s = |x|^2 / eps^2 in [0, 1), linear on each of 1024 segments
 * and allowed to jump between them, scaled so that its integral over R^d is one. Twin: `shaders/shared/potential_table.wgsl`.
 */
import { type Potential, unitSphereArea } from "../model/potential.ts";
import { pow } from "./elementary.ts";
import { add, fromInteger, mul } from "./single.ts";

const segments = 1024;

/** Values this far below the peak would only underflow in the products they enter. */
const negligible = 1e-30;

/** Shape [1024, 2]: V at the start and at the end of each segment, single precision. */
export function makePotentialTable(potential: Potential): Float32Array {
  const ends = new Float64Array(2 * segments);
  for (let k = 0; k < segments; k++) {
    ends[2 * k] = oneSidedLimit(potential, Math.sqrt(k / segments), 1);
    ends[2 * k + 1] = oneSidedLimit(potential, Math.sqrt((k + 1) / segments), -1);
  }
  const norm = integral(ends, potential.dimension);
  return Float32Array.from(ends, (v) => (v < negligible * potential.peak ? 0 : v / norm));
}

/** The limit of V at r from the outside (side 1) or the inside (side -1). */
function oneSidedLimit(potential: Potential, r: number, side: 1 | -1): number {
  const { breaks } = potential;
  const inside = r + side * 1e-12;
  const piece = breaks.findIndex((from, k) => from <= inside && inside < breaks[k + 1]);
  return piece < 0 ? 0 : Math.max(0, potential.onPiece(piece, r));
}

/** The integral over R^d of the piecewise linear function: with s = r^2, dx = (omega_d / 2) s^(d/2 - 1) ds. */
function integral(ends: Float64Array, dimension: number): number {
  const p = dimension / 2;
  let sum = 0;
  for (let k = 0; k < segments; k++) {
    const [from, to] = [k / segments, (k + 1) / segments];
    const slope = (ends[2 * k + 1] - ends[2 * k]) * segments;
    const zeroth = (power(to, p) - power(from, p)) / p;
    const first = (power(to, p + 1) - power(from, p + 1)) / (p + 1);
    sum += (ends[2 * k] - slope * from) * zeroth + slope * first;
  }
  return (unitSphereArea(dimension) / 2) * sum;
}

const power = (x: number, p: number) => (x === 0 ? 0 : pow(x, p));

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
