/** One file of results: there whole or not at all. */
import { lstat } from "node:fs/promises";
import { writeWhole } from "../checkpoint/file.ts";
import { UserError } from "../errors.ts";
import { reasonOf } from "./resultsFolder.ts";

/** Throws a UserError if something is at `path` already, unless `force` allows to replace a file. */
export async function checkFree(path: string, force: boolean): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || (force && found.isFile())) return;
  const advice = found.isFile() ? "give --force to replace it, or a free name" : "it must be a free name";
  throw new UserError(`out is "${path}", which is there already; ${advice}.`);
}

/** Writes a text whole or not at all. Throws a UserError if that cannot be. */
export async function writeText(path: string, content: string | Iterable<string>): Promise<void> {
  try {
    await writeWhole(path, bytesOf(typeof content === "string" ? [content] : content));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such folder" : reasonOf(error);
    throw new UserError(`out is "${path}", but a file cannot be written there: ${reason}.`);
  }
}

function* bytesOf(pieces: Iterable<string>): Generator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}
