/** The command that repeats a result: what to paste into a shell. */
import { Document, isScalar, Scalar, visit } from "yaml";
import type { Scenario } from "../model/scenario.ts";

/** What a terminal might take for more than text, or not show: such signs are escaped. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\u{85}\u{a0}]/gu;

/**
 * A scenario as YAML that `parseScenario` reads as the same. Texts stand on one line, since block scalars do not keep every text made of blanks and
 * line ends; and every sign can be seen.
 */
export function scenarioYaml(scenario: Scenario): string {
  const document = new Document(scenario);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && node.value.search(unprintable) >= 0)
        node.type = Scalar.QUOTE_DOUBLE;
    },
    Pair(_, { key, value }) {
      // Flat lists such as those of times read best in one line.
      const items = (value as { items?: unknown[] } | null)?.items;
      if (isScalar(key) && items?.every((item) => isScalar(item))) (value as { flow?: boolean }).flow = true;
    },
  });
  const text = document.toString({ blockQuote: false, lineWidth: 0, flowCollectionPadding: false });
  return text.replace(unprintable, (sign) => (sign === "\n" ? sign : escapedSign(sign)));
}

function escapedSign(sign: string): string {
  const code = sign.codePointAt(0)!;
  const [letter, digits] = code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).padStart(digits, "0")}`;
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
