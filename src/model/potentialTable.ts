/** Makes the table of V that both engines read, see `exact/potentialTable.ts`. */
import { pow } from "../exact/elementary.ts";
import { potentialSegments as segments } from "../exact/potentialTable.ts";
import { type Potential, unitSphereArea } from "./potential.ts";

/** Values this far below the peak would only underflow in the products they enter. */
const negligible = 1e-30;

/** The table of a potential, scaled so that the integral over R^d of what it stands for is one. */
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
