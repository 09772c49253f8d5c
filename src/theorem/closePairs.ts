/** Who is close to whom among particles of one replica; `place`: u32[N, d], lattice units on the torus. */

export interface ClosePair {
  i: number;
  j: number;
  /** Their distance, lattice units. */
  apart: number;
}

/** All pairs less than `reach` lattice units apart, at most half the side, each once. */
export function closePairs(place: Uint32Array, n: number, d: number, reach: number): ClosePair[] {
  // In the order of their first coordinates a partner is among the next few.
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => place[d * a] - place[d * b]);
  const found: ClosePair[] = [];
  for (const [k, i] of order.entries()) {
    for (let step = 1; step < n; step++) {
      const j = order[(k + step) % n];
      const ahead = (place[d * j] - place[d * i]) >>> 0;
      if (ahead >= reach) break;
      const apart = distance(place, d, i, j);
      if (apart < reach) found.push({ i, j, apart });
    }
  }
  return found;
}

/** Who is nearest to i among n >= 2. */
export function nextNeighbour(place: Uint32Array, n: number, d: number, i: number): number {
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  for (let j = 0; j < n; j++) {
    const apart = j === i ? Number.POSITIVE_INFINITY : distance(place, d, i, j);
    if (apart < least) [nearest, least] = [j, apart];
  }
  return nearest;
}

/** The shorter way around, in lattice units. */
export function distance(place: Uint32Array, d: number, i: number, j: number): number {
  let square = 0;
  for (let k = 0; k < d; k++) square += ((place[d * i + k] - place[d * j + k]) | 0) ** 2;
  return Math.sqrt(square);
}
