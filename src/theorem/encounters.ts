/** Who annihilates whom in a short time [t, t + delta] (Hammond's survey, Claims 3.9 and 3.10): pairs that are within eps at t, nearly. */
import { gaussLegendre, integrateOver } from "../exact/quadrature.ts";
import { latticeSide } from "../model/multirate.ts";
import { tickOf } from "../model/pace.ts";
import { makeStart } from "../model/start.ts";
import type { Everybody } from "../observe/ghosts.ts";
import type { PairProblem } from "../oracle/beta.ts";
import { solveFiniteTime } from "../oracle/finiteTime.ts";
import { formatShort } from "../report/table.ts";
import { closePairs, distance } from "./closePairs.ts";
import { afterMove, finestMove } from "./halfMove.ts";
import { observedAt, tauOf } from "./onePair.ts";
import type { Comparison, ObservedRun } from "./statement.ts";
import { tabulated } from "./tabulated.ts";

/** D delta / eps^2 of the longest time that counts as short. */
const short = 1;

/** For each short time between observations, of which the start is one. Distances in eps. */
export function encounters(run: ObservedRun, pair: PairProblem): Comparison[] {
  const { system } = run;
  const seen = [everybodyAtStart(run), ...run.observables.ghosts!];
  const ticks = [0, ...system.observeAt];
  const taus = [0, ...observedAt(system)].map((time) => tauOf(system, pair, time));
  return taus.slice(1).flatMap((to, k) => {
    const from = taus[k];
    if (to === from || to - from > short) return [];
    const deaths = deathsOf(run, seen[k], ticks[k], ticks[k + 1]);
    return [...claim9(run, pair, from, to, deaths), ...claim10(run, pair, from, to, seen[k], deaths)];
  });
}

function everybodyAtStart({ system }: ObservedRun): Everybody {
  const { replicas, particles: n, dimension: d } = system;
  const place = new Uint32Array(replicas * n * d);
  for (let r = 0; r < replicas; r++) place.set(makeStart(system, r).place, r * n * d);
  return { place, alive: new Uint8Array(replicas * n).fill(1) };
}

/** How far apart those were who annihilated each other after tick `from` and by tick `to`, when `from` was. */
function deathsOf({ system, events, clock }: ObservedRun, { place }: Everybody, from: number, to: number) {
  const { particles: n, dimension: d } = system;
  const deaths: number[] = [];
  for (let at = 0; at < events.length; at += 5 + d) {
    const [replica, step, , one, other] = events.subarray(at, at + 5);
    const tick = tickOf(clock[replica], step + 1);
    if (tick > from && tick <= to) {
      deaths.push(inEps(system, distance(place, d, replica * n + one, replica * n + other)));
    }
  }
  return deaths;
}

const inEps = ({ side, eps }: ObservedRun["system"], apart: number) => ((apart / latticeSide) * side) / eps;

/** Of those who annihilate, how many were not within eps: a share that vanishes like the root of D delta / eps^2. */
function claim9(
  run: ObservedRun,
  pair: PairProblem,
  from: number,
  to: number,
  deaths: readonly number[],
): Comparison[] {
  if (deaths.length === 0) return [];
  const met = metBy(run, pair, to - from);
  const before = tabulated(solveFiniteTime(pair, from).u);
  /** Pairs by distance: those who both survive, and then meet. */
  const density = (r: number) => r ** (pair.dimension - 1) * (1 - before(r)) * met(r);
  const within = integrateOver(rule, 0, 1, density);
  // Beyond this many standard deviations of a pair's displacement nobody comes in.
  const reach = 8 * Math.sqrt(2 * (to - from) + finestMove(run, pair));
  const beyond = integrateOver(rule, 1, 1 + reach, density);
  const share = deaths.filter((apart) => apart >= 1).length / deaths.length;
  return [
    {
      what: `of those who annihilate at ${windowText(from, to)}, more than eps apart before`,
      mean: share,
      se: Math.sqrt((share * (1 - share)) / deaths.length),
      theory: beyond / (within + beyond),
    },
  ];
}

/** Pairs within eps that annihilate each other, over what it would be if they stood still: delta alpha eps^-2 V each. */
function claim10(
  run: ObservedRun,
  pair: PairProblem,
  from: number,
  to: number,
  seen: Everybody,
  deaths: readonly number[],
): Comparison[] {
  const { system } = run;
  const { replicas, particles: n, dimension: d, eps, side } = system;
  const reach = (eps / side) * latticeSide;
  const near = Array.from({ length: replicas }, (_, r) =>
    closePairs(seen.place.subarray(r * n * d, (r + 1) * n * d), n, d, reach)
      .filter(({ i, j }) => seen.alive[r * n + i] === 1 && seen.alive[r * n + j] === 1)
      .map(({ apart }) => inEps(system, apart)),
  ).flat();
  if (near.length === 0) return [];
  const met = metBy(run, pair, to - from);
  const still = near.reduce((sum, r) => sum + pair.potential.at(r), 0) * (pair.alpha / pair.D) * (to - from);
  const share = deaths.filter((apart) => apart < 1).length / near.length;
  return [
    {
      what: `pairs within eps that annihilate at ${windowText(from, to)}, over delta alpha V_eps`,
      mean: (share * near.length) / still,
      se: Math.sqrt(share * (1 - share) * near.length) / still,
      theory: near.reduce((sum, r) => sum + met(r), 0) / still,
    },
  ];
}

const windowText = (from: number, to: number) =>
  `D t / eps^2 from ${formatShort(from)} to ${formatShort(to)}`;

const rule = gaussLegendre(24);

/** u^[delta](r) after half a move. */
function metBy(run: ObservedRun, pair: PairProblem, tau: number): (r: number) => number {
  const u = tabulated(solveFiniteTime(pair, tau).u);
  const move = finestMove(run, pair);
  return (r) => afterMove(u, r, move, pair.dimension);
}
