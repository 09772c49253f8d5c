import { createReadStream } from "node:fs";
import { UserError } from "../errors.ts";
import { maxTextLength, parseScenarioText } from "./load.ts";
import type { Scenario } from "./scenario.ts";

const reasons: Record<string, string> = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "you may not read it",
  EPERM: "you may not read it",
};

/**
 * The scenario in a YAML or JSON file of UTF-8 text; a pipe such as /dev/stdin will do. Throws a UserError if there is
 * no such file, if it cannot be read, or with everything `parseScenarioText` finds wrong in it.
 */
export async function loadScenario(path: string): Promise<Scenario> {
  return parseScenarioText(decode(await read(path), path), path);
}

/** The bytes of a file, or enough of them to see that it is too long: a device may have no end. */
async function read(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: maxTextLength })) chunks.push(chunk);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${path} must be a scenario file, but ${reasons[code] ?? `reading it failed (${code})`}.`,
    );
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= maxTextLength) return bytes;
  throw new UserError(`${path} must be a scenario file of at most ${maxTextLength} bytes, but is longer.`);
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${path} must be a scenario file of UTF-8 text, but holds other bytes.`);
  }
}
