import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { merge_resolve } from "../../src/cpu/merge_resolve.ts";
import { hazardAt, separation } from "../../src/cpu/pair.ts";
import { pair_observe } from "../../src/cpu/pair_observe.ts";
import { PairSums } from "../../src/cpu/pairSums.ts";
import { mul, toBits } from "../../src/exact/single.ts";
import { binEdges, hazardBits, separationBins, timeBits } from "../../src/model/pairs.ts";
import { counters } from "../../src/stages.ts";
import {
  anyCloud,
  type Cloud,
  type CloudSpec,
  candidatesOf,
  cellListOf,
  makeCloud,
  makeMultirate,
  plain,
  type Steps,
  sizes,
} from "../support/clouds.ts";
import { openTestGpu } from "../support/gpu.ts";
import { anyStates, pacesFor, type ProgressRow, progressOf, rowsOf, uniformStepOf } from "../support/paces.ts";

const gpu = await openTestGpu();

const pairs = { masses: 2, slabs: 8 };
/** Steps that look at distances, and do not. */
const [sampled, other] = [3 * 32 + 16, 3 * 32 + 17];

/** The matches of each replica in a step, and the sums that the reference makes of it. */
function observed(cloud: Cloud, steps: number | Steps) {
  const { system } = cloud;
  const list = cellListOf(cloud);
  const candidates = candidatesOf(cloud, list, steps);
  const replicas = cloud.replicas.map(({ particles }, r) => {
    const step = typeof steps === "number" ? steps : steps[r];
    const matches = merge_resolve(candidates[r], particles.id);
    const sums = new PairSums(system.pairs!);
    const { start, order } = list.perReplica[r];
    if (step !== null) pair_observe(system, particles, step, matches, list.bits, start, order, sums);
    return { matches, sums: sums.sums };
  });
  return { list, replicas };
}

describe("the reference", () => {
  /** The same from all pairs, in doubles. */
  function expectedSums({ system, replicas }: Cloud, isSampled: boolean) {
    const { masses, slabs, classes, sums } = system.pairs!;
    const edges = binEdges();
    const { particles } = replicas[0];
    const { place, mass } = particles;
    const { matches } = observed({ ...({} as Cloud), ...cloudOf1(system, replicas) }, isSampled ? sampled : other)
      .replicas[0];
    return { masses, slabs, classes, sums, edges, place, mass, matches };
  }
  void expectedSums;
});
