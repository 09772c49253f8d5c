// The picture of a study of convergence: distance from the limit against eps, both logarithmic, as an SVG.

import type { TopLevelSpec } from "vega-lite";
import { colours } from "./colours.ts";
import { type AxisScale, axisOf, captionLayer, drawSvg, figureFrame } from "./figure.ts";

export interface ConvergenceFigure {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** A sentence or two below the figure; wrapped. */
  readonly caption?: string | undefined;
  /** Title of the horizontal axis: what `smallness` is. */
  readonly axis: string;
  /** One for each N: h_N - h, its standard error (null if unknown), and what theory predicts for it (null if unknown). */
  readonly points: readonly {
    readonly smallness: number;
    readonly difference: number;
    readonly se: number | null;
    readonly correction: number | null;
  }[];
  /** difference = coefficient smallness^order; null where nothing could be fitted. */
  readonly fit: { readonly coefficient: number; readonly order: number } | null;
  /** Distance of the naive limit from the right one. */
  readonly naiveDistance: number;
}

/** Points with bars of two standard errors, the fitted power and the prediction as lines, and the naive limit. */
export function convergenceFigure(figure: ConvergenceFigure): Promise<string> {
  return drawSvg(specification(figure));
}

interface Datum {
  x: number;
  y: number;
  line: string;
}

const naiveLabel = "were the naive alpha ∫ V right, the points would head here";

const dashes = { fit: [1, 0], theory: [7, 4], naive: [2, 3] };

function specification(figure: ConvergenceFigure): TopLevelSpec {
  const { title, subtitle, caption, axis, points, fit, naiveDistance } = figure;
  const shown = points.filter(({ difference }) => difference !== 0);
  const x = span(
    shown.map(({ smallness }) => smallness),
    1.4,
  );
  const y = verticalAxis(figure, shown);
  const [from, to] = x.domain;

  const lines: { name: string; colour: string; dash: number[]; data: Datum[] }[] = [];
  const add = (name: string, colour: string, dash: number[], along: { x: number; y: number }[]) => {
    const data = along.filter((datum) => datum.y > 0).map((datum) => ({ ...datum, line: name }));
    if (data.length > 1) lines.push({ name, colour, dash, data });
  };
  if (fit !== null) {
    const at = (s: number) => ({ x: s, y: Math.abs(fit.coefficient) * s ** fit.order });
    add(`fitted: order ${fit.order.toFixed(2)}`, colours[1], dashes.fit, [at(from), at(to)]);
  }
  const predicted = points.filter(({ correction }) => correction !== null && correction !== 0);
  if (predicted.length > 0) {
    // The leading correction is proportional to eps, and only known where eps is the axis.
    const slope = Math.abs(predicted[0].correction! / predicted[0].smallness);
    const at = (s: number) => ({ x: s, y: slope * s });
    add("theory: eps |h1|", colours[2], dashes.theory, [at(from), at(to)]);
  }
  const horizontal = { field: "x", type: "quantitative", title: axis, scale: x, axis: axisOf(x) } as const;
  const vertical = {
    field: "y",
    type: "quantitative",
    title: "|h_N - h| (fraction of N)",
    scale: y,
    axis: axisOf(y),
  } as const;
  const naive = naiveDistance > 0 ? [{ y: naiveDistance }] : [];
  const names = lines.map(({ name }) => name);
  const legend = {
    orient: "bottom-right",
    title: null,
    labelLimit: 300,
    symbolType: "stroke",
    symbolSize: 500,
    symbolStrokeWidth: 2,
    fillColor: "white",
    padding: 6,
  } as const;
  const ofLine = { field: "line", type: "nominal", sort: names, legend } as const;
  const bars = shown.map(({ smallness, difference, se }) => {
    const [size, error] = [Math.abs(difference), 2 * (se ?? 0)];
    // A bar that reaches 0 or beyond ends at the foot of the axis.
    return { x: smallness, y: size, low: Math.max(size - error, y.domain[0]), high: size + error };
  });

  return {
    ...figureFrame(title, subtitle),
    layer: [
      {
        data: { values: lines.flatMap(({ data }) => data) },
        mark: { type: "line", clip: true, strokeWidth: 2 },
        encoding: {
          x: horizontal,
          y: vertical,
          color: { ...ofLine, scale: { domain: names, range: lines.map(({ colour }) => colour) } },
          strokeDash: { ...ofLine, scale: { domain: names, range: lines.map(({ dash }) => dash) } },
        },
      },
      {
        data: { values: naive },
        mark: { type: "rule", color: colours[7], strokeWidth: 2, strokeDash: dashes.naive },
        encoding: { y: vertical },
      },
      {
        data: { values: naive },
        mark: { type: "text", text: naiveLabel, x: 6, dy: -10, align: "left" },
        encoding: { y: vertical },
      },
      {
        data: { values: bars },
        mark: { type: "rule", clip: true, strokeWidth: 1.5, color: colours[0] },
        encoding: { x: horizontal, y: { ...vertical, field: "low" }, y2: { field: "high" } },
      },
      {
        data: { values: bars },
        mark: { type: "point", filled: true, size: 60, opacity: 1, color: colours[0] },
        encoding: { x: horizontal, y: vertical },
      },
      ...captionLayer(caption),
    ],
  };
}

/** From the smallest to the largest, and a factor beyond. */
function span(values: readonly number[], beyond: number): AxisScale {
  if (values.length === 0) return { type: "log", domain: [0.1, 1] };
  return { type: "log", domain: [Math.min(...values) / beyond, Math.max(...values) * beyond] };
}

/** Shows all points and the naive limit; a bar that comes near to 0 may run out of it. */
function verticalAxis({ naiveDistance }: ConvergenceFigure, shown: ConvergenceFigure["points"]): AxisScale {
  const heights = shown.flatMap(({ difference, se }) => {
    const [size, error] = [Math.abs(difference), 2 * (se ?? 0)];
    return [Math.max(size - error, size / 3), size + error];
  });
  return span(naiveDistance > 0 ? [...heights, naiveDistance] : heights, 1.5);
}
