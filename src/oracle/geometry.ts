import type { LineDensity, Scenario } from "../model/scenario.ts";
import { coordinateLaw } from "../model/start.ts";
import type { Axis } from "./boxGrid.ts";

/** Whether particles of every mass start evenly on a torus, and so stay in law. */
export const isHomogeneous = (scenario: Scenario) => geometryOf(scenario, 0, 0).kind === "homogeneous";

/** What of space the densities of a scenario depend on. */
export type Geometry = { kind: "homogeneous" } | SpatialGeometry;

/** `finest`: the fewest cells along an axis, or shells, that resolve the start. */
export type SpatialGeometry =
  /** The coordinates along `axes`; `section`: the volume of the domain in the others. */
  | { kind: "box"; axes: readonly Axis[]; section: number; finest: number }
  /** The distance from one centre in R^d, out to `radius`. */
  | { kind: "radial"; radius: number; finest: number };

/** A Gaussian is taken for 0 beyond so many standard deviations: what is there, 3e-12 of it, comes back into the box. */
const REACH = 7;
/** Along a Gaussian's standard deviation and along a wave there must be so many cells. */
const CELLS_PER_SD = 1.5;
const CELLS_PER_WAVE = 6;

/**
 * What the densities depend on until time `end`, when nothing spreads faster than `fastest`. A space ends where nothing comes by then.
 */
export function geometryOf(scenario: Scenario, fastest: number, end: number): Geometry {
  const { dimension, domain } = scenario;
  const coordinates = Array.from({ length: dimension }, (_, k) => k);
  const varying = coordinates.filter(
    (k) => "space" in domain || lawsAlong(scenario, k).some((law) => !isFlat(law)),
  );
  if (varying.length === 0) return { kind: "homogeneous" };
  const diffused = 2 * fastest * end;
  const sd = "space" in domain ? radialSpread(scenario) : null;
  if (sd !== null) {
    const radius = REACH * Math.sqrt(sd.largest ** 2 + diffused);
    return { kind: "radial", radius, finest: Math.ceil((CELLS_PER_SD * radius) / sd.smallest) };
  }
  const axes = varying.map((coordinate) => axisOf(scenario, coordinate, diffused));
  const finest = Math.max(
    ...axes.flatMap(({ coordinate, length }) =>
      lawsAlong(scenario, coordinate).map((law) => finestAlong(law, length)),
    ),
  );
  const section = "torus" in domain ? domain.torus ** (dimension - axes.length) : 1;
  return { kind: "box", axes, section, finest };
}

/** The law of one coordinate for each entry of `initial`. */
function lawsAlong({ initial }: Scenario, coordinate: number): LineDensity[] {
  return initial.map(({ density }) => coordinateLaw(density, coordinate));
}

function isFlat(law: LineDensity): boolean {
  return law === "uniform" || ("cosine" in law && law.cosine.amplitude === 0);
}

/** The standard deviations, if all densities are round Gaussians around one centre. */
function radialSpread(scenario: Scenario): { smallest: number; largest: number } | null {
  const { dimension, initial } = scenario;
  const spreads = initial.map(({ density }) => {
    const laws = Array.from({ length: dimension }, (_, k) => coordinateLaw(density, k));
    const sds = laws.map((law) => (law !== "uniform" && "gaussian" in law ? law.gaussian.sd : Number.NaN));
    return sds.every((sd) => sd === sds[0]) ? sds[0] : Number.NaN;
  });
  const centres = Array.from({ length: dimension }, (_, k) =>
    lawsAlong(scenario, k).map((law) => (law !== "uniform" && "gaussian" in law ? law.gaussian.centre : 0)),
  );
  const oneCentre = centres.every((along) => along.every((centre) => centre === along[0]));
  if (!oneCentre || spreads.some(Number.isNaN)) return null;
  return { smallest: Math.min(...spreads), largest: Math.max(...spreads) };
}

function axisOf(scenario: Scenario, coordinate: number, diffused: number): Axis {
  const { domain } = scenario;
  if ("torus" in domain) return { coordinate, from: 0, length: domain.torus };
  const ends = lawsAlong(scenario, coordinate).map((law): [number, number] => {
    const isGaussian = law !== "uniform" && "gaussian" in law;
    const [low, high] = isGaussian
      ? [law.gaussian.centre, law.gaussian.centre]
      : [-domain.space / 2, domain.space / 2];
    const reach = REACH * Math.sqrt(diffused + (isGaussian ? law.gaussian.sd ** 2 : 0));
    return [low - reach, high + reach];
  });
  const from = Math.min(...ends.map(([low]) => low));
  return { coordinate, from, length: Math.max(...ends.map(([, high]) => high)) - from };
}

/** The fewest cells along an axis of this length that resolve a law. A table's jumps are averaged over their cells. */
function finestAlong(law: LineDensity, length: number): number {
  if (law === "uniform" || "table" in law) return 4;
  if ("cosine" in law) return CELLS_PER_WAVE * law.cosine.waves;
  return Math.ceil((CELLS_PER_SD * length) / law.gaussian.sd);
}
