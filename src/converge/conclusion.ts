/** What a study of convergence shows: means beside limits, the order, and what becomes of the naive limit. */
import type { Scenario } from "../model/scenario.ts";
import { type Estimate, estimate } from "../observe/statistics.ts";
import { version } from "../version.generated.ts";
import { type Chunk, chunksOf } from "./chunk.ts";
import type { Study } from "./converge.ts";
import { fitPowerLaw, type PowerLaw } from "./powerLaw.ts";
import { wantedReplicas } from "./replicas.ts";
import { lastFractions } from "./schedule.ts";

/** At one N and time. All numbers are fractions of N. */
export interface ConvergenceObservation extends Estimate {
  time: number;
  /** Of the Smoluchowski equation with the recipe's beta, and with alpha ∫ V in its place. */
  limit: number;
  naive: number;
  /** mean - limit. */
  difference: number;
  /** What theory predicts for it to leading order, eps h1; null where that is not known. */
  correction: number | null;
}

export interface ConvergenceLevel {
  particles: number;
  eps: number;
  /** What the order is counted in: eps, in the plane 1 / |log eps|. */
  smallness: number;
  replicas: number;
  /** Standard error wanted at the last time; null where the number of replicas was given. */
  wantedSe: number | null;
  observations: ConvergenceObservation[];
}

/** The naive limit at the last time, held against the data. */
export interface NaiveVerdict {
  limit: number;
  /** (h_N - naive) / se at the smallest eps; null where all replicas agree, so that there is no error to go by. */
  apart: number | null;
  /** How much |h_N - naive| grew from the largest eps to the smallest, in standard errors; were it right, it would go to 0. */
  growth: number | null;
  /** Whether it is at least 5 standard errors apart and does not come nearer by more than 2. */
  rejected: boolean;
}

export interface Convergence {
  name: string;
  version: string;
  model: Scenario["model"];
  dimension: number;
  method: Scenario["engine"]["kind"];
  Z: number;
  seed: number | string;
  /** h is the fraction left at this time, the last of the observations. */
  time: number;
  limit: number;
  naive: NaiveVerdict;
  /** In order of N. */
  levels: ConvergenceLevel[];
  /** difference = coefficient smallness^order at the last time; null where no order can be fitted. */
  fit: PowerLaw | null;
  work: {
    /** Moves of single particles. */
    particleSteps: number;
    /** Wall seconds of all chunks. */
    seconds: number;
  };
}

/**
 * Standard errors apart from which a limit counts as rejected, unless it comes nearer by more than the second number of them: h_N differs
 * from a right limit, too, but less and less.
 */
const [rejectedAt, nearerAt] = [5, 2];

export function conclude(study: Study, chunks: readonly Chunk[]): Convergence {
  const { scenario, limit, naive } = study;
  const own = study.levels.map(({ system }) => chunksOf(chunks, system.particles));
  const levels = study.levels.map((level, k) => concludeLevel(study, level, own[k]));
  const points = levels.map(({ smallness, observations }) => {
    const { difference, se } = observations[observations.length - 1];
    return { x: smallness, y: difference, se: se ?? 0 };
  });
  const played = own.flat();
  return {
    name: scenario.name,
    version,
    model: scenario.model,
    dimension: scenario.dimension,
    method: scenario.engine.kind,
    Z: scenario.Z,
    seed: scenario.seed,
    time: limit[limit.length - 1].time,
    limit: limit[limit.length - 1].count,
    naive: judge(levels, naive[naive.length - 1].count),
    levels,
    fit: fitPowerLaw(points),
    work: {
      particleSteps: played.reduce((sum, { particleSteps }) => sum + particleSteps, 0),
      seconds: played.reduce((sum, { seconds }) => sum + seconds, 0),
    },
  };
}

function concludeLevel(
  { limit, naive, correction }: Study,
  { system, smallness, goal }: Study["levels"][number],
  chunks: readonly Chunk[],
): ConvergenceLevel {
  const { particles, eps } = system;
  // An earlier study may have left more replicas than this one wants.
  const replicas = wantedReplicas(lastFractions(chunks, particles), goal);
  const left = chunks.flatMap((chunk) => chunk.left).slice(0, replicas);
  return {
    particles,
    eps,
    smallness,
    replicas,
    wantedSe: "se" in goal ? goal.se : null,
    observations: limit.map(({ time, count }, k) => {
      const { mean, se } = estimate(left.map((counts) => counts[k] / particles));
      return {
        time,
        mean,
        se,
        limit: count,
        naive: naive[k].count,
        difference: mean - count,
        correction: correction && eps * correction[k],
      };
    }),
  };
}

function judge(levels: readonly ConvergenceLevel[], naive: number): NaiveVerdict {
  const [coarse, fine] = [levels[0], levels[levels.length - 1]].map(({ observations }) => {
    const { mean, se } = observations[observations.length - 1];
    return { from: mean - naive, se: se ?? 0 };
  });
  if (fine.se === 0) return { limit: naive, apart: null, growth: null, rejected: false };
  const apart = fine.from / fine.se;
  const growth = (Math.abs(fine.from) - Math.abs(coarse.from)) / Math.hypot(fine.se, coarse.se);
  return { limit: naive, apart, growth, rejected: Math.abs(apart) >= rejectedAt && growth > -nearerAt };
}
