/** Two particles and the probability that they coagulate (Hammond's survey, §1.5 and §1.11): u(x), and u^[t](x) by time t. */
import { tickOf } from "../model/pace.ts";
import { pairStart } from "../model/scenario.ts";
import { type PairProblem, solvePair } from "../oracle/beta.ts";
import { solveFiniteTime } from "../oracle/finiteTime.ts";
import { formatShort } from "../report/table.ts";
import { afterMove, finestMove } from "./halfMove.ts";
import { observedAt, onePair, tauOf } from "./onePair.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";

/** Of pairs that started so far apart, in units of eps, the share that has coagulated by a time. */
interface Share {
  apart: number;
  tau: number;
  mean: number;
  se: number;
  theory: number;
}

/** Where two particles of one mass start as a pair, in d >= 3. */
export function twoParticles(runs: readonly ObservedRun[]): Statement | null {
  const run = runs[runs.length - 1];
  const pair = onePair(run.system);
  if (pairStart(run.system.scenario) === null || pair === null) return null;
  const { system } = run;
  const shares = sharesOf(run, pair);
  const spread = Math.sqrt(2 * pair.D * system.scenario.observe.times.at(-1)!) / system.side;
  const distances = pairStart(system.scenario)!.apart.length;
  const pairs = `${Math.floor(system.replicas / distances)} pairs${system.replicas % distances === 0 ? "" : " or one more"}`;
  return {
    key: "two-particles",
    title: "What becomes of two particles",
    reference: "S (1.7), §1.11; P (6.1)",
    rows: shares.map(
      ({ apart, tau, mean, se, theory }): Comparison => ({
        what: `coagulated by D t / eps^2 = ${formatShort(tau)}, started ${formatShort(apart)} eps apart`,
        mean,
        se,
        theory,
      }),
    ),
    remark:
      `Theory is u^[t](x), averaged over the half move by which the engine's steps are early: D dt / eps^2 = ${formatShort(finestMove(run, pair))} of the finest step. In the ` +
      `end a coordinate of the displacement has spread to ${formatShort(spread)} of the side. Errors are binomial, from ${pairs} for each distance.`,
    figure: figureOf(shares, pair),
  };
}

function sharesOf(run: ObservedRun, pair: PairProblem): Share[] {
  const { system, events, clock } = run;
  const { scenario, replicas, firstReplica, observeAt, dimension } = system;
  const { apart: distances } = pairStart(scenario)!;
  /** The tick by which each replica's pair has coagulated. */
  const at = new Array<number>(replicas).fill(Number.POSITIVE_INFINITY);
  for (let e = 0; e < events.length; e += 5 + dimension) {
    const [replica, step] = events.subarray(e, e + 2);
    at[replica] = tickOf(clock[replica], step + 1);
  }
  return observedAt(system).flatMap((time, k) => {
    const tau = tauOf(system, pair, time);
    const { u } = solveFiniteTime(pair, tau);
    return distances.flatMap((apart, which) => {
      const own = at.filter((_, r) => (firstReplica + r) % distances.length === which);
      if (own.length === 0) return [];
      const mean = own.filter((tick) => tick <= observeAt[k]).length / own.length;
      const theory = afterMove(u, apart, finestMove(run, pair), dimension);
      return { apart, tau, mean, se: Math.sqrt((mean * (1 - mean)) / own.length), theory };
    });
  });
}

function figureOf(shares: readonly Share[], pair: PairProblem): StatementFigure {
  const furthest = Math.max(...shares.map(({ apart }) => apart)) * 1.05;
  const curve = (u: (r: number) => number) =>
    Array.from({ length: 101 }, (_, k) => ({ x: (furthest * k) / 100, y: u((furthest * k) / 100) }));
  const times = [...new Set(shares.map(({ tau }) => tau))];
  return {
    title: "What becomes of two particles",
    subtitle: `Probability that a pair has coagulated; alpha / D = ${formatShort(pair.alpha / pair.D)}, d = ${pair.dimension}`,
    x: { title: "distance at the start, in eps", type: "linear" },
    y: { title: "u", type: "linear" },
    series: [
      { name: "u, ever", kind: "dashed", data: curve(solvePair(pair).u) },
      ...times.flatMap((tau) => {
        const name = `D t / eps² = ${formatShort(tau)}`;
        const own = shares.filter((share) => share.tau === tau);
        return [
          { name, kind: "line" as const, data: curve(solveFiniteTime(pair, tau).u) },
          {
            name,
            kind: "points" as const,
            data: own.map(({ apart, mean, se }) => ({ x: apart, y: mean, se })),
          },
        ];
      }),
    ],
  };
}
