import { exp, pow } from "../exact/elementary.ts";
import { interactionStrength } from "../model/system.ts";
import { kingmanMoments } from "./kingman.ts";

/** K(n, m) >= 0, finite, for masses n >= m >= 1; symmetric, so that it is asked for in this order only. */
export type Kernel = (n: number, m: number) => number;

/** What is known in closed form of the coalescent of a kernel, from N blocks of mass 1; times from 0 on. */
export interface KnownKernel {
  /** K(n, m), as people write it. */
  formula: string;
  rate: Kernel;
  /** K is of the form a + b (n + m) + c n m: then the Smoluchowski equation is solved to the end, with a gel that reacts. */
  bilinear?: true;
  /** The limit of the sum of squared masses over N, as N grows; null from the gelation time on. */
  secondMoment?(time: number): number | null;
  /** The limit of the largest mass over N. */
  gel?(time: number): number;
  /** The expected number of blocks of any mass at this very N. */
  expectedCount?(blocks: number, time: number): number;
  /** The expected number of blocks of mass 1 at this very N. */
  expectedSingles?(blocks: number, time: number): number;
  /** The expected sum of squared masses at this very N. */
  expectedSquares?(blocks: number, time: number): number;
}

const cubeRoot = massPower(1 / 3);

export const kernelNames = ["constant", "sum", "product", "brownian"] as const;
export type KernelName = (typeof kernelNames)[number];

/** The kernels known by name. */
export const kernels: Record<KernelName, KnownKernel> = {
  // Kingman's coalescent, in a clock N times as slow.
  constant: {
    formula: "1",
    bilinear: true,
    rate: () => 1,
    secondMoment: (time) => 1 + time,
    expectedCount: (blocks, time) => kingmanMoments(blocks, time / blocks).mean,
    expectedSquares: (blocks, time) => blocks * (blocks - (blocks - 1) * exp(-time / blocks)),
  },
  // All pairs of k blocks together merge at rate k - 1, so that k - 1 is binomial.
  sum: {
    formula: "n + m",
    bilinear: true,
    rate: (n, m) => n + m,
    secondMoment: (time) => exp(2 * time),
    expectedCount: (blocks, time) => 1 + (blocks - 1) * exp(-time),
  },
  // The components of a random graph each of whose edges is there with probability 1 - exp(-time / N).
  product: {
    formula: "n m",
    bilinear: true,
    rate: (n, m) => n * m,
    secondMoment: (time) => (time < 1 ? 1 / (1 - time) : null),
    gel: giantComponent,
    expectedSingles: (blocks, time) => blocks * exp((-time * (blocks - 1)) / blocks),
  },
  brownian: {
    formula: "(n^(1/3) + m^(1/3)) (n^(-1/3) + m^(-1/3))",
    rate: (n, m) => (cubeRoot(n) + cubeRoot(m)) * (1 / cubeRoot(n) + 1 / cubeRoot(m)),
  },
};

/** n^a m^b + n^b m^a. */
export function powerKernel(a: number, b: number): Kernel {
  const first = massPower(a);
  const second = massPower(b);
  return (n, m) => first(n) * second(m) + second(n) * first(m);
}

/** m^exponent. Powers would cost more than all the rest, so the last mass of each remainder is remembered. */
function massPower(exponent: number): (mass: number) => number {
  const masses = new Int32Array(4096);
  const values = new Float64Array(4096);
  return (mass) => {
    const at = mass % 4096;
    if (masses[at] !== mass) {
      masses[at] = mass;
      values[at] = pow(mass, exponent);
    }
    return values[at];
  };
}

/** Row n, column m of a square symmetric table; larger masses use its last row or column. */
export function tableKernel(table: number[][]): Kernel {
  return (n, m) => interactionStrength({ table }, n, m);
}

/**
 * The share of the vertices of a sparse random graph of mean degree `time` that are in its giant component: the largest root
 * of g = 1 - exp(-time g), 0 up to time 1 (Erdős and Rényi 1960). Absolute error below 1e-15.
 */
export function giantComponent(time: number): number {
  if (!(time > 1)) return 0;
  // g - 1 + exp(-time g) is convex, and positive at 1: Newton's steps from there fall to the root.
  let g = 1;
  for (let step = 0; step < 200; step++) {
    const decay = exp(-time * g);
    const next = g - (g - 1 + decay) / (1 - time * decay);
    if (!(next < g)) break;
    g = next;
  }
  return g;
}
