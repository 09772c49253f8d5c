/** A run that is ended in any way goes on to the same end, bit for bit; and whatever lies in its folder, to no other. */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { coagula, freshFolder, listing, root, scenarioText, start } from "../support/cli.ts";
import { wordSource } from "../support/words.ts";

/** About two seconds on the reference, with four observations. */
const scenarios: Record<string, object> = {
  uniform: { observe: { times: [0.001, 0.004, 0.08], masses: 3 } },
  multirate: {
    particles: 400,
    replicas: 6,
    observe: { times: [0.001, 0.01, 0.03], pairs: { masses: 1 } },
    engine: "multirate",
  },
  ghosts: {
    model: "annihilation",
    diffusion: { constant: 1 },
    observe: { times: [0.001, 0.004, 0.015], ghosts: true },
  },
};
const files = Object.fromEntries(
  Object.entries(scenarios).map(([name, changes]) => [`${name}.yaml`, scenarioText({ name, ...changes })]),
);
const summaryOf = (folder: string, out: string) =>
  JSON.parse(readFileSync(join(folder, out, "summary.json"), "utf8"));

/** What a run that nobody disturbs comes to. */
const expected: Record<string, { digest: string; events: Buffer; densities: string }> = {};
const resultsOf = (folder: string, out: string) => ({
  digest: summaryOf(folder, out).digest,
  events: readFileSync(join(folder, out, "events.parquet")),
  densities: readFileSync(join(folder, out, "densities.csv"), "utf8"),
});
beforeAll(async () => {
  for (const name of Object.keys(scenarios)) {
    const { folder } = await coagula(["run", `${name}.yaml`, "--engine", "cpu", "--out", "out"], { files });
    expected[name] = resultsOf(folder, "out");
  }
});

const often = ["--checkpoint-every", "0"];

const serialsIn = (place: string) =>
  existsSync(place)
    ? readdirSync(place)
        .flatMap((name) => Number(name.match(/^checkpoint-(\d+)$/)?.[1] ?? []))
        .sort((a, b) => b - a)
    : [];

/** Kills the process as soon as the checkpoint of this serial, or a later one, is in out.unfinished. */
const killedAt = (folder: string, serial: number) => (child: ChildProcess) => {
  const place = join(folder, "out.unfinished");
  const look = setInterval(() => {
    if (!serialsIn(place).some((there) => there >= serial)) return;
    child.kill("SIGKILL");
    clearInterval(look);
  }, 2);
  child.once("close", () => clearInterval(look));
};

test("killed at a hundred random moments (seed 3) and resumed each time, on either engine: the same results", async () => {
  const moments = wordSource(3);
  const random = () => moments() / 2 ** 32;
  const chain = async (name: string): Promise<number> => {
    const folder = freshFolder(files);
    let kills = 0;
    for (let turn = 0; ; turn++) {
      // The GPU now and then: its start takes longer than most of these lives.
      const engine = random() < 0.15 ? "gpu" : "cpu";
      const command = existsSync(join(folder, "out.unfinished"))
        ? ["resume", "out"]
        : ["run", `${name}.yaml`, "--out", "out"];
      const life = random();
      const isLast = turn === 9;
      const { code, stderr } = await coagula([...command, "--engine", engine, ...often], {
        folder,
        ...(!isLast && {
          meddle: (child: ChildProcess) => void setTimeout(() => child.kill("SIGKILL"), 250 + 1500 * life),
        }),
      });
      expect(stderr).not.toMatch(/cannot be used|^ {4}at /m);
      if (code === null) kills++;
      else expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      if (existsSync(join(folder, "out"))) break;
    }
    // What the last move left behind, if it was killed there.
    if (existsSync(join(folder, "out.unfinished"))) await coagula(["resume", "out"], { folder });
    expect(resultsOf(folder, "out")).toEqual(expected[name]);
    expect(listing(folder).filter((path) => path.includes("unfinished"))).toEqual([]);
    return kills;
  };
  let kills = 0;
  const names = Object.keys(scenarios);
  for (let k = 0; kills < 100; k += 2) {
    const two = [names[k % names.length], names[(k + 1) % names.length]];
    for (const some of await Promise.all(two.map(chain))) kills += some;
  }
}, 600_000);

describe("a run that was killed", () => {
  /** A folder with a run that was killed soon after it had told of so many observations. */
  async function killed(more: string[] = [], observations = 1): Promise<string> {
    const folder = freshFolder(files);
    const run = ["run", "uniform.yaml", "--engine", "cpu", "--out", "out", ...often, ...more];
    const { code } = await coagula(run, {
      folder,
      meddle: (child) => {
        let told = "";
        const listen = (data: Buffer) => {
          told += data;
          if (told.split("of the particles are left").length <= observations) return;
          child.stderr!.off("data", listen);
          const [serial] = serialsIn(place(folder));
          killedAt(folder, serial + 2)(child);
        };
        child.stderr!.on("data", listen);
      },
    });
    expect(code).toBeNull();
    return folder;
  }
  const place = (folder: string) => join(folder, "out.unfinished");
  const serials = (folder: string) => serialsIn(place(folder));
  const checkpoint = (folder: string, serial: number) => join(place(folder), `checkpoint-${serial}`);

  test("keeps its start and its last two states", async () => {
    const folder = await killed();
    const [last, ...others] = serials(folder);
    // One more, where it was killed before it could take that away.
    expect(others.filter((serial) => serial !== last - 2)).toEqual([last - 1, 0]);
  });

  test("goes on at the last checkpoint that is whole, and names the damaged one", async () => {
    const damages: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, bytes.length - 100),
      (bytes) => Buffer.from(bytes.map((byte, k) => (k === bytes.length >> 1 ? byte ^ 4 : byte))),
      () => Buffer.from("not a checkpoint\n"),
      () => Buffer.alloc(0),
    ];
    const words = [/checksum is wrong/, /checksum is wrong/, /not of this format/, /not of this format/];
    for (const [k, damage] of damages.entries()) {
      const folder = await killed();
      const [last] = serials(folder);
      const path = checkpoint(folder, last);
      writeFileSync(path, damage(readFileSync(path)));
      const { code, stderr, stdout } = await coagula(["resume", "out", "--engine", "cpu"], { folder });
      expect(stderr).toMatch(new RegExp(`checkpoint-${last} cannot be used: it.*${words[k].source}`));
      expect(stdout).toMatch(/going on at \d+ %/);
      expect(code).toBe(0);
      expect(resultsOf(folder, "out")).toEqual(expected.uniform);
    }
  });

  test("begins again where only the start is whole", async () => {
    const folder = await killed();
    for (const serial of serials(folder)) if (serial > 0) writeFileSync(checkpoint(folder, serial), "x");
    const { code, stdout } = await coagula(["resume", "out", "--engine", "cpu"], { folder });
    expect(stdout).not.toContain("going on");
    expect(code).toBe(0);
    expect(resultsOf(folder, "out")).toEqual(expected.uniform);
  });

  test("is told what to do where nothing is whole, and nothing is lost", async () => {
    const folder = await killed();
    for (const serial of serials(folder)) writeFileSync(checkpoint(folder, serial), "x");
    const before = listing(folder);
    const { code, stderr } = await coagula(["resume", "out"], { folder });
    expect(code).toBe(2);
    expect(stderr.match(/cannot be used: it is not of this format\.$/gm)).toHaveLength(
      serials(folder).length,
    );
    expect(listing(folder)).toEqual(before);
  });

  test("keeps its snapshots; a damaged one is named and played again", async () => {
    const whole = await coagula(["run", "uniform.yaml", "--engine", "cpu", "--out", "out", "--snapshots"], {
      files,
    });
    const folder = await killed(["--snapshots"], 2);
    expect(readdirSync(place(folder))).toEqual(expect.arrayContaining(["snapshot-0", "snapshot-1"]));
    writeFileSync(join(place(folder), "snapshot-0"), "x");
    const { code, stderr } = await coagula(["resume", "out", "--engine", "cpu"], { folder });
    expect(stderr).toMatch(/cannot be used/);
    expect(code).toBe(0);
    expect(resultsOf(folder, "out")).toEqual(expected.uniform);
    const size = (at: string) => readFileSync(join(at, "out/snapshots.h5")).length;
    expect(size(folder)).toBe(size(whole.folder));
  });

  test("is not begun anew by mistake: run says so, and --force does it", async () => {
    const folder = await killed();
    const before = listing(folder);
    const again = ["run", "multirate.yaml", "--engine", "cpu", "--out", "out"];
    const refused = await coagula(again, { folder });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toBe(
      'coagula: out is "out", where a run is not finished: coagula resume out goes on with it, --force begins anew; or give a free name.\n',
    );
    expect(listing(folder)).toEqual(before);
    expect((await coagula([...again, "--force"], { folder })).code).toBe(0);
    expect(resultsOf(folder, "out")).toEqual(expected.multirate);
    expect(existsSync(place(folder))).toBe(false);
  });

  test("replaces older results only when it ends, if it was told to", async () => {
    const folder = freshFolder(files);
    await coagula(["run", "ghosts.yaml", "--engine", "cpu", "--out", "out"], { folder });
    const run = ["run", "uniform.yaml", "--engine", "cpu", "--out", "out", "--force", ...often];
    await coagula(run, { folder, meddle: killedAt(folder, 2) });
    expect(resultsOf(folder, "out")).toEqual(expected.ghosts);
    expect((await coagula(["resume", "out", "--engine", "cpu"], { folder })).code).toBe(0);
    expect(resultsOf(folder, "out")).toEqual(expected.uniform);
    expect(readdirSync(folder).filter((name) => name.startsWith("out"))).toEqual(["out"]);
  });

  test("ended during its last move, makes it when it is resumed", async () => {
    const folder = freshFolder(files);
    await coagula(["run", "uniform.yaml", "--engine", "cpu", "--out", "out"], { folder });
    mkdirSync(place(folder));
    renameSync(join(folder, "out"), join(place(folder), "results"));
    writeFileSync(join(place(folder), "complete"), '{"replaces":false}');
    expect((await coagula(["resume", "out"], { folder })).code).toBe(0);
    expect(resultsOf(folder, "out")).toEqual(expected.uniform);
    expect(existsSync(place(folder))).toBe(false);
    // And once more, where only tidying up was left.
    mkdirSync(place(folder));
    writeFileSync(join(place(folder), "complete"), '{"replaces":false}');
    expect((await coagula(["resume", "out"], { folder })).stderr).toContain("was complete already");
    expect(existsSync(place(folder))).toBe(false);
  });
});

describe("a run that is interrupted", () => {
  test.each(["cpu", "gpu"])("on the %s keeps its state, says how to go on, and does", async (engine) => {
    const folder = freshFolder(files);
    const { code, stderr } = await coagula(["run", "uniform.yaml", "--engine", engine, "--out", "out"], {
      folder,
      meddle: (child) => {
        child.stderr!.on("data", (text: string) => {
          if (text.includes("t = 0.001")) child.kill("SIGINT");
        });
      },
    });
    expect(code).toBe(130);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(
      `coagula: interrupted; what is done is kept, and coagula resume ${join(folder, "out")} goes on.`,
    );
    const other = engine === "cpu" ? "gpu" : "cpu";
    const resumed = await coagula(["resume", "out", "--engine", other, "--json"], { folder });
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ digest: expected.uniform.digest, engine: other });
    expect(resultsOf(folder, "out")).toEqual(expected.uniform);
  });
});

describe("the disk", () => {
  test("full, costs checkpoints and at the end the results, until there is room", async () => {
    const folder = freshFolder(files);
    // Files may grow to 16 blocks of 512 bytes: not enough for a state, or a report.
    const limited = ['ulimit -f 16; exec "$@"', "sh", process.execPath, join(root, "dist/cli.js")];
    const run = ["run", "uniform.yaml", "--engine", "cpu", "--out", "out", ...often];
    const { code, stderr } = await start("sh", ["-c", ...limited, ...run], { folder });
    expect(code).toBe(1);
    expect(stderr.match(/a checkpoint could not be written/g)).toHaveLength(1);
    expect(stderr.trimEnd().split("\n").slice(-2)).toEqual([
      `coagula: The results could not be written to ${join(folder, "out")}: a file would be larger than is allowed.`,
      `coagula: What is done is kept, and coagula resume ${join(folder, "out")} goes on.`,
    ]);
    expect((await coagula(["resume", "out", "--engine", "cpu"], { folder })).code).toBe(0);
    expect(resultsOf(folder, "out")).toEqual(expected.uniform);
  });

  test("a folder that is removed meanwhile comes back", async () => {
    const folder = freshFolder(files);
    const { code } = await coagula(["run", "uniform.yaml", "--engine", "cpu", "--out", "out", ...often], {
      folder,
      meddle: (child) => {
        child.stderr!.on("data", (text: string) => {
          if (!text.includes("t = 0.001")) return;
          // The run goes on writing there while it goes.
          rmSync(join(folder, "out.unfinished"), { recursive: true, maxRetries: 100, retryDelay: 1 });
        });
      },
    });
    expect(code).toBe(0);
    expect(resultsOf(folder, "out")).toEqual(expected.uniform);
  });
});

test.each([
  [
    "nothing",
    'folder is "nothing", but there is none; it must be one that coagula run has begun and not ended.',
  ],
  [
    "here",
    'folder is "here", in which no run is under way; it must be one that coagula run has begun and not ended.',
  ],
])("resume of %s is refused in a sentence", async (name, sentence) => {
  const { code, stderr, folder } = await coagula(["resume", name], { files: { "here/a.txt": "" } });
  expect(code).toBe(2);
  expect(stderr).toBe(`coagula: ${sentence}\n`);
  expect(listing(folder)).toEqual(["here", "here/a.txt"]);
});
