/** Q_z (Hammond's survey (5.1)): the rate of coagulation that pairs would have were they displaced by z. */
import { ratio } from "../observe/statistics.ts";
import { solvePair } from "../oracle/beta.ts";
import { isHomogeneous } from "../oracle/geometry.ts";
import { formatShort } from "../report/table.ts";
import { completeShells, depletion, livedIn, pairTimes, recordsOf } from "./livingPairs.ts";
import { pairOf } from "./onePair.ts";
import { displaced, displacedIntegral, shellMean } from "./shellMeans.ts";
import type { Comparison, ObservedRun, Statement } from "./statement.ts";

/** |z| in units of eps. */
const displacements = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6];

/**
 * Where pairs are asked for, on a torus, from an even start, in d >= 3: of pairs of mass 1, of the largest N. Q_z is the mean over the directions
 * of z, from the time that pairs live at each distance.
 */
export function displacedPairs(runs: readonly ObservedRun[]): Statement | null {
  const run = runs[runs.length - 1];
  const { system } = run;
  const { scenario, dimension, pairs, eps, side } = system;
  if (pairs === null || dimension === 2 || !isHomogeneous(scenario)) return null;
  const times = pairTimes(run, 1, 1);
  if (times.every((time) => time === 0)) return null;
  const problem = pairOf(system, 1, 1);
  const { potential, alpha } = problem;
  const { u, beta } = solvePair(problem);
  const records = recordsOf(run);
  const { fine } = completeShells(run);
  const far = fine[fine.length - 1].to - 1;
  /** Q_z over what it were if all pairs were spread evenly, for V times `factor`. */
  const measured = (z: number, factor: (r: number) => number) => {
    const shells = fine.map((shell) => ({
      shell,
      V: shellMean(displaced(potential, factor, z, dimension), shell.from, shell.to, dimension),
    }));
    const lived = shells
      .filter(({ V }) => V > 0)
      .map(({ shell, V }) => ({ V, times: livedIn(records, 1, 1, shell) }));
    return ratio(
      records.map((_, r) => alpha * lived.reduce((sum, { V, times }) => sum + V * times[r], 0)),
      times.map((time) => (time * eps ** dimension) / side ** dimension),
    );
  };
  const all = () => 1;
  const weakened = (r: number) => 1 - u(r);
  const stillThere = depletion(run, problem);
  const theoryOf = (z: number, factor: (r: number) => number) =>
    alpha * displacedIntegral(potential, factor, stillThere, z);
  const shown = displacements.filter((z) => z <= far);
  const profile = shown.map((z) => ({ z, ...measured(z, all), theory: theoryOf(z, all) }));
  const rows = profile.map(
    ({ z, mean, se, theory }): Comparison => ({
      what: `Q_z, |z| = ${z} eps`,
      mean,
      se,
      theory,
      naive: alpha,
    }),
  );
  const z = shown[shown.length - 1];
  rows.push({
    what: `the same with V (1 - u), |z| = ${z} eps`,
    ...measured(z, weakened),
    theory: theoryOf(z, weakened),
  });
  const curve = Array.from({ length: 121 }, (_, k) => (far * k) / 120);
  return {
    key: "displaced-pairs",
    title: "Displaced by z, pairs would coagulate at the rate alpha; undisplaced they do at beta",
    reference: "S (5.1), Proposition 5.1",
    rows,
    remark:
      `∫ Q_z dt in units of what it were for V with integral 1 and alpha = 1, if all pairs of mass 1 were spread evenly: N = ${system.particles}, eps = ${formatShort(eps)}, mean over the directions of z. ` +
      "Theory is alpha ∫ V(x + z) (1 - u^[t](x)) dx, averaged over the time. As eps and then z tend to 0 the other rows tend to alpha, and Proposition 5.1 says that the last one tends to the first, Q_0.",
    figure: {
      title: "Q_z: the propensity of pairs displaced by z",
      subtitle: `Pairs of mass 1, N = ${system.particles}; alpha = ${formatShort(alpha)}, beta = ${formatShort(beta)}; bars of two standard errors`,
      x: { title: "|z|, in eps", type: "linear" },
      y: { title: "Q_z over an even density of pairs", type: "linear" },
      series: [
        { name: "measured", kind: "points", data: profile.map(({ z, mean, se }) => ({ x: z, y: mean, se })) },
        {
          name: "α ∫ V(x + z) (1 − u^[t](x)) dx",
          kind: "line",
          data: curve.map((x) => ({ x, y: theoryOf(x, all) })),
        },
        { name: "naive: α ∫ V", kind: "dashed", data: [0, far].map((x) => ({ x, y: alpha })) },
      ],
    },
  };
}
