/** The empirical measures against test functions (Hammond's survey §1.7, Corollary 1.3). */
import type { TestFunctionSpec } from "../model/scenario.ts";
import { nameOf } from "../model/testFunction.ts";
import { estimate } from "../observe/statistics.ts";
import { type LimitFields, limitFields } from "../oracle/limitFields.ts";
import { exponentRow, extrapolate, type Miss, missOf, missRows } from "./againstN.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";
import { unsolved } from "./unsolved.ts";

const about = {
  key: "empirical-measures",
  title: "Empirical measures, paired with test functions, tend to the Smoluchowski equation",
  reference: "S §1.7, Corollary 1.3, (1.11)",
};

/** ∫ J dmu_n at one time, by replica, for test function j and row n - 1, or K for all masses. */
const paired = ({ system, observables }: ObservedRun, k: number, j: number, row: number): number[] => {
  const { observe } = system.scenario;
  const [columns, count] = [observe.masses + 1, observe.testFunctions!.length];
  const values = observables.pairings![k];
  return Array.from({ length: system.replicas }, (_, r) => values[(r * count + j) * columns + row]);
};

/** Weights of sum 1 with which a function at these times gives its mean over them, by the trapezoidal rule. */
export function timeWeights(times: readonly number[]): number[] {
  if (times.length === 1) return [1];
  const span = times[times.length - 1] - times[0];
  return times.map((time, k) => ((times[k + 1] ?? time) - (times[k - 1] ?? time)) / (2 * span));
}

/** 1/T ∫∫ J (dmu_n - f_n dx) dt of each replica, the integral over time by `timeWeights` for both. */
export function differences(run: ObservedRun, limit: LimitFields, j: number, row: number): number[] {
  const { times, testFunctions } = run.system.scenario.observe;
  const sums = new Array<number>(run.system.replicas).fill(0);
  for (const [k, weight] of timeWeights(times).entries()) {
    const theory = limit.paired(k, testFunctions![j])[row];
    for (const [r, value] of paired(run, k, j, row).entries()) sums[r] += weight * (value - theory);
  }
  return sums;
}

/** The distance E |1/T ∫∫ J (dmu_n - f_n dx) dt| of (1.11). */
function distance(differences: readonly number[]): Miss {
  const { mean } = estimate(differences);
  const fromMean = differences.map((difference) => Math.abs(difference - mean));
  return missOf(differences.length, differences.map(Math.abs), fromMean);
}

export function empiricalMeasures(runs: readonly ObservedRun[]): Statement | null {
  const finest = runs[runs.length - 1];
  const { scenario, particles } = finest.system;
  const { times, testFunctions, masses: K } = scenario.observe;
  if (testFunctions === undefined) return null;
  const limit = limitFields(scenario, times);
  const naive = limitFields(scenario, times, "naive");
  if (limit === null) return unsolved(about);
  const last = times.length - 1;
  const shown = [...Array.from({ length: Math.min(K, 2) }, (_, n) => n), K];
  const miss = times.length === 1 ? "E|∫ J (dmu - f dx)|" : "E|mean over t of ∫ J (dmu - f dx)|";
  const labels = labelsOf(testFunctions);
  const rows: Comparison[] = [];
  const series: StatementFigure["series"] = [];
  for (const [j, J] of testFunctions.entries()) {
    const theory = limit.paired(last, J);
    const guess = naive?.paired(last, J);
    for (const row of shown) {
      const means = runs.map((run) => estimate(paired(run, last, j, row)));
      const what = `∫ J dmu at t = ${times[last]}, ${massName(row, K)}, J = ${nameOf(J)}`;
      const beside = { theory: theory[row], ...(guess && { naive: guess[row] }) };
      rows.push({ what: `${what}, N = ${particles}`, ...means[means.length - 1], ...beside });
      const limitMean = extrapolate(runs, means);
      if (limitMean) rows.push({ what: `${what}, eps -> 0`, ...limitMean, ...beside });
    }
  }
  for (const [j, J] of testFunctions.entries()) {
    for (const row of [0, K]) {
      const each = runs.map((run) => differences(run, limit, j, row));
      const distances = each.map(distance);
      const name = `${massName(row, K)}, J = ${nameOf(J)}`;
      rows.push(...missRows(`${miss}, ${name}`, runs, distances));
      const biases = each.map(estimate);
      if (finest.system.replicas > 1) {
        rows.push({
          what: "  its mean over the runs, with its sign: the bias",
          ...biases[biases.length - 1],
          theory: null,
        });
      }
      if (finest.system.dimension === 3)
        rows.push(...exponentRow("  exponent of the bias", runs, biases, -1));
      const data = distances.map(({ whole }, k) => ({
        x: runs[k].system.particles,
        y: whole.mean,
        se: whole.se,
      }));
      series.push({ name: `${massName(row, K)}, J = ${labels[j]}`, kind: "points", data });
    }
  }
  return {
    ...about,
    rows,
    remark: remark(times, finest.system.replicas),
    figure:
      runs.length < 2
        ? null
        : {
            title: "Distance of the empirical measures from the limit",
            subtitle: `${miss}; bars: two standard errors; dashed: N^(-1/2) through the first point`,
            x: { title: "N", type: "log" },
            y: { title: "distance, of total Z at t = 0", type: "log" },
            series: [...series, halfPower(series[0].data)],
          },
  };
}

const massName = (row: number, K: number) => (row === K ? "all masses" : `mass ${row + 1}`);

/** As `nameOf`, without the centre of a Gaussian where its width tells it apart: legends are narrow. */
function labelsOf(testFunctions: readonly TestFunctionSpec[]): string[] {
  const labels = testFunctions.map((J) =>
    J !== "constant" && "gaussian" in J ? `Gaussian, sd ${J.gaussian.sd}` : nameOf(J),
  );
  const isAlone = (label: string) => labels.indexOf(label) === labels.lastIndexOf(label);
  return labels.map((label, j) => (isAlone(label) ? label : nameOf(testFunctions[j])));
}

/** Through the first point. */
function halfPower([first, ...rest]: StatementFigure["series"][number]["data"]) {
  const data = [first, ...rest].map(({ x }) => ({ x, y: first.y * Math.sqrt(first.x / x) }));
  return { name: "N^(-1/2)", kind: "dashed" as const, data };
}

function remark(times: readonly number[], replicas: number): string {
  const last = times[times.length - 1];
  const span =
    times.length === 1
      ? "There is one observation, and no mean over t."
      : `The mean over t, the integral of (1.11) over T, is that from ${times[0]} to ${last} by the trapezoidal rule at ${times.length} observations, the same for mu and f, and is taken before the modulus.`;
  return `Over ${replicas} replicas; mu has weight Z / N for each particle. ${span} A run misses the limit by noise of the order of N^(-1/2), and all runs alike by a bias of the order of eps (d = 3). eps -> 0 is a straight line through the means at all N; the next order stays.`;
}
