/** Writes dy/dt at (t, y) into `dydt`. */
export type RightSide = (t: number, y: Float64Array, dydt: Float64Array) => void;

export type Tolerances = {
  /** Allowed local error relative to |y|. */
  rtol: number;
  /** Allowed local error beside that, in the units of y; positive. */
  atol: number;
  /** Time at which `y0` holds; 0 unless given. */
  start?: number;
};

// Dormand & Prince 1980; the continuous extension and the step control are Hairer, Norsett & Wanner's.
const C = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
const A = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
/** Fifth order minus fourth. */
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];
const DENSE = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
];
const STAGES = 7;
const MOST_STEPS = 1_000_000;

/**
 * Integrates y' = rhs(t, y) by the Dormand-Prince pair of orders 5 and 4 with adaptive steps, from `y0` at
 * `start`.
 *
 * @param times Not decreasing, not before `start`; the steps do not stop at them but are interpolated (order
 * 4).
 * @returns y at each time, in fresh arrays.
 * @throws RangeError for times out of order, Error when the step shrinks to nothing (a singularity, or
 * not-a-number).
 */
export function integrate(
  rhs: RightSide,
  y0: ArrayLike<number>,
  times: readonly number[],
  { rtol, atol, start = 0 }: Tolerances,
): Float64Array[] {
  checkTimes(times, start);
  const size = y0.length;
  const end = times.length > 0 ? times[times.length - 1] : start;
  const slopes = Array.from({ length: STAGES }, () => new Float64Array(size));
  let y = Float64Array.from(y0);
  let next = new Float64Array(size);
  const results: Float64Array[] = [];
  while (results.length < times.length && times[results.length] === start) results.push(y.slice());

  let t = start;
  rhs(t, y, slopes[0]);
  let h = firstStep(y, slopes[0], end - start, rtol, atol);
  let previousError = 1e-4;
  let rejected = false;
  for (let step = 0; results.length < times.length; step++) {
    if (!(h > 1e-15 * Math.abs(t)) || step >= MOST_STEPS) {
      throw new Error(`the integration stopped at t = ${t}: its step fell to ${h} after ${step} steps`);
    }
    if (t + 1.01 * h > end) h = end - t;
    takeStages(rhs, t, h, y, next, slopes);
    const error = scaledError(h, y, next, slopes, rtol, atol);
    if (!(error <= 1)) {
      h *= error > 1 ? Math.max(0.2, 0.9 * error ** -0.2) : 0.1; // 0.1 where the error is not a number
      rejected = true;
      continue;
    }
    const reached = h === end - t ? end : t + h;
    while (results.length < times.length && times[results.length] <= reached) {
      results.push(interpolated((times[results.length] - t) / h, h, y, next, slopes));
    }
    const growth = 0.9 * error ** -0.17 * previousError ** 0.04;
    h *= Math.min(rejected ? 1 : 10, Math.max(0.2, growth));
    previousError = Math.max(error, 1e-4);
    rejected = false;
    t = reached;
    [y, next] = [next, y];
    // The last stage is the first of the next step.
    const last = slopes[STAGES - 1];
    slopes[STAGES - 1] = slopes[0];
    slopes[0] = last;
  }
  return results;
}

function checkTimes(times: readonly number[], start: number): void {
  let previous = start;
  for (const time of times) {
    if (!(time >= previous && time < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`time ${time} comes after ${previous}; times must be finite and not decrease`);
    }
    previous = time;
  }
}

/** Stages 1..6 from stage 0; leaves the new state in `next` and the slope there in the last stage. */
function takeStages(
  rhs: RightSide,
  t: number,
  h: number,
  y: Float64Array,
  next: Float64Array,
  slopes: Float64Array[],
): void {
  for (let stage = 1; stage < STAGES; stage++) {
    next.set(y);
    for (let k = 0; k < stage; k++) {
      const weight = h * A[stage][k];
      if (weight === 0) continue;
      const slope = slopes[k];
      for (let i = 0; i < next.length; i++) next[i] += weight * slope[i];
    }
    rhs(t + C[stage] * h, next, slopes[stage]);
  }
}

/** Root mean square of the estimated error in units of the allowed one; a step is good up to 1. */
function scaledError(
  h: number,
  y: Float64Array,
  next: Float64Array,
  slopes: Float64Array[],
  rtol: number,
  atol: number,
): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    let error = 0;
    for (let k = 0; k < STAGES; k++) error += ERROR[k] * slopes[k][i];
    const scaled = (h * error) / (atol + rtol * Math.max(Math.abs(y[i]), Math.abs(next[i])));
    sum += scaled * scaled;
  }
  return Math.sqrt(sum / y.length);
}

/** A fraction theta of the way from y to next, in a fresh array. */
function interpolated(
  theta: number,
  h: number,
  y: Float64Array,
  next: Float64Array,
  slopes: Float64Array[],
): Float64Array {
  const back = 1 - theta;
  return y.map((value, i) => {
    const rise = next[i] - value;
    const bend = h * slopes[0][i] - rise;
    let fourth = 0;
    for (let k = 0; k < STAGES; k++) fourth += DENSE[k] * slopes[k][i];
    const tail = rise - h * slopes[STAGES - 1][i] - bend + back * h * fourth;
    return value + theta * (rise + back * (bend + theta * tail));
  });
}

/** A hundredth of the time in which y would change by itself, or a cautious part of the whole. */
function firstStep(y: Float64Array, slope: Float64Array, span: number, rtol: number, atol: number): number {
  let state = 0;
  let change = 0;
  for (let i = 0; i < y.length; i++) {
    const scale = atol + rtol * Math.abs(y[i]);
    state += (y[i] / scale) ** 2;
    change += (slope[i] / scale) ** 2;
  }
  const step = change > 0 && state > 0 ? 0.01 * Math.sqrt(state / change) : 1e-3 * span;
  return Math.min(step, span);
}
