/** The tables of a results folder. Densities are fractions of N, and standard errors, where replicas show any, those of the mean over replicas. */
import type { Convergence } from "../converge/conclusion.ts";
import { classWidth } from "../model/massClass.ts";
import type { ClockSegment } from "../model/pace.ts";
import type { System } from "../model/system.ts";
import { type History, historyOf } from "../observe/history.ts";
import { type Estimate, ratio } from "../observe/statistics.ts";
import { isHomogeneous } from "../oracle/geometry.ts";
import type { LimitPoint } from "../oracle/limit.ts";
import { scenarioRate } from "../oracle/scenarioRate.ts";
import type { Observation } from "../simulate.ts";
import type { Statement } from "../theorem/statement.ts";
import type { Table } from "./table.ts";

/** Times of the history beside those of observations, and observations at most whose spectrum is told. */
const [betweenTimes, mostSpectra] = [64, 100];

/** Masses up to which events are counted by pair. */
const mostPairMasses = 5;

/** What the event log tells of a run. */
export function runHistory(system: System, events: Uint32Array, clock: readonly ClockSegment[][]): History {
  const { observeAt, scenario } = system;
  const end = observeAt[observeAt.length - 1];
  const between = Array.from({ length: betweenTimes }, (_, k) => Math.round((end * k) / betweenTimes));
  // Where observations are at times of several orders, so should be those between them.
  const first = observeAt.find((tick) => tick > 0) ?? 1;
  const decades = Array.from({ length: betweenTimes }, (_, k) =>
    Math.round(first * (end / first) ** (k / betweenTimes)),
  );
  const ticks = [...new Set([0, ...between, ...(end / first >= 10 ? decades : []), ...observeAt])];
  const stride = Math.ceil(observeAt.length / mostSpectra);
  const spectrumTicks = observeAt.filter((_, k) => (observeAt.length - 1 - k) % stride === 0);
  return historyOf(system, events, clock, {
    ticks: ticks.filter((tick) => tick <= end).sort((a, b) => a - b),
    spectrumTicks: new Set(spectrumTicks),
    pairMasses: classWidth(scenario.observe) > 1 ? 0 : Math.min(mostPairMasses, scenario.observe.masses),
  });
}

const both = ({ mean, se }: Estimate) => [mean, se];

/** The densities of all masses ("all") and of each observed one; where runs are at several scalings, each says its own. */
export function densityTable(
  runs: readonly { particles: number; scaling?: number; observations: readonly Observation[] }[],
): Table {
  const scaled = runs.some(({ scaling }) => scaling !== undefined);
  const rows = runs.flatMap(({ particles, scaling = 1, observations }) =>
    observations.flatMap(({ time, count, masses }) =>
      [{ mass: "all", ...count }, ...masses].map(({ mass, mean, se, theory }) => [
        particles,
        ...(scaled ? [scaling] : []),
        time,
        mass,
        mean,
        se,
        theory,
      ]),
    ),
  );
  return {
    columns: ["particles", ...(scaled ? ["scaling"] : []), "time", "mass", "mean", "se", "theory"],
    rows,
  };
}

/** What statements of the papers say, beside what was measured; `naive` is the naive guess alpha ∫ V. */
export function statementTable(statements: readonly Statement[]): Table {
  return {
    columns: ["statement", "what", "mean", "se", "theory", "is_bound", "naive"],
    rows: statements.flatMap(({ key, rows }) =>
      rows.map(({ what, mean, se, theory, bound, naive }) => [
        key,
        what,
        finite(mean),
        finite(se),
        theory,
        bound === true ? 1 : 0,
        naive ?? null,
      ]),
    ),
  };
}

const finite = (x: number | null) => (x !== null && Number.isFinite(x) ? x : null);

/** A row for each N and time of a study of convergence. */
export function convergenceTable({ levels }: Convergence): Table {
  return {
    columns: [
      "particles",
      "eps",
      "replicas",
      "time",
      "mean",
      "se",
      "limit",
      "naive",
      "difference",
      "correction",
    ],
    rows: levels.flatMap(({ particles, eps, replicas, observations }) =>
      observations.map(({ time, mean, se, limit, naive, difference, correction }) => [
        particles,
        eps,
        replicas,
        time,
        mean,
        se,
        limit,
        naive,
        difference,
        correction,
      ]),
    ),
  };
}

/** The solution of the Smoluchowski equation at many times; masses, or classes of so many, by the mass they go up to. */
export function limitTable(points: readonly LimitPoint[], massWidth = 1): Table {
  return {
    columns: ["time", "count", ...points[0].masses.map((_, n) => `mass_${(n + 1) * massWidth}`)],
    rows: points.map(({ time, count, masses }) => [time, count, ...masses]),
  };
}

export function momentTable({ moments }: History): Table {
  const names = ["moment_0", "moment_1", "moment_2", "largest", "gel_share"];
  return {
    columns: ["time", ...names.flatMap((name) => [name, `${name}_se`])],
    rows: moments.map(({ time, sums, largest, gelShare }) => [
      time,
      ...[...sums, largest, gelShare].flatMap(both),
    ]),
  };
}

export function spectrumTable({ spectra }: History): Table {
  return {
    columns: ["time", "mass", "mean", "se"],
    rows: spectra.flatMap(({ time, masses }) => masses.map((one) => [time, one.mass, ...both(one)])),
  };
}

/**
 * Events of all replicas by pair of masses. From an even start on a torus also the rate at which a pair reacts, times its volume in units of
 * eps^(d-2), which tends to beta(n, m) as eps -> 0 (Hammond's survey (1.1)): events V / (weight x the time that living pairs had). Where particles split it tends to
 * something else, as halves meet again.
 */
export function rateTable(system: System, { pairs }: History): Table {
  const { scenario, side, dimension, weight } = system;
  const even = isHomogeneous(scenario);
  const beta = even && scenario.fragmentation === undefined ? scenarioRate(scenario, "recipe") : null;
  const volume = side ** dimension;
  return {
    columns: ["n", "m", "events", "rate", "rate_se", "theory"],
    rows: pairs.map(({ n, m, events, pairTime }) => {
      const total = events.reduce((a, b) => a + b, 0);
      const unit = weight / volume;
      const lived = Array.from(pairTime, (time) => time * unit);
      const isKnown = even && lived.some((time) => time > 0);
      const { mean, se } = isKnown ? ratio([...events], lived) : { mean: null, se: null };
      return [n, m, total, mean, se, beta === null ? null : beta(n, m)];
    }),
  };
}
