import { Command } from "commander";
import { interruptSignal } from "./interrupt.ts";
import { adapterOption, engineOption, jsonOption } from "./options.ts";
import { checkpointOption, type PlayRunOptions, playRun } from "./playRun.ts";
import { reopenRun } from "./runFolder.ts";

export const resumeCommand = () =>
  new Command("resume")
    .description("go on with a run that was interrupted, or killed, to the same results bit for bit")
    .argument("<folder>", "the results folder that the run was to write")
    .addOption(checkpointOption())
    .addOption(engineOption())
    .addOption(adapterOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Examples:
  coagula resume results/first-light
  coagula resume results/seven --engine cpu

It need not be the engine, or the machine, that the run began on; but the same version of coagula.`,
    )
    .action(resume);

async function resume(path: string, options: PlayRunOptions): Promise<void> {
  const signal = interruptSignal();
  const reopened = await reopenRun(path);
  if (reopened === null) {
    console.error(`coagula: the run in ${path} was complete already.`);
    return;
  }
  const { folder, checkpoint, complaints } = reopened;
  for (const complaint of complaints) console.error(`coagula: ${complaint}`);
  await playRun(checkpoint, folder, options, signal);
}
