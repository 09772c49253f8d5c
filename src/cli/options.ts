/** Options that several commands share. */
import { InvalidArgumentError, Option } from "commander";
import type { EngineChoice } from "../simulate.ts";

export interface WhereOptions {
  engine: EngineChoice;
  adapter?: string;
}

export const jsonOption = () =>
  new Option("--json", "print one JSON object on standard output and nothing else there");

export const adapterOption = () =>
  new Option("--adapter <name>", "use the adapter whose name contains this; coagula doctor lists them");

export const engineOption = () =>
  new Option("--engine <engine>", "where to run: the best there is, the GPU, or the CPU reference")
    .choices(["auto", "gpu", "cpu"])
    .default("auto");

/** A parser for an option's number; commander puts the option and the value into the sentence. */
export function parseNumber(must: string, allowed: (x: number) => boolean): (text: string) => number {
  return (text) => {
    const x = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(x) || !allowed(x)) throw new InvalidArgumentError(`It must be ${must}.`);
    return x;
  };
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
