/** What expressions come to while a shader is compiled, and where variables lie. */
import type { Variable } from "./parse.ts";
import { op, signed } from "./wasm.ts";

/** "int" is a number written without a type. */
export type ScalarType = "u32" | "i32" | "bool" | "int";

/** A vector, an array or a struct; of the first two all parts have the type `element`. An array without a length has no fields. */
export interface Composite {
  fields: [name: string, type: Type][];
  element: Type | null;
}

export type Type = ScalarType | Composite;

export interface Scalar {
  type: ScalarType;
  /** Its word, where it is known while compiling. */
  known: number | null;
  /** Leaves it on the stack. */
  code: number[];
  /** Gives the same whenever it is run. */
  stable: boolean;
}

export interface Group {
  type: Composite;
  parts: Value[];
}

export type Value = Scalar | Group;

export type Place =
  | { kind: "local"; type: ScalarType; local: number }
  | { kind: "group"; type: Composite; variable: Variable | null; parts: Place[] }
  | {
      kind: "memory";
      type: Type;
      /** Leaves a number of bytes on the stack, to which `offset` is to be added. */
      address: number[];
      /** Gives the same whenever it is run. */
      stable: boolean;
      offset: number;
    };

export const isGroup = (value: Value): value is Group => "parts" in value;

export function known(word: number, type: ScalarType): Scalar {
  const value = type === "u32" ? word >>> 0 : word | 0;
  return { type, known: value, code: [op.const, ...signed(value)], stable: true };
}

export const wordsOf = (type: Type): number =>
  typeof type === "string" ? 1 : type.fields.reduce((sum, [, part]) => sum + wordsOf(part), 0);

/** Which part of a type has this name. */
export function field(type: Type, name: string): number {
  const at = typeof type === "string" ? -1 : type.fields.findIndex(([found]) => found === name);
  if (at < 0) throw new Error(`There is no part "${name}".`);
  return at;
}
