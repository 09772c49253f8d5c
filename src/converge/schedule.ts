/** What a study plays next, and how long the whole will take, from what the chunks so far took. */
import { estimate } from "../observe/statistics.ts";
import { type Chunk, chunksOf } from "./chunk.ts";
import { type Goal, guessReplicas, pilotOf, wantedReplicas } from "./replicas.ts";

/** One level of a study as the schedule sees it: its N, and what it is to reach. */
export interface Task {
  particles: number;
  goal: Goal;
}

/** Wall seconds aimed at for one chunk: little is lost by an interrupt, and little spent on beginnings. */
const chunkSeconds = 3;

/** Particles of all replicas of one chunk; more would only fill the memory. */
const mostInChunk = 2 ** 22;

/** How the cost of a replica grows with N where nothing has been measured: of the multirate step, at a fixed time, in d = 3. */
const costExponent = 5 / 3;

export interface Plan {
  /** The next chunk, or null where all is done. */
  next: { task: number; firstReplica: number; replicas: number } | null;
  /** Replicas there are and replicas wanted, by task; wanted is a guess for a task that has no pilot yet. */
  replicas: { done: number; wanted: number }[];
  /** Wall seconds that what is left will take; null where nothing has been measured. */
  secondsLeft: number | null;
}

/** The fraction left at the last observation, by replica. */
export function lastFractions(chunks: readonly Chunk[], particles: number): number[] {
  return chunks.flatMap(({ left }) => left.map((counts) => counts[counts.length - 1] / particles));
}

/**
 * Pilots of all levels come first, from the smallest N on, so that the work of all is soon known; then each level in turn gets what it lacks.
 * `atLeast`: particles that a chunk should have to keep its engine busy.
 */
export function plan(tasks: readonly Task[], chunks: readonly Chunk[], atLeast: number): Plan {
  const states = tasks.map(({ particles, goal }) => {
    const own = chunksOf(chunks, particles);
    const fractions = lastFractions(own, particles);
    const done = fractions.length;
    const { se } = estimate(fractions);
    return {
      particles,
      goal,
      done,
      wanted: wantedReplicas(fractions, goal),
      spread: se === null ? null : se * Math.sqrt(done),
      cost: done > 0 ? own.reduce((sum, { seconds }) => sum + seconds, 0) / done : null,
    };
  });
  const tried = states.findLast(({ spread }) => spread !== null);
  const inPilot = states.map(({ done, goal }) => done < pilotOf(goal));
  const replicas = states.map(({ particles, goal, done, wanted }, k) => ({
    done,
    wanted: inPilot[k] ? guessReplicas(particles, tried, goal) : wanted,
  }));
  const costs = guessCosts(states);
  const secondsLeft =
    costs && replicas.reduce((sum, r, k) => sum + Math.max(0, r.wanted - r.done) * costs[k], 0);
  const task = inPilot.includes(true)
    ? inPilot.indexOf(true)
    : replicas.findIndex(({ done, wanted }) => done < wanted);
  if (task < 0) return { next: null, replicas, secondsLeft };

  const { particles, goal, done, wanted } = states[task];
  const affordable = costs === null ? 1 : Math.floor(chunkSeconds / costs[task]);
  const size = Math.max(1, affordable, Math.ceil(atLeast / particles));
  const lacking = (inPilot[task] ? pilotOf(goal) : wanted) - done;
  const count = Math.min(size, lacking, Math.max(1, Math.floor(mostInChunk / particles)));
  return { next: { task, firstReplica: done, replicas: count }, replicas, secondsLeft };
}

/** Seconds of a replica at each N: measured, or continued as a power of N from those that are; null where none is. */
function guessCosts(states: readonly { particles: number; cost: number | null }[]): number[] | null {
  const known = states.filter((state): state is { particles: number; cost: number } => state.cost !== null);
  if (known.length === 0) return null;
  const [before, last] = known.length > 1 ? known.slice(-2) : [null, known[0]];
  const slope =
    before === null
      ? costExponent
      : Math.log(last.cost / before.cost) / Math.log(last.particles / before.particles);
  return states.map(({ particles, cost }) => cost ?? last.cost * (particles / last.particles) ** slope);
}
