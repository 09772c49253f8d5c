/** The bound on the collision (Hammond's survey, Lemma 8.1) and the martingale's second moment (Proposition 4.2): both follow from what pairs live through. */
import { estimate } from "../observe/statistics.ts";
import { formatShort } from "../report/table.ts";
import { exponentRow } from "./againstN.ts";
import { recordsOf, spanOf } from "./livingPairs.ts";
import type { Comparison, ObservedRun, Statement } from "./statement.ts";

/** Where pairs are asked for. */
export function collisionBound(runs: readonly ObservedRun[]): Statement | null {
  const last = runs[runs.length - 1];
  const { pairs, scenario, annihilation } = last.system;
  if (pairs === null) return null;
  const { Z } = scenario;
  const rows: Comparison[] = [];
  for (const run of runs) {
    const { system } = run;
    const of = `N = ${system.particles}`;
    const rates = recordsOf(run).map((record) => system.weight * allHazards(record, pairs.masses));
    const events = eventsOf(run).map((count) => 2 * system.weight * count);
    rows.push({ what: `pair sum, ${of}`, ...estimate(rates), theory: 2 * Z, bound: true });
    const apart = estimate(rates.map((rate, r) => rate - events[r]));
    rows.push({ what: "  less twice the coagulations", ...apart, theory: 0 });
  }
  const masses = Math.min(pairs.masses, scenario.observe.masses, annihilation ? 1 : 2);
  for (let n = 1; n <= masses; n++) {
    const squares = squaresOf(runs, n);
    for (const { run, mean, se, variation } of squares) {
      const { weight, particles } = run.system;
      rows.push({ what: `E M_T^2, mass ${n}, N = ${particles}`, mean, se, theory: variation });
      rows.push({
        what: "  over eps^(d-2)",
        mean: mean / weight,
        se: se && se / weight,
        theory: 4 * Z,
        bound: true,
      });
    }
    rows.push(...exponentRow(`exponent in N of E M_T^2, mass ${n}`, runs, squares, -1));
  }
  const { from, to } = spanOf(last);
  const log = (title: string) => ({ title, type: "log" as const });
  const first = squaresOf(runs, 1);
  return {
    key: "collision-bound",
    title: "Pairs' rates add up to the coagulations, and the martingale that is left is small",
    reference: "S Lemma 8.1, Proposition 4.2",
    rows,
    remark:
      `From t = ${formatShort(from)} to ${formatShort(to)}. The pair sum is eps^(d-2) Σ ∫ alpha V_eps(x_i - x_j) dt over ordered pairs; its mean is twice that of eps^(d-2) times the number of coagulations, so at most 2 Z. ` +
      "M_T is what the weight of all particles of a mass has changed by, less what pairs' rates say; the mean of its square is that of the squared jumps, and at most 4 Z eps^(d-2); its error is that of a Gaussian's square. All of this holds exactly, at any eps and any step.",
    figure:
      runs.length < 2
        ? null
        : {
            title: "The martingale's second moment",
            subtitle: "E M_T², mass 1; bars: two standard errors",
            x: log("N"),
            y: log("E M_T²"),
            series: [
              {
                name: "measured",
                kind: "points",
                data: first.map(({ run, mean, se }) => ({ x: run.system.particles, y: mean, se })),
              },
              {
                name: "mean of the squared jumps",
                kind: "line",
                data: first.map(({ run, variation }) => ({ x: run.system.particles, y: variation })),
              },
              {
                name: "bound 4 Z ε^(d−2)",
                kind: "dashed",
                data: runs.map(({ system }) => ({ x: system.particles, y: 4 * Z * system.weight })),
              },
            ],
          },
  };
}

/** E M_T^2, with the standard error that squares of Gaussians have, and the mean of the squared jumps. */
function squaresOf(runs: readonly ObservedRun[], n: number) {
  return runs.map((run) => {
    const M = martingales(run, n);
    const { mean } = estimate(M.map(({ value }) => value ** 2));
    const variation = estimate(M.map((each) => each.variation)).mean;
    const se = M.length < 2 ? null : variation * Math.sqrt(2 / M.length);
    return { run, mean, se, variation };
  });
}

type Hazards = Pick<ReturnType<typeof recordsOf>[number], "hazard">;

function allHazards({ hazard }: Hazards, masses: number): number {
  let sum = 0;
  for (let k = 1; k <= masses + 1; k++) for (let l = 1; l <= masses + 1; l++) sum += hazard(k, l);
  return sum;
}

/** M_T of mass n with J = 1, and its predictable quadratic variation, by replica. In units of Z and Z^2. */
export function martingales(run: ObservedRun, n: number): { value: number; variation: number }[] {
  const { weight, pairs, annihilation } = run.system;
  const { masses } = pairs!;
  const change = countsOf(run, n);
  return recordsOf(run).map(({ hazard }, r) => {
    let [drift, variation] = [0, 0];
    for (let k = 1; k <= masses + 1; k++) {
      for (let l = 1; l <= masses + 1; l++) {
        const born = !annihilation && k <= masses && l <= masses && k + l === n ? 1 : 0;
        const jump = born - (k === n ? 1 : 0) - (l === n ? 1 : 0);
        drift += (jump * hazard(k, l)) / 2;
        variation += (jump ** 2 * hazard(k, l)) / 2;
      }
    }
    return { value: weight * (change[r] - drift), variation: weight ** 2 * variation };
  });
}

/** How many more particles of mass n there are in the end than at the beginning of the span. */
function countsOf({ system, observables }: ObservedRun, n: number): number[] {
  const { counts } = observables;
  const columns = system.scenario.observe.masses + 1;
  const [first, last] = [counts[0], counts[counts.length - 1]];
  return Array.from(
    { length: system.replicas },
    (_, r) => last[r * columns + n - 1] - first[r * columns + n - 1],
  );
}

/** Coagulations between the first and the last observation, by replica. */
function eventsOf({ system, observables }: ObservedRun): number[] {
  const { counts } = observables;
  const columns = system.scenario.observe.masses + 1;
  const living = (all: Uint32Array, r: number) =>
    all.subarray(r * columns, (r + 1) * columns).reduce((a, b) => a + b);
  const each = system.annihilation ? 2 : 1;
  return Array.from(
    { length: system.replicas },
    (_, r) => (living(counts[0], r) - living(counts[counts.length - 1], r)) / each,
  );
}
