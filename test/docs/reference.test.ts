/** docs/reference is what the schema, the command line and the sources say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshFolder, listing, root, start } from "../support/cli.ts";

test("docs/reference is up to date (npm run docs)", async () => {
  const folder = freshFolder();
  const { code, stderr } = await start(process.execPath, ["docs/reference/generate.mjs", folder], {
    folder: root,
  });
  expect(code, stderr).toBe(0);
  const pages = (where: string) => listing(where).filter((name) => name.endsWith(".md"));
  const committed = join(root, "docs/reference");
  expect(pages(folder)).toEqual(pages(committed));
  for (const page of pages(folder)) {
    expect(readFileSync(join(committed, page), "utf8"), page).toBe(readFileSync(join(folder, page), "utf8"));
  }
});
