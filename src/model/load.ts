/** Scenarios from YAML or JSON text. Nothing here needs Node, so that browsers can load scenarios too. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from "yaml";
import { UserError } from "../errors.ts";
import { printable } from "./printable.ts";
import { type Problem, short } from "./problems.ts";
import { checkScenario, type Scenario } from "./scenario.ts";

/** The longest scenario text that is read, in characters; no file of more bytes need be read. */
export const maxTextLength = 2 ** 20;

/** Enough for anchors used by hand, too few for a text whose aliases multiply. */
const maxAliases = 100;

/** What is wrong with a text, and the offset in it of the place. */
interface Fault {
  offset: number;
  sentence: string;
}

/**
 * The scenario in a YAML or JSON text (YAML contains JSON). `fileName` is only for messages: throws a UserError with
 * one sentence a line, each starting with `fileName:line:column: `, both counted from 1.
 */
export function parseScenarioText(text: string, fileName: string): Scenario {
  return parseText(text, fileName, scenarioText);
}

/** A kind of text, for `parseText`. */
export interface TextKind<T> {
  /** As in "a scenario", and the keys that it may begin with. */
  what: string;
  keys: string;
  check: (value: unknown) => { value: T } | { problems: Problem[] };
}

const scenarioText: TextKind<Scenario> = {
  what: "a scenario",
  keys: "particles, Z and alpha",
  check(value) {
    const result = checkScenario(value);
    return "scenario" in result ? { value: result.scenario } : result;
  },
};

/** What a text of some kind holds, as `parseScenarioText`. */
export function parseText<T>(text: string, fileName: string, kind: TextKind<T>): T {
  const lines = new LineCounter();
  const result = readText(text, lines, kind);
  if ("value" in result) return result.value;
  const sentences = result.faults.map(({ offset, sentence }) => {
    // A text that was empty or not read at all has no lines.
    const { line, col } = lines.lineStarts.length > 0 ? lines.linePos(offset) : { line: 1, col: 1 };
    return `${fileName}:${line}:${col}: ${sentence}`;
  });
  throw new UserError(sentences.join("\n"));
}

function readText<T>(
  text: string,
  lineCounter: LineCounter,
  { what, keys, check }: TextKind<T>,
): { value: T } | { faults: Fault[] } {
  const fault = (sentence: string, offset = 0) => ({ faults: [{ offset, sentence }] });
  if (text.length > maxTextLength) {
    return fault(`the text has ${text.length} characters, but must have at most ${maxTextLength}.`);
  }

  // The parser's own check of unique keys takes time quadratic in their number; the one in `structureFaults` does not.
  const options = { lineCounter, uniqueKeys: false, prettyErrors: false, logLevel: "error" } as const;
  const documents: Document.Parsed[] = parseAllDocuments(text, options);
  // One mistake in the syntax tends to raise several errors; the first is the nearest to it.
  const error = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])[0];
  if (error !== undefined) {
    const reason =
      error.code === "RESOURCE_EXHAUSTION"
        ? "it is nested too deeply"
        : // The parser may quote what it does not know, line ends and all.
          printable(error.message);
    return fault(`this is not valid YAML or JSON: ${reason}.`, error.pos[0]);
  }
  const [document, second] = documents;
  if (second !== undefined) {
    return fault(`a second document starts here, but ${what} must be one document.`, second.range[0]);
  }
  if (document === undefined || (isScalar(document.contents) && document.contents.value === null)) {
    return fault(`the text is empty, but must be ${what}: a map with keys such as ${keys}.`);
  }

  let value: unknown;
  try {
    const faults = structureFaults(document);
    if (faults.length > 0) return { faults: faults.slice(0, 20) };
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    if (error instanceof ReferenceError) {
      return fault(`the aliases (*) in this text must stand for at most ${maxAliases} values in all.`);
    }
    if (error instanceof RangeError) return fault(`the text is nested too deeply to be ${what}.`);
    throw error;
  }
  const result = check(value);
  if ("value" in result) return result;
  return { faults: result.problems.map((p) => ({ offset: offsetOf(document, p), sentence: p.sentence })) };
}

/** Keys that stand twice in a map, and aliases that are too many or have no anchor before them. */
function structureFaults(document: Document.Parsed): Fault[] {
  const faults: Fault[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, {
    Node(_, node) {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node)) {
        if (!anchors.has(node.source)) {
          const name = printable(node.source);
          faults.push({ offset, sentence: `*${name} has no anchor &${name} before it.` });
        }
        if (++aliases > maxAliases) {
          faults.push({
            offset,
            sentence: `this is one alias (*) too many; at most ${maxAliases} are allowed.`,
          });
          return visit.BREAK;
        }
        return;
      }
      if (node.anchor !== undefined) anchors.add(node.anchor);
      if (isMap(node)) for (const fault of repeatedKeys(node as YAMLMap.Parsed)) faults.push(fault);
    },
  });
  return faults;
}

function* repeatedKeys(map: YAMLMap.Parsed): Generator<Fault> {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    const name = keyName(key);
    const sentence = `the key ${short(name)} stands here again, but may stand once.`;
    if (seen.has(name)) yield { offset: key.range[0], sentence };
    seen.add(name);
  }
}

/** Where the problem's value stands or its unknown key; for a missing value, the map that lacks it. */
function offsetOf(document: Document.Parsed, { path, at }: Problem): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const [i, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = (node as YAMLMap.Parsed).items.find(({ key }) => keyName(key) === step);
      if (pair === undefined) break;
      const wantsKey = at === "key" && i === path.length - 1;
      offset = (wantsKey ? pair.key : (pair.value ?? pair.key)).range[0];
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[step as number];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    }
  }
  return offset;
}

/** The key as it is named in the value that `toJS` makes. */
function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value ?? "") : String(key);
}
