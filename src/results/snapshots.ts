/**
 * Snapshots and counts as an HDF5 file in the H5MD layout, version 1.1 (https://nongnu.org/h5md/h5md.html): a particles group for each replica, in
 * which row i of every frame is particle i. Who is gone has mass 0 and NaN as its place.
 */
import type { Dataset, Group } from "h5wasm/node";
import type { Snapshot } from "../engine.ts";
import { UserError } from "../errors.ts";
import { latticeSide } from "../model/multirate.ts";
import type { Scenario } from "../model/scenario.ts";
import type { System } from "../model/system.ts";
import { version } from "../version.generated.ts";

/** Particles whose places are converted, compressed and written at a time: what is held beside the snapshot. */
export const particlesAtATime = 2 ** 16;

/** Each replica is a group of its own. */
const mostReplicas = 1024;

/** Of deflate, 1 to 9: places are nearly random, so that more effort gains little. */
const compression = 1;

/** Throws a UserError where a run has too many replicas for snapshots, or nowhere to write them. */
export function checkSnapshots({ replicas }: Scenario, hasFolder: boolean): void {
  if (!hasFolder) throw new UserError("--snapshots and --no-out are both given, but allowed is one of them.");
  if (replicas > mostReplicas) {
    throw new UserError(`replicas is ${replicas}, but must be at most ${mostReplicas} with --snapshots.`);
  }
}

/** Writes all observations; `snapshot(k)` tells who was where at the k-th. One at a time is held. */
export async function writeSnapshots(
  path: string,
  system: System,
  snapshot: (k: number) => Promise<Snapshot>,
): Promise<void> {
  const file = await createFile(path, system);
  try {
    for (const k of system.observeAt.keys()) file.append(k, await snapshot(k));
  } finally {
    file.close();
  }
}

async function createFile(path: string, system: System) {
  const { default: h5, File } = await import("h5wasm/node");
  await h5.ready;
  const { particles: N, replicas, dimension, side, open, dt, observeAt, scenario } = system;
  const K = scenario.observe.masses;
  const file = new File(path, "w");
  const about = file.create_group("h5md");
  about.create_attribute("version", [1, 1], null, "<i");
  const creator = about.create_group("creator");
  creator.create_attribute("name", "coagula");
  creator.create_attribute("version", version);
  about.create_group("author").create_attribute("name", "unknown");
  const parameters = file.create_group("parameters");
  parameters.create_dataset({ name: "scenario", data: JSON.stringify(scenario) });

  const grow = (group: Group, name: string, dtype: string, tail: readonly number[], chunk: number) =>
    group.create_dataset({
      name,
      data: [],
      dtype,
      shape: [0, ...tail],
      maxshape: [null, ...tail],
      chunks: [chunk, ...tail.map((length, k) => (k === 0 ? Math.min(length, particlesAtATime) : length))],
      compression,
    });
  const observables = file.create_group("observables");
  const count = observables.create_group("count");
  const step = grow(count, "step", "<q", [], 1024);
  const time = grow(count, "time", "<d", [], 1024);
  /** A time-dependent element: its values, at the same times as all others. */
  const element = (group: Group, name: string, dtype: string, tail: readonly number[]) => {
    const own = group.create_group(name);
    own.create_hard_link("/observables/count/step", "step");
    own.create_hard_link("/observables/count/time", "time");
    return grow(own, "value", dtype, tail, 1);
  };
  const counts = grow(count, "value", "<I", [replicas], 1);
  const massCounts = element(observables, "count_by_mass", "<I", [replicas, K]);
  const all = file.create_group("particles");
  const groups = Array.from({ length: replicas }, (_, r) => {
    const group = all.create_group(`replica_${r}`);
    const box = group.create_group("box");
    box.create_attribute("dimension", dimension, [], "<i");
    box.create_attribute("boundary", Array<string>(dimension).fill(open ? "none" : "periodic"));
    box.create_dataset({ name: "edges", data: new Float64Array(dimension).fill(side) });
    return {
      position: element(group, "position", "<d", [N, dimension]),
      mass: element(group, "mass", "<I", [N]),
    };
  });

  const places = new Float64Array(Math.min(N, particlesAtATime) * dimension);
  const masses = new Uint32Array(Math.min(N, particlesAtATime));
  return {
    append(k: number, { id, mass, place }: Snapshot) {
      const lengthen = (dataset: Dataset, ...tail: number[]) => dataset.resize([k + 1, ...tail]);
      const put = (dataset: Dataset, data: unknown, ...tail: [number, number][]) =>
        dataset.write_slice([[k, k + 1], ...tail], data);
      const living = new Uint32Array(replicas);
      const ofMass = new Uint32Array(replicas * K);
      let i = 0;
      for (const [r, group] of groups.entries()) {
        lengthen(group.position, N, dimension);
        lengthen(group.mass, N);
        for (let a = 0; a < N; a += particlesAtATime) {
          const b = Math.min(N, a + particlesAtATime);
          places.fill(Number.NaN);
          masses.fill(0);
          for (; i < id.length && id[i] < r * N + b; i++) {
            const row = id[i] - r * N - a;
            masses[row] = mass[i];
            for (let axis = 0; axis < dimension; axis++) {
              const share = place[i * dimension + axis] / latticeSide;
              places[row * dimension + axis] = (share - (open ? 0.5 : 0)) * side;
            }
            living[r]++;
            if (mass[i] <= K) ofMass[r * K + mass[i] - 1]++;
          }
          put(group.position, places.subarray(0, (b - a) * dimension), [a, b], [0, dimension]);
          put(group.mass, masses.subarray(0, b - a), [a, b]);
        }
      }
      lengthen(counts, replicas);
      put(counts, living, [0, replicas]);
      lengthen(massCounts, replicas, K);
      put(massCounts, ofMass, [0, replicas], [0, K]);
      lengthen(step);
      put(step, BigInt64Array.of(BigInt(observeAt[k])));
      lengthen(time);
      put(time, Float64Array.of(observeAt[k] * dt));
    },
    close: () => file.close(),
  };
}
