// The picture of a run: the density of each mass against time, simulated and predicted, as an SVG.

import type { TopLevelSpec } from "vega-lite";
import { colours } from "./colours.ts";
import { type AxisScale, axisOf, captionLayer, drawSvg, figureFrame } from "./figure.ts";

export interface DensityFigure {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** Of the axis of times; "time" unless given. */
  readonly timeTitle?: string;
  /** A sentence or two below the figure; wrapped. */
  readonly caption?: string | undefined;
  /** Means are fractions of the initial number of particles; `se` and `theory` are null where unknown. */
  readonly observations: readonly FigureObservation[];
  /** The limit as smooth lines: `masses[k]` belongs to the k-th mass of the observations. Null where there is none. */
  readonly curves:
    | readonly { readonly time: number; readonly count: number; readonly masses: readonly number[] }[]
    | null;
}

export interface FigureObservation {
  readonly time: number;
  readonly count: Estimate;
  readonly masses: readonly (Estimate & { readonly mass: number })[];
}

interface Estimate {
  readonly mean: number;
  readonly se: number | null;
  readonly theory: number | null;
}

/** They say the same as the colours, for print in black and white. */
const shapes = [
  "circle",
  "square",
  "triangle-up",
  "diamond",
  "triangle-down",
  "cross",
  "triangle-right",
  "triangle-left",
];

/** An SVG of densities against time: points with bars of two standard errors, the prediction as lines. */
export function densityFigure(figure: DensityFigure): Promise<string> {
  return drawSvg(specification(figure));
}

interface Datum {
  time: number;
  series: string;
  density: number;
}

interface Point extends Datum {
  low: number;
  high: number;
}

function specification({
  title,
  subtitle,
  timeTitle = "time",
  caption,
  observations,
  curves,
}: DensityFigure): TopLevelSpec {
  // As many masses as there are shapes and colours; the others would only repeat them.
  const names = ["all", ...(observations[0]?.masses ?? []).map(({ mass }) => String(mass))].slice(
    0,
    shapes.length,
  );

  const points = observations.flatMap(({ time, count, masses }) =>
    names.map((series, i): Point => {
      const { mean, se } = i === 0 ? count : masses[i - 1];
      return { time, series, density: mean, low: mean - 2 * (se ?? 0), high: mean + 2 * (se ?? 0) };
    }),
  );
  const predicted = observations.flatMap(({ time, count, masses }) =>
    names.map((series, i) => ({ time, series, density: (i === 0 ? count : masses[i - 1]).theory })),
  );
  const lines = curves
    ? curves.flatMap(({ time, count, masses }) =>
        names.map((series, i): Datum => ({ time, series, density: i === 0 ? count : masses[i - 1] })),
      )
    : predicted.filter((datum): datum is Datum => datum.density !== null);

  const x = timeAxis(observations.map(({ time }) => time));
  const y = densityAxis(
    points,
    lines.filter(({ time }) => time >= x.domain[0] && time <= x.domain[1]),
  );
  const drawn = <T extends Datum>(data: T[]) =>
    data.filter(({ time, density }) => (x.type !== "log" || time > 0) && (y.type !== "log" || density > 0));

  const series = { field: "series", type: "nominal", sort: names, title: "mass" } as const;
  const colour = { ...series, scale: { domain: names, range: colours } };
  const shape = { ...series, scale: { domain: names, range: shapes } };
  const at = {
    field: "time",
    type: "quantitative",
    title: timeTitle,
    scale: x,
    axis: axisOf(x),
  } as const;
  const density = {
    field: "density",
    type: "quantitative",
    title: "density (fraction of N)",
    scale: y,
    axis: axisOf(y),
  } as const;

  // A bar that reaches below a logarithmic axis ends at its foot.
  const bars = drawn(points).map((point) => ({ ...point, low: Math.max(point.low, y.domain[0]) }));
  return {
    ...figureFrame(title, subtitle),
    layer: [
      {
        data: { values: drawn(lines) },
        mark: { type: "line", clip: true, strokeWidth: 1.5, opacity: 0.75 },
        encoding: { x: at, y: density, color: colour },
      },
      {
        data: { values: bars },
        mark: { type: "rule", clip: true, strokeWidth: 1.5 },
        encoding: { x: at, y: { ...density, field: "low" }, y2: { field: "high" }, color: colour },
      },
      {
        data: { values: bars },
        mark: { type: "point", filled: true, size: 50, opacity: 1 },
        encoding: { x: at, y: density, color: colour, shape },
      },
      ...captionLayer(caption),
    ],
  };
}

/** Logarithmic when the observations span a decade; time 0 has no place there. */
function timeAxis(times: number[]): AxisScale {
  const positive = times.filter((time) => time > 0);
  const first = Math.min(...positive);
  const last = Math.max(...positive);
  if (positive.length === 0) return { type: "linear", domain: [0, 1] };
  if (last / first >= 10) return { type: "log", domain: [first / 1.5, last * 1.5] };
  return { type: "linear", domain: [0, last * 1.04] };
}

/** Logarithmic when what was observed spans a decade; a prediction far below all observations runs out of the figure. */
function densityAxis(points: Point[], lines: Datum[]): AxisScale {
  const observed = points.map(({ density }) => density).filter((density) => density > 0);
  const predicted = lines.map(({ density }) => density).filter((density) => density > 0);
  const shown = observed.length > 0 ? observed : predicted;
  const low = Math.min(...shown);
  const high = Math.max(...predicted, ...points.map((point) => point.high));
  if (shown.length === 0) return { type: "linear", domain: [0, 1] };
  if (high / low >= 10) return { type: "log", domain: [low / 2, high * 1.25] };
  return { type: "linear", domain: [0, high * 1.05] };
}
