// npm run docs: writes this folder's pages from the schema, the command line and the sources. An argument names another folder.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application } from "typedoc";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const folder = process.argv[2] ?? here;
const coagula = (...args) =>
  execFileSync(process.execPath, [join(root, "dist/cli.js"), ...args], { encoding: "utf8" });
const page = (name, from, lines) =>
  writeFileSync(
    join(folder, `${name}.md`),
    `<!-- From ${from}, by npm run docs. -->\n\n${lines.join("\n")}\n`,
  );

page("scenario", "src/model/scenario.ts", [
  "# Every key of a scenario",
  "",
  "[scenario.md](../scenario.md) explains how they go together. `a.b` is the key b inside a; `a[]` is an entry of the list a.",
  "",
  "| key | what | allowed | default |",
  "|---|---|---|---|",
  ...rowsOf(JSON.parse(coagula("schema")), "").map((cells) => `| ${cells.join(" | ")} |`),
]);

const commands = [...coagula("--help").matchAll(/^ {2}(?!-)(?!help\b)([a-z]+) .*$/gm)].map(
  ([, name]) => name,
);
page("commands", "src/cli", [
  "# Every command and option",
  ...[[], ...commands.map((name) => [name])].flatMap((name) => [
    "",
    `## ${["coagula", ...name].join(" ")}`,
    "",
    "```text",
    coagula(...name, "--help").trimEnd(),
    "```",
  ]),
]);

const app = await Application.bootstrapWithPlugins({
  plugin: ["typedoc-plugin-markdown"],
  entryPoints: [join(root, "src/index.ts"), join(root, "src/browser.ts")],
  tsconfig: join(root, "tsconfig.json"),
  name: "coagula",
  readme: "none",
  router: "module",
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  excludeExternals: true,
  excludeReferences: true,
  groupOrder: ["Functions", "Variables", "Classes", "*"],
  indexFormat: "table",
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
  typeAliasPropertiesFormat: "table",
  useCodeBlocks: true,
  outputs: [{ name: "markdown", path: join(folder, "api") }],
  logLevel: "Error",
});
const project = await app.convert();
if (!project || app.logger.hasErrors())
  throw new Error("The sources could not be read; npm run check says why.");
await app.generateOutputs(project);

/** A row for each key below a schema: [key, what, allowed, default]. */
function rowsOf(schema, path) {
  const branches = schema.anyOf ?? schema.oneOf ?? [];
  const rows = [];
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const name = path === "" ? key : `${path}.${key}`;
    const fallback =
      "default" in value ? code(value.default) : schema.required?.includes(key) ? "required" : "";
    rows.push(
      [code(name), cell(value.description ?? ""), cell(allowed(value)), fallback],
      ...rowsOf(value, name),
    );
  }
  if (schema.items && !Array.isArray(schema.items)) rows.push(...rowsOf(schema.items, `${path}[]`));
  for (const branch of branches) rows.push(...rowsOf(branch, path));
  // A form that occurs in several branches is told once.
  return rows.filter(([key], k) => rows.findIndex(([other]) => other === key) === k);
}

function allowed({ type, const: constant, enum: values, anyOf, oneOf, items, ...limits }) {
  if (constant !== undefined) return JSON.stringify(constant);
  if (values) return values.map((value) => JSON.stringify(value)).join(", ");
  if (anyOf ?? oneOf) return [...new Set((anyOf ?? oneOf).map(allowed))].join("; or ");
  if (type === "array") {
    const { minItems, maxItems } = limits;
    return `${range("list of", minItems, maxItems)}${items && !Array.isArray(items) ? ` ${allowed(items)}` : ""}`;
  }
  if (type === "object")
    return `{ ${Object.keys(limits.properties ?? {}).join(limits.maxProperties === 1 ? " or " : ", ")} }`;
  if (type === "string") return limits.pattern ? `text like ${limits.pattern}` : "text";
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = limits;
  const bounds = [
    exclusiveMinimum !== undefined && `above ${exclusiveMinimum}`,
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `from ${minimum}`,
    exclusiveMaximum !== undefined && `below ${exclusiveMaximum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `to ${maximum}`,
  ].filter(Boolean);
  return [type ?? "anything", ...bounds].join(" ");
}

function range(what, least, most) {
  if (least === most && least !== undefined) return `${what} ${least}`;
  return [what, ...(least ? [least] : []), ...(most === undefined ? [] : [`to ${most}`])].join(" ");
}

function code(value) {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** Text that a table may hold. */
function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");
}
