import { expect, test } from "vitest";
import { readKernel } from "../../src/cli/kernel.ts";
import { coalesce, kingmanLaw, kingmanMoments, UserError } from "../../src/index.ts";
import { coagula, freshFolder, succeeds } from "../support/cli.ts";

const small = ["coalescent", "--n", "1000", "--times", "0.5,2", "--masses", "2", "--replicas", "3"];

test("prints the table of every observable beside expectation and limit, and what the columns mean", async () => {
  const stdout = await succeeds(coagula([...small, "--kernel", "product"]));
  expect(stdout).toMatch(/^the coalescent of 1000 blocks with K\(n, m\) = n m, 3 replicas, seed 1\n/);
  expect(stdout).toMatch(/^ 0\.5 +blocks +0\.\d+\(\d+\) +0\.7500 +[-+]\d+\.\d s\.e\.$/m);
  expect(stdout).toMatch(/^ +mass 1 +0\.\d+\(\d+\) +0\.6068 +[-+]\d+\.\d s\.e\. +0\.6065 /m);
  expect(stdout).toMatch(/^ +largest +0\.\d+\(\d+\) +0\.7968 +[-+]\d+\.\d s\.e\.$/m);
  expect(stdout).toContain("0.7968 at t = 2");
});

test("prints the same as one JSON object with --json, and the seed fixes it", async () => {
  const run = async (...more: string[]) => JSON.parse((await coagula([...small, "--json", ...more])).stdout);
  const { observations, ...rest } = await run("--seed", "0x10");
  expect(rest).toMatchObject({ kernel: "constant", blocks: 1000, replicas: 3, seed: "16" });
  const options = { kernel: "constant", blocks: 1000, times: [0.5, 2], masses: 2, replicas: 3 } as const;
  expect(observations).toEqual(coalesce({ ...options, seed: 16 }));
  expect((await run("--seed", "16")).observations).toEqual(observations);
  expect((await run("--seed", "17")).observations).not.toEqual(observations);
});

test("takes a power, and a table from a file", async () => {
  const power = await succeeds(coagula([...small, "--kernel", "power 0.5,-1"]));
  expect(power).toContain("K(n, m) = n^0.5 m^-1 + n^-1 m^0.5");
  const files = { "K.txt": "1, 2\n2 3\n\n" };
  const table = await succeeds(coagula([...small, "--kernel", "table K.txt"], { files }));
  expect(table).toContain("K(n, m) = the table in K.txt");
});

test.each<[string, string, string]>([
  [
    "no kernel",
    "gravity",
    '--kernel is "gravity", but must be constant, sum, product, brownian, "power a,b" or "table FILE".',
  ],
  ["a power of one number", "power 1", 'two numbers from -8 to 8, as in "power 0.5,0.5".'],
  ["a power that is too large", "power 1,9", "two numbers from -8 to 8"],
  ["no such table", "table K.txt", "but it does not exist."],
  ["an empty table", "table empty.txt", "but it is empty."],
  ["a table that is not square", "table long.txt", "row 1 has 3 of the 2 numbers that 2 rows ask for."],
  ["a table that is not symmetric", "table skew.txt", "but K(1, 2) is 2 and K(2, 1) is 3."],
  ["a table with a word", "table word.txt", "but entry 2 of row 1 is NaN."],
])("refuses %s", async (_name, text, sentence) => {
  const files = {
    "long.txt": "1 2 3\n2 3 4",
    "skew.txt": "1 2\n3 4",
    "word.txt": "1 two\n2 3",
    "empty.txt": "\n",
  };
  const folder = freshFolder(files);
  const complaint = await readKernel(text.replace("table ", `table ${folder}/`)).catch((error) => error);
  expect(complaint).toBeInstanceOf(UserError);
  expect(complaint.message).toContain(sentence);
});

test.concurrent.each<[string, string[], string]>([
  ["an unknown kernel", ["--kernel", "gravity"], '--kernel is "gravity"'],
  [
    "times out of order",
    ["--times", "2,1"],
    "It must be increasing times from 0 on, apart by commas, as in 0.5,1,2.",
  ],
  [
    "a seed that is none",
    ["--seed", "x"],
    'It must be an integer from 0 to 2^64 - 1, or "0x" and hexadecimal digits.',
  ],
  ["too many blocks", ["--n", "1e9"], "It must be an integer from 1 to 16777216."],
])("refuses %s with one sentence and exit code 2", async (_name, args, sentence) => {
  const { code, stdout, stderr } = await coagula(["coalescent", ...args]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(sentence);
});

test("kingman prints mean, variance and law, from infinitely many blocks or fewer", async () => {
  const stdout = await succeeds(coagula(["kingman", "--times", "0.5,1", "--law", "2", "--json"]));
  const { blocks, moments } = JSON.parse(stdout);
  expect(blocks).toBe("infinity");
  const at = (time: number) => ({
    time,
    ...kingmanMoments(Number.POSITIVE_INFINITY, time),
    law: kingmanLaw(Number.POSITIVE_INFINITY, time, 2),
  });
  expect(moments).toEqual([at(0.5), at(1)]);
  // Two blocks merge at rate 1.
  const two = await coagula(["kingman", "--n", "2", "--times", "0,1", "--json"]);
  const mean = expect.closeTo(1 + Math.exp(-1), 14);
  expect(JSON.parse(two.stdout).moments).toMatchObject([
    { time: 0, mean: 2, variance: 0 },
    { time: 1, mean },
  ]);
  const people = await coagula(["kingman", "--n", "10", "--times", "1", "--law", "1"]);
  expect(people.stdout).toMatch(
    /^time +mean +variance +P\(1\)\n-.*\n +1 +2\.043907473059\d+ +0\.5491878\d+ +0\.\d+\n$/,
  );
});

test.concurrent.each<[string, string[], string]>([
  [
    "time 0 from infinity",
    ["--times", "0,1"],
    "--times begins with 0, but must be above 0 where --n is infinity.",
  ],
  [
    "a law too early",
    ["--times", "0.001", "--law", "3"],
    "--times begins with 0.001, but must be 0.01 or more for --law.",
  ],
  ["half a block", ["--n", "1.5"], "It must be an integer from 1 on, or infinity."],
])("kingman refuses %s with one sentence", async (_name, args, sentence) => {
  const { code, stdout, stderr } = await coagula(["kingman", ...args]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(sentence);
});
