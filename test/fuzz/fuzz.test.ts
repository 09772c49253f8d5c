/**
 * Random and mutated scenarios and checkpoints: never a crash, a hang, a stack trace, memory beyond what is stated, or code that runs. A few thousand by
 * default; COAGULA_FUZZ=100000 npx vitest run test/fuzz plays as many. COAGULA_FUZZ_SEED sets another seed than 2026. A failure names its number, and
 * that number alone is played again with COAGULA_FUZZ_ONLY.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, test } from "vitest";
import { checkpointFromBytes, checkpointToBytes } from "../../src/checkpoint/checkpoint.ts";
import { DamagedError, treeFromBytes, treeToBytes } from "../../src/checkpoint/tree.ts";
import { UserError } from "../../src/errors.ts";
import { parseScenarioText } from "../../src/model/load.ts";
import { makeSystem } from "../../src/model/system.ts";
import { checkHypotheses } from "../../src/oracle/hypotheses/check.ts";
import { openPlace } from "../../src/place.ts";
import { play, type RunState } from "../../src/play.ts";
import { scenarioYaml } from "../../src/results/repeat.ts";
import { slug } from "../../src/results/slug.ts";
import { bufferBytes, sizesOf } from "../../src/sizes.ts";
import { parsePlan } from "../../src/sweep/plan.ts";
import { buffer } from "../support/bytes.ts";
import { root } from "../support/cli.ts";
import { wordSource } from "../support/words.ts";
import { mutatedBytes, mutatedText, type Random, randomFrom } from "./mutate.ts";

const runs = Number(process.env.COAGULA_FUZZ ?? 4000);
const seed = Number(process.env.COAGULA_FUZZ_SEED ?? 2026);
const only = process.env.COAGULA_FUZZ_ONLY;

/** Bytes that reading a text of at most 1 MiB, or a small checkpoint, may leave in memory at most, whatever is in it. */
const mostBytes = 2 ** 30;

const textsIn = (folder: string) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => readFileSync(join(root, folder, name), "utf8"));
const corpus = [...textsIn("scenarios"), ...textsIn("test/fuzz/corpus")];

/** The case that is played, and how many were before it; for the watchdog, who cannot be told while one hangs. */
const now = new Int32Array(new SharedArrayBuffer(8));
/** Ends this process, and says in which case, where one has not ended for a minute: whoever hangs can no longer be timed out. */
const watchdog = new Worker(
  `const { now, seed } = require("node:worker_threads").workerData;
  let [seen, since] = [-1, Date.now()];
  setInterval(() => {
    if (now[1] !== seen) [seen, since] = [now[1], Date.now()];
    else if (now[1] > 0 && Date.now() - since > 60_000) {
      require("node:fs").writeSync(2, "Case " + now[0] + " of seed " + seed + " has not ended for a minute.\\n");
      process.kill(process.pid, "SIGKILL");
    }
  }, 1000);`,
  { eval: true, workerData: { now, seed } },
);
afterAll(() => watchdog.terminate());
function watch(k: number): void {
  now[0] = k;
  now[1]++;
}

/** Plays all cases, each with random words of its own, and says which one failed. */
async function fuzz(cases: number, act: (random: Random, k: number) => void | Promise<void>): Promise<void> {
  const before = process.memoryUsage.rss();
  const some = only === undefined ? Array.from({ length: cases }, (_, k) => k) : [Number(only)];
  for (const k of some) {
    const random = randomFrom(wordSource(Math.imul(seed, 0x9e3779b1) + k));
    watch(k);
    try {
      await act(random, k);
    } catch (error) {
      throw new Error(`Case ${k} of seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  now[1] = 0;
  expect(process.memoryUsage.rss() - before).toBeLessThan(mostBytes);
}

/** One sentence a line, in signs that a terminal shows. */
function expectSentences(error: unknown, lines: RegExp): void {
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expect(message.length).toBeLessThan(20_000);
  for (const line of message.split("\n")) expect(line).toMatch(lines);
}

/** What a run does with a scenario before it allocates. */
function prepare(text: string): void {
  let scenario: ReturnType<typeof parseScenarioText>;
  try {
    scenario = parseScenarioText(text, "run.yaml");
  } catch (error) {
    expectSentences(error, /^run\.yaml:\d+:\d+: .+\.$/);
    return;
  }
  expect(slug(scenario.name)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  // What is valid is so once more, and after the way through a shell.
  expect(parseScenarioText(scenarioYaml(scenario), "again.yaml")).toEqual(scenario);
  try {
    const system = makeSystem(scenario);
    for (const bytes of Object.values(bufferBytes(sizesOf(system)))) {
      expect(Number.isSafeInteger(bytes) && bytes > 0).toBe(true);
    }
    checkHypotheses(scenario);
  } catch (error) {
    expectSentences(error, /^.+\.$/);
  }
}

describe("scenarios", () => {
  test("of the corpus", () => {
    for (const [k, text] of corpus.entries()) {
      watch(k);
      prepare(text);
    }
    now[1] = 0;
  });

  test(`mutated (${runs}, seed ${seed})`, async () => {
    await fuzz(runs, (random) => prepare(mutatedText(random.pick(corpus), corpus, random)));
    expect((globalThis as { owned?: unknown }).owned).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  }, 3_600_000);

  test("plans, mutated", async () => {
    const plans = [
      "scenarios: [a.yaml, ../b.yaml]\nparticles: [100, 200]\nseeds: [1, '0xff']\nreplicasPerShard: 3\n",
    ];
    await fuzz(runs / 10, (random) => {
      try {
        parsePlan(mutatedText(plans[0], [...plans, ...corpus], random), "plan.yaml");
      } catch (error) {
        expectSentences(error, /^plan\.yaml:\d+:\d+: .+\.$/);
      }
    });
  }, 3_600_000);
});

describe("checkpoints", async () => {
  const scenario = parseScenarioText(
    "particles: 60\nZ: 4\nalpha: { constant: 40 }\nreplicas: 2\nobserve: { times: [0.002, 0.01], pairs: { masses: 1 } }",
    "s.yaml",
  );
  const system = makeSystem(scenario);
  const place = await openPlace({ engine: "cpu" });
  const states: RunState[] = [];
  const keep = async (state: RunState) => {
    states.push(state);
  };
  const { digest } = await play(system, place, { onCounts() {}, keep, keepEvery: 0 });
  const files = states.map(
    (state) =>
      new Uint8Array(
        buffer(checkpointToBytes({ scenario, firstReplica: 0, options: [], replaces: false, state })),
      ),
  );

  test(`with other bytes (${runs})`, async () => {
    await fuzz(runs, (random) => {
      const bytes = random.pick(files);
      const mutated = mutatedBytes(bytes, random);
      if (Buffer.compare(bytes, mutated) === 0) return;
      expect(() => checkpointFromBytes(mutated.buffer)).toThrow(DamagedError);
    });
  }, 3_600_000);

  test(`made up, with the right checksum (${runs})`, async () => {
    let taken = 0;
    await fuzz(runs, async (random, k) => {
      const tree = treeFromBytes(random.pick(files).slice().buffer);
      const changed = madeUp(tree, random);
      let state: RunState | null;
      try {
        const read = checkpointFromBytes(buffer(treeToBytes(changed)));
        // A scenario that is another one may be as long as it likes.
        if (JSON.stringify(read.checkpoint.scenario) !== JSON.stringify(scenario)) return;
        ({ state } = read.checkpoint);
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedError);
        return;
      }
      // A place or a word of an event that could have been: the run goes on from there, and agrees with itself.
      if (k % 8 !== 0 || state === null) return;
      taken++;
      const played = await play(system, place, { onCounts() {}, from: state });
      expect(played.digest).toMatch(/^[0-9a-f]{64}$/);
    });
    if (only === undefined) expect(taken).toBeGreaterThan(0);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  }, 3_600_000);
});

/** A tree with one value in it replaced. */
function madeUp(tree: unknown, random: Random): unknown {
  const others = [
    0,
    -1,
    1e308,
    2 ** 53,
    null,
    "",
    "__proto__",
    [],
    {},
    true,
    0.5,
    new Uint32Array(3),
    new Float64Array(1),
  ];
  const change = (value: unknown): unknown => {
    if (value instanceof Uint32Array || value instanceof Float64Array || value instanceof BigUint64Array) {
      const copy = value.slice();
      if (copy.length === 0 || random.below(4) === 0) return random.pick([copy.subarray(1), ...others]);
      const at = random.below(copy.length);
      if (copy instanceof BigUint64Array) copy[at] += BigInt(random.pick([1, 2 ** 40]));
      else copy[at] = random.pick([0, 1, copy[at] + 1, 2 ** 32 - 1, Number.NaN, -1]);
      return copy;
    }
    if (typeof value !== "object" || value === null || random.below(12) === 0) return random.pick(others);
    const entries = Object.entries(value);
    if (entries.length === 0) return random.pick(others);
    const [key, inner] = random.pick(entries);
    if (Array.isArray(value)) return value.map((item, k) => (String(k) === key ? change(inner) : item));
    const rest = entries.filter(([other]) => other !== key || random.below(10) > 0);
    return Object.fromEntries(rest.map(([other, item]) => [other, other === key ? change(inner) : item]));
  };
  return change(tree);
}
