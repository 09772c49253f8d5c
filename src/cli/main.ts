#!/usr/bin/env node
/** The command line: parses, calls, and turns every failure into one sentence and an exit code. */
import tab from "@bomb.sh/tab/commander";
import { Command, CommanderError } from "commander";
import { UserError } from "../errors.ts";
import { version } from "../version.generated.ts";
import { betaCommand } from "./beta.ts";
import { checkCommand } from "./check.ts";
import { clustersCommand } from "./clusters.ts";
import { coalescentCommand } from "./coalescent.ts";
import { convergeCommand } from "./converge.ts";
import { doctorCommand } from "./doctor.ts";
import { Interrupted } from "./interrupt.ts";
import { kingmanCommand } from "./kingman.ts";
import { mergeCommand } from "./merge.ts";
import { observeCommand } from "./observe.ts";
import { reportCommand } from "./report.ts";
import { resumeCommand } from "./resume.ts";
import { runCommand } from "./run.ts";
import { schemaCommand } from "./schema.ts";
import { solveCommand } from "./solve.ts";
import { sweepCommand } from "./sweep.ts";
import { verifyCommand } from "./verify.ts";
import { walkersCommand } from "./walkers.ts";

const program = new Command("coagula")
  .description("Coagulating Brownian particles on the GPU, bit for bit as a CPU reference does.")
  .version(version, "-V, --version")
  .addHelpText(
    "after",
    `
Examples:
  coagula run scenarios/first-light.yaml
  coagula solve scenarios/first-light.yaml
  coagula check scenarios/first-light.yaml
  coagula beta --potential poly2 --alpha 10 --D 1
  coagula verify
  source <(coagula completion bash)

Exit codes: 0 done; 1 failed, or engines that differ; 2 something to mend in the command or the scenario; 130 interrupted.
Messages have no colours; a bar of progress is drawn on a terminal only.`,
  );

for (const command of [
  runCommand(),
  resumeCommand(),
  observeCommand(),
  convergeCommand(),
  sweepCommand(),
  mergeCommand(),
  reportCommand(),
  solveCommand(),
  checkCommand(),
  verifyCommand(),
  betaCommand(),
  coalescentCommand(),
  kingmanCommand(),
  walkersCommand(),
  clustersCommand(),
  doctorCommand(),
  schemaCommand(),
]) {
  program.addCommand(command);
}
tab(program, { completionCommandName: "completion" });
for (const command of [program, ...program.commands]) {
  command
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`coagula: ${oneSentence(text, command)}\n`) });
}

// Whoever reads our output may stop early, as `head` does; the results folder is written all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its sentence, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Error && error.name === "AbortError") {
    console.error(
      `coagula: ${error instanceof Interrupted ? error.message : "interrupted; nothing was written."}`,
    );
    return 130;
  }
  const message = error instanceof Error ? error.message : String(error);
  console.error(message.replace(/^/gm, "coagula: "));
  if (error instanceof UserError) return 2;
  if (process.env.COAGULA_DEBUG && error instanceof Error) console.error(error.stack);
  return 1;
}

/** Commander's complaint, with what is allowed. */
function oneSentence(complaint: string, command: Command): string {
  const text = complaint
    .replace(/^error: /, "")
    .trimEnd()
    .replaceAll("\n", " ");
  if (text.startsWith("unknown command")) {
    return `${text}; allowed are ${command.commands.map((sub) => sub.name()).join(", ")}.`;
  }
  if (text.startsWith("unknown option")) {
    return `${text}; allowed are ${[...command.options.map(({ long }) => long), "--help"].join(", ")}.`;
  }
  return text;
}
