/**
 * The folder of a run's results: written beside its place under another name and moved there when complete, so that it is there whole or
 * not at all, and nothing that was there before is lost.
 */
import { randomBytes } from "node:crypto";
import { access, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";

/** A folder holds results if this file is in it. */
export const summaryFile = "summary.json";

export interface ResultsFolder {
  readonly path: string;
  /** Writes these files, each a text or pieces of one, and puts the folder in its place. */
  commit(files: Record<string, string | Iterable<string>>): Promise<void>;
  /** Leaves no trace. */
  abandon(): Promise<void>;
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
  const path = wanted === undefined ? await firstFree(join("results", slug(name))) : resolve(wanted);
  if (wanted !== undefined) await checkReplaceable(path, wanted, force);
  const tag = randomBytes(4).toString("hex");
  const partial = join(dirname(path), `.${basename(path)}.partial-${tag}`);
  try {
    await makeFolders(partial);
  } catch (error) {
    throw new UserError(`out is "${wanted ?? path}", but a folder cannot be made there: ${reasonOf(error)}.`);
  }
  return {
    path,
    async commit(files) {
      for (const [file, content] of Object.entries(files)) await writeFile(join(partial, file), content);
      const old = join(dirname(path), `.${basename(path)}.old-${tag}`);
      const replaced = await exists(path);
      if (replaced) await rename(path, old);
      await rename(partial, path);
      if (replaced) await rm(old, { recursive: true });
    },
    async abandon() {
      await rm(partial, { recursive: true, force: true });
    },
  };
}

/** Makes a folder and those above it. Node's own recursive mkdir never returns below /proc. */
async function makeFolders(path: string): Promise<void> {
  const above = dirname(path);
  if (!(await exists(above))) await makeFolders(above);
  await mkdir(path);
}

async function checkReplaceable(path: string, wanted: string, force: boolean): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) return;
  if (!found.isDirectory())
    throw new UserError(`out is "${wanted}", which is a file; it must be a folder or a free name.`);
  const inside = await readdir(path);
  if (inside.length === 0) return;
  if (!inside.includes(summaryFile)) {
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

async function firstFree(path: string): Promise<string> {
  for (let k = 1; ; k++) {
    const candidate = resolve(k === 1 ? path : `${path}-${k}`);
    if (!(await exists(candidate))) return candidate;
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** A scenario's name as part of a path. */
function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "scenario" : plain;
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const known: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOTDIR: "part of the path is a file",
    EEXIST: "part of the path is a file",
    ENOENT: "the file system does not allow it",
    ENOSPC: "the disk is full",
    ENAMETOOLONG: "the name is too long",
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
