/** Random particles for the tests of stages: dense clouds across the seam, with the dead among them, as both engines hold them. */
import fc from "fast-check";
import { cell_scan } from "../../src/cpu/cell_scan.ts";
import { cell_scatter } from "../../src/cpu/cell_scatter.ts";
import { cellOf } from "../../src/cpu/cells.ts";
import { type Candidate, pair_search } from "../../src/cpu/pair_search.ts";
import type { Particles } from "../../src/cpu/particles.ts";
import { makeGrid } from "../../src/grid.ts";
import { latticeSide } from "../../src/model/multirate.ts";
import type { PotentialName } from "../../src/model/potential.ts";
import { parseScenario, type Scenario } from "../../src/model/scenario.ts";
import { makeSystem, type Rate, type System } from "../../src/model/system.ts";
import { wordSource } from "./words.ts";

export interface CloudSpec {
  dimension: number;
  /** N, per replica. */
  particles: number;
  replicas: number;
  seed: number;
  /** Interaction range as a share of the side. */
  eps: number;
  /** Half the width of the cube that most particles are in, in units of eps. */
  spread: number;
  /** Share of the slots that hold nobody. */
  dead: number;
  heaviest: number;
  form: Rate["form"];
  /** Of the interaction: pairs in range ring with a probability of the order of strength / 100. */
  strength: number;
  potential: PotentialName;
  model: "coagulation" | "annihilation";
  open: boolean;
  /** Sums over pairs are wanted. */
  pairs?: { masses: number; slabs: number };
}

export const plain: CloudSpec = {
  dimension: 3,
  particles: 64,
  replicas: 1,
  seed: 1,
  eps: 0.05,
  spread: 1.5,
  dead: 0.2,
  heaviest: 5,
  form: "constant",
  strength: 100,
  potential: "poly2",
  model: "coagulation",
  open: false,
};

export interface Cloud {
  spec: CloudSpec;
  system: System;
  /** As the GPU holds them: all replicas in any order, the dead with mass 0 in between. */
  place: Uint32Array;
  mass: Uint32Array;
  id: Uint32Array;
  /** As the reference holds them, and the slot of each entry. */
  replicas: { particles: Particles; slots: number[] }[];
}

/** The sizes around a workgroup's that every stage is tried at. */
export const sizes = [1, 63, 64, 65, 257];

/** Clouds of any kind, small enough that all pairs can be looked at; what is `given` is not drawn. */
export function anyCloud(given: Partial<CloudSpec> = {}): fc.Arbitrary<CloudSpec> {
  return fc.record(drawn).map((spec) => ({ ...spec, ...given }));
}

const drawn = {
  dimension: fc.integer({ min: 2, max: 5 }),
  particles: fc.oneof(fc.constantFrom(...sizes), fc.integer({ min: 1, max: 150 })),
  replicas: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(0xffffffff),
  eps: fc.constantFrom(0.19, 0.12, 0.05, 0.01, 1e-4, 1e-6),
  spread: fc.constantFrom(0.3, 1, 2, 5),
  dead: fc.constantFrom(0, 0.3, 0.9),
  heaviest: fc.constantFrom(1, 5, 3000, 2 ** 20),
  form: fc.constantFrom("constant", "sum", "product", "table"),
  strength: fc.constantFrom(1, 30, 1000),
  potential: fc.constantFrom("indicator", "poly2", "shell"),
  model: fc.constantFrom("coagulation", "annihilation"),
  open: fc.boolean(),
} satisfies { [K in keyof CloudSpec]: fc.Arbitrary<CloudSpec[K]> };

/** A cloud of a uniform run. */
export const makeCloud = (spec: CloudSpec): Cloud => cloudOf(spec, systemOf(spec, "uniform"));

/**
 * The same of a multirate run: where eps is small, places within clusters are on a refined lattice. A finest sub-step is as long, and pairs ring as
 * often in it, as in a uniform step; the scenario's own alpha is small, or sub-steps would be made finer.
 */
export function makeMultirate(spec: CloudSpec): Cloud {
  const { rate } = systemOf({ ...spec, eps: Math.max(spec.eps, 1e-4) }, "uniform");
  return cloudOf(spec, { ...systemOf({ ...spec, strength: 1e-3 }, "multirate"), rate });
}

function cloudOf(spec: CloudSpec, system: System): Cloud {
  const { dimension, particles: n, replicas } = system;
  const range = (system.eps / system.side) * latticeSide;
  const next = wordSource(spec.seed);
  const share = () => next() / 2 ** 32;
  const slotsInAll = n * replicas;
  const place = new Uint32Array(slotsInAll * dimension);
  const mass = new Uint32Array(slotsInAll);
  const id = new Uint32Array(slotsInAll);
  const slotOf = shuffled(slotsInAll, next);
  for (let replica = 0; replica < replicas; replica++) {
    // Most gather in a cube, about one corner of the torus in every second replica.
    const centre = Array.from({ length: dimension }, () => (replica % 2 === 0 ? 0 : next()));
    for (let particle = 0; particle < n; particle++) {
      const slot = slotOf[replica * n + particle];
      id[slot] = replica * n + particle;
      mass[slot] = share() < spec.dead ? 0 : 1 + Math.floor(share() ** 3 * spec.heaviest);
      const alone = share() < 0.2;
      for (let k = 0; k < dimension; k++) {
        const off = Math.round((2 * share() - 1) * spec.spread * range);
        place[dimension * slot + k] = alone ? next() : centre[k] + off;
      }
    }
  }
  return { spec, system, place, mass, id, replicas: replicasOf(system, place, mass, id) };
}

/** What the GPU holds in its slots, as the reference holds it: replica by replica, the living in order of their ids. */
export function replicasOf(system: System, place: Uint32Array, mass: Uint32Array, id: Uint32Array) {
  const { dimension, particles: n } = system;
  return Array.from({ length: system.replicas }, (_, replica) => {
    const slots = [...mass.keys()]
      .filter((slot) => mass[slot] !== 0 && Math.floor(id[slot] / n) === replica)
      .sort((a, b) => id[a] - id[b]);
    const particles: Particles = {
      replica,
      living: slots.length,
      next: new Uint32Array(0),
      place: Uint32Array.from(slots.flatMap((i) => [...place.subarray(dimension * i, dimension * (i + 1))])),
      mass: Uint32Array.from(slots, (slot) => mass[slot]),
      id: Uint32Array.from(slots, (slot) => id[slot] - replica * n),
    };
    return { particles, slots };
  });
}

function systemOf(spec: CloudSpec, kind: Scenario["engine"]["kind"]): System {
  const { dimension, particles, eps, strength, form } = spec;
  const centre = Array(dimension).fill(0);
  const rates = {
    contact: "contact" as const,
    constant: { constant: strength },
    sum: { sum: { scale: strength / 2, exponent: 0.2 } },
    product: { product: { scale: strength, exponent: 0.1 } },
    table: {
      table: [
        [strength, strength / 3, 0],
        [strength / 3, strength / 2, strength / 5],
        [0, strength / 5, strength / 7],
      ],
    },
  };
  return makeSystem(
    parseScenario({
      dimension,
      particles,
      replicas: spec.replicas,
      seed: spec.seed,
      model: spec.model,
      domain: spec.open ? { space: 1 } : { torus: 1 },
      Z: dimension === 2 ? -particles / Math.log(eps) : particles * eps ** (dimension - 2),
      // Only the heaviest mass counts; particles are put elsewhere.
      initial: [{ mass: spec.heaviest, ...(spec.open && { density: { gaussian: { centre, sd: 0.01 } } }) }],
      diffusion: { power: { scale: 1, exponent: -1 / 3 } },
      alpha: rates[form],
      potential: spec.potential,
      observe: { times: [0], masses: 4, ...(spec.pairs && { pairs: spec.pairs }) },
      engine: { kind, step: 0.025 },
    }),
  );
}

export interface CellList {
  bits: number[];
  /** One per replica, for the reference. */
  perReplica: { cell: Uint32Array; count: Uint32Array; start: Uint32Array; order: Uint32Array }[];
  /** For the GPU, of all replicas and with slots in place of entries. */
  count: Uint32Array;
  start: Uint32Array;
  order: Uint32Array;
  rank: Uint32Array;
}

/** The cell list of a cloud, from the twins of the stages that make it. */
export function cellListOf(cloud: Cloud): CellList {
  const { system } = cloud;
  const { bits, cells } = makeGrid(system.dimension, system.particles, system.reach);
  const perReplica = cloud.replicas.map(({ particles }) => {
    const cell = Uint32Array.from({ length: particles.living }, (_, i) => cellOf(particles.place, i, bits));
    const count = new Uint32Array(cells);
    for (const c of cell) count[c]++;
    const start = new Uint32Array(cells + 1);
    cell_scan(count, start);
    const order = new Uint32Array(particles.living);
    cell_scatter(cell, particles.living, start, new Uint32Array(cells + 1), order);
    return { cell, count, start, order };
  });
  const rank = new Uint32Array(cloud.mass.length);
  const order = new Uint32Array(cloud.mass.length);
  const start: number[] = [];
  let base = 0;
  for (const [r, { slots }] of cloud.replicas.entries()) {
    const list = perReplica[r];
    list.order.forEach((i, at) => {
      order[base + at] = slots[i];
      rank[slots[i]] = at - list.start[list.cell[i]];
    });
    for (let c = 0; c < cells; c++) start.push(base + list.start[c]);
    base += slots.length;
  }
  return {
    bits,
    perReplica,
    count: Uint32Array.from(perReplica.flatMap(({ count }) => [...count])),
    start: Uint32Array.from([...start, base]),
    order,
    rank,
  };
}

/** The step of each replica; null: it does not take a uniform step. */
export type Steps = readonly (number | null)[];

/** The pairs that ring in a step, or in each replica's own, per replica, by the reference. */
export function candidatesOf(cloud: Cloud, list: CellList, steps: number | Steps): Candidate[][] {
  return cloud.replicas.map(({ particles }, r) => {
    const { start, order } = list.perReplica[r];
    const step = typeof steps === "number" ? steps : steps[r];
    return step === null ? [] : pair_search(cloud.system, particles, step, list.bits, start, order);
  });
}

/** The order in which pairs of a replica coagulate: by ring time, then the lower id, then the higher. */
export const inOrder = (id: Uint32Array) => (a: Candidate, b: Candidate) =>
  a.time - b.time || id[a.i] - id[b.i] || id[a.j] - id[b.j];

/** What each particle that has one proposes: by its slot, the ring time and the partner's slot of its first pair. */
export function proposalsOf(
  cloud: Cloud,
  candidates: Candidate[][],
): Map<number, { time: number; partner: number }> {
  const proposals = new Map<number, { time: number; partner: number }>();
  for (const [r, { particles, slots }] of cloud.replicas.entries()) {
    for (const { i, j, time } of candidates[r].toSorted(inOrder(particles.id)).reverse()) {
      proposals.set(slots[i], { time, partner: slots[j] });
      proposals.set(slots[j], { time, partner: slots[i] });
    }
  }
  return proposals;
}

/** 0..n-1 in any order. */
export function shuffled(n: number, next: () => number): number[] {
  const list = Array.from({ length: n }, (_, k) => k);
  for (let k = n - 1; k > 0; k--) {
    const other = next() % (k + 1);
    [list[k], list[other]] = [list[other], list[k]];
  }
  return list;
}
