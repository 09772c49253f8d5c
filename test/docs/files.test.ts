/** docs/files.md: the files of a run are loaded as the page says, by what Debian has and by DuckDB. pandas and arrow are not there; DuckDB reads the same Parquet. */
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { coagula, freshFolder, scenarioText, small, start, succeeds } from "../support/cli.ts";
import { ensurePackages } from "../support/debian.mjs";
import { query } from "../support/duckdb.ts";
import { blocksOf } from "../support/pages.ts";

const folder = freshFolder({ "s.yaml": scenarioText() });
const blocks = blocksOf("docs/files.md");
const block = (language: string, word: string) =>
  blocks.find(({ language: its, text }) => its === language && text.includes(word))!.text;

beforeAll(async () => {
  ensurePackages("python3-h5py", "r-cran-hdf5r");
  await succeeds(coagula(["run", "s.yaml", "--snapshots", "--out", "results/light"], { folder }));
}, 600_000);

const last = small.observe.times[small.observe.times.length - 1];

test("DuckDB counts the events by the mass they make", async () => {
  const sql = block("sql", "events.parquet").replace("results/light", join(folder, "results/light"));
  const rows = await query(sql);
  expect(rows[0]).toMatchObject({ mass: 2 });
  expect(Number(Object.values(rows[0])[1])).toBeGreaterThan(0);
});

test("Python reads places, masses and times", async () => {
  const program = `${block("python", "snapshots.h5")}\nprint(last.shape, len(mass), times[-1])\n`;
  const shown = await succeeds(start("/usr/bin/python3", ["-c", program], { folder }));
  expect(shown.trim()).toBe(`(${small.particles}, 3) ${small.particles} ${last}`);
});

test("R reads masses", async () => {
  const program = `${block("r", "snapshots.h5")}\ncat(dim(mass))\n`;
  const shown = await succeeds(start("Rscript", ["-e", program], { folder }));
  expect(
    shown
      .trim()
      .split(" ")
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual([small.observe.times.length, small.particles]);
});
