/** What is written is read as it was; what is not as it was written is refused, whatever has happened to it. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Checkpoint, checkpointFromBytes, checkpointToBytes } from "../../src/checkpoint/checkpoint.ts";
import { DamagedError, treeFromBytes, treeToBytes } from "../../src/checkpoint/tree.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { makeSystem } from "../../src/model/system.ts";
import { openPlace } from "../../src/place.ts";
import { play, type RunState } from "../../src/play.ts";
import { buffer } from "../support/bytes.ts";

/** Whatever a file may hold. */
type Tree = ReturnType<typeof JSON.parse>;

/** The states of a run on the reference: as many as there are. */
async function statesOf(input: ScenarioInput): Promise<{ checkpoints: Checkpoint[]; digest: string }> {
  const scenario = parseScenario(input);
  const states: RunState[] = [];
  const { digest } = await play(makeSystem(scenario), await openPlace({ engine: "cpu" }), {
    onCounts() {},
    keep: async (state) => {
      states.push(state);
    },
    keepEvery: 0,
  });
  const checkpoints = states.map((state) => ({
    scenario,
    firstReplica: 0,
    options: [],
    replaces: false,
    state,
  }));
  return { checkpoints, digest };
}

const scenarios: Record<string, ScenarioInput> = {
  "uniform, with pairs and densities": {
    particles: 120,
    Z: 6,
    alpha: { constant: 50 },
    observe: {
      times: [0.0005, 0.002],
      masses: 2,
      pairs: { masses: 1, slabs: 2, widths: [0.2] },
      densities: { width: 0.3, points: 3 },
      testFunctions: [{ cosine: { axis: 0 } }],
    },
    replicas: 2,
    engine: "uniform",
  },
  "multirate, annihilation with ghosts": {
    model: "annihilation",
    particles: 150,
    Z: 4,
    alpha: { constant: 30 },
    observe: { times: [0.005, 0.02], ghosts: true },
    replicas: 3,
  },
};

describe.each(Object.keys(scenarios))("%s", (name) => {
  let checkpoints: Checkpoint[] = [];
  let digest = "";
  beforeAll(async () => {
    ({ checkpoints, digest } = await statesOf(scenarios[name]));
  });
  const late = () => checkpoints[Math.floor(0.7 * checkpoints.length)];

  test("there are states before and after an observation", () => {
    const seen = new Set(checkpoints.map(({ state }) => state?.observed.counts.length));
    expect([...seen]).toEqual(expect.arrayContaining([0, 1]));
  });

  test("what is written is read as it was, and leads to the same end", async () => {
    const { checkpoint, system } = checkpointFromBytes(buffer(checkpointToBytes(late())));
    expect(checkpoint).toEqual(late());
    const place = await openPlace({ engine: "cpu" });
    expect((await play(system, place, { onCounts() {}, from: checkpoint.state! })).digest).toBe(digest);
  });

  test("a file that is torn off, or has one bit flipped, is damaged (seed 5)", () => {
    const whole = new Uint8Array(buffer(checkpointToBytes(late())));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(() => checkpointFromBytes(whole.slice(0, length).buffer)).toThrow(DamagedError);
      }),
      { seed: 5, numRuns: 150 },
    );
    fc.assert(
      fc.property(fc.nat(8 * whole.length - 1), (bit) => {
        const flipped = whole.slice();
        flipped[bit >> 3] ^= 1 << (bit & 7);
        expect(() => checkpointFromBytes(flipped.buffer)).toThrow(DamagedError);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  /** A file with the right checksum, made up: its tree with something else in it. */
  const madeUp = (change: (tree: Tree) => void) => {
    const tree: Tree = treeFromBytes(buffer(checkpointToBytes(late())));
    change(tree);
    return () => checkpointFromBytes(buffer(treeToBytes(tree)));
  };

  test.each<[string, (tree: Tree) => void, RegExp]>([
    ["another version", (tree) => (tree.coagula = "0.0.0"), /^it is by coagula 0\.0\.0, and this is /],
    ["no scenario", (tree) => (tree.scenario.Z = -1), /scenario is not valid/],
    ["a key too many", (tree) => (tree.more = 1), /not the form/],
    ["a word of a shell", (tree) => (tree.options = ["$(rm x)"]), /not the form/],
    ["another number of particles", (tree) => (tree.scenario.particles -= 1), /particles|events|scenario/],
    ["another number of replicas", (tree) => (tree.scenario.replicas += 1), /replicas|scenario/],
    [
      "a particle twice",
      ({ state }) => (state.engine.living.id[1] = state.engine.living.id[0]),
      /not in order/,
    ],
    ["a mass that is none", ({ state }) => (state.engine.living.mass[3] = 0), /not in order/],
    ["a heavier particle", ({ state }) => state.engine.living.mass[0]++, /contradict/],
    ["an event less", ({ state }) => (state.events = state.events.slice(0, -8)), /contradict/],
    ["an event of nobody", ({ state }) => (state.events[4] = 2 ** 31), /events/],
    ["part of an event", ({ state }) => (state.events = state.events.slice(0, -1)), /events/],
    ["a clock that jumps", ({ state }) => state.engine.pacers.tick[0]++, /time|clocks/],
    ["a step more", ({ state }) => state.engine.pacers.steps[0]++, /clocks/],
    ["no care", ({ state }) => (state.engine.pacers.care[0] = Number.NaN), /clocks/],
    ["clocks of fewer", ({ state }) => (state.engine.pacers.segments[0] -= 1), /clocks/],
    ["an observation less", ({ state }) => state.observed.counts.pop(), /observations|time/],
    ["a count less", ({ state }) => (state.observed.counts[0] = new Uint32Array(1)), /observations/],
    ["negative work", ({ state }) => (state.engine.work.macroSteps = -1), /not the form/],
    ["doubles for integers", ({ state }) => (state.events = new Float64Array(0)), /not the form/],
  ])("%s is recognised, though the checksum is right", (_, change, words) => {
    expect(madeUp(change)).toThrow(DamagedError);
    expect(madeUp(change)).toThrow(words);
  });
});

/** A file with this header and the right checksum. */
function sealed(header: string): ArrayBuffer {
  const start = `coagula tree 1\n${String(header.length).padStart(12)}\n${header}`;
  const bytes = Buffer.from(start.padEnd(8 * Math.ceil(start.length / 8), "\0"));
  return buffer([bytes, createHash("sha256").update(bytes).digest()]);
}

describe("trees", () => {
  const numbers = fc.oneof(
    fc.uint32Array(),
    fc.float64Array(),
    fc.bigUint64Array(),
    fc.constantFrom(null, true, 0, "a", "\u{1f600}"),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, numbers, fc.array(tie("tree")), fc.dictionary(fc.string(), tie("tree"))),
  }));

  test("are read as they were written (seed 6)", () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(treeFromBytes(buffer(treeToBytes(value)))).toEqual(value);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test("anything else is damaged (seed 7)", () => {
    const start = new TextEncoder().encode("coagula tree 1\n          20\n");
    const bytes = fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 200 }));
    fc.assert(
      fc.property(bytes, ([isStarted, rest]) => {
        const all = isStarted ? Uint8Array.from([...start, ...rest]) : rest.slice();
        expect(() => treeFromBytes(all.buffer)).toThrow(DamagedError);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test.each<[string, string]>([
    ["an array longer than any file", '{"$array":["u32",9007199254740991]}'],
    ["an array of nothing known", '{"$array":["i8",1]}'],
    ["an array of a prototype's key", '{"$array":["constructor",1]}'],
    ["no array at all", '{"$array":null}'],
    ["half an array", '{"$array":["u32",0.5]}'],
    ["no JSON", "{"],
    ["nothing wrong but its depth", "[".repeat(1e5) + "]".repeat(1e5)],
  ])("a header with %s is damaged, though its checksum is right", (_, header) => {
    expect(() => treeFromBytes(sealed(header))).toThrow(DamagedError);
  });
});
