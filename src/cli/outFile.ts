/** One file of results: there whole or not at all. */
import { randomBytes } from "node:crypto";
import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { reasonOf } from "./resultsFolder.ts";

/** Throws a UserError if something is at `path` already, unless `force` allows to replace a file. */
export async function checkFree(path: string, force: boolean): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null || (force && found.isFile())) return;
  const advice = found.isFile() ? "give --force to replace it, or a free name" : "it must be a free name";
  throw new UserError(`out is "${path}", which is there already; ${advice}.`);
}

/** Writes beside `path` and moves it there when complete. Throws a UserError if that cannot be. */
export async function writeWhole(path: string, content: string | Iterable<string>): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.partial-${randomBytes(4).toString("hex")}`);
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such folder" : reasonOf(error);
    throw new UserError(`out is "${path}", but a file cannot be written there: ${reason}.`);
  }
}
