/** A study of convergence: one scenario at several N, each with as many replicas as its standard error needs, beside the limit. */
import { UserError } from "../errors.ts";
import {
  type PhysicalScenarioInput,
  parseScenario,
  type Scenario,
  type ScenarioInput,
} from "../model/scenario.ts";
import { makeSystem } from "../model/system.ts";
import { leadingCorrection } from "../oracle/correction.ts";
import { type LimitPoint, limitOf } from "../oracle/limit.ts";
import { openPlace, type Place, type PlaceOptions } from "../place.ts";
import { type Chunk, playChunk } from "./chunk.ts";
import { type Convergence, conclude } from "./conclusion.ts";
import { type Level, type LevelOptions, makeLevels } from "./levels.ts";
import type { Goal } from "./replicas.ts";
import { type Plan, plan } from "./schedule.ts";

export interface ConvergeOptions extends PlaceOptions, LevelOptions {
  /**
   * Standard error wanted of the fraction left at the last observation, > 0, at every N. By default a twentieth of the leading correction
   * eps |h1| where that is known, else 0.001, but no more than 2^17 particles in all replicas of one N.
   */
  se?: number;
  /** Instead of `se`: replicas of every N, an integer from 2 to 65536. */
  replicas?: number;
  /** Chunks of the same scenario that are there already, from `onChunk`. The result is the same as if they were played now. */
  finished?: readonly Chunk[];
  /** Called with where it runs, once that is known. */
  onPlace?: (place: Place) => void;
  /** Called with every chunk that has been played, before the next is begun. */
  onChunk?: (chunk: Chunk) => void | Promise<void>;
  /** Called now and then. */
  onProgress?: (progress: ConvergeProgress) => void;
  /** Ends the study with an error soon after it is aborted; what `onChunk` was given is complete. */
  signal?: AbortSignal;
}

export interface ConvergeProgress {
  /** Fraction of the wall time of the whole study, 0 to 1, and seconds left of it, as estimated; null until something is measured. */
  fraction: number;
  secondsLeft: number | null;
  /** What is being played: N, and how many replicas of how many there are. */
  particles: number;
  done: number;
  wanted: number;
}

/** The scenario with its limits at the observation times, and the levels with their goals. */
export interface Study {
  scenario: Scenario;
  levels: (Level & { goal: Goal })[];
  limit: LimitPoint[];
  naive: LimitPoint[];
  /** h1 at each observation time; null where it is not known. */
  correction: number[] | null;
}

/** Of the leading correction: the default of `se`. */
const shareOfCorrection = 1 / 20;
const defaultSe = 0.001;
const mostByDefault = 2 ** 17;
const mostReplicas = 65536;

/** Particles that a chunk should have, so that its engine does not idle between steps. */
const worthwhile = ({ software }: Place) => (software === null ? 1 : software ? 2 ** 12 : 2 ** 16);

/**
 * How the fraction of particles left tends to its Smoluchowski limit as eps -> 0 (Hammond's survey, Theorem 1.1): Z and all else are the
 * scenario's, N and with it eps vary. The scenario's `particles` are only the default of `n`, and its `replicas` are not used.
 *
 * @throws UserError for a scenario or options that are not valid, or a scenario whose limit `limitOf` does not solve.
 */
export async function converge(
  scenario: ScenarioInput | PhysicalScenarioInput,
  options: ConvergeOptions = {},
): Promise<Convergence> {
  const study = makeStudy(parseScenario(scenario), options);
  const { finished = [], onPlace, onChunk, onProgress, signal } = options;
  const chunks = [...finished];
  const opened = await openPlace(options);
  try {
    onPlace?.(opened.place);
    const tasks = study.levels.map(({ system, goal }) => ({ particles: system.particles, goal }));
    for (;;) {
      const now = plan(tasks, chunks, worthwhile(opened.place));
      if (now.next === null) break;
      signal?.throwIfAborted();
      const { task, firstReplica, replicas } = now.next;
      const system = makeSystem({ ...study.levels[task].system.scenario, replicas }, firstReplica);
      const spent = chunks.reduce((sum, { seconds }) => sum + seconds, 0);
      const tell = progressTeller(now, now.next, system.particles, spent);
      onProgress?.(tell(0));
      const chunk = await playChunk(system, opened, {
        ...(signal && { signal }),
        onProgress: (fraction) => onProgress?.(tell(fraction)),
      });
      chunks.push(chunk);
      await onChunk?.(chunk);
    }
    return conclude(study, chunks);
  } finally {
    opened.release();
  }
}

/** From the progress of a chunk that begins now, when `spent` seconds have gone into the study, to that of the study. */
function progressTeller(
  { replicas, secondsLeft }: Plan,
  next: NonNullable<Plan["next"]>,
  particles: number,
  spent: number,
): (ofChunk: number) => ConvergeProgress {
  const begin = performance.now();
  const { done, wanted } = replicas[next.task];
  return (ofChunk) => {
    const since = (performance.now() - begin) / 1000;
    const left = secondsLeft === null ? null : Math.max(0, secondsLeft - since);
    return {
      fraction: left === null ? 0 : (spent + since) / (spent + since + left),
      secondsLeft: left,
      particles,
      done: done + Math.floor(ofChunk * next.replicas),
      wanted,
    };
  };
}

/** What `converge` will do. Throws its UserErrors. */
export function makeStudy(scenario: Scenario, options: ConvergeOptions): Study {
  const { times } = scenario.observe;
  if (scenario.scaling !== 1) {
    throw new UserError(
      `scaling is ${scenario.scaling}, but must be 1 for converge, which holds the naive limit against the right one: in a weaker scaling they are the same.`,
    );
  }
  if (times[times.length - 1] === 0) {
    throw new UserError(
      "observe.times ends at 0, but must end later: at the start there is nothing to compare.",
    );
  }
  const levels = makeLevels(scenario, options);
  const limit = limitOf(scenario, times);
  const naive = naiveLimit(scenario, times);
  if (limit === null || naive === null) {
    throw new UserError(
      "converge compares with the limit, which is not solved for this start: initial must vary along two axes at most, or be round Gaussians around one centre.",
    );
  }
  const correction = leadingCorrection(scenario, times);
  const goalOf = goals(options, correction?.at(-1));
  return {
    scenario,
    levels: levels.map((level) => ({ ...level, goal: goalOf(level) })),
    limit,
    naive,
    correction,
  };
}

/** What the naive rate alpha ∫ V would lead to; where it is infinite, nobody is left after the start. */
function naiveLimit(scenario: Scenario, times: readonly number[]): LimitPoint[] | null {
  if (!("contact" in scenario.alpha)) return limitOf(scenario, times, "naive");
  const masses = Array<number>(scenario.observe.masses).fill(0);
  return times.map((time) => ({ time, count: time > 0 ? 0 : 1, masses }));
}

/** The goal of a level, given h1 at the last time. */
function goals({ se, replicas }: ConvergeOptions, h1: number | undefined): (level: Level) => Goal {
  if (se !== undefined && replicas !== undefined) {
    throw new UserError(
      "se and replicas are both given, but allowed is one of them; se chooses the replicas.",
    );
  }
  if (se !== undefined && !(se > 0 && se < 1)) {
    throw new UserError(`se is ${se}, but must be a number above 0 and below 1.`);
  }
  if (replicas !== undefined) {
    if (Number.isInteger(replicas) && replicas >= 2 && replicas <= mostReplicas) return () => ({ replicas });
    throw new UserError(`replicas is ${replicas}, but must be an integer from 2 to ${mostReplicas}.`);
  }
  return ({ system: { particles, eps } }) => {
    if (se !== undefined) return { se, most: Number.POSITIVE_INFINITY };
    const wanted = h1 === undefined || h1 === 0 ? defaultSe : shareOfCorrection * eps * Math.abs(h1);
    return { se: wanted, most: Math.max(8, Math.round(mostByDefault / particles)) };
  };
}
