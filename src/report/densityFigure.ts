// The picture of a run: the density of each mass against time, simulated and predicted, as an SVG.

import type { Spec } from "vega";
import type { TopLevelSpec } from "vega-lite";

export interface DensityFigure {
  readonly title: string;
  readonly subtitle?: string | undefined;
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

// Okabe and Ito's colours, which colour-blind readers tell apart, in an order that keeps neighbours far apart; their
// yellow, too pale for lines on white, is grey here. The shapes say the same again for print in black and white.
const styles: [colour: string, shape: string][] = [
  ["#000000", "circle"],
  ["#0072B2", "square"],
  ["#D55E00", "triangle-up"],
  ["#009E73", "diamond"],
  ["#E69F00", "triangle-down"],
  ["#56B4E9", "cross"],
  ["#CC79A7", "triangle-right"],
  ["#999999", "triangle-left"],
];

const width = 520;
const height = 340;

/** An SVG of densities against time: points with bars of two standard errors, the prediction as lines. */
export async function densityFigure(figure: DensityFigure): Promise<string> {
  // Vega takes a second to load, which a run that draws nothing should not pay.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(compile(specification(figure)).spec as Spec), { renderer: "none" });
  try {
    return renumbered(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Vega numbers its clip paths through the life of the process; the same figure should be the same bytes. */
function renumbered(svg: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/\bclip\d+\b/g, (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size);
    return `clip${numbers.get(id)}`;
  });
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

function specification({ title, subtitle, caption, observations, curves }: DensityFigure): TopLevelSpec {
  // As many masses as there are styles; the others would only repeat them.
  const names = ["all", ...(observations[0]?.masses ?? []).map(({ mass }) => String(mass))].slice(
    0,
    styles.length,
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
  const colour = { ...series, scale: { domain: names, range: styles.map(([value]) => value) } };
  const shape = { ...series, scale: { domain: names, range: styles.map(([, value]) => value) } };
  const at = {
    field: "time",
    type: "quantitative",
    title: "time",
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
  const footer = wrap(caption ?? "", 64);

  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 16,
    width,
    height,
    title: { text: title, ...(subtitle ? { subtitle: wrap(subtitle, 68) } : {}) },
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
      ...(footer.length > 0
        ? [
            {
              data: { values: [{}] },
              mark: {
                type: "text",
                text: footer,
                x: 0,
                y: height + 52,
                align: "left",
                baseline: "top",
              } as const,
            },
          ]
        : []),
    ],
    config: {
      font: "Helvetica, Arial, sans-serif",
      view: { stroke: null },
      axis: {
        gridColor: "#e8e8e8",
        domainColor: "#555",
        tickColor: "#555",
        labelFontSize: 12,
        titleFontSize: 13,
      },
      axisX: { titlePadding: 10 },
      axisY: { titlePadding: 4 },
      legend: { labelFontSize: 12, titleFontSize: 13, symbolSize: 70, symbolOpacity: 1 },
      title: {
        anchor: "start",
        fontSize: 16,
        subtitleFontSize: 12,
        subtitleColor: "#555",
        subtitlePadding: 5,
        offset: 14,
      },
      text: { fontSize: 11, color: "#555", lineHeight: 15 },
    },
  };
}

interface AxisScale {
  type: "linear" | "log";
  domain: [number, number];
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

/** Labels 1, 2 and 5 of each decade, or decades alone where there are many. */
function axisOf({ type, domain: [low, high] }: AxisScale) {
  if (type === "linear") return { format: "~g", tickCount: 6, labelFlush: false };
  const digits = high / low > 300 ? [1] : [1, 2, 5];
  const values: number[] = [];
  for (let decade = Math.floor(Math.log10(low)); decade <= Math.log10(high); decade++) {
    for (const digit of digits) values.push(Number(`${digit}e${decade}`));
  }
  return {
    values: values.filter((value) => value >= low && value <= high),
    labelExpr: "format(datum.value, datum.value < 0.001 || datum.value >= 10000 ? '~e' : '~g')",
  };
}

/**
 * Lines of at most so many characters, broken at blanks. They fill less than the figure's width, because Vega, which
 * has no fonts to measure, takes text for wider than it is and would widen the figure.
 */
function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= limit)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
