import { type Complex, expOf, over, scaled, times } from "./complex.ts";

/**
 * Outside the range the resolvent is a multiple of k(r) = r^(-nu) K_nu(p r), nu = d/2 - 1: this is
 * -k'(R) / k(R), for Re p > 0.
 */
export function exteriorSlope(dimension: number, p: Complex, R: number): Complex {
  const z = scaled(p, R);
  const order = dimension / 2 - 1;
  return times(p, over(scaledBesselK(order + 1, z), scaledBesselK(order, z)));
}

/** k(r) / k(R) for r >= R. */
export function exteriorDecay(dimension: number, p: Complex, R: number, r: number): Complex {
  const order = dimension / 2 - 1;
  const ratio = over(scaledBesselK(order, scaled(p, r)), scaledBesselK(order, scaled(p, R)));
  return times(scaled(ratio, (R / r) ** order), expOf(scaled(p, R - r)));
}

/** The distance between the points of the rule, and what is left of the integrand where it ends, e^-40. */
const STEP = 0.06;
const END = 40;

/**
 * exp(z) K_order(z) = ∫_0^inf exp(-z (cosh t - 1)) cosh(order t) dt by the trapezoidal rule, which converges
 * like exp(-2 pi c / STEP) with c = pi/2 - |arg z|: to 1e-15 up to arg z = 70 degrees.
 */
function scaledBesselK(order: number, [x, y]: Complex): Complex {
  const end = Math.acosh(1 + (END + 10 * order) / x);
  let re = 0.5;
  let im = 0;
  for (let t = STEP; t < end; t += STEP) {
    const growth = 2 * Math.sinh(t / 2) ** 2;
    const size = Math.exp(-x * growth) * Math.cosh(order * t);
    re += size * Math.cos(y * growth);
    im -= size * Math.sin(y * growth);
  }
  return [STEP * re, STEP * im];
}
