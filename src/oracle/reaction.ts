import type { MassRate } from "./rates.ts";

/** What happens at one place, as ordinary differential equations. */
export interface Reaction {
  /** The masses 1, ..., masses are followed one by one; mass n has index n - 1. */
  masses: number;
  /** Numbers that say what is there: f_1, ..., f_masses and, in coagulation, the number and the mass density of what is heavier. */
  size: number;
  /** Writes df/dt at `f` into `change`, both of `size` numbers. */
  rates(f: Float64Array, change: Float64Array): void;
}

export interface ReactionProblem {
  model: "coagulation" | "annihilation";
  /** The heaviest mass followed: the cutoff, or in annihilation the heaviest there is. */
  masses: number;
  /** beta(n, m) >= 0, symmetric; asked for masses up to twice `masses` in coagulation. */
  beta: MassRate;
  /** Density below which a mass has no partners, far below any tolerance. */
  negligible: number;
}

/**
 * The right side of the Smoluchowski equation (Hammond's survey §1.2; for annihilation §3) without its Laplacian.
 *
 * What is beyond the cutoff keeps reacting, as clusters of one common mass with beta(n, .) continued linearly
 * from the cutoff and its double: exact where beta is of the form a + b (n + m) + c n m, save for the number
 * of those beyond. The sum over n f_n and the mass beyond is kept to rounding.
 */
export function makeReaction(problem: ReactionProblem): Reaction {
  return problem.model === "annihilation" ? annihilation(problem) : coagulation(problem);
}

function annihilation({ masses, beta }: ReactionProblem): Reaction {
  const table = rateRows(masses, beta);
  return {
    masses,
    size: masses,
    rates(f, change) {
      change.fill(0);
      for (let n = 0; n < masses; n++) {
        const row = table[n];
        let partners = row[n] * f[n];
        for (let m = 0; m < n; m++) {
          partners += row[m] * f[m];
          change[m] -= row[m] * f[m] * f[n];
        }
        change[n] -= partners * f[n];
      }
    },
  };
}

function coagulation({ masses: cutoff, beta, negligible }: ReactionProblem): Reaction {
  const table = rateRows(cutoff, beta);
  // A cluster of mass M beyond the cutoff meets mass n at the rate perNumber[n - 1] + perMass[n - 1] * M.
  const perMass = Float64Array.from({ length: cutoff }, (_, i) => {
    return (beta(i + 1, 2 * cutoff) - table[cutoff - 1][i]) / cutoff;
  });
  const perNumber = perMass.map((slope, i) => table[cutoff - 1][i] - slope * cutoff);
  const beyondBeyond = table[cutoff - 1][cutoff - 1];

  const rates: Reaction["rates"] = (f, change) => {
    change.fill(0);
    const number = f[cutoff];
    const mass = f[cutoff + 1];
    let gainedNumber = -0.5 * beyondBeyond * number * number;
    let gainedMass = 0;
    // Each unordered pair of masses i + 1 >= j + 1 once; their sum has index i + j + 1.
    for (let i = 0; i < cutoff; i++) {
      const fi = f[i];
      // The far tail costs the most, its products being slow subnormal numbers, and matters the least.
      if (Math.abs(fi) < negligible) continue;
      const row = table[i];
      let lost = 0;
      const within = Math.min(i, cutoff - 1 - i);
      for (let j = 0; j < within; j++) {
        const pairs = row[j] * fi * f[j];
        change[i + j + 1] += pairs;
        change[j] -= pairs;
        lost += pairs;
      }
      for (let j = within; j < i; j++) {
        const pairs = row[j] * fi * f[j];
        change[j] -= pairs;
        lost += pairs;
        gainedNumber += pairs;
        gainedMass += pairs * (i + j + 2);
      }
      const twins = 0.5 * row[i] * fi * fi;
      if (2 * i + 1 < cutoff) {
        change[2 * i + 1] += twins;
      } else {
        gainedNumber += twins;
        gainedMass += twins * (2 * i + 2);
      }
      const swallowed = fi * Math.max(0, perNumber[i] * number + perMass[i] * mass);
      change[i] -= lost + 2 * twins + swallowed;
      gainedMass += swallowed * (i + 1);
    }
    change[cutoff] = gainedNumber;
    change[cutoff + 1] = gainedMass;
  };
  return { masses: cutoff, size: cutoff + 2, rates };
}

/** The lower triangle: rows[n - 1][m - 1] = beta(n, m) for m <= n. */
function rateRows(size: number, beta: MassRate): Float64Array[] {
  return Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: i + 1 }, (_, j) => beta(i + 1, j + 1)),
  );
}
