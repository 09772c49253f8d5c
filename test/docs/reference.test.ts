/** What pages say of the sources is what the sources say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
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

test("CITATION.cff cites this version under its licence, and the papers", () => {
  const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const citation = parse(readFileSync(join(root, "CITATION.cff"), "utf8"));
  expect(citation).toMatchObject({
    "cff-version": "1.2.0",
    title: "coagula",
    type: "software",
    version,
    license,
  });
  expect(citation.references.map(({ year }: { year: number }) => year)).toEqual([2007, 2017]);
});
