/**
 * How much the counts of one run fluctuate: the linear noise approximation of the chain in which each pair of masses n, m reacts at rate
 * beta(n, m) Z / N, the same whoever and wherever they are. Its drift is the Smoluchowski equation.
 */

export interface MeanField {
  model: "coagulation" | "annihilation";
  /** beta(n, m) Z. */
  rate: (n: number, m: number) => number;
  /** Masses followed, 1..masses; heavier ones are left out, and so are reactions with them. */
  masses: number;
}

/** From N particles of mass 1: fractions f of N of each mass at time t, and N times their covariance, by masses from 1. */
export function linearNoise({ model, rate, masses: M }: MeanField, t: number, steps = 400) {
  let state: State = { f: new Float64Array(M), c: Array.from({ length: M }, () => new Float64Array(M)) };
  state.f[0] = 1;
  const h = t / steps;
  const slope = (at: State) => derivative(model, rate, at);
  for (let k = 0; k < steps; k++) {
    // The midpoint rule: second order.
    state = plus(state, slope(plus(state, slope(state), h / 2)), h);
  }
  return state;
}

interface State {
  f: Float64Array;
  c: Float64Array[];
}

function plus(a: State, b: State, by: number): State {
  return {
    f: a.f.map((x, i) => x + by * b.f[i]),
    c: a.c.map((row, i) => row.map((x, j) => x + by * b.c[i][j])),
  };
}

function derivative(model: MeanField["model"], rate: MeanField["rate"], { f, c }: State): State {
  const M = f.length;
  const drift = new Float64Array(M);
  const jacobian = Array.from({ length: M }, () => new Float64Array(M));
  const noise = Array.from({ length: M }, () => new Float64Array(M));
  for (let n = 1; n <= M; n++) {
    for (let m = n; m <= M; m++) {
      const share = (n === m ? 1 / 2 : 1) * rate(n, m);
      const change: [mass: number, by: number][] = [
        [n, -1],
        [m, -1],
      ];
      if (model === "coagulation" && n + m <= M) change.push([n + m, 1]);
      for (const [i, by] of change) {
        drift[i - 1] += by * share * f[n - 1] * f[m - 1];
        jacobian[i - 1][n - 1] += by * share * f[m - 1];
        jacobian[i - 1][m - 1] += by * share * f[n - 1];
        for (const [j, byJ] of change) noise[i - 1][j - 1] += by * byJ * share * f[n - 1] * f[m - 1];
      }
    }
  }
  const spread = c.map((_, i) =>
    Float64Array.from({ length: M }, (_, j) => {
      let sum = noise[i][j];
      for (let k = 0; k < M; k++) sum += jacobian[i][k] * c[k][j] + c[i][k] * jacobian[j][k];
      return sum;
    }),
  );
  return { f: drift, c: spread };
}
