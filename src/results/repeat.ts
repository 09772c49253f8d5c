/** The command that repeats a result: what to paste into a shell. */
import { Document, isScalar, Scalar, visit } from "yaml";
import { isPrintable, printable } from "../model/printable.ts";
import type { Scenario } from "../model/scenario.ts";

/**
 * A scenario as YAML that `parseScenario` reads as the same. Texts stand on one line, since block scalars do not keep every text made of blanks and
 * line ends; and every sign can be seen.
 */
export function scenarioYaml(scenario: Scenario): string {
  const document = new Document(scenario);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && !isPrintable(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
    Pair(_, { key, value }) {
      // Flat lists such as those of times read best in one line.
      const items = (value as { items?: unknown[] } | null)?.items;
      if (isScalar(key) && items?.every((item) => isScalar(item))) (value as { flow?: boolean }).flow = true;
    },
  });
  const text = document.toString({ blockQuote: false, lineWidth: 0, flowCollectionPadding: false });
  return printable(text, "\n");
}

/** Shell text that writes the scenario to a file and runs the command on it; `options` need no quotes. */
export function repeatCommand(
  command: string,
  options: readonly string[],
  file: string,
  scenario: Scenario,
): string {
  return `cat > ${file} <<'SCENARIO'\n${scenarioYaml(scenario)}SCENARIO\ncoagula ${[command, file, ...options].join(" ")}\n`;
}
