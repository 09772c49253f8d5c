/**
 * The time elapsed in a macro-step, as a binary fraction of it, most significant word first: a bit a level. A sub-step of level l takes 2^-l,
 * down to levels whose length no double could add. Twin: `shaders/shared/elapsed.wgsl`.
 */
import { powerOfTwo } from "./single.ts";

/** The coarsest level of whose length the time elapsed is a multiple. */
export function coarsestLevel(elapsed: Uint32Array): number {
  for (let w = elapsed.length - 1; w >= 0; w--) {
    if (elapsed[w] === 0) continue;
    const trailingZeros = 31 - Math.clz32(elapsed[w] & -elapsed[w]);
    return 32 * (w + 1) - trailingZeros;
  }
  return 0;
}

/** Goes on to the next multiple of this level's length. False once the whole macro-step has elapsed. */
export function elapse(elapsed: Uint32Array, level: number): boolean {
  if (level === 0) return false;
  const last = (level - 1) >> 5;
  const bit = powerOfTwo(31 - ((level - 1) & 31));
  elapsed.fill(0, last + 1);
  elapsed[last] -= elapsed[last] % bit;
  let carry = bit;
  for (let w = last; w >= 0 && carry > 0; w--) {
    const sum = elapsed[w] + carry;
    elapsed[w] = sum;
    carry = sum >= 2 ** 32 ? 1 : 0;
  }
  return carry === 0;
}
