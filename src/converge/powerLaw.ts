/** The power law through points with known errors. */

export interface PowerLawPoint {
  x: number;
  y: number;
  /** Standard error of y. */
  se: number;
}

/** y = coefficient x^order. */
export interface PowerLaw {
  order: number;
  /** Ends of the order's 95 % confidence interval; null where the points set none between -10 and 10. */
  low: number | null;
  high: number | null;
  coefficient: number;
  /** Sum of the squared distances in standard errors; its mean is the degrees of freedom if the points do lie on a power law. */
  chi2: number;
  degreesOfFreedom: number;
}

/** What chi^2 of one parameter exceeds in 5 % of all cases: 1.959964^2. */
const chi2At95 = 3.841459;

const orders = { from: -10, to: 10, step: 0.02 };

/**
 * Weighted least squares in coefficient and order, not in logarithms, which noise would bend and whose sign it can take. The interval
 * holds the orders at which the least sum of squares is at most 3.84 above the least of all (profile likelihood). Points must have x > 0;
 * those whose error is 0 or not finite are left out. Null with fewer than two points, or where all are 0.
 */
export function fitPowerLaw(points: readonly PowerLawPoint[]): PowerLaw | null {
  const usable = points.filter(({ y, se }) => Number.isFinite(y) && se > 0 && Number.isFinite(se));
  if (new Set(usable.map(({ x }) => x)).size < 2 || usable.every(({ y }) => y === 0)) return null;
  // About the middle of the points, where coefficient and order hardly depend on each other.
  const middle = Math.exp(usable.reduce((sum, { x }) => sum + Math.log(x), 0) / usable.length);
  const at = (order: number) => bestCoefficient(usable, middle, order);
  const chi2 = (order: number) => at(order).chi2;

  let best = orders.from;
  for (let order = orders.from; order <= orders.to; order += orders.step) {
    if (chi2(order) < chi2(best)) best = order;
  }
  const order = minimum(chi2, best - orders.step, best + orders.step);
  const least = at(order);
  const excess = (p: number) => chi2(p) - least.chi2 - chi2At95;
  return {
    order,
    low: excess(orders.from) > 0 ? outermost(excess, orders.from, order) : null,
    high: excess(orders.to) > 0 ? outermost(excess, orders.to, order) : null,
    coefficient: least.coefficient * middle ** -order,
    chi2: least.chi2,
    degreesOfFreedom: usable.length - 2,
  };
}

function bestCoefficient(points: readonly PowerLawPoint[], middle: number, order: number) {
  let [yy, yx, xx] = [0, 0, 0];
  for (const { x, y, se } of points) {
    const power = (x / middle) ** order / se;
    yy += (y / se) ** 2;
    yx += (y / se) * power;
    xx += power * power;
  }
  return { coefficient: yx / xx, chi2: Math.max(0, yy - (yx * yx) / xx) };
}

/** Where f, with one minimum in [a, b], is least. */
function minimum(f: (x: number) => number, a: number, b: number): number {
  let [low, high] = [a, b];
  while (high - low > 1e-9) {
    const third = (high - low) / 3;
    if (f(low + third) < f(high - third)) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}

/** Coming from outside, where f > 0, the first place found on the way to `inside`, where f < 0, at which f changes its sign. */
function outermost(f: (x: number) => number, outside: number, inside: number): number {
  const step = Math.sign(inside - outside) * orders.step;
  let [out, into] = [outside, outside + step];
  // The interval may be narrower than a step.
  while ((inside - into) * step > 0 && f(into) > 0) [out, into] = [into, into + step];
  if ((inside - into) * step < 0) into = inside;
  while (Math.abs(into - out) > 1e-9) {
    const middle = (out + into) / 2;
    if (f(middle) > 0) out = middle;
    else into = middle;
  }
  return into;
}
