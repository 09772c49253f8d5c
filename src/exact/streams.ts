/**
 * Every use of randomness, in one list, so that no two ever share a word.
 *
 *     key     = (seed low, seed high, replica, stream)
 *     counter = (particle, step, block, sub-step)                   for a particle's own randomness
 *             = (lower particle, higher particle, step, sub-step)   for a pair's
 *             = (draw low, draw high, 0, 0)                         where draws are numbered one after another
 *
 * Replicas are numbered from `firstReplica` of the system here. Sub-steps are numbered from 0 in each step of a cluster; a step without any
 * is its number 0.
 *
 * A particle is its index 0..N-1 within its replica, which never changes; so nothing depends on the order of buffers, on
 * threads, batching, workgroups, the number of replicas beside it, or the engine.
 */
export const streams = {
  /** A particle's start: block 0 gives the entry it belongs to and its mass, block 1 + k/4 the word of its place along axis k. */
  start: 0,
  /** A particle's move in a step: block k/4 holds the word for axis k. */
  move: 1,
  /** A pair's coagulation in a step: word 0 its ring time, word 1 which of the two survives. */
  pair: 2,
  /** The draws of a stochastic coalescent, four words at a time. */
  coalescent: 3,
  /** A ghost's move to an observation, which stands for the step: block k/4 holds the word for axis k. */
  ghost: 4,
  /** The draws of coalescing walkers on a lattice, four words at a time. */
  walkers: 5,
  /** The draws of one cluster of random walkers, whose mass stands for the replica, four words at a time. */
  cluster: 6,
  /** The draws of a whole chain of random-walker clusters, four words at a time. */
  clusters: 7,
  /** A particle's splitting in a step: block 0 whether and how, block 1 + k/4 the word of the place along axis k; attempts stand for the sub-step. */
  fragment: 8,
} as const;
