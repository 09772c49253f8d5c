import { UserError } from "./errors.ts";

/** The 64 bits of a seed that a program gives. Throws a UserError for a number that is not exactly an integer. */
export function seedBits(seed: number | bigint): bigint {
  if (typeof seed === "bigint" || Number.isSafeInteger(seed)) return BigInt(seed);
  throw new UserError(`seed is ${seed}, but must be an integer below 2^53 or a bigint.`);
}
