import { createHash } from "node:crypto";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/engine.ts";
import { parseScenario, type ScenarioInput } from "../../src/model/scenario.ts";
import { makeSystem, type System } from "../../src/model/system.ts";
import { particlesAtATime, writeSnapshots } from "../../src/results/snapshots.ts";
import { freshFolder } from "../support/cli.ts";
import { ensureHdf5, h5dump, h5properties, withH5py } from "../support/hdf5.ts";
import { anySnapshot, placeOf, thinned } from "../support/snapshots.ts";

beforeAll(ensureHdf5, 600_000);

const systemOf = (changes: Partial<ScenarioInput>) =>
  makeSystem(
    parseScenario({
      particles: 50,
      Z: 5,
      alpha: { constant: 1 },
      observe: { times: [0, 0.01, 0.03], masses: 2 },
      ...changes,
    }),
  );

async function written(system: System, snapshots: readonly Snapshot[]): Promise<string> {
  const path = join(freshFolder(), "snapshots.h5");
  await writeSnapshots(path, system, async (k) => snapshots[k]);
  return path;
}

/** Places f64[particles, dimension] and masses u32[particles] of a replica by particle; NaN and 0 for who is gone. */
function byParticle(system: System, snapshot: Snapshot, replica: number) {
  const { particles, dimension } = system;
  const place = new Float64Array(particles * dimension).fill(Number.NaN);
  const mass = new Uint32Array(particles);
  for (const [i, id] of snapshot.id.entries()) {
    if (Math.floor(id / particles) !== replica) continue;
    mass[id % particles] = snapshot.mass[i];
    place.set(placeOf(system, snapshot, i), (id % particles) * dimension);
  }
  return { place, mass };
}

const concatenated = (parts: readonly (Float64Array | Uint32Array)[]) => parts.flatMap((part) => [...part]);
const sha256 = (parts: readonly (Float64Array | Uint32Array)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return hash.digest("hex");
};

describe.each([
  ["a torus in three dimensions", { replicas: 3, domain: { torus: 0.7 } }],
  [
    "a space in the plane",
    {
      dimension: 2,
      Z: 20,
      replicas: 2,
      domain: { space: 3 },
      initial: [{ mass: 1, density: { gaussian: { centre: [0, 0], sd: 0.1 } } }],
    },
  ],
] as [string, Partial<ScenarioInput>][])("snapshots of %s", (_, changes) => {
  const system = systemOf(changes);
  const first = anySnapshot(system, 1);
  const snapshots = [first, thinned(first), thinned(thinned(anySnapshot(system, 2)))];

  test("are read by h5py and by h5dump as they were, to the last bit", async () => {
    const path = await written(system, snapshots);
    for (let replica = 0; replica < system.replicas; replica++) {
      const expected = snapshots.map((snapshot) => byParticle(system, snapshot, replica));
      const group = `/particles/replica_${replica}`;
      const [place, mass] = [expected.map((one) => one.place), expected.map((one) => one.mass)];
      const bits = `[bits(f["${group}/position/value"]), bits(f["${group}/mass/value"])]`;
      expect(withH5py(path, bits)).toEqual([sha256(place), sha256(mass)]);
      expect(h5dump(path, `${group}/position/value`)).toEqual(concatenated(place));
      expect(h5dump(path, `${group}/mass/value`)).toEqual(concatenated(mass));
    }
  });

  test("have the layout of H5MD", async () => {
    const path = await written(system, snapshots);
    const { dimension, particles, replicas, side, open, dt, observeAt } = system;
    const group = "particles/replica_0";
    const told = withH5py(
      path,
      `{
        "version": f["h5md"].attrs["version"].tolist(),
        "creator": text(f["h5md/creator"].attrs["name"]), "author": text(f["h5md/author"].attrs["name"]),
        "dimension": int(f["${group}/box"].attrs["dimension"]),
        "boundary": [text(b) for b in f["${group}/box"].attrs["boundary"]],
        "edges": f["${group}/box/edges"][:].tolist(),
        "groups": len(f["particles"]),
        "shapes": [f["${group}/position/value"].shape, f["${group}/mass/value"].shape],
        "elements": [[e["step"][:].tolist(), e["time"][:].tolist()] for e in
          [f["${group}/position"], f["${group}/mass"], f["observables/count"], f["observables/count_by_mass"]]],
        "scenario": json.loads(text(f["parameters/scenario"][()])),
      }`,
    );
    const element = [observeAt, observeAt.map((tick) => tick * dt)];
    expect(told).toEqual({
      version: [1, 1],
      creator: "coagula",
      author: "unknown",
      dimension,
      boundary: Array(dimension).fill(open ? "none" : "periodic"),
      edges: Array(dimension).fill(side),
      groups: replicas,
      shapes: [
        [3, particles, dimension],
        [3, particles],
      ],
      elements: Array(4).fill(element),
      scenario: system.scenario,
    });
  });

  test("have counts that are those of the living", async () => {
    const path = await written(system, snapshots);
    const counts = snapshots.map((snapshot) =>
      Array.from({ length: system.replicas }, (_, r) => {
        const { mass } = byParticle(system, snapshot, r);
        return [0, 1, 2].map((m) =>
          mass.reduce((sum, one) => sum + (m === 0 ? Math.sign(one) : +(one === m)), 0),
        );
      }),
    );
    const told = withH5py(
      path,
      `[f["observables/" + name + "/value"][:].tolist() for name in ["count", "count_by_mass"]]`,
    );
    expect(told).toEqual([
      counts.map((frame) => frame.map(([all]) => all)),
      counts.map((frame) => frame.map(([, ...masses]) => masses)),
    ]);
  });
});

test("more particles than are written at a time are compressed in chunks, and read as they were", async () => {
  const system = systemOf({
    particles: particlesAtATime + 4321,
    Z: 1000,
    replicas: 2,
    observe: { times: [0] },
  });
  const snapshots = [thinned(anySnapshot(system, 3))];
  const path = await written(system, snapshots);
  const { place, mass } = byParticle(system, snapshots[0], 1);
  const bits = `[bits(f["particles/replica_1/position/value"]), bits(f["particles/replica_1/mass/value"])]`;
  expect(withH5py(path, bits)).toEqual([sha256([place]), sha256([mass])]);
  const properties = h5properties(path, "/particles/replica_1/position/value");
  expect(properties).toContain(`CHUNKED ( 1, ${particlesAtATime}, 3 )`);
  expect(properties).toContain("COMPRESSION DEFLATE");
});

test("a snapshot is not held twice: writing two million particles takes less than a third of their memory", async () => {
  const system = systemOf({ particles: 2_000_000, Z: 1000, observe: { times: [0] } });
  const snapshot = anySnapshot(system, 4);
  // So that the library itself is in memory.
  const small = systemOf({ observe: { times: [0] } });
  await written(small, [anySnapshot(small, 4)]);
  const before = process.resourceUsage().maxRSS;
  const path = await written(system, [snapshot]);
  const grown = (process.resourceUsage().maxRSS - before) * 1024;
  // As f64 places and u32 masses they are 56 MB.
  expect(grown).toBeLessThan(0.3 * 56e6);
  expect(withH5py(path, `f["particles/replica_0/mass/value"].shape`)).toEqual([1, 2_000_000]);
});
