import { RandomWords } from "../exact/randomWords.ts";
import { streams } from "../exact/streams.ts";
import { mostSites, StickingWalkers } from "./stickingWalkers.ts";

/** How one cluster moved in a time of `blockTime`, and what it looked like on the way. */
export interface Block {
  /** Of the centre of mass, in sites. */
  displacement: number[];
  /** Mean squared distance of the walkers from their centre. */
  squaredGyration: number;
  /** Half the sites that the cluster spans along an axis, in the mean over the axes: 1/2 of a single walker. */
  halfExtent: number;
}

/** The heaviest cluster that can be followed: twice as many sites as walkers along each axis. */
export const heaviestOf = (dimension: number) => Math.floor(mostSites ** (1 / dimension) / 2 + 1e-9);

const looksPerBlock = 4;

/** In mean times of a clock. A cluster has forgotten its shape after about mass^2 / 7. */
export const blockTime = (mass: number) =>
  looksPerBlock * Math.ceil(Math.max(16, mass * mass) / looksPerBlock);

/** Blocks after which the line that it begins as is forgotten. */
const warmUp = 4;

/**
 * A single cluster of random walkers, in blocks of time without end, in equilibrium; time is counted in rings, mass of them to the mean time of
 * one clock.
 */
export function* isolatedCluster(dimension: number, mass: number, seed: bigint): Generator<Block, never> {
  const random = new RandomWords(seed, mass, streams.cluster);
  const line = new Int32Array(mass * dimension);
  for (let walker = 0; walker < mass; walker++) line[walker * dimension] = walker;
  const side = Math.max(4, 2 * mass);
  const cluster = new StickingWalkers(dimension, side, line);
  const ringsPerLook = (blockTime(mass) * mass) / looksPerBlock;
  for (let block = -warmUp; ; block++) {
    const sum = new Array<number>(dimension).fill(0);
    const shape = { squaredGyration: 0, halfExtent: 0 };
    for (let look = 0; look < looksPerBlock; look++) {
      for (let ring = 0; ring < ringsPerLook; ring++) {
        const made = cluster.ring(random);
        if (made < 0) continue;
        for (let axis = 0; axis < dimension; axis++) sum[axis] += cluster.moves[made][axis];
      }
      const { squaredGyration, halfExtent } = shapeOf(cluster);
      shape.squaredGyration += squaredGyration / looksPerBlock;
      shape.halfExtent += halfExtent / looksPerBlock;
    }
    if (block >= 0) yield { displacement: sum.map((x) => x / mass), ...shape };
  }
}

/** Of a torus with one connected cluster, that spans at most half of it. */
function shapeOf({ dimension, side, places, walkers }: StickingWalkers) {
  let [squaredGyration, halfExtent] = [0, 0];
  for (let axis = 0; axis < dimension; axis++) {
    let [sum, squares, low, high] = [0, 0, 0, 0];
    for (let walker = 0; walker < walkers; walker++) {
      const apart = places[walker * dimension + axis] - places[axis] + side;
      // As seen from walker 0, the nearer way around.
      const x = ((apart + side / 2) % side) - side / 2;
      sum += x;
      squares += x * x;
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
    squaredGyration += squares / walkers - (sum / walkers) ** 2;
    halfExtent += (high - low + 1) / 2 / dimension;
  }
  return { squaredGyration, halfExtent };
}
