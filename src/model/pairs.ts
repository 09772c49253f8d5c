/** What `observe.pairs` sums up over pairs of particles, and how its sums lie side by side: docs/theorem/pairs.md. */
import { latticeSide } from "./multirate.ts";
import type { Scenario } from "./scenario.ts";

export interface Pairs {
  /** Masses 1 to this one are told apart, and one class takes all above. */
  masses: number;
  /** Equal parts of the torus along axis 0; a power of two. */
  slabs: number;
  /** Of two particles, one after the other: (masses + 1)^2. */
  classes: number;
  /** Sums of a replica: u64[classes, slabs] of hazards, then u64[classes, separationBins] of times. */
  sums: number;
  /** Half-width in lattice units of the cube in which a uniform step that looks at distances does so. */
  reach: number;
}

/** Hazards are summed in units of 2^-40, rounded down: about 1 for each particle, so that the sums of the most particles allowed stay below 2^64. */
export const hazardBits = 40;

/** Times are summed in units of 2^-16 of the finest sub-step wanted, rounded down. */
export const timeBits = 16;

/**
 * Uniform steps look at distances once in 2^sampleBits steps, in the middle of them, and count it for all: looking as far as 32 eps in every step
 * would take most of the time.
 */
export const sampleBits = 5;

/** Whether the step of this number does. */
export const isSampled = (step: number): boolean => step % 2 ** sampleBits === 2 ** (sampleBits - 1);

/**
 * Bins of s = |x_i - x_j|^2 / eps^2: one below 2^smallest, then 4 for each factor of 2, [1, 1.25), [1.25, 1.5), ... times a power of 2, as the
 * leading bits of s tell; from 2^largest on a pair is not counted.
 */
const octaves = { smallest: -6, largest: 10 };
export const binsOfOctave = 4;
export const separationBins = 1 + binsOfOctave * (octaves.largest - octaves.smallest);

/** An s below 2^smallest has leading bits up to this: exponent and 2 bits, which are the bins' numbers, and this less. */
export const firstBin = binsOfOctave * (127 + octaves.smallest) - 1;

/** Where the bins begin and end, in units of eps: separationBins + 1 distances from 0 to 32. */
export const binEdges = (): number[] => [
  0,
  ...Array.from({ length: separationBins }, (_, k) => {
    const octave = octaves.smallest + Math.floor(k / binsOfOctave);
    return Math.sqrt((1 + (k % binsOfOctave) / binsOfOctave) * 2 ** octave);
  }),
];

/** `range`: eps in lattice units. */
export function makePairs({ observe }: Scenario, range: number): Pairs | null {
  if (observe.pairs === undefined) return null;
  const { masses, slabs } = observe.pairs;
  const classes = (masses + 1) ** 2;
  const farthest = range * Math.sqrt(2 ** octaves.largest);
  return {
    masses,
    slabs,
    classes,
    sums: classes * (slabs + separationBins),
    // A wider cube could come back to the cell it starts in, the other way around the torus.
    reach: Math.min(latticeSide / 4, Math.ceil(farthest * (1 + 2 ** -20)) + 1),
  };
}
