/**
 * Threefry-4x32 with 20 rounds: randomness as a function of a key and a counter (Salmon, Moraes, Dror and Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3", SC11). Only additions, rotations and exclusive ors of 32-bit words, so every
 * engine gives the same bits. Twin of `shaders/shared/threefry.wgsl`; known answers in `test/vectors/threefry.txt`.
 */

const parity = 0x1bd11bda;

/** Rotations of the rounds, period eight; the pair belongs to the two mixes of a round. */
const rotations = [10, 26, 11, 21, 13, 27, 23, 5, 6, 20, 17, 11, 25, 10, 18, 20];

const rotl = (x: number, by: number) => (x << by) | (x >>> (32 - by));

const schedule = new Int32Array(5);

/** Writes the four words that belong to (key, counter) into `out`. */
export function threefry(
  out: Uint32Array,
  k0: number,
  k1: number,
  k2: number,
  k3: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
): void {
  schedule[0] = k0;
  schedule[1] = k1;
  schedule[2] = k2;
  schedule[3] = k3;
  schedule[4] = parity ^ k0 ^ k1 ^ k2 ^ k3;
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  let x2 = (c2 + k2) | 0;
  let x3 = (c3 + k3) | 0;
  for (let group = 0; group < 5; group++) {
    // Four rounds, then a word of the key schedule into each lane.
    for (let pair = 0; pair < 2; pair++) {
      const r = (group & 1) * 8 + pair * 4;
      x0 = (x0 + x1) | 0;
      x1 = rotl(x1, rotations[r]) ^ x0;
      x2 = (x2 + x3) | 0;
      x3 = rotl(x3, rotations[r + 1]) ^ x2;
      x0 = (x0 + x3) | 0;
      x3 = rotl(x3, rotations[r + 2]) ^ x0;
      x2 = (x2 + x1) | 0;
      x1 = rotl(x1, rotations[r + 3]) ^ x2;
    }
    x0 = (x0 + schedule[(group + 1) % 5]) | 0;
    x1 = (x1 + schedule[(group + 2) % 5]) | 0;
    x2 = (x2 + schedule[(group + 3) % 5]) | 0;
    x3 = (x3 + schedule[(group + 4) % 5] + group + 1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}
