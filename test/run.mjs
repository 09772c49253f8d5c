// What `npm test` runs: an adapter, a build (the command line is tested as it is shipped), then vitest with the
// arguments given, and a closing line that counts.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureAdapter } from "./support/adapter.mjs";

process.chdir(join(import.meta.dirname, ".."));

try {
  Object.assign(process.env, ensureAdapter());
  if (node("build.mjs") === 0) process.exitCode = runVitest(process.argv.slice(2));
  else process.exitCode = 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), "coagula-test-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const status = node("node_modules/vitest/vitest.mjs", "run", ...reporters, ...args);
    if (existsSync(report)) {
      const { passed, failed } = count(JSON.parse(readFileSync(report, "utf8")));
      console.log(`${passed} passed, ${failed} failed`);
    }
    return status;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function count({ numPassedTests, numFailedTests, testResults }) {
  // A file that does not load holds no test that could fail, and yet it failed.
  const unloaded = testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length };
}

function node(...args) {
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
}
