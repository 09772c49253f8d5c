import { Command } from "commander";
import { loadScenario } from "../model/loadFile.ts";
import { makeSystem } from "../model/system.ts";
import { dilutionOf } from "../oracle/dilution.ts";
import { checkHypotheses, type HypothesisReport } from "../oracle/hypotheses/check.ts";
import type { Hypothesis, HypothesisSet } from "../oracle/hypotheses/hypothesis.ts";
import { describeDilution } from "../report/dilutionText.ts";
import { jsonOption, printJson } from "./options.ts";

const titles: Record<HypothesisSet, string> = {
  setting: "The setting of Theorem 1.1",
  original: "The original assumptions",
  survey: "The survey assumptions; they may stand in for the original ones",
  uniqueness: "Proposition 1.2: one solution only",
  mass: "Mass",
};

export const checkCommand = () =>
  new Command("check")
    .description(
      "tell which hypotheses of the kinetic limit a scenario meets, and what the theorem then says",
    )
    .argument("<scenario>", "a YAML or JSON file")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Hypotheses that fail are no error: the exit code is 0 for every scenario that can be run. S is Hammond's survey, P is
Hammond and Rezakhanlou; docs/hypotheses.md tells how each is decided.

Example:
  coagula check scenarios/first-light.yaml`,
    )
    .action(async (path: string, { json }: { json?: boolean }) => {
      const scenario = await loadScenario(path);
      makeSystem(scenario); // for its complaints
      const report = checkHypotheses(scenario);
      const dilution = dilutionOf(scenario);
      if (json) return printJson({ name: scenario.name, ...report, ...(dilution && { dilution }) });
      const colloid = dilution && `${describeDilution(scenario.physical!, dilution)}\n\n`;
      process.stdout.write(`${scenario.name}\n\n${colloid ?? ""}${asText(report)}\n`);
    });

function asText({ hypotheses, conclusion }: HypothesisReport): string {
  const groups = Object.entries(titles).map(([set, title]) => {
    const rows = hypotheses.filter((hypothesis) => hypothesis.set === set).map(asLines);
    return `${title}\n${rows.join("\n")}`;
  });
  return [...groups, wrapped(conclusion, 0)].join("\n\n");
}

const marks = new Map<Hypothesis["holds"], string>([
  [true, "yes"],
  [false, "NO "],
  ["unknown", "?  "],
]);

function asLines({ name, source, holds, why }: Hypothesis): string {
  return `  ${marks.get(holds)}  ${name} [${source}]\n${wrapped(why, 7)}`;
}

/** Lines of at most 100 columns, each after an indentation. */
function wrapped(text: string, indent: number): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length > 0 && indent + longer.length <= 100) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}
