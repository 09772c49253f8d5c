import type { Grid } from "./grid.ts";

/** Densities f_1, f_2, ... in cells, each spreading with its own diffusivity and all reacting where they are. */
export interface ReactionDiffusion {
  grid: Grid;
  /** d of each density. */
  diffusivities: readonly number[];
  /** Writes what the reaction adds to df/dt in a cell, where the densities are `f`, into `change`. */
  rates(f: Float64Array, change: Float64Array, time: number, cell: number): void;
  /**
   * What the error of a step is measured by: with each list of weights the integral of sum_n weight_n |error_n|, relative to the same
   * of f; the largest counts.
   */
  norms: readonly (readonly number[])[];
}

/** A moment of a solution. The arrays change with the next one. */
export interface Instant {
  time: number;
  /** fields[n][cell]. */
  fields: readonly Float64Array[];
  /** What the reaction adds to df/dt, likewise. */
  rates: readonly Float64Array[];
}

export interface StepControl {
  /** Increasing, positive; steps end at each of them, and the solution with the last. */
  stops: readonly number[];
  /** Allowed relative error of one step. */
  tolerance: number;
  /** Takes all steps of this length, but for the last before a stop, whatever the error: to study the order of convergence. */
  fixedStep?: number;
}

const SMALLEST_STEP = 1e-13;

/**
 * Solves df_n/dt = d_n Δ f_n + rates_n(f) from `start` at time 0; yields the start and what follows each step.
 *
 * Third order in time: the integrating-factor Runge-Kutta method eSSPRK+(3,3) of Isherwood, Grant and Gottlieb (SIAM J. Numer. Anal. 56,
 * 2018), in which heat spreads exactly, forward in time only, and all else is an average of forward Euler steps of reaction of 4/3 of
 * the step. So a step after which none of those is negative keeps densities positive, and every linear invariant of the reaction is
 * kept to rounding; a step that would make one negative is taken again at half the length. The difference from the second-order method
 * of the same stages, weights 1/4, 3/4, 0, is the error that is controlled.
 *
 * @throws Error when the step shrinks to nothing, or a fixed one would make a density negative: a singularity, or not-a-number.
 */
export function* evolve(
  system: ReactionDiffusion,
  start: readonly Float64Array[],
  { stops, tolerance, fixedStep }: StepControl,
): Generator<Instant, void> {
  const state = makeState(system, start);
  const end = stops[stops.length - 1];
  let time = 0;
  react(system, state, time);
  yield { time, fields: state.fields, rates: state.rates };
  // Accepted at once where nothing reacts, else cut down by its error.
  let step = fixedStep ?? 0.1 * Math.min(end, timescale(system, state));
  for (const stop of stops) {
    while (time < stop) {
      const h = Math.min(step, stop - time);
      const error = attempt(system, state, time, h) / tolerance;
      const possible = Number.isFinite(error);
      if (!possible || (error > 1 && fixedStep === undefined)) {
        step = h * (possible ? Math.max(0.2, 0.9 * error ** (-1 / 3)) : 0.5);
        if (!(step > SMALLEST_STEP * end) || fixedStep !== undefined) {
          throw new Error(`the solution stopped at t = ${time}: its step must fall to ${step}`);
        }
        continue;
      }
      finish(system, state, h);
      // A step cut short by a stop says little about the next one.
      const grown = h * Math.min(3, 0.9 * error ** (-1 / 3));
      step = fixedStep ?? (h < step ? Math.max(step, grown) : grown);
      time = h === stop - time ? stop : time + h;
      react(system, state, time);
      yield { time, fields: state.fields, rates: state.rates };
    }
  }
}

interface State {
  fields: Float64Array[];
  rates: Float64Array[];
  /** Spread for two thirds of a step: the fields, and the fields after an Euler step. */
  spread: Float64Array[];
  spreadEuler: Float64Array[];
  /** Of a few cells at a time, what each holds and its rates at two stages. */
  cells: Float64Array[];
  changes: Float64Array[];
  changes2: Float64Array[];
}

/** Cells at a time: enough to read whole cache lines of every field before the next field, which may compete for the same lines. */
const BLOCK = 32;

function makeState({ diffusivities }: ReactionDiffusion, start: readonly Float64Array[]): State {
  const room = () => start.map((field) => new Float64Array(field.length));
  const block = () => Array.from({ length: BLOCK }, () => new Float64Array(diffusivities.length));
  return {
    fields: start.map((field) => field.slice()),
    rates: room(),
    spread: room(),
    spreadEuler: room(),
    cells: block(),
    changes: block(),
    changes2: block(),
  };
}

/** Rates from fields. */
function react({ rates: reaction }: ReactionDiffusion, state: State, time: number): void {
  const { fields, rates, cells, changes } = state;
  for (let from = 0; from < fields[0].length; from += BLOCK) {
    const count = Math.min(BLOCK, fields[0].length - from);
    for (let n = 0; n < fields.length; n++) {
      for (let b = 0; b < count; b++) cells[b][n] = fields[n][from + b];
    }
    for (let b = 0; b < count; b++) reaction(cells[b], changes[b], time, from + b);
    for (let n = 0; n < fields.length; n++) {
      for (let b = 0; b < count; b++) rates[n][from + b] = changes[b][n];
    }
  }
}

/** The stages of a step, up to its last spreading; returns the relative error, Infinity if a density would become negative. */
function attempt(system: ReactionDiffusion, state: State, time: number, h: number): number {
  const { grid, diffusivities, rates: reaction, norms } = system;
  const { fields, rates, spread, spreadEuler, cells, changes, changes2 } = state;
  const euler = (4 / 3) * h;
  for (const [n, d] of diffusivities.entries()) {
    if (!eulerStep(fields[n], rates[n], euler, spreadEuler[n])) return Number.POSITIVE_INFINITY;
    grid.diffuse((2 / 3) * d * h, fields[n], spread[n]);
    grid.diffuse((2 / 3) * d * h, spreadEuler[n], spreadEuler[n]);
  }
  const errors = new Float64Array(norms.length);
  const sizes = new Float64Array(norms.length);
  let least = 0;
  for (let from = 0; from < fields[0].length && least >= 0; from += BLOCK) {
    const count = Math.min(BLOCK, fields[0].length - from);
    for (let n = 0; n < fields.length; n++) {
      for (let b = 0; b < count; b++) cells[b][n] = 0.5 * (spread[n][from + b] + spreadEuler[n][from + b]);
    }
    for (let b = 0; b < count; b++) reaction(cells[b], changes[b], time + (2 / 3) * h, from + b);
    for (let n = 0; n < fields.length; n++) {
      for (let b = 0; b < count; b++) {
        const stepped = cells[b][n] + euler * changes[b][n];
        least = Math.min(least, stepped);
        cells[b][n] = (2 / 3) * spread[n][from + b] + (1 / 3) * stepped;
      }
    }
    for (let b = 0; b < count; b++) reaction(cells[b], changes2[b], time + (2 / 3) * h, from + b);
    for (let n = 0; n < fields.length; n++) {
      let [error, size] = [0, 0];
      for (let b = 0; b < count; b++) {
        const stepped = cells[b][n] + euler * changes2[b][n];
        least = Math.min(least, stepped);
        error += grid.volumes[from + b] * Math.abs(changes2[b][n] - changes[b][n]);
        size += grid.volumes[from + b] * cells[b][n];
        spread[n][from + b] =
          (59 / 128) * spread[n][from + b] + (15 / 128) * spreadEuler[n][from + b] + (27 / 64) * stepped;
      }
      for (let k = 0; k < norms.length; k++) {
        errors[k] += norms[k][n] * error;
        sizes[k] += norms[k][n] * size;
      }
    }
  }
  if (!(least >= 0)) return Number.POSITIVE_INFINITY;
  return errors.reduce((most, error, k) => Math.max(most, ((9 / 16) * h * error) / sizes[k]), 0);
}

/** Spreads the outcome of an attempt for the last third of the step. */
function finish({ grid, diffusivities }: ReactionDiffusion, { fields, spread }: State, h: number): void {
  for (const [n, d] of diffusivities.entries()) grid.diffuse((1 / 3) * d * h, spread[n], fields[n]);
}

/** Whether all of field + h rate, written to `out`, is positive or 0. */
function eulerStep(field: Float64Array, rate: Float64Array, h: number, out: Float64Array): boolean {
  let least = 0;
  for (let c = 0; c < field.length; c++) {
    const value = field[c] + h * rate[c];
    least = Math.min(least, value);
    out[c] = value;
  }
  return least >= 0;
}

/** The time in which the densities would change by themselves. */
function timescale({ grid, norms }: ReactionDiffusion, { fields, rates }: State): number {
  let [size, change] = [0, 0];
  for (const [n, weight] of norms[0].entries()) {
    for (let c = 0; c < fields[n].length; c++) {
      size += weight * grid.volumes[c] * fields[n][c];
      change += weight * grid.volumes[c] * Math.abs(rates[n][c]);
    }
  }
  return change > 0 ? size / change : Number.POSITIVE_INFINITY;
}
