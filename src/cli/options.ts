/** Options that several commands share. */
import { InvalidArgumentError, Option } from "commander";
import { parseScenario, type Scenario } from "../model/scenario.ts";
import type { EngineChoice } from "../place.ts";

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

/** The scenario with what the command line says instead; checked again as a whole. */
export function overrideScenario(
  scenario: Scenario,
  { seed, replicas }: { seed?: string; replicas?: string },
): Scenario {
  if (seed === undefined && replicas === undefined) return scenario;
  const numeric = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);
  return parseScenario({
    ...scenario,
    ...(seed !== undefined && { seed: numeric(seed) }),
    ...(replicas !== undefined && { replicas: numeric(replicas) }),
  });
}

/** An integer between these two, both allowed. */
export const parseInteger = (from: number, to: number) =>
  parseNumber(`an integer from ${from} to ${to}`, (x) => Number.isInteger(x) && x >= from && x <= to);

/** A seed of 64 bits. */
export function parseSeed(text: string): bigint {
  const seed = /^(\d+|0x[0-9a-fA-F]+)$/.test(text) ? BigInt(text) : -1n;
  if (seed < 0n || seed >= 2n ** 64n) {
    throw new InvalidArgumentError(
      'It must be an integer from 0 to 2^64 - 1, or "0x" and hexadecimal digits.',
    );
  }
  return seed;
}

/** Increasing times from 0 on, apart by commas. */
export const timesOption = (times: number[]) =>
  new Option("--times <list>", "when to look, increasing, apart by commas")
    .argParser(parseTimes)
    .default(times, times.join(","));

/** "0.5,1,2" as numbers. */
export function parseTimes(text: string): number[] {
  const times = text.split(",").map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
  const isTime = (time: number, k: number) =>
    Number.isFinite(time) && time >= 0 && (k === 0 || time > times[k - 1]);
  if (!times.every(isTime)) {
    throw new InvalidArgumentError("It must be increasing times from 0 on, apart by commas, as in 0.5,1,2.");
  }
  return times;
}

/** "250,500,1000" as numbers. */
export function parseList(text: string): number[] {
  return text.split(",").map((item) => {
    const x = item.trim() === "" ? Number.NaN : Number(item);
    if (Number.isFinite(x)) return x;
    throw new InvalidArgumentError(`"${item}" must be a number; the list looks like 250,500,1000.`);
  });
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
