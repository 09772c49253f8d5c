// The mass over time: its spectrum, its moments and the largest particle, as SVGs.

import type { StatementFigure } from "../theorem/statement.ts";
import { statementFigure } from "./statementFigure.ts";
import { formatShort } from "./table.ts";

type Series = StatementFigure["series"][number];

/** As read from a table; null where there is no number. */
type Row = Record<string, number | string | null>;

/** Observations at most whose spectrum is drawn: as many as there are colours to tell apart with ease. */
const mostSpectra = 5;

const number = (row: Row, name: string) => Number(row[name]);
const error = (row: Row, name: string) => (row[name] === null ? null : Number(row[name]));

/** Densities against mass at up to five of the times; lines: the Smoluchowski equation, where it was solved. */
export async function spectrumFigure(
  spectrum: readonly Row[],
  densities: readonly { time: number; masses: readonly { mass: number; theory: number | null }[] }[],
): Promise<string | null> {
  const times = [...new Set(spectrum.map((row) => number(row, "time")))];
  if (times.length === 0) return null;
  const shown = times.filter((_, k) => isChosen(k, times.length, mostSpectra));
  const series = shown.flatMap((time): Series[] => {
    const name = `t = ${formatShort(time)}`;
    const data = spectrum
      .filter((row) => row.time === time)
      .map((row) => ({ x: number(row, "mass"), y: number(row, "mean"), se: error(row, "se") }));
    const nearest = densities.find((one) => Math.abs(one.time - time) <= 1e-6 * time);
    const line = (nearest?.masses ?? []).flatMap(({ mass, theory }) =>
      theory !== null && theory > 0 ? [{ x: mass, y: theory }] : [],
    );
    return [
      { name, kind: "points", data },
      ...(line.length > 1 ? [{ name, kind: "line", data: line } as const] : []),
    ];
  });
  const masses = series.flatMap(({ data }) => data.map(({ x }) => x));
  return statementFigure({
    title: "",
    subtitle: "",
    x: { title: "mass", type: Math.max(...masses) > 12 ? "log" : "linear" },
    y: { title: "density (fraction of N)", type: "log" },
    series,
  });
}

/** Sums of mass^0, mass^1 and mass^2 against time; dashed: the number of particles by the Smoluchowski equation. */
export async function momentsFigure(moments: readonly Row[], limit: readonly Row[]): Promise<string> {
  const { type, rows } = timeAxis(moments);
  const names = ["particles", "mass", "mass squared"];
  const series = names.map(
    (name, k): Series => ({
      name,
      kind: "line",
      data: rows.map((row) => ({ x: number(row, "time"), y: number(row, `moment_${k}`) })),
    }),
  );
  const [first, last] = [number(rows[0], "time"), number(rows[rows.length - 1], "time")];
  const solved = limit
    .map((row) => ({ x: number(row, "time"), y: number(row, "count") }))
    .filter(({ x }) => x >= first && x <= last);
  if (solved.length > 1) {
    series.push({ name: "particles, limit", kind: "dashed", data: solved });
  }
  return statementFigure({
    title: "",
    subtitle: "",
    x: { title: "time", type },
    y: { title: "sum over the living, over N", type: "log" },
    series,
  });
}

/** The share of all mass that the largest particle has, against time. */
export async function largestFigure(moments: readonly Row[]): Promise<string> {
  const { type, rows } = timeAxis(moments);
  const name = "largest particle";
  const points = rows.map((row) => ({
    x: number(row, "time"),
    y: number(row, "gel_share"),
    se: error(row, "gel_share_se"),
  }));
  return statementFigure({
    title: "",
    subtitle: "",
    x: { title: "time", type },
    y: { title: "share of the mass", type: "linear" },
    series: [
      { name, kind: "line", data: points },
      { name, kind: "points", data: points.filter((_, k) => isChosen(k, points.length, 12)) },
    ],
  });
}

/** Logarithmic as in the figure of densities: where observations, here all after the start, span much more than a decade. */
function timeAxis(moments: readonly Row[]): { type: "linear" | "log"; rows: readonly Row[] } {
  const later = moments.filter((row) => number(row, "time") > 0);
  const [first, middle, last] = [0, Math.floor(later.length / 2), later.length - 1].map((k) =>
    later.length > 0 ? number(later[k], "time") : 0,
  );
  const isLog = first > 0 && middle < last / 5;
  return isLog ? { type: "log", rows: later } : { type: "linear", rows: moments };
}

/** Whether one of so many is among `most` that are spread over all of them, the last included. */
function isChosen(k: number, of: number, most: number): boolean {
  if (of <= most) return true;
  const slot = (j: number) => Math.floor((j * most) / of);
  return k === of - 1 || (slot(k + 1) > slot(k) && slot(k + 1) < most);
}
