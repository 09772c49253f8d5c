import * as z from "zod";
import { UserError } from "../errors.ts";
import { mapError } from "./forms.ts";
import { makePotential, type Potential, type PotentialSpec } from "./potential.ts";
import { short } from "./problems.ts";

/** A place or three lengths. */
export type Triple = [number, number, number];

/**
 * What a user may say of a V on R^3 that is not radial. Lengths are in units of eps; any scale of V, since it is
 * normalised to integral 1.
 *
 * `ellipsoid`: a radial shape (the indicator unless told) stretched to these semi-axes. `bumps`: radial shapes, each
 * of a radius around a place, with its share `weight` (1) of the integral. `grid`: samples of a smooth V at the
 * n x n x n points of a cube [-halfWidth, halfWidth]^3 (1), its faces included, x slowest and z fastest, in one list
 * or nested; V is 0 outside.
 *
 * V(x) and V(-x) must be equal, since a pair has no order; `symmetrise: true` takes their mean.
 */
export type SpatialSpec =
  | { ellipsoid: { semiAxes: Triple; profile?: PotentialSpec } }
  | {
      bumps: { at: Triple; radius: number; weight?: number; profile?: PotentialSpec }[];
      symmetrise?: boolean;
    }
  | { grid: { values: unknown[]; halfWidth?: number }; symmetrise?: boolean };

/** A radial V of integral 1 on the unit ball, stretched, moved, and of integral `weight`. */
export type Part = { shape: Potential; semiAxes: Triple; at: Triple; weight: number };

/** Values at points^3 places `spacing` apart, centred at 0, z fastest; their sum is 1. */
export type SpatialTable = { points: number; spacing: number; values: Float64Array };

/** An even V >= 0 on R^3 of integral 1. */
export type SpatialPotential = {
  name: "ellipsoid" | "bumps" | "grid";
  /** V is 0 beyond this distance from 0. */
  radius: number;
} & ({ parts: Part[] } | { table: SpatialTable });

/** The keys that name a V which is not radial. */
export const spatialNames = ["ellipsoid", "bumps", "grid"] as const;

const number = z.number("a finite number");
const positive = z.number("a positive number").positive();
const triple = (of: z.ZodNumber, must: string) => z.tuple([of, of, of], must);
/** Checked by `makePotential`. */
const profile = z.any().optional();

function map<S extends z.ZodRawShape>(shape: S, must: string) {
  return z.strictObject(shape, mapError(Object.keys(shape), must));
}

const bump = map(
  { at: triple(number, "three numbers"), radius: positive, weight: positive.default(1), profile },
  "a map with at and radius",
);
const schema = map(
  {
    ellipsoid: map(
      { semiAxes: triple(positive, "three positive numbers"), profile },
      "a map with semiAxes",
    ).optional(),
    bumps: z.array(bump, "a list of 1 to 1000 maps").min(1).max(1000).optional(),
    grid: map(
      { values: z.array(z.any(), "a list of n^3 numbers"), halfWidth: positive.default(1) },
      "a map with values",
    ).optional(),
    symmetrise: z.boolean("true or false").default(false),
  },
  `a map with one of the keys ${spatialNames.join(", ")}`,
);

/** The finest table: 32 MB. */
const MOST_POINTS = 129;
const LEAST_POINTS = 8;

/**
 * The V that `spec` names.
 *
 * @throws UserError for a V that is negative, not finite, zero, not even, or too coarsely tabulated to be any V.
 */
export function makeSpatialPotential(spec: SpatialSpec): SpatialPotential {
  const { ellipsoid, bumps, grid, symmetrise } = checked(spec);
  if (grid) return fromGrid(grid.values.flat(2), grid.halfWidth, symmetrise);
  if (ellipsoid) {
    const shape = makePotential(ellipsoid.profile ?? "indicator", 3);
    const part: Part = { shape, semiAxes: ellipsoid.semiAxes, at: [0, 0, 0], weight: 1 };
    return { name: "ellipsoid", radius: shape.radius * Math.max(...part.semiAxes), parts: [part] };
  }
  return fromBumps(bumps ?? [], symmetrise);
}

function checked(spec: unknown) {
  const result = schema.safeParse(spec);
  if (!result.success) {
    const { issues } = result.error;
    // A key that is missing may be one that is misspelt.
    const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
    const where = issue.path.reduce(
      (name: string, key) => name + (typeof key === "number" ? `[${key}]` : `.${String(key)}`),
      "potential",
    );
    if (issue.code === "unrecognized_keys") {
      throw new UserError(`${where} has the unknown key "${issue.keys[0]}"; allowed here: ${issue.message}.`);
    }
    const value = issue.path.reduce(
      (inner: unknown, key) => (inner as Record<PropertyKey, unknown>)?.[key],
      spec,
    );
    throw new UserError(`${where} is ${short(value)}, but must be ${issue.message}.`);
  }
  const named = spatialNames.filter((name) => result.data[name] !== undefined);
  if (named.length !== 1) {
    throw new UserError(
      `potential has the keys ${Object.keys(spec as object).join(", ") || "of no form"}; it must have exactly one of radial, ${spatialNames.join(", ")}.`,
    );
  }
  return result.data;
}

type Bump = { at: Triple; radius: number; weight: number; profile?: PotentialSpec };

function fromBumps(bumps: Bump[], symmetrise: boolean): SpatialPotential {
  const total = bumps.reduce((sum, { weight }) => sum + weight, 0);
  const shapes = new Map<string, Potential>();
  const parts = bumps.map(({ at, radius, weight, profile = "indicator" }): Part => {
    const name = JSON.stringify(profile);
    const shape = shapes.get(name) ?? makePotential(profile, 3);
    shapes.set(name, shape);
    return { shape, semiAxes: [radius, radius, radius], at, weight: weight / total };
  });
  // The transform is that of the even part, so that nothing is left to do where it is wanted.
  if (!symmetrise) checkMirrored(parts);
  const reach = ({ shape, semiAxes, at }: Part) => Math.hypot(...at) + semiAxes[0] * shape.radius;
  return { name: "bumps", radius: Math.max(...parts.map(reach)), parts };
}

/** Every bump must have its mirror image among the others. */
function checkMirrored(parts: Part[]): void {
  parts.forEach(({ shape, semiAxes, at }, i) => {
    const weightAt = (sign: number) =>
      parts
        .filter((other) => other.shape === shape && other.semiAxes[0] === semiAxes[0])
        .filter((other) => other.at.every((x, k) => x === sign * at[k]))
        .reduce((sum, { weight }) => sum + weight, 0);
    if (Math.abs(weightAt(1) - weightAt(-1)) > 1e-12) {
      const mirror = at.map((x) => 0 - x);
      throw new UserError(
        `potential.bumps[${i}] is at ${JSON.stringify(at)} without its mirror image at ${JSON.stringify(mirror)}, but V(x) and V(-x) must be equal; add it, or symmetrise: true.`,
      );
    }
  });
}

function fromGrid(values: unknown[], halfWidth: number, symmetrise: boolean): SpatialPotential {
  const points = Math.round(Math.cbrt(values.length));
  if (points ** 3 !== values.length || points < LEAST_POINTS || points > MOST_POINTS) {
    throw new UserError(
      `potential.grid has ${values.length} values; it must have n^3 with n from ${LEAST_POINTS}, below which a table is too coarse, to ${MOST_POINTS}.`,
    );
  }
  const place = (i: number) => `potential.grid has ${short(values[i])} as value ${i + 1}`;
  const bad = values.findIndex((v) => typeof v !== "number" || !Number.isFinite(v));
  if (bad >= 0)
    throw new UserError(`${place(bad)}; V must be a finite number, so that it can be integrated.`);
  const V = Float64Array.from(values as number[]);
  const negative = V.findIndex((v) => v < 0);
  if (negative >= 0) throw new UserError(`${place(negative)}; V must be 0 or more.`);
  const sum = V.reduce((a, b) => a + b, 0);
  if (sum === 0)
    throw new UserError("potential.grid has V = 0 at every point; V must be positive somewhere.");
  if (sum === Number.POSITIVE_INFINITY)
    throw new UserError("potential.grid has values whose sum is infinite.");
  const peak = V.reduce((a, b) => Math.max(a, b), 0);
  const odd = symmetrise ? -1 : V.findIndex((v, i) => Math.abs(v - V[V.length - 1 - i]) > 1e-9 * peak);
  if (odd >= 0) {
    throw new UserError(
      `${place(odd)} and ${V[V.length - 1 - odd]} at the mirrored place, but V(x) and V(-x) must be equal; give symmetrise: true to take their mean.`,
    );
  }
  const table = { points, spacing: (2 * halfWidth) / (points - 1), values: V.map((v) => v / sum) };
  return { name: "grid", radius: reachOf(table), table };
}

/** To the farthest point at which V is positive, and a spacing beyond, where it falls to 0. */
function reachOf({ points, spacing, values }: SpatialTable): number {
  const coordinate = (p: number) => spacing * (p - (points - 1) / 2);
  let farthest = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    const [x, y, z] = [Math.floor(i / points ** 2), Math.floor(i / points) % points, i % points];
    farthest = Math.max(farthest, Math.hypot(coordinate(x), coordinate(y), coordinate(z)));
  }
  return farthest + spacing;
}
