/** A sweep that is played in shards, in any order, on either engine, is what one process would have come to. */
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { coagula, freshFolder, listing, scenarioText } from "../support/cli.ts";

const files = {
  "a.yaml": scenarioText({
    name: "a",
    particles: 150,
    engine: "multirate",
    observe: { times: [0.001, 0.008], masses: 2, pairs: { masses: 1 }, densities: { width: 0.3, points: 2 } },
  }),
  "b.yaml": scenarioText({
    name: "b",
    model: "annihilation",
    particles: 150,
    diffusion: { constant: 1 },
    observe: { times: [0.001, 0.004], ghosts: true },
  }),
  "plan.yaml": "scenarios: [a.yaml, b.yaml]\nseeds: [5]\nreplicas: 5\nreplicasPerShard: 2\n",
};
const shards = 6;
const shard = (k: number) => [`--shard`, `${k}/${shards}`];
const resultsOf = (folder: string, path: string) => ({
  digest: JSON.parse(readFileSync(join(folder, path, "summary.json"), "utf8")).digest,
  files: Object.fromEntries(
    readdirSync(join(folder, path))
      .filter((name) => /\.(csv|parquet|svg)$/.test(name))
      .map((name) => [name, readFileSync(join(folder, path, name)).toString("base64")]),
  ),
});

/** All shards, played in a mixed order on both engines, with one that is killed on the way. */
let played = "";
beforeAll(async () => {
  const folder = freshFolder(files);
  expect((await coagula(["sweep", "plan.yaml", "--out", "sweep"], { folder })).code).toBe(0);
  const killed = await coagula(["run", "sweep", ...shard(6), "--engine", "cpu", "--checkpoint-every", "0"], {
    folder,
    meddle: (child) => {
      child.stderr!.once("data", () => child.kill("SIGKILL"));
    },
  });
  expect(killed.code).toBeNull();
  expect(existsSync(join(folder, "sweep/shards/00006.unfinished"))).toBe(true);
  for (const [k, engine] of [
    [4, "cpu"],
    [1, "gpu"],
    [6, "cpu"],
    [3, "cpu"],
    [2, "cpu"],
    [5, "gpu"],
  ] as const) {
    const { code, stderr } = await coagula(["run", "sweep", ...shard(k), "--engine", engine], { folder });
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  }
  played = folder;
}, 120_000);

/** A copy that a test may damage. */
function copy(): string {
  const folder = freshFolder();
  cpSync(played, folder, { recursive: true });
  return folder;
}

test("the merged runs are those of one process, file by file", async () => {
  const folder = copy();
  const { code, stdout } = await coagula(["merge", "sweep", "--json"], { folder });
  expect(code).toBe(0);
  const merged = JSON.parse(stdout);
  expect(merged.runs.map(({ run }: { run: string }) => run)).toEqual(["a-seed5", "b-seed5"]);
  for (const name of ["a", "b"]) {
    const one = ["run", `${name}.yaml`, "--seed", "5", "--replicas", "5", "--engine", "cpu", "--out", name];
    expect((await coagula(one, { folder })).code).toBe(0);
    expect(resultsOf(folder, `sweep/runs/${name}-seed5`)).toEqual(resultsOf(folder, name));
  }
  const summary = JSON.parse(readFileSync(join(folder, "sweep/runs/a-seed5/summary.json"), "utf8"));
  expect(summary).toMatchObject({
    replicas: 5,
    scenario: { replicas: 5 },
    why: "3 shards were played there",
  });
  const table = readFileSync(join(folder, "sweep/sweep.csv"), "utf8").trimEnd().split("\n");
  expect(table[0]).toBe("run,seed,particles,time,mass,mean,se,theory");
  expect(new Set(table.slice(1).map((line) => line.split(",")[0]))).toEqual(new Set(["a-seed5", "b-seed5"]));
  // Once more is no harm.
  expect((await coagula(["merge", "sweep"], { folder })).code).toBe(0);
});

test("a shard that is there is left alone, and so is a plan that was expanded", async () => {
  const folder = copy();
  const before = listing(folder);
  const { code, stderr } = await coagula(["run", "sweep", ...shard(2), "--engine", "cpu"], { folder });
  expect(code).toBe(0);
  expect(stderr).toBe("coagula: shard 2 of 6 is complete already.\n");
  expect((await coagula(["sweep", "plan.yaml", "--out", "sweep"], { folder })).code).toBe(0);
  expect(listing(folder)).toEqual(before);
});

describe("merge refuses in one sentence, and writes nothing, where", () => {
  const at = (folder: string, k: number) => join(folder, `sweep/shards/0000${k}`);
  const cases: [string, (folder: string) => void, RegExp][] = [
    [
      "a shard is missing",
      (folder) => rmSync(at(folder, 3), { recursive: true }),
      /^coagula: shard 3 of 6 is missing: coagula run sweep --shard 3\/6 plays it\.\n$/,
    ],
    [
      "a shard is not finished",
      (folder) => renameSync(at(folder, 3), `${at(folder, 3)}.unfinished`),
      /^coagula: shard 3 of 6 is not finished: /,
    ],
    [
      "a shard stands for another",
      (folder) => {
        rmSync(at(folder, 2), { recursive: true });
        cpSync(at(folder, 1), at(folder, 2), { recursive: true });
      },
      /^coagula: shard 2 of 6, in .*, is of another sweep; remove it and play it again: /,
    ],
    [
      "a shard is there twice",
      (folder) => cpSync(at(folder, 1), `${at(folder, 1)}-2`, { recursive: true }),
      /^coagula: sweep\/shards\/00001-2 is no shard of this sweep; remove it\.\n$/,
    ],
    [
      "a bit has flipped",
      (folder) => {
        const path = join(at(folder, 5), "state.bin");
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1] ^= 1;
        writeFileSync(path, bytes);
      },
      /^coagula: shard 5 of 6, in .*, cannot be used \(its checksum is wrong\); /,
    ],
    [
      "a digest is not that of the state",
      (folder) => {
        const path = join(at(folder, 5), "summary.json");
        writeFileSync(
          path,
          readFileSync(path, "utf8")
            .replace(/"digest": "./, '"digest": "x')
            .replace('"x', '"0'),
        );
      },
      /^coagula: shard 5 of 6, in .*, has another digest than its summary says; /,
    ],
    [
      "a summary is damaged",
      (folder) => writeFileSync(join(at(folder, 5), "summary.json"), "{"),
      /^coagula: shard 5 of 6, in .*, cannot be used \(its summary is damaged\); /,
    ],
    [
      "there is no sweep",
      (folder) => rmSync(join(folder, "sweep/sweep.json")),
      /^coagula: sweep\/sweep\.json must be a sweep that coagula sweep has written, but it does not exist\.\n$/,
    ],
  ];
  test.each(cases)("%s", async (_, damage, sentence) => {
    const folder = copy();
    damage(folder);
    const before = listing(folder);
    const { code, stdout, stderr } = await coagula(["merge", "sweep"], { folder });
    expect(stderr).toMatch(sentence);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(listing(folder)).toEqual(before);
  });
});

test.each([
  [["run", "sweep", "--shard", "7/6"], "It must be i/n with i from 1 to n"],
  [["run", "sweep", "--shard", "1/7"], "shard is 1/7, but the sweep has 6 shards."],
  [["run", "sweep", "--shard", "1/6", "--seed", "3"], "cannot be used with option"],
  [["sweep", "plan.yaml", "--out", "sweep", "--nothing"], "unknown option"],
])("coagula %j is refused", async (args, words) => {
  const { code, stderr } = await coagula(args, { folder: played });
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});
