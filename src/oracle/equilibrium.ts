/**
 * Coagulation and fragmentation in equilibrium (Hammond's survey §8.3.4; Ranjbar and Rezakhanlou 2010): densities f_m = w(m) z^m, m = 1, ..., K, and nobody
 * heavier, with the splitting rates of `model/fragmentation.ts`.
 */
import { UserError } from "../errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { diffusivity } from "../model/system.ts";
import { integrate } from "./dopri5.ts";
import type { MassRate } from "./rates.ts";
import type { Reaction } from "./reaction.ts";
import { scenarioRate } from "./scenarioRate.ts";

/** f_1, ..., f_K with the mass density Σ m f_m that is given. */
export function equilibriumDensities(weights: readonly number[], massDensity: number): number[] {
  const at = (z: number) => weights.map((w, k) => w * z ** (k + 1));
  const mass = (f: readonly number[]) => f.reduce((sum, x, k) => sum + (k + 1) * x, 0);
  let [low, high] = [0, 1];
  while (mass(at(high)) < massDensity) high *= 2;
  for (let halving = 0; halving < 200; halving++) {
    const middle = (low + high) / 2;
    if (mass(at(middle)) < massDensity) low = middle;
    else high = middle;
  }
  return at(high);
}

/** Mean and variance of how many have each mass. */
export interface EquilibriumCount {
  mean: number;
  variance: number;
}

/**
 * The law of the numbers N_1, ..., N_K in equilibrium with Σ m N_m = mass: independent Poisson numbers of these means, given their mass.
 * With p(M) the probability of the mass M, E N_m = mean_m p(M - m) / p(M), and likewise for pairs.
 */
export function countsGivenMass(means: readonly number[], mass: number): EquilibriumCount[] {
  // p(0), ..., p(mass) up to a common factor, by M p(M) = Σ m mean_m p(M - m); the last are kept in their right proportion.
  const p = new Float64Array(mass + 1);
  p[0] = 1;
  for (let M = 1; M <= mass; M++) {
    let sum = 0;
    for (let m = 1; m <= Math.min(M, means.length); m++) sum += m * means[m - 1] * p[M - m];
    p[M] = sum / M;
    const unit = p[M];
    if (unit > 1e200 || unit < 1e-200)
      for (let k = Math.max(0, M - 2 * means.length); k <= M; k++) p[k] /= unit;
  }
  const share = (without: number) => (without > mass ? 0 : p[mass - without] / p[mass]);
  return means.map((mean, k) => {
    const first = mean * share(k + 1);
    return { mean: first, variance: mean * mean * share(2 * (k + 1)) + first - first * first };
  });
}

/** w(n) w(m) / w(n + m): a particle of mass n + m splits into n and m at the rate of the pair times this. */
const splitting = (weights: readonly number[], n: number, m: number) =>
  (weights[n - 1] * weights[m - 1]) / weights[n + m - 1];

/** Coagulation at the rates beta and the fragmentation that balances it, for masses up to K, as ordinary differential equations. */
export function reversibleReaction(weights: readonly number[], beta: MassRate): Reaction {
  const pairs = reactionsUpTo(weights, beta);
  return {
    masses: weights.length,
    size: weights.length,
    rates(f, change) {
      change.fill(0);
      for (const { n, m, rate, back } of pairs) {
        const net = rate * (f[n - 1] * f[m - 1] - back * f[n + m - 1]);
        change[n - 1] -= net;
        change[m - 1] -= net;
        change[n + m - 1] += net;
      }
    },
  };
}

/** All n <= m with n + m <= K; `rate` is of unordered pairs. */
function reactionsUpTo(weights: readonly number[], beta: MassRate) {
  const K = weights.length;
  return Array.from({ length: K }, (_, i) => i + 1).flatMap((n) =>
    Array.from({ length: Math.max(0, K - 2 * n + 1) }, (_, k) => n + k).map((m) => ({
      ...{ n, m, back: splitting(weights, n, m) },
      rate: beta(n, m) * (n === m ? 0.5 : 1),
    })),
  );
}

/** Densities of a scenario with fragmentation in equilibrium, per volume. */
export function scenarioEquilibrium({ fragmentation, domain, dimension, Z }: Scenario): number[] {
  if (fragmentation === undefined)
    throw new UserError("fragmentation is left out, so that there is no equilibrium.");
  const side = "torus" in domain ? domain.torus : domain.space;
  return equilibriumDensities(fragmentation.weights, Z / side ** dimension);
}

/**
 * The covariance of the fluctuation field in equilibrium at these lags, increasing from 0: of Σ_n a_n Y_n(k, 0) with the same at the lag, for the wave number k and
 * Y_n(k) = eps^((d-2)/2) Σ cos(k x) over the particles of mass n, per volume. In the limit Y is an Ornstein-Uhlenbeck process, so that it is
 * <a, exp(t L) C a> with C = diag(f) / 2 and L = -d(n) k^2 and the equation linearised about f (Ranjbar and Rezakhanlou, Conjecture 2.1; in
 * equilibrium in the plane their Theorem 3.1).
 */
export function fluctuationCovariance(
  scenario: Scenario,
  { a, k, lags }: { a: readonly number[]; k: number; lags: readonly number[] },
): number[] {
  const f = scenarioEquilibrium(scenario);
  const pairs = reactionsUpTo(scenario.fragmentation!.weights, scenarioRate(scenario, "recipe"));
  const decay = f.map((_, i) => diffusivity(scenario.diffusion, i + 1) * k * k);
  const rhs = (_t: number, y: Float64Array, change: Float64Array) => {
    for (let i = 0; i < y.length; i++) change[i] = -decay[i] * y[i];
    for (const { n, m, rate, back } of pairs) {
      const net = rate * (y[n - 1] * f[m - 1] + f[n - 1] * y[m - 1] - back * y[n + m - 1]);
      change[n - 1] -= net;
      change[m - 1] -= net;
      change[n + m - 1] += net;
    }
  };
  const start = f.map((density, i) => (density * (a[i] ?? 0)) / 2);
  return integrate(rhs, start, lags, { rtol: 1e-9, atol: 1e-12 }).map((y) =>
    y.reduce((sum, value, i) => sum + (a[i] ?? 0) * value, 0),
  );
}
