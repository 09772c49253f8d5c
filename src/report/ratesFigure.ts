// The picture of who reacted with whom: for each pair of masses its rate over what theory says, as an SVG.

import type { TopLevelSpec } from "vega-lite";
import { colours } from "./colours.ts";
import { drawSvg, figureFrame } from "./figure.ts";

export interface PairRate {
  readonly n: number;
  readonly m: number;
  /** Of all replicas. */
  readonly events: number;
  /** Null where the start is not even, so that pairs are not, and its standard error where there is none to tell. */
  readonly rate: number | null;
  readonly se: number | null;
  readonly theory: number | null;
}

/** Events below which a rate is too rough to draw: its bar would dwarf all others. */
const fewestEvents = 20;

/** Points with bars of two standard errors, one for each pair that reacted often enough; null where there is nothing to compare. */
export async function ratesFigure(rates: readonly PairRate[]): Promise<string | null> {
  const values = rates.flatMap(({ n, m, events, rate, se, theory }) =>
    events >= fewestEvents && rate !== null && theory !== null && theory > 0
      ? [
          {
            pair: `${n}+${m}`,
            y: rate / theory,
            low: (rate - 2 * (se ?? 0)) / theory,
            high: (rate + 2 * (se ?? 0)) / theory,
          },
        ]
      : [],
  );
  if (values.length === 0) return null;
  const high = Math.max(1, ...values.map((value) => value.high)) * 1.05;
  const x = {
    field: "pair",
    type: "nominal",
    sort: null,
    title: "masses of the pair",
    axis: { labelAngle: 0, grid: false },
  } as const;
  const domain: [number, number] = [Math.min(0, ...values.map(({ low }) => low)), high];
  const y = {
    field: "y",
    type: "quantitative",
    title: "rate over beta",
    scale: { domain },
  } as const;
  const specification: TopLevelSpec = {
    ...figureFrame("", undefined),
    layer: [
      {
        data: { values: [{ y: 1 }] },
        mark: { type: "rule", color: colours[2], strokeWidth: 1.5 },
        encoding: { y },
      },
      {
        data: { values },
        mark: { type: "rule", strokeWidth: 1.5, color: colours[1] },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        data: { values },
        mark: { type: "point", filled: true, size: 60, opacity: 1, color: colours[1] },
        encoding: { x, y },
      },
    ],
  };
  return drawSvg(specification);
}
