/**
 * The folder of a run: while it is under way `<results>.unfinished`, with checkpoints from which `coagula resume` goes on after whatever ends it; and when it
 * is complete the results folder, put in its place in one move.
 *
 *     <results>.unfinished/checkpoint-<serial>   the start and the last two states
 *                          snapshot-<k>          who was where at observation k, where that is wanted
 *                          results/              what is moved to <results> at the end
 *                          complete              all results are written; whether those that were there before go
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type Checkpoint,
  checkpointFromBytes,
  checkpointToBytes,
  snapshotFromBytes,
  snapshotToBytes,
} from "../checkpoint/checkpoint.ts";
import { readWhole, writeWhole } from "../checkpoint/file.ts";
import type { Snapshot } from "../engine.ts";
import { UserError } from "../errors.ts";
import type { System } from "../model/system.ts";
import { slug } from "../results/slug.ts";
import {
  checkReplaceable,
  exists,
  firstFree,
  makeFolders,
  moveInPlace,
  type ResultFiles,
  reasonOf,
  removeEmpty,
  resolved,
  writeFiles,
} from "./resultsFolder.ts";

const unfinished = (path: string) => `${path}.unfinished`;
const checkpointName = /^checkpoint-(\d{1,9})$/;
const completeName = "complete";

export interface RunFolder {
  /** Where the results will be. */
  readonly path: string;
  /** The folder while the run is under way. */
  readonly place: string;
  /** Whether results that are there already go at the end. */
  readonly replaces: boolean;
  /** Whether there is a state to go on from. */
  readonly isResumable: boolean;
  keep(checkpoint: Checkpoint): Promise<void>;
  /** Keeps who is where at the k-th observation. */
  keepSnapshot(k: number, snapshot: Snapshot): Promise<void>;
  snapshot(k: number): Promise<Snapshot>;
  /** Writes the results, puts the folder in its place, and tells its path: another if the place has been taken since. */
  finish(files: ResultFiles): Promise<string>;
  /** Leaves what can be gone on with; otherwise no trace. An exit of the process does the same. */
  leave(): void;
  /** Leaves no trace of a run that began here; what another process has begun stays. */
  discard(): void;
}

/** What `coagula resume` finds in a folder. */
export interface Reopened {
  folder: RunFolder;
  checkpoint: Checkpoint;
  system: System;
  /** A sentence for each checkpoint that could not be used. */
  complaints: string[];
}

/**
 * Claims a folder for a run before it begins, so that a path that cannot be written is known before the work is done. Without a wanted path it is
 * results/<name>, or the first of results/<name>-2, -3, ... that is free. Throws a UserError for a path that cannot be used.
 */
export async function claimRun(
  wanted: string | undefined,
  force: boolean,
  start: Omit<Checkpoint, "state" | "replaces">,
): Promise<RunFolder> {
  const name = slug(start.scenario.name);
  const isFree = async (path: string) => !(await exists(path)) && !(await exists(unfinished(path)));
  const free = () => firstFree(join("results", name), isFree);
  let path = wanted === undefined ? await free() : await resolved(wanted);
  const refuseBegun = () => {
    throw new UserError(
      `out is "${wanted}", where a run is not finished: coagula resume ${wanted} goes on with it, --force begins anew; or give a free name.`,
    );
  };
  if (wanted !== undefined) {
    await checkReplaceable(path, wanted, force);
    if (await exists(unfinished(path))) {
      if (!force) refuseBegun();
      await rm(unfinished(path), { recursive: true });
    }
  }
  // Begun under a name of its own and moved in place with its start in it: of several runs one gets the name, and no folder is there without a start.
  const begun = join(dirname(path), `.${basename(path)}.begun-${randomBytes(4).toString("hex")}`);
  const made: string[] = [];
  const checkpoint = { ...start, replaces: wanted !== undefined && force, state: null };
  try {
    await makeFolders(begun, made);
    await writeWhole(join(begun, "checkpoint-0"), checkpointToBytes(checkpoint));
    while (!(await isMoved(begun, unfinished(path)))) {
      if (wanted !== undefined) refuseBegun();
      path = await free();
    }
  } catch (error) {
    if (made.includes(begun)) rmSync(begun, { recursive: true, force: true });
    removeEmpty(made);
    if (error instanceof UserError) throw error;
    throw new UserError(`out is "${wanted ?? path}", but a folder cannot be made there: ${reasonOf(error)}.`);
  }
  const folder = new Folder(path, 0, true, made.slice(0, -1));
  folder.replaces = checkpoint.replaces;
  return folder;
}

/** Moves a folder to a path, unless that is taken. */
async function isMoved(folder: string, path: string): Promise<boolean> {
  try {
    await rename(folder, path);
    return true;
  } catch (error) {
    if (!(await exists(path))) throw error;
    return false;
  }
}

/**
 * The run that was under way in a results folder, at the last state that can be read; null if it had ended, but for its last move, which is then made. Throws a
 * UserError if there is none.
 */
export async function reopenRun(wanted: string): Promise<Reopened | null> {
  const path = (await resolved(wanted)).replace(/\.unfinished$/, "");
  const place = unfinished(path);
  const inside: string[] = await readdir(place).catch(() => []);
  if (inside.includes(completeName)) {
    await settle(path);
    return null;
  }
  // All that a run leaves that was killed in its very last move.
  if ((await exists(path)) && (await isRemoved(place))) return null;
  const serials = inside
    .flatMap((name) => Number(name.match(checkpointName)?.[1] ?? []))
    .sort((a, b) => b - a);
  const complaints: string[] = [];
  for (const serial of serials) {
    const name = `checkpoint-${serial}`;
    try {
      const { checkpoint, system } = checkpointFromBytes(await readWhole(join(place, name)));
      const folder = new Folder(path, serials[0], false);
      folder.replaces = checkpoint.replaces;
      if (checkpoint.options.includes(snapshotsOption)) {
        const seen = checkpoint.state?.observed.counts.length ?? 0;
        for (let k = 0; k < seen; k++) await folder.snapshot(k);
      }
      return { folder, checkpoint, system, complaints };
    } catch (error) {
      complaints.push(`${join(place, name)} cannot be used: ${reasonOf(error)}.`);
    }
  }
  if (complaints.length > 0) throw new UserError(complaints.join("\n"));
  if (inside.length > 0) throw new UserError(`folder is "${wanted}", in which no checkpoint is left.`);
  throw new UserError(
    (await exists(path))
      ? `folder is "${wanted}", in which no run is under way; it must be one that coagula run has begun and not ended.`
      : `folder is "${wanted}", but there is none; it must be one that coagula run has begun and not ended.`,
  );
}

/** Removes a folder if it is there and empty. */
const isRemoved = (folder: string) =>
  rmdir(folder).then(
    () => true,
    () => false,
  );

/** The option with which a run keeps snapshots. */
export const snapshotsOption = "--snapshots";

class Folder implements RunFolder {
  readonly path: string;
  /** The folder while the run is under way. */
  readonly place: string;
  isResumable: boolean;
  replaces = false;
  #serial: number;
  readonly #begun: boolean;
  readonly #made: string[];
  readonly #onExit = () => this.leave();

  /** `made`: the folders that were made for it. */
  constructor(path: string, serial: number, begun: boolean, made: string[] = []) {
    this.path = path;
    this.place = unfinished(path);
    this.#serial = serial;
    this.#begun = begun;
    this.#made = made;
    this.isResumable = !begun;
    process.once("exit", this.#onExit);
  }

  async keep(checkpoint: Checkpoint): Promise<void> {
    const serial = this.#serial + 1;
    await this.#write(`checkpoint-${serial}`, () => checkpointToBytes(checkpoint));
    this.#serial = serial;
    this.replaces = checkpoint.replaces;
    if (checkpoint.state !== null) this.isResumable = true;
    for (const name of await readdir(this.place)) {
      const old = Number(name.match(checkpointName)?.[1] ?? 0);
      if (old > 0 && old < serial - 1) await rm(join(this.place, name), { force: true });
    }
  }

  async keepSnapshot(k: number, snapshot: Snapshot): Promise<void> {
    await this.#write(`snapshot-${k}`, () => snapshotToBytes(snapshot));
  }

  async snapshot(k: number): Promise<Snapshot> {
    return snapshotFromBytes(await readWhole(join(this.place, `snapshot-${k}`)));
  }

  async finish(files: ResultFiles): Promise<string> {
    const results = join(this.place, "results");
    try {
      await rm(results, { recursive: true, force: true });
      await makeFolders(results, []);
      await writeFiles(results, files);
      const complete = JSON.stringify({ replaces: this.replaces });
      await writeWhole(join(this.place, completeName), [Buffer.from(complete)]);
      const out = await settle(this.path);
      this.#made.length = 0;
      this.isResumable = false;
      process.off("exit", this.#onExit);
      return out;
    } catch (error) {
      this.isResumable = await exists(this.place);
      throw new Error(`The results could not be written to ${this.path}: ${reasonOf(error)}.`);
    }
  }

  leave(): void {
    if (this.isResumable) process.off("exit", this.#onExit);
    else this.discard();
  }

  discard(): void {
    process.off("exit", this.#onExit);
    if (!this.#begun) return;
    this.isResumable = false;
    try {
      rmSync(this.place, { recursive: true, force: true });
    } catch {}
    removeEmpty(this.#made);
  }

  /** Whoever tidies up too early only takes what was kept so far. */
  async #write(name: string, pieces: () => Iterable<Uint8Array>): Promise<void> {
    const path = join(this.place, name);
    try {
      await writeWhole(path, pieces());
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      await makeFolders(this.place, []);
      await writeWhole(path, pieces());
    }
  }
}

/** Moves complete results to their place, and tells where they are. It can be done again if the process is ended on the way. */
async function settle(path: string): Promise<string> {
  const place = unfinished(path);
  const results = join(place, "results");
  const { replaces } = JSON.parse(await readFile(join(place, completeName), "utf8"));
  const out = (await exists(results))
    ? await moveInPlace(results, path, replaces ? join(place, "replaced") : null)
    : path;
  // What says that all is complete goes last.
  for (const name of await readdir(place)) {
    if (name !== completeName) await rm(join(place, name), { recursive: true });
  }
  await rm(place, { recursive: true });
  return out;
}
