/** What is installed: from one registry, each package pinned by a hash, with no script at install but those that are known to download nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "./support/cli.ts";

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  link?: boolean;
}

const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};
const installed = Object.entries(packages).filter(([path]) => path !== "");

const registry = "https://registry.npmjs.org/";

test("every package comes from the npm registry and has a hash", () => {
  expect(installed.length).toBeGreaterThan(50);
  const strange = installed.filter(
    ([, { resolved = registry, integrity = "" }]) =>
      !resolved.startsWith(registry) || !integrity.startsWith("sha512-"),
  );
  expect(strange.map(([path]) => path)).toEqual([]);
});

test("install scripts are those of webgpu and esbuild", () => {
  const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  expect(scripted.sort()).toEqual(["node_modules/esbuild", "node_modules/webgpu"]);
  // Whoever updates webgpu reads what its script does.
  expect(packages["node_modules/webgpu"].version).toBe("0.6.2");
});

test("releases are published with provenance, by a job that may do no more", () => {
  const workflow = parse(readFileSync(join(root, ".github/workflows/publish.yml"), "utf8"));
  expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
  const commands = workflow.jobs.publish.steps.flatMap(({ run }: { run?: string }) => run ?? []);
  expect(commands).toContain(".ci/run");
  expect(commands.at(-1)).toBe("npm publish --provenance --access public");
});
