/**
 * The forms of what a user writes: zod schemas, each of which carries as its error the words that follow "but must be"; `problems.ts` puts the rest of the
 * sentence around them.
 */
import * as z from "zod";

/** Finite; -0 becomes 0, since the two are equal but print and hash differently. */
export const number = (must = "a finite number") => z.number(must).overwrite((x) => x + 0);
export const positive = () => number("a positive number").positive();
export const nonNegative = () => number("a number that is not negative").nonnegative();
export const between = (min: number, max: number) =>
  number(`a number from ${min} to ${max}`).min(min).max(max);

export function integer(min: number, max: number, must = `an integer from ${min} to ${max}`) {
  return z
    .int(must)
    .min(min)
    .max(max)
    .overwrite((x) => x + 0);
}

export function list<T extends z.ZodType>(item: T, min: number, max: number, items: string) {
  return z.array(item, `a list of ${min} to ${max} ${items}`).min(min).max(max);
}

export function choice<const T extends readonly string[]>(names: T) {
  return z.enum(names, names.map((name) => `"${name}"`).join(" or "));
}

/** The error of a map: what it must be or, for an unknown key, the list that `problemsOf` names and guesses from. */
export function mapError(keys: string[], must: string) {
  return {
    error: (issue: { code?: string }) => (issue.code === "unrecognized_keys" ? keys.join(", ") : must),
  };
}

/** A map with these keys and no others; those without a default are required. */
export function map<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape).filter((key) => key !== "$schema");
  return z.strictObject(shape, mapError(keys, `a map with the keys ${keys.join(", ")}`));
}

type OneKey<S extends z.ZodRawShape, Side extends "input" | "output"> = {
  [K in keyof S]: { [P in K]: S[K]["_zod"][Side] };
}[keyof S];

/**
 * A map with exactly one of these keys, which says what its value means, as in `{ torus: 1 }`. It is checked as one
 * map of optional keys and not as a union, so that a problem inside keeps its own path and sentence.
 */
export function oneOf<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape);
  const must =
    keys.length === 1
      ? `a map with the key ${keys[0]}`
      : `a map with exactly one of the keys ${keys.join(", ")}`;
  const optional = Object.fromEntries(keys.map((key) => [key, z.exactOptional(shape[key])]));
  const schema = z
    .strictObject(optional, mapError(keys, must))
    // Where a key is unknown or a value bad, that has been said already.
    .refine((value) => Object.keys(value).length === 1, { when: ({ issues }) => issues.length === 0 })
    .meta({ minProperties: 1, maxProperties: 1 });
  return schema as unknown as z.ZodType<OneKey<S, "output">, OneKey<S, "input">>;
}
