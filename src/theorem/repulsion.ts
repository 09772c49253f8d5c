/** The microscopic repulsion (Hammond's survey §3.2, §3.3): living pairs at distance r eps are 1 - u(r) times as many as far ones. */
import { ratio } from "../observe/statistics.ts";
import { solvePair } from "../oracle/beta.ts";
import { isHomogeneous } from "../oracle/geometry.ts";
import { formatShort } from "../report/table.ts";
import {
  completeShells,
  depletion,
  livedIn,
  massPairs,
  pairTimes,
  recordsOf,
  type Shell,
  spanOf,
} from "./livingPairs.ts";
import { pairOf } from "./onePair.ts";
import { shellMean } from "./shellMeans.ts";
import type { Comparison, ObservedRun, Statement } from "./statement.ts";

/** Where pairs are asked for, on a torus, from an even start, in d >= 3: of the largest N. */
export function repulsion(runs: readonly ObservedRun[]): Statement | null {
  const run = runs[runs.length - 1];
  const { system } = run;
  const { scenario, dimension, pairs, eps, side } = system;
  if (pairs === null || dimension === 2 || !isHomogeneous(scenario)) return null;
  const records = recordsOf(run);
  const { octaves, fine } = completeShells(run);
  const rows: Comparison[] = [];
  const series: NonNullable<Statement["figure"]>["series"] = [];
  for (const [n, m] of massPairs(pairs.masses)) {
    const times = pairTimes(run, n, m);
    if (times.every((time) => time === 0)) continue;
    const problem = pairOf(system, n, m);
    const { u, beta } = solvePair(problem);
    const stillThere = depletion(run, problem);
    const density = (shell: Shell) => {
      const even = times.map((time) => (time * shell.volume) / side ** dimension);
      const theory = shellMean(stillThere, shell.from, shell.to, dimension);
      return { ...shell, ...ratio(livedIn(records, n, m, shell), even), theory };
    };
    const ofMasses = `masses ${n} and ${m}`;
    for (const { from, to, mean, se, theory } of octaves.map(density)) {
      const what = `density of pairs ${formatShort(from)} to ${formatShort(to)} eps apart, ${ofMasses}`;
      rows.push({ what, mean, se, theory, naive: 1 });
    }
    const rate = ratio(
      // Each pair counts in both orders where its masses are equal, and in one of two classes where they are not.
      records.map((record) => record.hazard(n, m) / (n === m ? 2 : 1)),
      times.map((time) => (time * eps ** (dimension - 2)) / side ** dimension),
    );
    rows.push({ what: `propensity alpha ∫ V p, ${ofMasses}`, ...rate, theory: beta, naive: problem.alpha });
    series.push(
      {
        name: ofMasses,
        kind: "points",
        data: fine.map(density).map(({ from, to, mean, se }) => ({ x: (from + to) / 2, y: mean, se })),
      },
      { name: ofMasses, kind: "line", data: curveOf((r) => 1 - u(r), fine.at(-1)!.to) },
    );
  }
  if (rows.length === 0) return null;
  const { from, to } = spanOf(run);
  return {
    key: "repulsion",
    title: "Living pairs avoid each other: 1 - u(r) as many are at distance r eps",
    reference: "S §3.2, §3.3, (1.7)",
    rows,
    remark:
      `N = ${system.particles}, eps = ${formatShort(eps)}, from t = ${formatShort(from)} to ${formatShort(to)}, ${system.replicas} replicas. A density is the time that pairs live at such a distance, ` +
      "over what it were if all pairs of living particles were spread evenly. Theory is 1 - u^[t](r), averaged over the time and the shell, which tends to 1 - u(r) as D t / eps^2 grows; all " +
      "other particles make the density differ from it by the order of eps, and beyond 2 eps sub-steps do by up to 1.3 %, at k = 8 by less than 1 %.",
    figure: {
      title: "Living pairs avoid each other",
      subtitle: `Time-weighted density of pairs; N = ${system.particles}; bars of two standard errors; lines: 1 − u(r)`,
      x: { title: "distance r, in eps", type: "linear" },
      y: { title: "density of pairs over an even one", type: "linear" },
      series,
    },
  };
}

function curveOf(f: (r: number) => number, end: number) {
  return Array.from({ length: 201 }, (_, k) => ({ x: (end * k) / 200, y: f((end * k) / 200) }));
}
