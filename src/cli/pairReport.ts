/** What `coagula beta` tells of one pair. */
import { type PairProblem, type PairSolution, solvePair } from "../oracle/beta.ts";
import { solveFiniteTime } from "../oracle/finiteTime.ts";
import type { SpatialSolution } from "../oracle/spatialBeta.ts";
import { formatTable } from "../report/table.ts";

export interface Pair extends PairProblem {
  /** The range, in the units of the times: 1 where none is known. */
  eps: number;
  /** |log eps| in the plane of a scenario, else 1: a pair feels alpha over it, and its rate is times it. */
  factor: number;
}

export interface PairReport extends Omit<PairSolution, "u"> {
  /** Where distances were asked for: the probability ever to react. */
  u?: { r: number; u: number }[];
  /** Where times were asked for; `u` at the distances, in their order. */
  finiteTime?: {
    time: number;
    /** D t / eps^2 */
    tau: number;
    rate: number;
    rateErrorEstimate: number;
    u: number[];
    errorEstimate: number;
  }[];
}

export function pairReport(pair: Pair, distances: number[], moments: number[]): PairReport {
  const { eps, factor, ...problem } = pair;
  const { u, ...solution } = solvePair(problem);
  const ever = problem.dimension === 2 ? () => (problem.alpha > 0 ? 1 : 0) : u;
  const finiteTime = moments.map((time) => {
    const tau = (problem.D * time) / eps ** 2;
    const at = solveFiniteTime({ ...problem, alpha: problem.alpha / factor }, tau);
    return {
      time,
      tau,
      rate: factor * at.rate,
      rateErrorEstimate: factor * at.rateErrorEstimate,
      u: distances.map(at.u),
      errorEstimate: at.errorEstimate,
    };
  });
  return {
    ...solution,
    ...(distances.length > 0 && { u: distances.map((r) => ({ r, u: ever(r) })) }),
    ...(moments.length > 0 && { finiteTime }),
  };
}

const columns = [{ title: "quantity" }, { title: "value" }, { title: "meaning" }];

type Common = Pick<SpatialSolution, "beta" | "naive" | "errorEstimate"> & {
  capacityLimit: number | null;
  scatteringLength: number | null;
  u0: number | null;
};

function commonRows({ beta, naive, capacityLimit, scatteringLength, u0, errorEstimate }: Common): string[][] {
  const never = "unknown for this shape";
  return [
    ["beta", String(beta), `alpha ∫ V (1 - u), within ${errorEstimate.toExponential(0)}`],
    ["naive", String(naive), "alpha ∫ V, the rate if particles did not avoid each other"],
    [
      "capacity limit",
      capacityLimit === null ? "-" : String(capacityLimit),
      capacityLimit === null ? never : "beta as alpha -> infinity",
    ],
    scatteringLength === null
      ? ["scattering length", "-", "in the plane there is none"]
      : ["scattering length", String(scatteringLength), "a, in units of eps: far away u is (a / r)^(d-2)"],
    ["u(0)", u0 === null ? "1" : String(u0), "probability that a pair at the same place ever reacts"],
  ];
}

export function spatialText(report: Omit<SpatialSolution, "u">): string {
  return formatTable(columns, commonRows(report));
}

export function pairText(report: PairReport, distances: number[]): string {
  const { u = [], finiteTime } = report;
  const rows = u.map(({ r, u }) => [`u(${r})`, String(u), "the same at this distance, in units of eps"]);
  const table = formatTable(columns, [...commonRows(report), ...rows]);
  if (!finiteTime) return table;
  const titles = ["time", "D t / eps^2", "rate", "within", ...distances.map((r) => `u(${r})`)];
  if (distances.length > 0) titles.push("within");
  const lines = finiteTime.map((at) => {
    const us = at.u.length > 0 ? [...at.u.map(String), at.errorEstimate.toExponential(0)] : [];
    return [String(at.time), String(at.tau), String(at.rate), at.rateErrorEstimate.toExponential(0), ...us];
  });
  const heading =
    "Until a time: the rate of a pair that started anywhere, and the probability to have reacted";
  return `${table}\n\n${heading}\n${formatTable(
    titles.map((title) => ({ title })),
    lines,
  )}`;
}
