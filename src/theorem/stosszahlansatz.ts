/** The Stosszahlansatz (Hammond's survey, Proposition 4.1): pairs meet as often as beta times the product of their densities says. */
import { integralWeights } from "../exact/timeIntegral.ts";
import { productWeights } from "../observe/densityProducts.ts";
import { type Estimate, ratio } from "../observe/statistics.ts";
import { solvePair } from "../oracle/beta.ts";
import { isHomogeneous } from "../oracle/geometry.ts";
import { formatShort } from "../report/table.ts";
import { extrapolate, missOf, missRows } from "./againstN.ts";
import { massPairs, recordsOf, spanOf } from "./livingPairs.ts";
import { observedAt, pairOf } from "./onePair.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";

/** Slabs from which on sums over them tell of a cosine. */
const enoughSlabs = 8;

/** Where `observe.pairs.widths` is asked for, in d >= 3, and it was looked at more than once. */
export function stosszahlansatz(runs: readonly ObservedRun[]): Statement | null {
  const last = runs[runs.length - 1];
  const { system } = last;
  const { scenario, dimension, pairs, particles, eps } = system;
  const widths = scenario.observe.pairs?.widths;
  if (pairs === null || widths === undefined || dimension === 2 || scenario.observe.times.length < 2)
    return null;
  const weights = productWeights.filter(
    (J) => J === "1" || (pairs.slabs >= enoughSlabs && !isHomogeneous(scenario)),
  );
  const rows: Comparison[] = [];
  const series: StatementFigure["series"] = [];
  for (const [n, m] of massPairs(pairs.masses)) {
    const problem = pairOf(system, n, m);
    const { beta } = solvePair(problem);
    const beside = { theory: beta, naive: problem.alpha };
    for (const J of weights) {
      const name = `masses ${n} and ${m}, J = ${nameOf(J)}`;
      const sums = pairSumsOf(last, n, m, J);
      if (sums.every((sum) => sum === 0)) continue;
      const points: StatementFigure["series"][number]["data"] = [];
      for (const [w, delta] of widths.entries()) {
        const what = `pair sum over ∫∫ J f f, ${name}, delta = ${delta}`;
        const each = runs.map((run) => ratio(pairSumsOf(run, n, m, J), productsOf(run, n, m, J, w).apart));
        const finest = each[each.length - 1];
        rows.push({ what: `${what}, N = ${particles}`, ...finest, ...beside });
        const limit = extrapolate(runs, each);
        if (limit !== null) rows.push({ what: `${what}, eps -> 0`, ...limit, ...beside });
        points.push({ x: delta, y: finest.mean, se: finest.se });
        if (n === 1 && m === 1 && J === "1" && runs.length > 1)
          series.push(againstEps(`delta = ${delta}`, runs, each));
      }
      if (runs.length === 1) series.push({ name, kind: "points", data: points });
    }
  }
  rows.push(...errorRows(runs, widths));
  if (rows.length === 0) return null;
  const { alpha } = pairOf(system, 1, 1);
  const { beta } = solvePair(pairOf(system, 1, 1));
  const ends = series.flatMap(({ data }) => data.map(({ x }) => x));
  const level = (y: number) => [Math.min(...ends), Math.max(...ends)].map((x) => ({ x, y }));
  const { from, to } = spanOf(last);
  return {
    key: "stosszahlansatz",
    title: "Pairs meet as often as beta times the product of their densities says",
    reference: "S Proposition 4.1",
    rows,
    remark:
      `From t = ${formatShort(from)} to ${formatShort(to)}, at N = ${particles} with eps = ${formatShort(eps)}. The pair sum is eps^(d-2) Σ ∫ alpha V_eps(x_i - x_j) J(x_i) dt over ordered pairs, added up in every sub-step; ` +
      "f is f^{eps,delta}, in the first rows without the products of a particle with itself, which Err has. Rows differ from beta by the order of eps, and, where densities vary in space, of delta^2, " +
      "by which a density smoothed over delta has less of a square.",
    figure: {
      title: "The Stosszahlansatz: pair sums over products of densities",
      subtitle:
        runs.length > 1
          ? "Masses 1 and 1, J = 1; bars: two standard errors"
          : `N = ${particles}; lines for masses 1 and 1; bars: two standard errors`,
      x: runs.length > 1 ? { title: "eps", type: "log" } : { title: "delta", type: "linear" },
      y: { title: "Σ ∫ α V J over ∫∫ J f f", type: "log" },
      series: [
        ...series,
        { name: "β", kind: "line", data: level(beta) },
        { name: "naive: α ∫ V", kind: "dashed", data: level(alpha) },
      ],
    },
  };
}

type Weight = (typeof productWeights)[number];

const nameOf = (J: Weight) => (J === "1" ? "1" : "cos(2 pi x0 / side)");

/** E |Err_{1,1}| with J = 1, for each width. */
function errorRows(runs: readonly ObservedRun[], widths: readonly number[]): Comparison[] {
  const { beta } = solvePair(pairOf(runs[0].system, 1, 1));
  return widths.flatMap((delta, w) => {
    const errors = runs.map((run) => {
      const { all } = productsOf(run, 1, 1, "1", w);
      return pairSumsOf(run, 1, 1, "1").map((sum, r) => sum - beta * all[r]);
    });
    const misses = errors.map((each) => {
      const mean = each.reduce((a, b) => a + b) / each.length;
      return missOf(
        each.length,
        each.map(Math.abs),
        each.map((error) => Math.abs(error - mean)),
      );
    });
    return missRows(`E|Err|, masses 1 and 1, J = 1, delta = ${delta}`, runs, misses);
  });
}

/** eps^(d-2) Σ ∫ alpha V_eps(x_i - x_j) J(x_i) dt, by replica. In units of Z. */
function pairSumsOf(run: ObservedRun, n: number, m: number, J: Weight): number[] {
  const { weight, pairs } = run.system;
  const { slabs } = pairs!;
  // The mean of J over each slab.
  const values = Array.from({ length: slabs }, (_, s) => {
    const [a, b] = [s, s + 1].map((at) => (2 * Math.PI * at) / slabs);
    return J === "1" ? 1 : (Math.sin(b) - Math.sin(a)) / (b - a);
  });
  return recordsOf(run).map((record) =>
    values.reduce((sum, value, s) => sum + weight * value * record.hazard(n, m, s), 0),
  );
}

/** ∫∫ J f_n f_m dx dt by replica, with and without the products of a particle with itself. In units of Z^2 per volume, times time. */
function productsOf({ system, observables }: ObservedRun, n: number, m: number, J: Weight, w: number) {
  const { replicas, pairs, scenario } = system;
  const { masses } = pairs!;
  const { products } = observables.pairs!;
  const weights = integralWeights(observedAt(system));
  const widths = scenario.observe.pairs!.widths!.length;
  const integral = (which: "all" | "selves") =>
    Array.from({ length: replicas }, (_, r) => {
      const at = ((r * widths + w) * productWeights.length + productWeights.indexOf(J)) * masses ** 2;
      return weights.reduce(
        (sum, weight, k) => sum + weight * products[k][which][at + (n - 1) * masses + m - 1],
        0,
      );
    });
  const [all, selves] = [integral("all"), integral("selves")];
  return { all, apart: all.map((product, r) => product - selves[r]) };
}

function againstEps(name: string, runs: readonly ObservedRun[], each: readonly Estimate[]) {
  const data = each.map(({ mean, se }, k) => ({ x: runs[k].system.eps, y: mean, se }));
  return { name, kind: "points" as const, data };
}
