// What all figures share: their frame and colours, and drawing them as SVG.

import type { Spec } from "vega";
import type { TopLevelSpec } from "vega-lite";

const width = 520;
const height = 340;

export async function drawSvg(specification: TopLevelSpec): Promise<string> {
  // Vega takes a second to load, which a run that draws nothing should not pay.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(compile(specification).spec as Spec), { renderer: "none" });
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

/** Size, title, if there is one, and style. */
export function figureFrame(title: string, subtitle: string | undefined) {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    padding: 16,
    width,
    height,
    ...(title && { title: { text: title, ...(subtitle ? { subtitle: wrap(subtitle, 68) } : {}) } }),
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
  } as const;
}

/** A caption below the axes, wrapped; nothing where there is none. */
export function captionLayer(caption: string | undefined) {
  const text = wrap(caption ?? "", 64);
  if (text.length === 0) return [];
  const mark = { type: "text", text, x: 0, y: height + 52, align: "left", baseline: "top" } as const;
  return [{ data: { values: [{}] }, mark }];
}

export interface AxisScale {
  type: "linear" | "log";
  domain: [number, number];
}

/** Labels 1, 2 and 5 of each decade, more where it is less than one, or decades alone where there are many. */
export function axisOf({ type, domain: [low, high] }: AxisScale) {
  if (type === "linear") return { labelExpr: "format(datum.value, '~g')", tickCount: 6, labelFlush: false };
  const digits = high / low > 300 ? [1] : high / low > 8 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
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
