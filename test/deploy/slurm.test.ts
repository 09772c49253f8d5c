/** The files in deploy/slurm, as they are, on a real Slurm: with a node that is lost in the middle. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { coagula, freshFolder, root, scenarioText } from "../support/cli.ts";
import { type Slurm, startSlurm } from "../support/slurm.ts";

let slurm: Slurm;
beforeAll(() => {
  slurm = startSlurm(freshFolder());
}, 600_000);
afterAll(() => slurm?.stop());

const command = `${process.execPath} ${join(root, "dist/cli.js")}`;

async function until(what: string, holds: () => boolean, seconds = 120): Promise<void> {
  for (let waited = 0; !holds(); waited += 0.1) {
    if (waited > seconds) {
      throw new Error(`${what} did not happen: ${slurm.command("scontrol", "show", "job")}`);
    }
    await sleep(100);
  }
}

test("an array whose node is lost in the middle goes on, and merges to what one process comes to", async () => {
  const scenario = scenarioText({ name: "s", replicas: 4, observe: { times: [0.001, 0.08] } });
  const plan = "scenarios: [s.yaml]\nreplicasPerShard: 1\n";
  const folder = freshFolder({ "s.yaml": scenario, "plan.yaml": plan });
  await coagula(["sweep", "plan.yaml", "--out", "sweep"], { folder });
  const submit = (...args: string[]) =>
    slurm
      .command(
        "sbatch",
        "--parsable",
        "--mem=0",
        `--chdir=${folder}`,
        `--export=ALL,COAGULA=${command} `,
        ...args,
      )
      .trim();
  const array = submit("--array=1-4", join(root, "deploy/slurm/sweep.sbatch"), "sweep", "4");
  const merge = submit(`--dependency=afterok:${array}`, join(root, "deploy/slurm/merge.sbatch"), "sweep");

  const starts = () =>
    readdirSync(folder)
      .filter((name) => name.startsWith(`coagula-${array}_`))
      .map((name) => readFileSync(join(folder, name), "utf8").match(/^s: coagulation of/gm)?.length ?? 0);
  await until("a shard under way", () => starts().includes(1));
  slurm.cutPower();
  expect(existsSync(join(folder, "sweep/runs"))).toBe(false);
  slurm.command("scontrol", "update", "nodename=localhost", "state=down", "reason=lost");
  slurm.restoreNode();
  await until("the requeued array", () => {
    // Slurm lets requeued tasks wait for two minutes, so that what was wrong with the node is found first.
    for (let task = 1; task <= 4; task++) {
      try {
        slurm.command("scontrol", "update", `jobid=${array}_${task}`, "starttime=now");
      } catch {}
    }
    return existsSync(join(folder, "sweep/sweep.csv"));
  });
  expect(starts().length).toBe(4);
  expect(Math.max(...starts())).toBeGreaterThan(1);
  expect(existsSync(join(folder, `coagula-merge-${merge}.log`))).toBe(true);

  await coagula(["run", "s.yaml", "--engine", "cpu", "--out", "one"], { folder });
  const read = (path: string) => readFileSync(join(folder, path), "utf8");
  expect(read("sweep/runs/s/densities.csv")).toBe(read("one/densities.csv"));
  const digest = (path: string) => JSON.parse(read(path)).digest;
  expect(digest("sweep/runs/s/summary.json")).toBe(digest("one/summary.json"));
}, 300_000);
