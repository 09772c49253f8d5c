/** The microscopic candidate densities (Hammond's survey §4.1.2, (4.2)). */
import type { DensityGrid } from "../observe/densities.ts";
import { type Estimate, estimate } from "../observe/statistics.ts";
import { type LimitFields, limitFields } from "../oracle/limitFields.ts";
import { type Miss, missOf, missRows } from "./againstN.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";
import { unsolved } from "./unsolved.ts";

const about = {
  key: "candidate-densities",
  title: "Candidate densities are the Smoluchowski equation's, smoothed alike",
  reference: "S (4.2)",
};

export function candidateDensities(runs: readonly ObservedRun[]): Statement | null {
  const finest = runs[runs.length - 1];
  const { scenario, particles, replicas, dimension, weight } = finest.system;
  const { times, masses: K } = scenario.observe;
  if (finest.observables.densities === undefined) return null;
  const { grid } = finest.observables.densities;
  const limit = limitFields(scenario, times);
  const naive = limitFields(scenario, times, "naive");
  if (limit === null) return unsolved(about);
  const theory = onGrid(limit, times.length - 1, grid, dimension);
  const line = lineThrough(theory[K], limit.varying, grid, dimension);
  const shown = [...Array.from({ length: Math.min(K, 3) }, (_, n) => n), K];

  const rows: Comparison[] = [];
  const series: StatementFigure["series"] = [];
  const guess = naive?.smoothed(times.length - 1, grid.width);
  for (const row of shown) {
    const measured = alongLine(finest, row, line);
    const expected = line.points.map(({ cells }) => mean(cells.map((cell) => theory[row][cell])));
    const guessed = guess && line.points.map(({ cells }) => guess(placeOf(cells[0], grid, dimension))[row]);
    // Where hardly any particles are expected within delta, a mean has no error to speak of.
    const known = (p: number) => (expected[p] * grid.width ** dimension * replicas) / weight >= fewest;
    for (const p of extremes(expected).filter(known)) {
      const where = `x${line.axis} = ${Number(line.points[p].x.toPrecision(4))}`;
      const what = `f^{eps,delta}, ${massName(row, K)}, ${where}, N = ${particles}`;
      rows.push({ what, ...measured[p], theory: expected[p], ...(guessed && { naive: guessed[p] }) });
    }
    const xs = line.points.map(({ x }) => x);
    series.push(
      {
        name: massName(row, K),
        kind: "points",
        data: xs.map((x, p) => ({ x, y: measured[p].mean, se: measured[p].se })),
      },
      { name: massName(row, K), kind: "line", data: xs.map((x, p) => ({ x, y: expected[p] })) },
    );
  }
  for (const row of [0, K]) {
    const distances = runs.map((run) => distance(run, row, theory[row]));
    rows.push(...missRows(`E ∫|f^{eps,delta} - eta_delta * f_n| dx, ${massName(row, K)}`, runs, distances));
  }
  const t = times[times.length - 1];
  return {
    ...about,
    rows,
    remark: `At t = ${t}, delta = ${grid.width}, means over ${replicas} replicas${line.averaged ? " and over the coordinates along which nothing varies" : ""}. A mean differs from its limit by the order of eps (d = 3); one run by noise of the order of (N delta^${dimension})^(-1/2), which is most of the distance.`,
    figure: {
      title: `Candidate densities, t = ${t}, N = ${particles}`,
      subtitle: `Points: f^{eps,delta}, delta = ${grid.width}, bars: two standard errors; lines: the equation, smoothed alike`,
      x: { title: `x${line.axis}`, type: "linear" },
      y: { title: "density, of total Z at t = 0", type: "linear" },
      series,
    },
  };
}

const massName = (row: number, K: number) => (row === K ? "all masses" : `mass ${row + 1}`);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function placeOf(cell: number, { along }: DensityGrid, dimension: number): number[] {
  return indicesOf(cell, along.length, dimension).map((i) => along[i]);
}

/** The last axis varies fastest. */
function indicesOf(cell: number, points: number, dimension: number): number[] {
  return Array.from(
    { length: dimension },
    (_, k) => Math.floor(cell / points ** (dimension - 1 - k)) % points,
  );
}

/** eta_delta * f_n at all points, [K + 1][size]. */
export function onGrid(limit: LimitFields, k: number, grid: DensityGrid, dimension: number): Float64Array[] {
  const smoothed = limit.smoothed(k, grid.width);
  const cells = Array.from({ length: grid.size }, (_, cell) => smoothed(placeOf(cell, grid, dimension)));
  return Array.from(cells[0], (_, row) => Float64Array.from(cells, (densities) => densities[row]));
}

interface Line {
  axis: number;
  /** Along the axis: the coordinate, and the points of the grid to average over. */
  points: { x: number; cells: number[] }[];
  averaged: boolean;
}

/** Along the first axis on which a density depends, through where it is largest; averaged over the axes on which it does not depend. */
function lineThrough(
  density: Float64Array,
  varying: readonly number[],
  { along, size }: DensityGrid,
  dimension: number,
): Line {
  const axis = varying[0] ?? 0;
  const largest = density.indexOf(density.reduce((a, b) => Math.max(a, b)));
  const through = indicesOf(largest, along.length, dimension);
  const points = Array.from(along, (x) => ({ x, cells: [] as number[] }));
  for (let cell = 0; cell < size; cell++) {
    const at = indicesOf(cell, along.length, dimension);
    if (varying.every((k) => k === axis || at[k] === through[k])) points[at[axis]].cells.push(cell);
  }
  return { axis, points, averaged: points[0].cells.length > 1 };
}

/** Of replica r at the last time. */
function densityOf({ system, observables }: ObservedRun, r: number, row: number): Float64Array {
  const { grid, values } = observables.densities!;
  const from = (r * (system.scenario.observe.masses + 1) + row) * grid.size;
  return values[values.length - 1].subarray(from, from + grid.size);
}

function alongLine(run: ObservedRun, row: number, { points }: Line): Estimate[] {
  const replicas = Array.from({ length: run.system.replicas }, (_, r) => densityOf(run, r, row));
  return points.map(({ cells }) =>
    estimate(replicas.map((density) => mean(cells.map((cell) => density[cell])))),
  );
}

/** Particles expected within delta of a point, over all replicas, for a row of the table. */
const fewest = 100;

/** Where a profile is largest and smallest; once where it is flat. */
function extremes(profile: readonly number[]): number[] {
  const [high, low] = [Math.max(...profile), Math.min(...profile)];
  return high - low > 1e-6 * high ? [profile.indexOf(high), profile.indexOf(low)] : [0];
}

/** E ∫ |f - theory| over the grid. */
export function distance(run: ObservedRun, row: number, theory: Float64Array): Miss {
  const { replicas } = run.system;
  const { volume } = run.observables.densities!.grid;
  const densities = Array.from({ length: replicas }, (_, r) => densityOf(run, r, row));
  const from = (centre: Float64Array) =>
    densities.map((f) => volume * f.reduce((sum, value, cell) => sum + Math.abs(value - centre[cell]), 0));
  const centre = theory.map((_, cell) => mean(densities.map((f) => f[cell])));
  return missOf(replicas, from(theory), from(centre));
}
