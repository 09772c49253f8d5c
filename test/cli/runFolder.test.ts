/** The folder of a run belongs to one run, and is there with its start in it or not at all. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { claimRun, reopenRun } from "../../src/cli/runFolder.ts";
import { UserError } from "../../src/errors.ts";
import { parseScenario } from "../../src/model/scenario.ts";
import { freshFolder, listing } from "../support/cli.ts";

const scenario = parseScenario({ particles: 60, Z: 4, alpha: { constant: 40 }, observe: { times: [0.01] } });
const start = { scenario, firstReplica: 0, options: [] };

test("of many runs that claim a folder at the same moment one has it, and the others are told", async () => {
  const folder = freshFolder();
  const claims = await Promise.allSettled(
    Array.from({ length: 8 }, () => claimRun(join(folder, "out"), false, start)),
  );
  const [claimed, ...more] = claims.flatMap((claim) => (claim.status === "fulfilled" ? claim.value : []));
  expect(more).toEqual([]);
  for (const claim of claims) {
    if (claim.status === "fulfilled") continue;
    expect(claim.reason).toBeInstanceOf(UserError);
    expect(claim.reason.message).toMatch(/^out is ".*out", where a run is not finished: /);
  }
  expect(listing(folder)).toEqual(["out.unfinished", "out.unfinished/checkpoint-0"]);
  claimed.discard();
  expect(listing(folder)).toEqual([]);
});

test("a run that was killed in its very last move was complete", async () => {
  const folder = freshFolder({ "out/summary.json": "{}" });
  mkdirSync(join(folder, "out.unfinished"));
  expect(await reopenRun(join(folder, "out"))).toBeNull();
  expect(listing(folder)).toEqual(["out", "out/summary.json"]);
});
