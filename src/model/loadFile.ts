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
  return parseScenarioText(await loadText(path, "a scenario file", maxTextLength), path);
}

/** A file's UTF-8 text of at most `most` bytes; throws a UserError with `what` it must be if there is no such. */
export async function loadText(path: string, what: string, most: number): Promise<string> {
  const bytes = await read(path, what, most);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${path} must be ${what} of UTF-8 text, but holds other bytes.`);
  }
}

/** The bytes of a file, or enough of them to see that it is too long: a device may have no end. */
async function read(path: string, what: string, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: most })) chunks.push(chunk);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new UserError(`${path} must be ${what}, but ${reasons[code] ?? `reading it failed (${code})`}.`);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length <= most) return bytes;
  throw new UserError(`${path} must be ${what} of at most ${most} bytes, but is longer.`);
}
