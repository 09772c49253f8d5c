/** Survivors and the tracer particle (Hammond's survey, §3): the rate of annihilation is the naive one at time 0, and beta later. */
import { type Estimate, estimate } from "../observe/statistics.ts";
import { type PairProblem, solvePair } from "../oracle/beta.ts";
import { leadingCorrection } from "../oracle/correction.ts";
import { solveFiniteTime } from "../oracle/finiteTime.ts";
import { formatShort } from "../report/table.ts";
import { encounters } from "./encounters.ts";
import { finestMove } from "./halfMove.ts";
import { hasGhosts, meanRate, observedAt, onePair, tauOf } from "./onePair.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";
import { densityOf, growth, survivors } from "./survivors.ts";

/** Between two observations: from and to as D t / eps^2, and the rate with which 1/h_N has grown, over the density at the start. */
interface Window extends Estimate {
  from: number;
  to: number;
}

/** Where ghosts are asked for, on a torus, from an even start of one mass in d >= 3. */
export function survival(runs: readonly ObservedRun[]): Statement | null {
  const last = runs[runs.length - 1];
  if (!hasGhosts(last.system.scenario)) return null;
  const pair = onePair(last.system)!;
  const { beta } = solvePair(pair);
  const rates = windowsOf(last, pair).map(
    ({ from, to, mean, se }): Comparison => ({
      what: `rate at D t / eps^2 from ${formatShort(from)} to ${formatShort(to)}`,
      mean,
      se,
      theory: meanRate(pair, from, to),
      naive: pair.alpha,
    }),
  );
  return {
    key: "survival",
    title: "The naive rate holds at time 0 only",
    reference: "S Lemmas 3.3 and 3.4, Claims 3.5, 3.6 and 3.8 to 3.10",
    rows: [...rates, ...encounters(last, pair), ...fractions(last, beta, pair.alpha)],
    remark:
      `N = ${last.system.particles}, eps = ${formatShort(last.system.eps)}, beta = ${formatShort(beta)}. The rate between two times is the growth of 1 / h_N over Z times the time ` +
      "between; in theory alpha ∫ V (1 - u^[t]), averaged, which is alpha at time 0 and tends to beta. It is that of two particles alone, so later rates lie above it by " +
      "the order of eps, and h_N, whose theory has the leading correction where it is known, by the next order. Short times, with D delta / eps^2 at most 1, are compared with two particles alone " +
      `too, after the half move by which the engine's steps are early, D dt / eps^2 = ${formatShort(finestMove(last, pair))}: as delta falls, the share from beyond eps tends to 0 and the ratio to 1. ` +
      "The tracer is particle 0 of each replica.",
    figure: figureOf(runs, pair, beta),
  };
}

function windowsOf(run: ObservedRun, pair: PairProblem): Window[] {
  const { system } = run;
  const density = densityOf(run);
  const times = [0, ...observedAt(system).filter((time) => time > 0)];
  const first = system.observeAt.length - times.length;
  return times.slice(1).map((to, w) => {
    const from = times[w];
    const after = survivors(run, first + w + 1);
    const before = w === 0 ? after.map(() => 1) : survivors(run, first + w);
    return {
      from: tauOf(system, pair, from),
      to: tauOf(system, pair, to),
      ...growth(before, after, density * (to - from)),
    };
  });
}

/** What is left in the end. */
function fractions(run: ObservedRun, beta: number, alpha: number): Comparison[] {
  const { system, observables } = run;
  const { scenario, replicas, particles, eps } = system;
  const k = scenario.observe.times.length - 1;
  const time = observedAt(system)[k];
  const left = (rate: number) => 1 / (1 + rate * densityOf(run) * time);
  const correction = leadingCorrection(scenario, [time])?.[0] ?? 0;
  const h = estimate(survivors(run, k));
  const { alive } = observables.ghosts![k];
  const tracers = Array.from({ length: replicas }, (_, r) => alive[r * particles]);
  const share = tracers.reduce((a, b) => a + b) / replicas;
  const at = `t = ${formatShort(time)}`;
  return [
    { what: `survivors h_N at ${at}`, ...h, theory: left(beta) + eps * correction, naive: left(alpha) },
    {
      what: `tracers that survive until ${at}; theory is h_N as measured`,
      mean: share,
      se: Math.sqrt((share * (1 - share)) / replicas),
      theory: h.mean,
    },
  ];
}

function figureOf(runs: readonly ObservedRun[], pair: PairProblem, beta: number): StatementFigure {
  const windows = runs.map((run) => windowsOf(run, pair));
  const ends = windows.flat().flatMap(({ to }) => to);
  const [low, high] = [Math.min(...ends) / 4, Math.max(...ends)];
  const level = (y: number) => [low, high].map((x) => ({ x, y }));
  const curve = Array.from({ length: 49 }, (_, k) => {
    const tau = low * (high / low) ** (k / 48);
    return { x: tau, y: solveFiniteTime(pair, tau).rate };
  });
  return {
    title: "The naive rate holds at time 0 only",
    subtitle: `Growth of 1/h_N over Z; alpha = ${formatShort(pair.alpha)}, beta = ${formatShort(beta)}`,
    x: { title: "D t / eps²", type: "log" },
    y: { title: "rate", type: "linear" },
    series: [
      { name: "a pair's rate α ∫ V (1 − u^[t])", kind: "line", data: curve },
      { name: "naive: α ∫ V", kind: "dashed", data: level(pair.alpha) },
      { name: "β", kind: "dashed", data: level(beta) },
      ...runs.map(({ system }, k) => ({
        name: `measured, N = ${system.particles}`,
        kind: "points" as const,
        data: windows[k].map(({ from, to, mean, se }) => ({ x: (from + to) / 2, y: mean, se })),
      })),
    ],
  };
}
