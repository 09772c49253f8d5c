/** The folder of a study of convergence: it keeps every finished chunk, so that a study that was interrupted goes on. */
import { rmdirSync } from "node:fs";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Chunk } from "../converge/chunk.ts";
import { UserError } from "../errors.ts";
import type { Scenario } from "../model/scenario.ts";
import { slug } from "../results/slug.ts";
import { type StudyState, studyState } from "../results/summaries.ts";
import { version } from "../version.generated.ts";
import { makeFolders, reasonOf } from "./resultsFolder.ts";

/** Finished chunks; and what they show, written in this order. */
const stateName = "study.json";
const shownNames = ["convergence.csv", "convergence.svg", "report.html", "convergence.json"] as const;

/** Changes whenever the meaning of the state file does. */
const format = 1;

export type StudyFiles = Record<(typeof shownNames)[number], string>;

export interface StudyFolder {
  readonly path: string;
  /** What an earlier study of the same scenario has left. */
  readonly finished: Chunk[];
  /** Keeps one chunk more. */
  keep(chunk: Chunk): Promise<void>;
  /** Writes what the study has shown. */
  finish(files: StudyFiles): Promise<void>;
  /** Leaves no empty folder behind. */
  abandon(): void;
}

/** What two studies must share for one to go on with the other's chunks: all of the scenario but N, replicas and words for people. */
function identity({ particles, replicas, name, description, ...rest }: Scenario): object {
  return rest;
}

/**
 * Opens the folder of a study, results/<name>-converge unless told otherwise. Throws a UserError for one that cannot be made, or that holds
 * a study of another scenario or version, a damaged one, or other things; with `force` what a study has left is thrown away.
 */
export async function openStudy(
  wanted: string | undefined,
  scenario: Scenario,
  force: boolean,
): Promise<StudyFolder> {
  const shown = wanted ?? join("results", `${slug(scenario.name)}-converge`);
  const path = resolve(shown);
  const finished = await earlierChunks(path, shown, scenario, force);
  const made: string[] = [];
  const abandon = () => {
    for (const folder of made.splice(0).toReversed()) {
      try {
        rmdirSync(folder);
      } catch {}
    }
  };
  try {
    if (finished === null) await makeFolders(path, made);
  } catch (error) {
    abandon();
    throw new UserError(`out is "${shown}", but a folder cannot be made there: ${reasonOf(error)}.`);
  }
  const chunks = finished ?? [];
  // Whole or not at all, even if the process is killed.
  const write = async (name: string, text: string) => {
    await writeFile(join(path, `.${name}.partial`), text);
    await rename(join(path, `.${name}.partial`), join(path, name));
  };
  return {
    path,
    finished: [...chunks],
    async keep(chunk) {
      // What a study that is thrown away has shown goes when the first of the new one is there.
      if (chunks.length === 0) {
        for (const name of shownNames) await rm(join(path, name), { force: true });
      }
      chunks.push(chunk);
      await write(
        stateName,
        `${JSON.stringify({ format, version, scenario: identity(scenario), chunks })}\n`,
      );
    },
    async finish(files) {
      for (const name of shownNames) await write(name, files[name]);
    },
    abandon,
  };
}

/** The chunks in a folder that may be gone on with; null if there is no folder. */
async function earlierChunks(
  path: string,
  shown: string,
  scenario: Scenario,
  force: boolean,
): Promise<Chunk[] | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  if (!found.isDirectory()) {
    throw new UserError(`out is "${shown}", which is a file; it must be a folder or a free name.`);
  }
  const inside = await readdir(path);
  if (inside.length === 0) return [];
  const known = [stateName, ...shownNames].flatMap((name) => [name, `.${name}.partial`]);
  if (!inside.every((name) => known.includes(name))) {
    throw new UserError(
      `out is "${shown}", a folder with other things in it; it must be empty, a study of coagula, or a free name.`,
    );
  }
  if (force) return [];
  const refuse = (what: string): never => {
    throw new UserError(
      `out is "${shown}", which holds ${what}; give --force to begin anew, or --out a free name.`,
    );
  };
  const text = await readFile(join(path, stateName), "utf8").catch(() => null);
  if (text === null) return refuse("results without the study they came from");
  const state = parseState(text);
  if (state === null) return refuse(`a damaged ${stateName}`);
  if (state.version !== version) return refuse(`a study by coagula ${state.version}, and this is ${version}`);
  if (JSON.stringify(state.scenario) !== JSON.stringify(identity(scenario))) {
    return refuse("a study of another scenario");
  }
  const times = scenario.observe.times.length;
  if (!state.chunks.every((chunk) => isWhole(chunk, times))) return refuse(`a damaged ${stateName}`);
  return state.chunks;
}

/** Null for what has not the form of a state. */
function parseState(text: string): StudyState | null {
  try {
    return studyState.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Whether a chunk has a possible count for each replica and time. */
function isWhole({ particles, replicas, left }: Chunk, times: number): boolean {
  return (
    left.length === replicas &&
    left.every((counts) => counts.length === times && counts.every((n) => n <= particles))
  );
}
