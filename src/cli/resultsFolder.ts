/**
 * The folder of a run's results: written beside its place under another name and moved there when complete, so that it is there whole or
 * not at all, and nothing that was there before is lost.
 */
import { randomBytes } from "node:crypto";
import { rmdirSync, rmSync } from "node:fs";
import {
  access,
  lstat,
  mkdir,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { slug } from "../results/slug.ts";

/** The files that a results folder may hold: a summary always, tables, figures, a report. */
const resultName = /^(summary\.json|report\.html|state\.bin|[a-z][a-z-]*\.(csv|svg|parquet|h5))$/;

/** The contents of the files, each a text, pieces of one, or what writes the file. They are written in this order. */
export type ResultFiles = { "summary.json": string } & Record<
  `${string}.${"csv" | "svg" | "parquet" | "h5" | "html" | "bin"}`,
  string | Iterable<string> | ((path: string) => Promise<void>)
>;

export interface ResultsFolder {
  /** Writes these files, puts the folder in its place, and tells its path: another if the place has been taken since. */
  commit(files: ResultFiles): Promise<string>;
  /** Leaves no trace of what is not committed. An exit of the process does the same. */
  abandon(): void;
}

/**
 * Claims a folder before the run, so that a path that cannot be written is known before the work is done. Without a wanted path it is
 * results/<name>, or the first of results/<name>-2, -3, ... that is free. Throws a UserError for a path that cannot be used.
 */
export async function claimResults(
  wanted: string | undefined,
  name: string,
  force: boolean,
): Promise<ResultsFolder> {
  const path = wanted === undefined ? await firstFree(join("results", slug(name))) : await resolved(wanted);
  if (wanted !== undefined) await checkReplaceable(path, wanted, force);
  const tag = randomBytes(4).toString("hex");
  const partial = join(dirname(path), `.${basename(path)}.partial-${tag}`);
  const made: string[] = [];
  const abandon = () => {
    process.off("exit", abandon);
    if (made.includes(partial)) rmSync(partial, { recursive: true, force: true });
    removeEmpty(made);
  };
  process.once("exit", abandon);
  try {
    await makeFolders(partial, made);
  } catch (error) {
    abandon();
    throw new UserError(`out is "${wanted ?? path}", but a folder cannot be made there: ${reasonOf(error)}.`);
  }
  return {
    async commit(files) {
      await writeFiles(partial, files);
      const old = join(dirname(path), `.${basename(path)}.old-${tag}`);
      const place = await moveInPlace(partial, path, wanted !== undefined && force ? old : null);
      await rm(old, { recursive: true, force: true });
      return place;
    },
    abandon,
  };
}

/** Writes the files of a results folder into this one. */
export async function writeFiles(folder: string, files: ResultFiles): Promise<void> {
  for (const [file, content] of Object.entries(files)) {
    if (typeof content === "function") await content(join(folder, file));
    else await writeFile(join(folder, file), content);
  }
}

/** Moves a folder to a path, results that are there to `old`, if that is given; or, if the path is taken, to the first free number after it. */
export async function moveInPlace(folder: string, path: string, old: string | null): Promise<string> {
  const replaces = old !== null && holdsResults(await readdir(path).catch(() => []));
  if (replaces) await rename(path, old);
  try {
    return await moveToFree(folder, path);
  } catch (error) {
    if (replaces) await rename(old, path);
    throw error;
  }
}

/** Moves a folder to a path or, if that is taken, to the first free number after it. */
async function moveToFree(folder: string, path: string): Promise<string> {
  for (let place = path; ; place = await firstFree(path)) {
    try {
      // An empty folder may be there.
      await rmdir(place).catch(() => {});
      await rename(folder, place);
      return place;
    } catch (error) {
      if (!(await exists(place))) throw error;
    }
  }
}

/** The absolute path; through links, so that a folder is replaced where it really is. */
export const resolved = (path: string) => realpath(path).catch(() => resolve(path));

const holdsResults = (inside: string[]) =>
  inside.includes("summary.json") && inside.every((name) => resultName.test(name));

/** Makes a folder and those above it, and lists them. Node's own recursive mkdir never returns below /proc. */
export async function makeFolders(path: string, made: string[]): Promise<void> {
  const above = dirname(path);
  if (!(await exists(above))) await makeFolders(above, made);
  try {
    await mkdir(path);
    made.push(path);
  } catch (error) {
    // Another run may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !(await stat(path)).isDirectory()) throw error;
  }
}

/** Removes folders that were made, innermost last in the list, as far as nothing is in them by now. */
export function removeEmpty(made: string[]): void {
  for (const folder of made.splice(0).toReversed()) {
    try {
      rmdirSync(folder);
    } catch {}
  }
}

export async function checkReplaceable(path: string, wanted: string, force: boolean): Promise<void> {
  // A link that leads nowhere is something, too.
  const found = await stat(path)
    .catch(() => lstat(path))
    .catch(() => null);
  if (found === null) return;
  if (!found.isDirectory())
    throw new UserError(`out is "${wanted}", which is a file; it must be a folder or a free name.`);
  const inside = await readdir(path);
  if (inside.length === 0) return;
  if (!holdsResults(inside)) {
    throw new UserError(
      `out is "${wanted}", a folder with other things in it; it must be empty, results of coagula, or a free name.`,
    );
  }
  if (!force) {
    throw new UserError(
      `out is "${wanted}", which already holds results; give --force to replace them, or a free name.`,
    );
  }
}

/** The first of path, path-2, path-3, ... that is. */
export async function firstFree(
  path: string,
  isFree = async (candidate: string) => !(await exists(candidate)),
): Promise<string> {
  for (let k = 1; ; k++) {
    const candidate = resolve(k === 1 ? path : `${path}-${k}`);
    if (await isFree(candidate)) return candidate;
  }
}

export const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Why a path could not be written, in a few words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const known: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOTDIR: "part of the path is a file",
    EEXIST: "part of the path is a file",
    ENOENT: "the file system does not allow it",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EFBIG: "a file would be larger than is allowed",
    ENAMETOOLONG: "the name is too long",
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
