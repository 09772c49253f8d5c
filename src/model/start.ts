/**
 * The start of a run: places and masses drawn independently from the initial law, as functions of (seed, replica, particle).
 * Made once on the host; both engines load the same integers.
 */

import { UserError } from "../errors.ts";
import { cos2pi } from "../exact/elementary.ts";
import { signedDisplacement } from "../exact/gaussian.ts";
import { streams } from "../exact/streams.ts";
import { threefry } from "../exact/threefry.ts";
import { massOf } from "./massSpread.ts";
import { latticeSide } from "./multirate.ts";
import { type Density, type LineDensity, pairStart } from "./scenario.ts";
import type { System } from "./system.ts";

/** `place`: u32[N, dimension] in lattice units; `mass`: u32[N]. */
export interface Start {
  place: Uint32Array;
  mass: Uint32Array;
}

/** From a random word to a coordinate in lattice units. Null: the law led out of the box of R^d. */
type Sampler = (word: number) => number | null;

/** Throws a UserError if the law puts a particle outside the box that stands for R^d. */
export function makeStart(system: System, replica: number): Start {
  const { dimension, particles, seed, scenario } = system;
  const key = system.firstReplica + replica;
  const pair = pairStart(scenario);
  if (pair !== null) return startPair(system, pair.apart[key % pair.apart.length]);
  // Entry e is taken by words below share[e] and not below share[e - 1]; the last takes the rest.
  const share = cumulative(scenario.initial.map(({ weight }) => weight)).map((u) => Math.round(u * 2 ** 32));
  const samplers = scenario.initial.map(({ density }) =>
    Array.from({ length: dimension }, (_, axis) => makeSampler(system, coordinateLaw(density, axis))),
  );

  const place = new Uint32Array(dimension * particles);
  const mass = new Uint32Array(particles);
  const words = new Uint32Array(4);
  for (let i = 0; i < particles; i++) {
    threefry(words, seed[0], seed[1], key, streams.start, i, 0, 0, 0);
    let entry = share.findIndex((end) => words[0] < end);
    if (entry < 0) entry = share.length - 1;
    mass[i] = massOf(scenario.initial[entry], words[1]);
    for (let k = 0; k < dimension; k++) {
      if (k % 4 === 0) threefry(words, seed[0], seed[1], key, streams.start, i, 0, 1 + k / 4, 0);
      const x = samplers[entry][k](words[k % 4]);
      if (x === null) {
        throw new UserError(
          `initial[${entry}].density puts particle ${i} of replica ${key} outside the domain, but all must start within ${system.side / 2} of 0 along each axis; raise domain.space or narrow the density.`,
        );
      }
      place[dimension * i + k] = x;
    }
  }
  return { place, mass };
}

/** Of eps a pair's start is off by half a lattice unit, and so by this share at most. */
const pairRounding = 1e-6;

/** One in the middle of the domain, the other `apart` eps from it along the first axis, to the nearest lattice unit. */
function startPair({ dimension, side, eps, scenario }: System, apart: number): Start {
  const unit = side / latticeSide;
  const least = unit / 2 / pairRounding;
  if (eps < least) {
    throw new UserError(
      `Z is ${scenario.Z}, which makes eps ${eps.toPrecision(4)}, but where a pair starts at exact places eps must be at least ${least.toPrecision(3)}; raise Z.`,
    );
  }
  if (apart * eps > side / 4) {
    throw new UserError(
      `initial[0].density.pair.apart has ${apart}, but a pair must start at most a quarter of the side apart, ${(side / 4 / eps).toPrecision(4)} eps.`,
    );
  }
  const place = new Uint32Array(2 * dimension).fill(latticeSide / 2);
  place[dimension] += Math.round((apart * eps) / unit);
  return { place, mass: new Uint32Array(2).fill(scenario.initial[0].mass) };
}

/** The law of one coordinate under a density: all are products, but for a pair, which has none. */
export function coordinateLaw(density: Density, axis: number): LineDensity {
  if (density === "uniform") return density;
  if ("pair" in density) {
    throw new UserError(
      "initial[0].density is a pair at exact places, but for this must be uniform, cosine, gaussian or product.",
    );
  }
  if ("product" in density) return density.product[axis];
  if ("gaussian" in density) {
    return { gaussian: { centre: density.gaussian.centre[axis], sd: density.gaussian.sd } };
  }
  const { amplitude, waves } = density.cosine;
  return axis === density.cosine.axis ? { cosine: { amplitude, waves } } : "uniform";
}

function makeSampler(system: System, law: LineDensity): Sampler {
  if (law === "uniform") return (word) => word;
  if ("cosine" in law) return cosineSampler(law.cosine.amplitude, law.cosine.waves);
  if ("gaussian" in law) return gaussianSampler(system, law.gaussian.centre, law.gaussian.sd);
  return tableSampler(law.table);
}

/** Density 1 + a cos(2 pi waves x): solves y + a sin(2 pi y) / (2 pi) = u within a wave by halving the interval. */
function cosineSampler(amplitude: number, waves: number): Sampler {
  return (word) => {
    const u = ((word + 0.5) / latticeSide) * waves;
    const wave = Math.floor(u);
    let [low, high] = [0, 1];
    for (let halving = 0; halving < 34; halving++) {
      const y = (low + high) / 2;
      // sin(2 pi y) = cos(2 pi (y - 1/4))
      if (y + (amplitude * cos2pi(y - 0.25)) / (2 * Math.PI) < u - wave) low = y;
      else high = y;
    }
    return Math.min(latticeSide - 1, Math.floor(((wave + low) / waves) * latticeSide));
  };
}

function gaussianSampler({ side, open }: System, centre: number, sd: number): Sampler {
  const unit = side / latticeSide;
  const middle = Math.floor(centre / unit + (open ? latticeSide / 2 : 0));
  const sigma = Math.fround(sd / unit);
  return (word) => {
    const x = middle + signedDisplacement(word, sigma);
    if (open) return x >= 0 && x < latticeSide ? x : null;
    return x - Math.floor(x / latticeSide) * latticeSide;
  };
}

/** Piecewise constant on equal cells. */
function tableSampler(table: readonly number[]): Sampler {
  const end = cumulative(table);
  return (word) => {
    const u = (word + 0.5) / latticeSide;
    const found = end.findIndex((to) => u < to);
    const cell = found < 0 ? table.findLastIndex((value) => value > 0) : found;
    const from = cell === 0 ? 0 : end[cell - 1];
    const within = (u - from) / (end[cell] - from);
    return Math.min(latticeSide - 1, Math.floor(((cell + within) / table.length) * latticeSide));
  };
}

/** Running sums over the total: the last is 1. */
function cumulative(weights: readonly number[]): number[] {
  const total = weights.reduce((a, b) => a + b);
  let below = 0;
  return weights.map((weight) => {
    below += weight;
    return below / total;
  });
}
