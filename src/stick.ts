/** Random-walker clusters that diffuse and stick: measured one by one, made into a scenario, and all together beside its equation. */
import { UserError } from "./errors.ts";
import { parseScenario, type Scenario, type ScenarioInput } from "./model/scenario.ts";
import { type Estimate, estimate } from "./observe/statistics.ts";
import { limitOf } from "./oracle/limit.ts";
import { scenarioRate } from "./oracle/scenarioRate.ts";
import { seedBits } from "./seed.ts";
import { exactDiffusivity, heaviestExact } from "./walkerClusters/exactDiffusivity.ts";
import { type Block, blockTime, heaviestOf, isolatedCluster } from "./walkerClusters/isolatedCluster.ts";
import { manyPairs, mostPairs } from "./walkerClusters/manyPairs.ts";
import { mostSites } from "./walkerClusters/stickingWalkers.ts";

export interface MeasureClustersOptions {
  /** d, 2 or 3; 3 unless given. */
  dimension?: number;
  /** m, increasing; up to 203 in d = 3 and 4096 in d = 2, but the time that a mass takes grows as m^4. */
  masses: readonly number[];
  /** Stretches of time for each mass, of m^2 mean times of a clock: as many nearly independent displacements; at least 2, and 256 unless given. */
  blocks?: number;
  /** Fixes every move, to the bit, on every machine; 64 bits, 1 unless given. */
  seed?: number | bigint;
  /** Told now and then which share of the work is done. */
  onProgress?: (fraction: number) => void;
}

/** A cluster of one mass, by itself on Z^d, in equilibrium. Lengths are in sites, times in mean times of a walker's clock. */
export interface ClusterMeasurement {
  mass: number;
  /** d(m): each coordinate of the centre gains variance 2 d(m) t in a long time t. */
  diffusivity: Estimate;
  /** d(m) by linear algebra, up to mass 6; null beyond. */
  exact: number | null;
  /** r_m: half the number of sites that it spans along an axis, in the mean; so two walkers stick at the distance 2 r_1 = 1. */
  radius: Estimate;
  /** Root of the mean squared distance of a walker from the centre. */
  gyration: Estimate;
}

/**
 * Measures how clusters of random walkers (Hammond's survey §2.6.2) diffuse and how large they are.
 *
 * The displacements B_1, B_2, ... of successive blocks, each several times as long as a cluster remembers its shape, give
 * d(m) = (|B_k|^2 + 2 B_k · B_(k+1)) / (2 d T) in the mean over k: what is lost on the border of two blocks is in the second term.
 *
 * @throws UserError for options out of range.
 */
export function measureClusters(options: MeasureClustersOptions): ClusterMeasurement[] {
  const { dimension = 3, masses, blocks = 256, seed = 1, onProgress } = options;
  checkDimension(dimension);
  const heaviest = heaviestOf(dimension);
  const isMass = (mass: number, k: number) =>
    Number.isInteger(mass) && mass >= 1 && mass <= heaviest && (k === 0 || mass > masses[k - 1]);
  if (masses.length === 0 || !masses.every(isMass)) {
    throw new UserError(`masses is ${masses.join()}, but must be increasing integers from 1 to ${heaviest}.`);
  }
  if (!(Number.isInteger(blocks) && blocks >= 2 && blocks <= 2 ** 24)) {
    throw new UserError(`blocks is ${blocks}, but must be an integer from 2 to 2^24.`);
  }
  const work = masses.map((mass) => blockTime(mass) * mass);
  const whole = work.reduce((a, b) => a + b);
  let done = 0;
  return masses.map((mass, k) => {
    const cluster = isolatedCluster(dimension, mass, seedBits(seed));
    const seen: Block[] = [];
    while (seen.length <= blocks) {
      seen.push(cluster.next().value);
      onProgress?.((done + (work[k] * seen.length) / (blocks + 1)) / whole);
    }
    done += work[k];
    return summary(dimension, mass, seen);
  });
}

function summary(dimension: number, mass: number, seen: Block[]): ClusterMeasurement {
  const displacements = seen.slice(0, -1).map(({ displacement }, k) => {
    const next = seen[k + 1].displacement;
    const squares = displacement.reduce((sum, x, axis) => sum + x * (x + 2 * next[axis]), 0);
    return squares / (2 * dimension * blockTime(mass));
  });
  const squared = estimate(seen.map(({ squaredGyration }) => squaredGyration));
  const gyration = Math.sqrt(squared.mean);
  return {
    mass,
    diffusivity: estimate(displacements),
    exact: mass <= heaviestExact ? exactDiffusivity(dimension, mass).diffusivity : null,
    radius: withoutRounding(estimate(seen.map(({ halfExtent }) => halfExtent))),
    gyration: withoutRounding({ mean: gyration, se: gyration === 0 ? 0 : squared.se! / (2 * gyration) }),
  };
}

/** All shapes of mass 1 and 2 are alike. */
const withoutRounding = ({ mean, se }: Estimate): Estimate => ({ mean, se: se! < 1e-12 * mean ? 0 : se });

/** Between two masses that follow each other in a measurement. */
export interface LocalPowers {
  from: number;
  to: number;
  /** -phi, where d(m) ~ m^-phi. */
  diffusivity: Estimate;
  /** chi, where r_m ~ m^chi. */
  radius: Estimate;
}

/** d(m) and r_m as powers of the mass, from each mass to the next. */
export function clusterPowers(measured: readonly ClusterMeasurement[]): LocalPowers[] {
  return measured.slice(1).map((above, k) => {
    const below = measured[k];
    const ln = Math.log(above.mass / below.mass);
    const power = (a: Estimate, b: Estimate) => ({
      mean: Math.log(b.mean / a.mean) / ln,
      se: Math.hypot(a.se! / a.mean, b.se! / b.mean) / ln,
    });
    return {
      from: below.mass,
      to: above.mass,
      diffusivity: power(below.diffusivity, above.diffusivity),
      radius: power(below.radius, above.radius),
    };
  });
}

export interface ClusterScenarioOptions {
  /** d of the measurement; 3 unless given. */
  dimension?: number;
  /** L, sites along each axis of the torus. */
  side: number;
  /** Clusters at the start, pairs of neighbours. */
  pairs: number;
  /** When to look, in units of L^2 mean times of a clock; once, twice and four times the half-time of the pairs unless given. */
  times?: readonly number[];
  seed?: number | bigint;
}

/** Masses beyond those measured for which the last two are continued as a power. */
const continued = 16;
const longestTable = 4096;

/**
 * The particles that these clusters are in the large: balls of radius r_m eps that diffuse as d(m) and stick on contact, eps = 1/L on a torus of side 1,
 * where a unit of time is L^2 mean times of a clock. d(m) is exact where that is known. Masses between those measured, and up to 16 times the last, are interpolated as
 * powers.
 *
 * @throws UserError for options out of range, or a measurement without the masses 1 and 2.
 */
export function clusterScenario(
  measured: readonly ClusterMeasurement[],
  options: ClusterScenarioOptions,
): ScenarioInput {
  const { dimension = 3, side, pairs, seed = 1 } = options;
  checkClusterLayout(
    measured.map(({ mass }) => mass),
    options,
  );
  const eps = 1 / side;
  const rounded = (x: number) => Number(x.toPrecision(4));
  const input = {
    name: "walker-clusters",
    description: `Random-walker clusters in dimension ${dimension}, from ${pairs} pairs of neighbours on a torus of ${side} sites along each axis: d(m), from mass 7 on, and r_m are measured up to mass ${measured[measured.length - 1].mass}, powers between and beyond. A unit of time is ${side ** 2} mean times of a walker's clock.`,
    dimension,
    particles: pairs,
    Z: dimension === 2 ? pairs / Math.log(side) : pairs * eps ** (dimension - 2),
    initial: [{ mass: 2 }],
    alpha: "contact" as const,
    diffusion: {
      table: interpolated(measured, ({ diffusivity, exact }) => exact ?? diffusivity.mean).map(rounded),
    },
    radius: { table: interpolated(measured, ({ radius }) => radius.mean).map(rounded) },
    observe: { times: [...(options.times ?? [1])], masses: 8 },
    seed: scenarioSeed(seed),
  };
  if (options.times !== undefined) return input;
  const halfTime = 2 / (scenarioRate(parseScenario(input), "recipe")(2, 2) * input.Z);
  return { ...input, observe: { ...input.observe, times: [1, 2, 4].map((k) => rounded(k * halfTime)) } };
}

/** Throws a UserError where `clusterScenario` would: known before anything is measured. */
export function checkClusterLayout(masses: readonly number[], options: ClusterScenarioOptions): void {
  const { dimension = 3, side, pairs } = options;
  checkDimension(dimension);
  const largest = Math.floor(mostSites ** (1 / dimension));
  if (!(Number.isInteger(side) && side >= 8 && side <= largest)) {
    throw new UserError(`side is ${side}, but must be an integer from 8 to ${largest}.`);
  }
  const most = mostPairs(dimension, side);
  if (!(Number.isInteger(pairs) && pairs >= 2 && pairs <= most)) {
    throw new UserError(
      `pairs is ${pairs}, but must be an integer from 2 to ${most}, one for every 64 sites of the torus.`,
    );
  }
  if (masses[0] !== 1 || masses[1] !== 2) {
    throw new UserError(`masses is ${masses.join()}, but must begin with 1,2 for a scenario of pairs.`);
  }
}

function interpolated(
  measured: readonly ClusterMeasurement[],
  of: (cluster: ClusterMeasurement) => number,
): number[] {
  const last = measured[measured.length - 1].mass;
  const length = Math.min(continued * last, Math.max(last, longestTable));
  return Array.from({ length }, (_, index) => {
    const mass = index + 1;
    const next = measured.findIndex((cluster, k) => k > 0 && cluster.mass >= mass);
    const [below, above] = measured.slice(next < 0 ? -2 : next - 1);
    const slope = Math.log(of(above) / of(below)) / Math.log(above.mass / below.mass);
    return of(below) * (mass / below.mass) ** slope;
  });
}

export interface StickOptions {
  /** Independent copies; 1 unless given. */
  chains?: number;
  /** Fixes every move, to the bit, on every machine; 64 bits, 1 unless given. */
  seed?: number | bigint;
  onProgress?: (fraction: number) => void;
}

/** What is left at one time, as fractions of the pairs at the start. */
export interface StickObservation {
  /** As in the scenario, in units of L^2 mean times of a clock. */
  time: number;
  /** All clusters. */
  count: Estimate;
  /** Of mass 2, which every pair has at the start. */
  pairs: Estimate;
  /** The Smoluchowski equation of the scenario: its limit eps -> 0. */
  limit: { count: number; pairs: number } | null;
}

/**
 * Simulates the whole chain of random walkers that a scenario of `clusterScenario` stands for, from its pairs, beside its Smoluchowski equation.
 *
 * @throws UserError for options out of range.
 */
export function stick(input: ScenarioInput, options: StickOptions = {}): StickObservation[] {
  const { chains = 1, seed = 1, onProgress } = options;
  if (!(Number.isInteger(chains) && chains >= 1 && chains <= 2 ** 32)) {
    throw new UserError(`chains is ${chains}, but must be an integer from 1 to 2^32.`);
  }
  const scenario = parseScenario(input);
  const { dimension, particles: pairs, observe } = scenario;
  const side = sideOf(scenario);
  const times = observe.times.map((time) => time * side ** 2);
  const end = times[times.length - 1];
  const paths: number[][][] = [];
  for (let chain = 0; chain < chains; chain++) {
    const onTime = (time: number) => onProgress?.((chain + time / end) / chains);
    paths.push([...manyPairs({ dimension, side, pairs, times, seed: seedBits(seed), chain, onTime })]);
    onProgress?.((chain + 1) / chains);
  }
  const limit = limitOf(scenario, observe.times);
  return observe.times.map((time, k) => ({
    time,
    count: estimate(paths.map((path) => path[k].length / pairs)),
    pairs: estimate(paths.map((path) => path[k].filter((size) => size === 2).length / pairs)),
    limit: limit === null ? null : { count: limit[k].count, pairs: limit[k].masses[1] },
  }));
}

/** Sites along the torus of side 1: 1 / eps. */
function sideOf({ dimension, particles, Z }: Scenario): number {
  return Math.round(dimension === 2 ? Math.exp(particles / Z) : (particles / Z) ** (1 / (dimension - 2)));
}

function checkDimension(dimension: number): void {
  if (dimension === 2 || dimension === 3) return;
  throw new UserError(`dimension is ${dimension}, but must be 2 or 3.`);
}

const scenarioSeed = (seed: number | bigint) =>
  seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : `0x${seed.toString(16)}`;
