/** The blocks of code in the pages that people read. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listing, root } from "./cli.ts";

/** `name` is the file that a reader is to save it as, where that is said. */
export type Block = { page: string; language: string; name: string; text: string };

export const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...listing(join(root, "docs"))
    .filter((name) => name.endsWith(".md") && !name.startsWith("reference"))
    .map((name) => join("docs", name)),
];

export const blocksOf = (page: string): Block[] =>
  [...readFileSync(join(root, page), "utf8").matchAll(/^```(\S*) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, name, text]) => ({ page, language, name, text }),
  );
