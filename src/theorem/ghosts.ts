/** Survivors and ghosts together are independent Brownian motions (Hammond's survey, Definition 3.7); survivors alone keep apart (Claim 3.11). */
import { gaussLegendre, integrateOver } from "../exact/quadrature.ts";
import { latticeSide } from "../model/multirate.ts";
import { unitSphereArea } from "../model/potential.ts";
import { makeStart } from "../model/start.ts";
import { diffusivity, type System } from "../model/system.ts";
import type { Everybody } from "../observe/ghosts.ts";
import { estimate } from "../observe/statistics.ts";
import { type PairProblem, solvePair } from "../oracle/beta.ts";
import { solveFiniteTime } from "../oracle/finiteTime.ts";
import { formatShort } from "../report/table.ts";
import { type ClosePair, closePairs, nextNeighbour } from "./closePairs.ts";
import { hasGhosts, observedAt, onePair, tauOf } from "./onePair.ts";
import type { Comparison, ObservedRun, Statement, StatementFigure } from "./statement.ts";
import { tabulated } from "./tabulated.ts";

/** Where ghosts are asked for, on a torus, from an even start of one mass in d >= 3: at the last observation, of the largest N. */
export function ghosts(runs: readonly ObservedRun[]): Statement | null {
  const { system, observables } = runs[runs.length - 1];
  if (!hasGhosts(system.scenario)) return null;
  const pair = onePair(system)!;
  const all = observables.ghosts!.at(-1)!;
  const time = observedAt(system).at(-1)!;
  const near = nearPairs(system, all);
  const alive = all.alive.reduce((a, b) => a + b, 0) / all.alive.length;
  const met = tabulated(solveFiniteTime(pair, tauOf(system, pair, time)).u);
  const bins = binsOf(near, alive, (r) => 1 - met(r));
  const within = bins.filter(({ to }) => to === 1 || to === 2 || to === 3);
  return {
    key: "ghosts",
    title: "Survivors and ghosts together do not feel each other",
    reference: "S Definition 3.7, Claim 3.11",
    rows: [
      ...motion(system, all, time),
      ...domination(system, near),
      ...within.map(
        ({ from, to, mean, se, theory }): Comparison => ({
          what: `pairs ${from} to ${to} eps apart: share both surviving, over h_N^2`,
          mean,
          se,
          theory,
        }),
      ),
    ],
    remark:
      `N = ${system.particles}, eps = ${formatShort(system.eps)}, at t = ${formatShort(time)}, D t / eps^2 = ${formatShort(tauOf(system, pair, time))}, where h_N = ${formatShort(alive)}. The theory of all together is exact, ` +
      "that of pairs, 1 - u^[t](x), holds as eps tends to 0.",
    figure: figureOf(bins, pair, met, time, system),
  };
}

/** How far all have come, who survived and who did not, and whether neighbours went together. */
function motion(system: System, all: Everybody, time: number): Comparison[] {
  const { replicas, particles: n, dimension: d, scenario, side } = system;
  const sd = Math.sqrt(2 * diffusivity(scenario.diffusion, scenario.initial[0].mass) * time);
  const starts = Array.from({ length: replicas }, (_, r) => makeStart(system, r).place);
  /** Displacement of a coordinate, the shorter way around, in standard deviations. */
  const moved = (r: number, at: number) =>
    (((all.place[r * n * d + at] - starts[r][at]) | 0) * side) / latticeSide / sd;
  const moment = (power: number, counts: (r: number, i: number) => boolean) =>
    estimate(
      starts.flatMap((_, r) => {
        let [sum, count] = [0, 0];
        for (let i = 0; i < n; i++) {
          if (!counts(r, i)) continue;
          for (let k = 0; k < d; k++) sum += moved(r, d * i + k) ** power;
          count += d;
        }
        return count === 0 ? [] : sum / count;
      }),
    );
  const isAlive = (r: number, i: number) => all.alive[r * n + i] === 1;
  // A neighbour is chosen by the start alone; a part of the particles will do where there are many.
  const some = Math.min(n, Math.max(1, Math.floor(3e7 / (n * replicas))));
  const together = estimate(
    starts.map((place, r) => {
      let sum = 0;
      for (let i = 0; i < some; i++) {
        const j = nextNeighbour(place, n, d, i);
        for (let k = 0; k < d; k++) sum += moved(r, d * i + k) * moved(r, d * j + k);
      }
      return sum / (some * d);
    }),
  );
  const turn = side / sd;
  return [
    {
      what: "squared displacement over 2 d t: all",
      ...moment(2, () => true),
      theory: wrappedMoment(2, turn),
    },
    { what: "the same: survivors alone", ...moment(2, isAlive), theory: null },
    { what: "the same: ghosts alone", ...moment(2, (r, i) => !isAlive(r, i)), theory: null },
    { what: "fourth power over (2 d t)^2: all", ...moment(4, () => true), theory: wrappedMoment(4, turn) },
    { what: "correlation of next neighbours' displacements: all", ...together, theory: 0 },
  ];
}

const rule = gaussLegendre(24);

/** The moment of a standard Gaussian on a circle of this length, the shorter way around: 1 and 3 on a long one, for powers 2 and 4. */
export function wrappedMoment(power: number, turn: number): number {
  const turns = Math.ceil(9 / turn);
  const panels = Math.ceil(turn);
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    const from = turn * (panel / panels - 0.5);
    sum += integrateOver(rule, from, from + turn / panels, (x) => {
      let density = 0;
      for (let k = -turns; k <= turns; k++) density += Math.exp(-((x + k * turn) ** 2) / 2);
      return (x ** power * density) / Math.sqrt(2 * Math.PI);
    });
  }
  return sum;
}

/** Pairs at most so many eps apart are looked at. */
const farthest = 4;

/** By replica; `both`: both survive. */
function nearPairs(system: System, { place, alive }: Everybody): (ClosePair & { both: boolean })[][] {
  const { replicas, particles: n, dimension: d, side, eps } = system;
  const reach = Math.min(farthest, side / eps / 2) * (eps / side) * latticeSide;
  return Array.from({ length: replicas }, (_, r) =>
    closePairs(place.subarray(r * n * d, (r + 1) * n * d), n, d, reach).map(({ i, j, apart }) => ({
      i,
      j,
      apart: ((apart / latticeSide) * side) / eps,
      both: alive[r * n + i] === 1 && alive[r * n + j] === 1,
    })),
  );
}

/** Pairs within eps, over as many as independent particles would have. */
function domination(system: System, near: ReturnType<typeof nearPairs>): Comparison[] {
  const { particles: n, dimension: d, eps, side } = system;
  const independent = ((n * (n - 1)) / 2) * (unitSphereArea(d) / d) * (eps / side) ** d;
  const share = (counts: (pair: { both: boolean }) => boolean) =>
    estimate(near.map((pairs) => pairs.filter((p) => p.apart < 1 && counts(p)).length / independent));
  return [
    { what: "pairs within eps, over those of independent ones: all", ...share(() => true), theory: 1 },
    { what: "the same: survivors alone", ...share(({ both }) => both), theory: 1, bound: true },
  ];
}

interface Bin {
  from: number;
  to: number;
  mean: number;
  se: number;
  theory: number;
}

/** The share of pairs by distance that both survive, over h^2; theory averaged over the pairs. */
function binsOf(near: ReturnType<typeof nearPairs>, h: number, theory: (r: number) => number): Bin[] {
  const width = 0.5;
  const all = near.flat();
  return Array.from({ length: farthest / width }, (_, b) => {
    const own = all.filter(({ apart }) => Math.floor(apart / width) === b);
    const share = own.filter(({ both }) => both).length / own.length;
    return {
      from: b * width,
      to: (b + 1) * width,
      mean: share / h ** 2,
      se: Math.sqrt((share * (1 - share)) / own.length) / h ** 2,
      theory: own.reduce((sum, { apart }) => sum + theory(apart), 0) / own.length,
    };
  }).filter(({ mean }) => !Number.isNaN(mean));
}

function figureOf(
  bins: readonly Bin[],
  pair: PairProblem,
  met: (r: number) => number,
  time: number,
  system: System,
): StatementFigure {
  const curve = (u: (r: number) => number) =>
    Array.from({ length: 81 }, (_, k) => ({ x: (farthest * k) / 80, y: 1 - u((farthest * k) / 80) }));
  return {
    title: "Survivors keep apart, ghosts do not",
    subtitle: `Of pairs at a distance, the share both surviving over h_N²; N = ${system.particles}, D t / eps² = ${formatShort(tauOf(system, pair, time))}`,
    x: { title: "distance, in eps", type: "linear" },
    y: { title: "both survive / h_N²", type: "linear" },
    series: [
      { name: "1 − u^[t]", kind: "line", data: curve(met) },
      { name: "1 − u", kind: "dashed", data: curve(solvePair(pair).u) },
      {
        name: "measured",
        kind: "points",
        data: bins.map(({ from, to, mean, se }) => ({ x: (from + to) / 2, y: mean, se })),
      },
    ],
  };
}
