/** Random changes of texts and bytes, for fuzzing: of what is there, of what else is there, and of what parsers are known to trip over. */

/** What a text is changed with. */
export interface Random {
  /** An integer from 0 to n - 1. */
  below(n: number): number;
  pick<T>(items: readonly T[]): T;
}

export function randomFrom(word: () => number): Random {
  const below = (n: number) => Math.floor((word() / 2 ** 32) * n);
  return { below, pick: (items) => items[below(items.length)] };
}

const numbers = [
  "1e999",
  "-1e999",
  ".nan",
  ".inf",
  "-0",
  "0",
  "9007199254740993",
  "4294967296",
  "1e-324",
  "-1",
];
numbers.push("0x10", "1e308", "134217728", "65537", "0.1", "1_000", "2147483648", "NaN", "Infinity", "1e3");
const syntax = [
  "&a ",
  "*a",
  "[",
  "]",
  "{",
  "}",
  "- ",
  "? ",
  ": ",
  "|\n",
  ">\n",
  "\t",
  "<<: *a\n",
  "---\n",
  "...\n",
];
syntax.push(
  "!!set ",
  "!!binary ",
  "!!js/function ",
  "%YAML 1.1\n---\n",
  "'",
  '"',
  "#",
  ",",
  "\n",
  "  ",
  "\r\n",
  "@",
  "`",
);
const words = [
  "__proto__: ",
  "constructor: ",
  "toString: ",
  "$schema: ",
  "null",
  "~",
  "true",
  "../",
  "/",
  "\0",
  "\u202e",
];
words.push(
  "\ufeff",
  "\u2028",
  "\ud83d",
  "\x1b[31m",
  "physical: ",
  "radius: ",
  "contact",
  "pair: ",
  "table: ",
  "seed: ",
);
const pieces = [...numbers, ...syntax, ...words];

/** A few changes, one after the other. `others` are texts to take pieces from. */
export function mutatedText(text: string, others: readonly string[], random: Random): string {
  let changed = text;
  for (let left = 1 + random.below(4); left > 0; left--) changed = oneChange(changed, others, random);
  return changed;
}

function oneChange(text: string, others: readonly string[], { below, pick }: Random): string {
  const at = below(text.length + 1);
  const until = Math.min(text.length, at + below(pick([2, 10, 100])));
  const lines = text.split("\n");
  switch (below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(until);
    case 1:
      return text.slice(0, at) + pick(pieces) + text.slice(at);
    case 2:
      return text.slice(0, at) + pick(pieces) + text.slice(until);
    case 3: {
      // A number by another.
      const found = [...text.matchAll(/-?\d[\d.e+-]*/g)];
      if (found.length === 0) return text;
      const { index, 0: number } = pick(found);
      return text.slice(0, index) + pick(numbers) + text.slice(index + number.length);
    }
    case 4: {
      const other = pick(others);
      const from = below(other.length + 1);
      return text.slice(0, at) + other.slice(from, from + below(200)) + text.slice(until);
    }
    case 5: {
      // A line of another, or twice.
      lines.splice(below(lines.length + 1), below(2), pick(pick(others).split("\n")));
      return lines.join("\n");
    }
    case 6:
      return text.slice(0, at) + text.slice(at, until).repeat(1 + below(20)) + text.slice(until);
    default:
      return text.slice(0, at) + String.fromCharCode(below(pick([128, 0x10000]))) + text.slice(at + 1);
  }
}

/** Flipped, lost, doubled or foreign bytes. */
export function mutatedBytes(bytes: Uint8Array, { below, pick }: Random): Uint8Array<ArrayBuffer> {
  const at = below(bytes.length);
  const length = below(pick([2, 16, 4096]));
  const join = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
  switch (below(4)) {
    case 0: {
      const flipped = bytes.slice();
      for (let left = 1 + below(4); left > 0; left--) flipped[below(bytes.length)] ^= 1 << below(8);
      return Uint8Array.from(flipped);
    }
    case 1:
      return join(bytes.subarray(0, at));
    case 2:
      return join(bytes.subarray(0, at), bytes.subarray(at + 1 + length));
    default:
      return join(bytes.subarray(0, at), bytes.subarray(below(at + 1), at), bytes.subarray(at));
  }
}
