import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const source = new URL("../../src/theorem/", import.meta.url);
const pages = new URL("../../docs/theorem/", import.meta.url);

const keys = readdirSync(source).flatMap((file) =>
  Array.from(
    readFileSync(new URL(file, source), "utf8").matchAll(/^ +key: "([a-z-]+)",$/gm),
    ([, key]) => key,
  ),
);

test("the list has one line for each statement, and each has a key of its own", () => {
  const list = readFileSync(new URL("README.md", pages), "utf8");
  const listed = Array.from(list.matchAll(/^\| \[[^\]]+\]\(([a-z-]+)\.md\)/gm), ([, key]) => key);
  expect(listed.sort()).toEqual([...keys].sort());
});

describe.each(keys)("the statement %s", (key) => {
  test("has a page with a command and its figure, and a line in the list", () => {
    const page = readFileSync(new URL(`${key}.md`, pages), "utf8");
    expect(page).toMatch(/npx coagula observe scenarios\/[a-z-]+\.yaml/);
    expect(page).toContain(`](${key}.svg)`);
    expect(existsSync(new URL(`${key}.svg`, pages))).toBe(true);
    expect(readFileSync(new URL("README.md", pages), "utf8")).toContain(`](${key}.md)`);
    for (const [, scenario] of page.matchAll(/npx coagula observe (scenarios\/[a-z-]+\.yaml)/g)) {
      expect(existsSync(new URL(`../../${scenario}`, import.meta.url))).toBe(true);
    }
  });
});
