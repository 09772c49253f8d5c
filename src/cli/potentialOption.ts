/** What a user may name as V on the command line: a shape by its name, a map in YAML or JSON, or a file that holds one. */
import { existsSync } from "node:fs";
import { parse } from "yaml";
import { UserError } from "../errors.ts";
import { loadText } from "../model/loadFile.ts";
import { type PotentialName, type PotentialSpec, potentialNames } from "../model/potential.ts";
import { type SpatialSpec, spatialNames } from "../model/spatialPotential.ts";

/** Room for a table of 129^3 numbers of 20 digits. */
const longest = 2 ** 26;

const must = `must be one of ${potentialNames.join(", ")}, a map with one of the keys radial, ${spatialNames.join(", ")}, or a file that holds such a map`;

/** @throws UserError for a text that is none of these, and for a file that cannot be read. */
export async function readPotential(
  text: string,
): Promise<{ radial: PotentialSpec } | { spatial: SpatialSpec }> {
  if (potentialNames.some((name) => name === text)) return { radial: text as PotentialName };
  const inline = text.trimStart().startsWith("{");
  if (!inline && !existsSync(text)) throw new UserError(`--potential is '${text}', but ${must}.`);
  const where = inline ? "--potential" : text;
  const value = parsed(inline ? text : await loadText(text, "a file with a potential", longest), where);
  if (typeof value === "string" && potentialNames.some((name) => name === value)) {
    return { radial: value as PotentialName };
  }
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (keys.length === 1 && keys[0] === "radial") return { radial: value as PotentialSpec };
  if (keys.some((key) => spatialNames.some((name) => name === key))) return { spatial: value as SpatialSpec };
  throw new UserError(
    `${where} holds ${keys.length > 0 ? `the keys ${keys.join(", ")}` : "no map"}, but ${must}.`,
  );
}

/** JSON is YAML, but its own parser is much faster with a large table. */
function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {}
  try {
    return parse(text);
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split(/ at line|\n/) : ["it cannot be read"];
    throw new UserError(`${where} is not valid YAML or JSON: ${reason}.`);
  }
}
