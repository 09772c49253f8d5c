/** What is wrong with a value that a user wrote, in sentences. */
import type { z } from "zod";
import { printable } from "./printable.ts";

/** One thing wrong with a value. `path` leads to it through the value; `at` tells a bad key from a bad value. */
export interface Problem {
  path: (string | number)[];
  at: "key" | "value";
  /** For an unknown key, the path that was probably meant. */
  meant?: Problem["path"];
  sentence: string;
}

/** What is no such value at all can be wrong in every line. */
export function firstOf(problems: Problem[], most = 20): Problem[] {
  const more = problems.length - most;
  if (more <= 0) return problems;
  return [
    ...problems.slice(0, most),
    { path: [], at: "value", sentence: `There are ${more} more problems.` },
  ];
}

/** A sentence for each mistake that zod has found in a value, which is called `whole`. */
export function problemsIn({ issues }: z.ZodError, value: unknown, whole: string): Problem[] {
  return withoutRepeats(
    issues.flatMap((issue) => problemsOf(issue, value, whole)),
    value,
  );
}

/** The sentences for one issue of zod's, which knows where it is but not what was received. */
function problemsOf(
  issue: z.core.$ZodIssue,
  root: unknown,
  whole: string,
  outer: PropertyKey[] = [],
): Problem[] {
  const path = [...outer, ...issue.path] as Problem["path"];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(path, key, issue.message.split(", ")));
  }
  if (issue.code === "invalid_union") {
    // Of the forms a value may take, the one meant is the one whose outside fits and whose inside does not.
    const meant = issue.errors.find((issues) =>
      issues.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
    );
    if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, root, whole, path));
  }
  return [badValue(path, valueAt(root, path), issue.message, whole)];
}

/** `whole`: what the value at the empty path is called. */
export function badValue(path: Problem["path"], value: unknown, must: string, whole = ""): Problem {
  const name = path.length === 0 ? whole : pathName(path);
  const sentence =
    value === undefined
      ? `${name} is missing; it must be ${must}.`
      : `${name} is ${short(value)}, but must be ${must}.`;
  return { path, at: "value", sentence };
}

function unknownKey(path: Problem["path"], key: string, allowed: string[]): Problem {
  const where = path.length === 0 ? "" : ` in ${pathName(path)}`;
  const guess = nearest(key, allowed);
  const hint = guess === undefined ? "" : ` (did you mean "${guess}"?)`;
  const sentence = `unknown key ${short(key)}${where}${hint}; allowed here: ${allowed.join(", ")}.`;
  return { path: [...path, key], at: "key", sentence, ...(guess && { meant: [...path, guess] }) };
}

/** One sentence for one mistake: not two on a value that fails two checks, nor "missing" for a key that is misspelt. */
function withoutRepeats(problems: Problem[], root: unknown): Problem[] {
  const misspelt = new Set(problems.map(({ meant }) => meant && pathName(meant)));
  const seen = new Set<string>();
  return problems.filter(({ path }) => {
    const name = pathName(path);
    if (seen.has(name) || (misspelt.has(name) && valueAt(root, path) === undefined)) return false;
    seen.add(name);
    return true;
  });
}

export function valueAt(root: unknown, path: Problem["path"]): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], root);
}

function pathName(path: Problem["path"]): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("");
}

/** A value in at most 60 characters, on one line. */
export function short(value: unknown): string {
  const text = printable(asText(value));
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function asText(value: unknown): string {
  if (typeof value === "number") return String(value);
  try {
    return JSON.stringify(value) ?? (value === undefined ? "undefined" : `a ${typeof value}`);
  } catch {
    // A cycle or a bigint, which only a program can pass.
    return typeof value === "bigint" ? `${value}n` : "a value that JSON cannot hold";
  }
}

/** The word nearest to what was written, if no more than a third of the letters differ. */
function nearest(written: string, words: string[]): string | undefined {
  if (written.length > 40) return undefined;
  const distances = words.map((word) => editDistance(written.toLowerCase(), word.toLowerCase()));
  const best = distances.indexOf(Math.min(...distances));
  return distances[best] <= Math.max(written.length, words[best].length) / 3 ? words[best] : undefined;
}

/** The least number of letters to insert, delete, replace or swap with the next to get from one word to the other. */
function editDistance(a: string, b: string): number {
  const d: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    d[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      if (i === 0) {
        d[i][j] = j;
        continue;
      }
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.length][b.length];
}
