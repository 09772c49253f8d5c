/** How far a replica has come in an epoch of steps of one pace. */
export interface Progress {
  /** Steps taken since the start of the run. */
  step: number;
  /** Steps left in the epoch. */
  left: number;
}

/** Ends a step that was taken: it counts. */
export function step_end(progress: Progress): void {
  if (progress.left === 0) throw new RangeError(`Step ${progress.step} is one too many.`);
  progress.step++;
  progress.left--;
}
