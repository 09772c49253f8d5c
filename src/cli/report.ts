import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../errors.ts";
import { reportOf } from "../results/report.ts";
import { checkFree, writeText } from "./outFile.ts";

export const reportCommand = () =>
  new Command("report")
    .description("write the report of a results folder again, from the files in it: one HTML file")
    .argument("<results>", "a folder that coagula run, observe or converge has written")
    .option("--out <file>", "where to write it (default: report.html in the folder)")
    .option("--force", "replace the file that --out names")
    .addHelpText(
      "after",
      `
The page needs nothing else: it may be moved, mailed and printed.

Example:
  coagula report results/first-light`,
    )
    .action(run);

async function run(folder: string, { out, force }: { out?: string; force?: boolean }): Promise<void> {
  if (out !== undefined) await checkFree(out, force === true);
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) {
    throw new UserError(
      `results is "${folder}", but must be a folder that coagula run, observe or converge has written.`,
    );
  }
  const report = await reportOf((name) => readFile(join(folder, name), "utf8").catch(() => null));
  if (report === null) {
    throw new UserError(
      `results is "${folder}", which holds no results of coagula run, observe or converge that this version can read.`,
    );
  }
  const path = out ?? join(folder, "report.html");
  await writeText(path, report);
  console.log(`report in ${path}`);
}
