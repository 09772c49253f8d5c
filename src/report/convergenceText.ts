/** What a study of convergence tells people in a terminal. Pure functions. */

import type { Convergence, ConvergenceLevel, NaiveVerdict } from "../converge/conclusion.ts";
import type { ConvergeProgress, Study } from "../converge/converge.ts";
import type { PowerLaw } from "../converge/powerLaw.ts";
import type { ConvergenceFigure } from "./convergenceFigure.ts";
import {
  formatCount,
  formatDuration,
  formatShort,
  formatTable,
  formatWithError,
  rightColumns,
} from "./table.ts";

const last = ({ observations }: ConvergenceLevel) => observations[observations.length - 1];

/** What the order is counted in. */
const smallnessName = (dimension: number) => (dimension === 2 ? "1/|log eps|" : "eps");

/** What theory expects of |h_N - h| to leading order. */
function expectation({ dimension, levels }: Convergence): string {
  if (dimension !== 4) return `order ${dimension === 5 ? 2 : 1} in ${smallnessName(dimension)}`;
  const term = (eps: number) => eps ** 2 * Math.log(1 / eps);
  const [largest, smallest] = [levels[0].eps, levels[levels.length - 1].eps];
  if (largest >= 1) return "eps^2 log(1/eps)";
  const between = Math.log(term(largest) / term(smallest)) / Math.log(largest / smallest);
  return `eps^2 log(1/eps), of order ${between.toFixed(2)} between these eps`;
}

/** What is studied. */
export function introduceStudy({ scenario, levels, limit, naive }: Study): string {
  const { name, model, dimension, domain, Z } = scenario;
  const side = "torus" in domain ? domain.torus : domain.space;
  const ns = levels.map(({ system }) => system.particles).join(", ");
  const end = limit.length - 1;
  return [
    `${name}: ${model}, d = ${dimension}, a torus of side ${side}, Z = ${Z}, N = ${ns}`,
    `h, the fraction left at t = ${limit[end].time}: ${formatShort(limit[end].count)} in the limit, ${formatShort(naive[end].count)} with the naive rate alpha ∫ V`,
  ].join("\n");
}

/** What is going on, for the progress line. */
export function describeProgress({ particles, done, wanted }: ConvergeProgress): string {
  return `N = ${particles}, replica ${Math.min(done + 1, wanted)} of ${wanted}`;
}

/** A row for each N, at the last time. */
export function convergenceTable(convergence: Convergence): string {
  const { titles, rows } = convergenceRows(convergence);
  return formatTable(rightColumns(titles), rows);
}

export function convergenceRows({ levels }: Convergence): { titles: string[]; rows: string[][] } {
  const apart = (difference: number, se: number | null) => (se ? signed(difference / se) : "");
  return {
    titles: ["N", "eps", "replicas", "h_N", "h_N - h", "/ s.e.", "eps h1", "(h_N - naive) / s.e."],
    rows: levels.map((level) => {
      const { mean, se, difference, correction, naive } = last(level);
      return [
        String(level.particles),
        formatShort(level.eps),
        String(level.replicas),
        formatWithError(mean, se),
        formatWithError(difference, se),
        apart(difference, se),
        correction === null ? "" : formatWithError(correction, null),
        apart(mean - naive, se),
      ];
    }),
  };
}

/** What the study shows, in sentences. */
export function concludeStudy(convergence: Convergence): string {
  const { levels, naive, work } = convergence;
  const finest = levels[levels.length - 1];
  const { correction, difference, se } = last(finest);
  const lines = [order(convergence), `Theory expects ${expectation(convergence)}.`];
  if (correction && se) {
    const share = formatWithError(difference / correction, se / Math.abs(correction));
    lines.push(
      `At the smallest eps, h_N - h is ${share} of eps h1, the leading term; the next ones make it less at larger eps.`,
    );
  }
  lines.push(naiveSentence(naive));
  for (const level of levels) {
    const { se } = last(level);
    if (level.wantedSe !== null && se !== null && se > 1.1 * level.wantedSe) {
      lines.push(
        `At N = ${level.particles} the standard error is ${se.toPrecision(2)}, where ${level.wantedSe.toPrecision(2)} was aimed at within bounded work; --se or --replicas go on.`,
      );
    }
  }
  lines.push(`${formatCount(work.particleSteps)} particle-steps in ${formatDuration(work.seconds)}`);
  return lines.join("\n");
}

function naiveSentence({ limit, apart, growth, rejected }: NaiveVerdict): string {
  if (apart === null || growth === null)
    return "The naive limit cannot be judged: the replicas show no spread.";
  return `The naive limit, ${formatShort(limit)}, is ${rejected ? "rejected" : "not rejected by these data"}: at the smallest eps h_N is ${signed(apart)} standard errors from it, and from the largest eps on the distance has ${growth < 0 ? "shrunk" : "grown"} by ${Math.abs(growth).toFixed(1)}.`;
}

function order({ fit, dimension }: Convergence): string {
  if (fit === null) return "No order can be fitted: fewer than two N have an error to go by.";
  const chi2 =
    fit.degreesOfFreedom > 0
      ? `; chi^2 is ${fit.chi2.toFixed(1)} for ${fit.degreesOfFreedom} ${fit.degreesOfFreedom === 1 ? "degree" : "degrees"} of freedom`
      : "";
  return `|h_N - h| falls with the order ${fit.order.toFixed(2)} in ${smallnessName(dimension)} (95 %: ${interval(fit)}${chi2}).`;
}

const interval = ({ low, high }: PowerLaw) =>
  low === null && high === null
    ? "any"
    : low === null
      ? `up to ${high!.toFixed(2)}`
      : high === null
        ? `from ${low.toFixed(2)} on`
        : `${low.toFixed(2)} to ${high.toFixed(2)}`;

/** "+12.3", "-130": a decimal where it tells something. */
const signed = (x: number) =>
  `${x < 0 ? "-" : "+"}${Math.abs(x) < 99.95 ? Math.abs(x).toFixed(1) : Math.abs(x).toFixed(0)}`;

/** The same as a figure. */
export function figureOf(convergence: Convergence): ConvergenceFigure {
  const { name, model, dimension, Z, time, limit, naive, levels, fit } = convergence;
  return {
    title: `${name}: convergence`,
    subtitle: `Points: |h_N - h| at t = ${time} ± 2 standard errors. h_N: mean fraction of particles left; h: the Smoluchowski equation's`,
    caption: `${model}, Z = ${Z}, d = ${dimension}, N = ${levels.map(({ particles }) => particles).join(", ")}. h = ${formatShort(limit)}.`,
    axis: smallnessName(dimension),
    points: levels.map((level) => ({ smallness: level.smallness, ...last(level) })),
    fit,
    naiveDistance: Math.abs(naive.limit - limit),
  };
}
