import { UserError } from "../errors.ts";
import { exp, pow } from "../exact/elementary.ts";
import { gaussLegendre, integrateOver } from "../exact/quadrature.ts";

/** The interactions known by name; each is a radial profile on the unit ball, before it is normalised. */
export const potentialNames = ["indicator", "bump", "poly1", "poly2", "cone", "shell", "shellq"] as const;
export type PotentialName = (typeof potentialNames)[number];

/**
 * What a scenario may say of V: a name, or a table of points [r, V] with r strictly increasing in [0, 1] and
 * V >= 0, not all zero. A table is linear between its points, its first value below the first r, and 0 beyond
 * the last r.
 */
export type PotentialSpec = PotentialName | { radial: [number, number][] };

/** An interaction V(|x|) on R^d of integral 1, supported in the unit ball (Hammond's survey §1.3). */
export type Potential = {
  /** One of `potentialNames`, or "radial" for a table. */
  name: string;
  dimension: number;
  /** Increasing radii from 0 to `radius`; V is smooth between neighbours. */
  breaks: number[];
  /** Outer radius of the support, in (0, 1]. */
  radius: number;
  /** V at distance r >= 0 from the centre; 0 from `radius` on. */
  at(r: number): number;
  /**
   * The smooth continuation to any r of V on [breaks[k], breaks[k + 1]]: it has V's one-sided limits at a
   * jump.
   */
  onPiece(k: number, r: number): number;
  /** The supremum of V. */
  peak: number;
};

/** A profile before normalisation: its pieces, between the breaks, and its supremum. */
type Shape = { name: string; breaks: number[]; pieces: ((r: number) => number)[]; peak: number };

const PROFILES: Record<PotentialName, { from: number; value: (r: number) => number; peak: number }> = {
  indicator: { from: 0, value: () => 1, peak: 1 },
  bump: { from: 0, value: (r) => (r < 1 ? exp(-1 / ((1 - r) * (1 + r))) : 0), peak: exp(-1) },
  poly1: { from: 0, value: (r) => (1 - r) * (1 + r), peak: 1 },
  poly2: { from: 0, value: (r) => square((1 - r) * (1 + r)), peak: 1 },
  cone: { from: 0, value: (r) => 1 - r, peak: 1 },
  shell: { from: 0.5, value: () => 1, peak: 1 },
  shellq: { from: 0.5, value: (r) => square((r - 0.5) * (1 - r)), peak: 1 / 256 },
};

const RULE = gaussLegendre(24);

/**
 * The interaction that `spec` names, normalised to integral 1 in R^dimension with a relative error below
 * 1e-14.
 *
 * @param dimension 2, 3, 4 or 5.
 * @throws UserError for a name, a table or a dimension that is not allowed.
 */
export function makePotential(spec: PotentialSpec, dimension: number): Potential {
  if (![2, 3, 4, 5].includes(dimension)) {
    throw new UserError(`dimension is ${dimension}; allowed are 2, 3, 4 and 5.`);
  }
  const { name, breaks, pieces, peak } =
    typeof spec === "string" ? namedShape(spec) : tabulatedShape(spec.radial);
  const total = integral(breaks, pieces, dimension);
  if (!(total > 0 && total < Number.POSITIVE_INFINITY)) {
    throw new UserError(`potential.radial has the integral ${total}; it must be positive and finite.`);
  }
  const scale = 1 / total;
  const radius = breaks[breaks.length - 1];
  const onPiece = (k: number, r: number) => scale * pieces[k](r);
  const at = (r: number) => (r < radius ? onPiece(pieceOf(breaks, r), r) : 0);
  return { name, dimension, breaks, radius, at, onPiece, peak: scale * peak };
}

/** omega_d, the area of the unit sphere of R^d: 2 pi, 4 pi, 2 pi^2, 8 pi^2 / 3, ... for an integer d >= 1. */
export function unitSphereArea(d: number): number {
  return d <= 2 ? (d === 1 ? 2 : 2 * Math.PI) : (unitSphereArea(d - 2) * 2 * Math.PI) / (d - 2);
}

function namedShape(name: PotentialName): Shape {
  if (!potentialNames.includes(name)) {
    throw new UserError(
      `potential is ${JSON.stringify(name)}; allowed are ${potentialNames.join(", ")} and a table { radial: [[r, V], ...] }.`,
    );
  }
  const { from, value, peak } = PROFILES[name];
  if (from === 0) return { name, breaks: [0, 1], pieces: [value], peak };
  return { name, breaks: [0, from, 1], pieces: [() => 0, value], peak };
}

function tabulatedShape(points: [number, number][]): Shape {
  checkTable(points);
  const [first, firstValue] = points[0];
  const breaks = first > 0 ? [0, first] : [0];
  const pieces: Shape["pieces"] = first > 0 ? [() => firstValue] : [];
  for (let i = 1; i < points.length; i++) {
    const [r0, v0] = points[i - 1];
    const [r1, v1] = points[i];
    breaks.push(r1);
    pieces.push((r) => (v0 * (r1 - r) + v1 * (r - r0)) / (r1 - r0));
  }
  // A table may end in zeros, but the support ends where V does.
  const used = points.findLastIndex(([, v]) => v > 0);
  const pieceCount = Math.min(pieces.length, used + (first > 0 ? 2 : 1));
  if (pieceCount === 0) {
    throw new UserError(
      "potential.radial has its only positive V at r = 0; V must be positive on an interval.",
    );
  }
  const peak = Math.max(...points.map(([, v]) => v));
  return {
    name: "radial",
    breaks: breaks.slice(0, pieceCount + 1),
    pieces: pieces.slice(0, pieceCount),
    peak,
  };
}

function checkTable(points: [number, number][]): void {
  if (!Array.isArray(points) || points.length === 0) {
    const found = Array.isArray(points) ? "empty" : JSON.stringify(points);
    throw new UserError(`potential.radial is ${found}; it must be a list of one or more points [r, V].`);
  }
  let previous = -1;
  for (const [i, point] of points.entries()) {
    const shown = Array.isArray(point) ? `[${point}]` : JSON.stringify(point);
    const where = `potential.radial has ${shown} as point ${i + 1}`;
    if (!Array.isArray(point) || point.length !== 2 || !point.every(Number.isFinite)) {
      throw new UserError(`${where}; a point must be two numbers [r, V].`);
    }
    const [r, v] = point;
    if (r < 0 || r > 1 || r <= previous) {
      throw new UserError(`${where}; r must increase strictly within [0, 1].`);
    }
    if (v < 0) throw new UserError(`${where}; V must be 0 or more.`);
    previous = r;
  }
  if (points.every(([, v]) => v === 0)) {
    throw new UserError("potential.radial has V = 0 at every point; V must be positive somewhere.");
  }
}

/** The integral over R^d of the profile, by Gauss' rule on each piece. */
function integral(breaks: number[], pieces: Shape["pieces"], dimension: number): number {
  let sum = 0;
  for (const [k, piece] of pieces.entries()) {
    // Panels that halve towards the outer end resolve the bump's essential singularity there.
    for (let a = breaks[k], level = 0; level < 8; level++) {
      const b = level === 7 ? breaks[k + 1] : (a + breaks[k + 1]) / 2;
      sum += integrateOver(RULE, a, b, (r) => piece(r) * pow(r, dimension - 1));
      a = b;
    }
  }
  return sum * unitSphereArea(dimension);
}

function square(x: number): number {
  return x * x;
}

/** The k with breaks[k] <= r < breaks[k + 1], for r in [0, radius). */
function pieceOf(breaks: number[], r: number): number {
  let low = 0;
  let high = breaks.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (breaks[middle] <= r) low = middle;
    else high = middle;
  }
  return low;
}
