import { cos2pi, exp, log } from "../exact/elementary.ts";

/** Panels of log x of this width, each with a Chebyshev interpolant of log f of COUNT nodes. */
const WIDTH = 4;
const COUNT = 26;
const PANEL_ERROR = 1e-11;

/**
 * A cheap stand-in for a positive function f of x > 0 that is smooth on doubly logarithmic paper and costly:
 * panels are made when first asked for and checked against f between the nodes, to 1e-11 relative. Where a
 * panel misses that, and for x = 0 or Infinity, f itself is called.
 */
export function logLogInterpolant(f: (x: number) => number): (x: number) => number {
  const panels = new Map<number, Float64Array | null>();
  return (x) => {
    const place = log(x) / WIDTH;
    const index = Math.floor(place);
    if (!Number.isFinite(index)) return f(x);
    let panel = panels.get(index);
    if (panel === undefined) {
      panel = makePanel(f, index);
      panels.set(index, panel);
    }
    return panel ? exp(chebyshev(panel, 2 * (place - index) - 1)) : f(x);
  };
}

/** Chebyshev coefficients of log f for log(x) / WIDTH in [index, index + 1]; null if they miss f. */
function makePanel(f: (x: number) => number, index: number): Float64Array | null {
  const exact = (y: number) => log(f(exp(WIDTH * (index + (y + 1) / 2))));
  const cosine = (n: number, k: number) => cos2pi((n * (k + 0.5)) / (2 * COUNT));
  const values = Float64Array.from({ length: COUNT }, (_, k) => exact(cosine(1, k)));
  const panel = values.map((_, n) => {
    const sum = values.reduce((total, value, k) => total + value * cosine(n, k), 0);
    return (sum * (n === 0 ? 1 : 2)) / COUNT;
  });
  const missed = [-1, -0.37, 0.41, 1].some((y) => !(Math.abs(chebyshev(panel, y) - exact(y)) <= PANEL_ERROR));
  return missed ? null : panel;
}

/** Clenshaw's sum of the series at y in [-1, 1]. */
function chebyshev(coefficients: Float64Array, y: number): number {
  let b1 = 0;
  let b2 = 0;
  for (let n = coefficients.length - 1; n >= 1; n--) {
    const b0 = coefficients[n] + 2 * y * b1 - b2;
    b2 = b1;
    b1 = b0;
  }
  return coefficients[0] + y * b1 - b2;
}
