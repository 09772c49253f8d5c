import { RandomWords } from "../exact/randomWords.ts";
import { streams } from "../exact/streams.ts";
import { StickingWalkers } from "./stickingWalkers.ts";

export interface ManyPairsProblem {
  dimension: number;
  /** Sites along each axis of the torus. */
  side: number;
  /** Pairs of neighbours at the start, uniform but apart: no two touch. At most `mostPairs`. */
  pairs: number;
  /** When to look, in mean times of a clock; not decreasing. */
  times: readonly number[];
  seed: bigint;
  chain: number;
  /** Told now and then which time has come. */
  onTime?: (time: number) => void;
}

/** So few that the last one still finds its place soon: each bars some 4 d^2 of the sites of another's first. */
export const mostPairs = (dimension: number, side: number) => Math.floor(side ** dimension / 64);

/** The whole chain of Hammond's survey §2.6.2 from pairs of neighbours: the sizes of all clusters at each time. */
export function* manyPairs(problem: ManyPairsProblem): Generator<number[]> {
  const { dimension, side, pairs, times, seed, chain, onTime } = problem;
  const random = new RandomWords(seed, chain, streams.clusters);
  const walkers = new StickingWalkers(dimension, side, placePairs(dimension, side, pairs, random));
  let [now, rings] = [0, 0];
  let next = random.exponential() / walkers.walkers;
  for (const time of times) {
    while (now + next <= time) {
      now += next;
      walkers.ring(random);
      next = random.exponential() / walkers.walkers;
      if (++rings % 2 ** 16 === 0) onTime?.(now);
    }
    // The clocks have no memory: what is left of the wait is a wait of the same law.
    next -= time - now;
    now = time;
    yield walkers.sizes();
  }
}

function placePairs(dimension: number, side: number, pairs: number, random: RandomWords): Int32Array {
  const places = new Int32Array(2 * pairs * dimension);
  const barred = new Set<string>();
  for (let pair = 0; pair < pairs; ) {
    const first = Array.from({ length: dimension }, () => random.below(side));
    const axis = random.below(dimension);
    const second = first.with(axis, (first[axis] + 1) % side);
    if (barred.has(first.join()) || barred.has(second.join())) continue;
    places.set([...first, ...second], 2 * pair * dimension);
    for (const place of [first, second]) {
      barred.add(place.join());
      for (const [k, x] of place.entries()) {
        for (const step of [1, side - 1]) barred.add(place.with(k, (x + step) % side).join());
      }
    }
    pair++;
  }
  return places;
}
