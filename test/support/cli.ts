/** Runs the command line as it is shipped, dist/cli.js, each time in a folder of its own that goes away after the file's tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect } from "vitest";

export const root = join(import.meta.dirname, "../..");

export interface Outcome {
  /** Null if a signal ended it. */
  code: number | null;
  stdout: string;
  /** Without the lines in which Dawn tells of limits that it lowered. */
  stderr: string;
  /** Where it ran. */
  folder: string;
}

export interface CliOptions {
  /** Where to run, instead of a fresh folder. */
  folder?: string;
  /** Files to write there first, by path. */
  files?: Record<string, string>;
  env?: Record<string, string>;
  /** Called with the process when it has started, to send it signals or close its streams. */
  meddle?: (child: ChildProcess) => void;
}

/** As in a shell: without what npm tells the scripts it runs, by which a second npm would take this package for its own. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder with these files. */
export function freshFolder(files: Record<string, string> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "coagula-test-")));
  folders.push(folder);
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** All files and folders below a folder, hidden ones too, sorted. */
export const listing = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

/** Runs `coagula` with these arguments. */
export function coagula(args: string[], options: CliOptions = {}): Promise<Outcome> {
  return start(process.execPath, [join(root, "dist/cli.js"), ...args], options);
}

/** Runs any program in the same way. */
export function start(program: string, args: string[], options: CliOptions = {}): Promise<Outcome> {
  const { folder = freshFolder(), files = {}, env = {}, meddle } = options;
  writeFiles(folder, files);
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...environment, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (piece: string) => {
      text[name] += piece;
    });
  }
  meddle?.(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({
        code,
        stdout: text.stdout,
        stderr: text.stderr.replace(/^Warning: maxDynamic.*\n/gm, ""),
        folder,
      });
    });
  });
}

/** What a program that must not fail prints. */
export async function succeeds(run: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await run;
  expect(code, stderr + stdout).toBe(0);
  return stdout;
}

/** A scenario of a few hundred particles and about a hundred uniform steps; JSON is YAML. */
export const small = {
  name: "small",
  particles: 300,
  Z: 8,
  diffusion: { power: { scale: 1, exponent: -0.3333 } },
  alpha: { constant: 50 },
  observe: { times: [0.0004, 0.0009], masses: 3 },
  replicas: 3,
  engine: "uniform" as const,
};

/** A scenario as a file's text, with some keys replaced; undefined takes a key away. */
export const scenarioText = (changes: object = {}): string => JSON.stringify({ ...small, ...changes });

/** A run that lasts until it is stopped: a hundred million steps, the first observation early. */
export const endless = scenarioText({ name: "endless", observe: { times: [0.0001, 900], masses: 2 } });
