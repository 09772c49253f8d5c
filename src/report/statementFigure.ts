// The picture of a statement: points with error bars beside what theory says, as an SVG.

import type { TopLevelSpec } from "vega-lite";
import type { Axis, StatementFigure } from "../theorem/statement.ts";
import { colours } from "./colours.ts";
import { type AxisScale, axisOf, drawSvg, figureFrame } from "./figure.ts";

export function statementFigure(figure: StatementFigure): Promise<string> {
  return drawSvg(specification(figure));
}

interface Datum {
  x: number;
  y: number;
  low: number;
  high: number;
  series: string;
}

type Layer = Extract<TopLevelSpec, { layer: unknown }>["layer"][number];

const dash = { points: [1, 0], line: [1, 0], dashed: [6, 4] } as const;

function specification({ title, subtitle, x, y, series }: StatementFigure): TopLevelSpec {
  const isShown = (datum: { x: number; y: number }) =>
    (x.type !== "log" || datum.x > 0) && (y.type !== "log" || datum.y > 0);
  const drawn = series.map(({ name, kind, data }) => ({
    name,
    kind,
    data: data
      .filter(isShown)
      .map(
        ({ x, y, se }): Datum => ({ x, y, low: y - 2 * (se ?? 0), high: y + 2 * (se ?? 0), series: name }),
      ),
  }));
  const all = drawn.flatMap(({ data }) => data);
  const xScale = scaleOf(
    x,
    all.map((datum) => datum.x),
  );
  const yScale = scaleOf(
    y,
    all.flatMap((datum) => (y.type === "log" ? [datum.y] : [datum.low, datum.high])),
  );
  // Points and the line that they should lie on may share a name, and with it a colour.
  const names = [...new Set(drawn.map(({ name }) => name))];
  const colour = {
    field: "series",
    type: "nominal",
    sort: names,
    title: null,
    scale: { domain: names, range: colours },
    legend: { orient: "bottom", columns: 2, labelLimit: 400 },
  } as const;
  const encoding = (axis: Axis, scale: AxisScale, field: string) =>
    ({ field, type: "quantitative", title: axis.title, scale, axis: axisOf(scale) }) as const;
  const at = encoding(x, xScale, "x");
  const value = encoding(y, yScale, "y");
  return {
    ...figureFrame(title, subtitle),
    layer: drawn.flatMap(({ kind, data }): Layer[] => {
      if (kind !== "points") {
        const mark = { type: "line" as const, clip: true, strokeWidth: 1.5, strokeDash: [...dash[kind]] };
        return [{ data: { values: data }, mark, encoding: { x: at, y: value, color: colour } }];
      }
      // A bar that reaches below a logarithmic axis ends at its foot.
      const values = data.map((datum) => ({ ...datum, low: Math.max(datum.low, yScale.domain[0]) }));
      return [
        {
          data: { values },
          mark: { type: "rule", clip: true, strokeWidth: 1.5 } as const,
          encoding: { x: at, y: { ...value, field: "low" }, y2: { field: "high" }, color: colour },
        },
        {
          data: { values },
          mark: { type: "point", filled: true, size: 50, opacity: 1 } as const,
          encoding: { x: at, y: value, color: colour },
        },
      ];
    }),
  };
}

/** Around all values; a linear axis of what is not negative starts at 0. */
function scaleOf({ type }: Axis, values: readonly number[]): AxisScale {
  if (values.length === 0) return { type, domain: [type === "log" ? 0.1 : 0, 1] };
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (type === "log") return { type, domain: [low / 1.3, high * 1.3] };
  const room = 0.05 * (high - low || Math.abs(high) || 1);
  return { type, domain: [low >= 0 && low < 0.5 * high ? 0 : low - room, high + room] };
}
