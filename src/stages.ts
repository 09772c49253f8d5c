/**
 * The contract between the host and the shaders: what buffers there are, and what each stage reads and writes.
 *
 * A stage is `shaders/<name>.wgsl`, the twin `src/cpu/<name>.ts`, the row here and the test `test/stages/<name>.test.ts`. The order of a
 * row's buffers is their order of binding; the declarations in WGSL are made from it (`gpu/compose.ts`).
 */

/** "read": array<u32>; "write": the same, read and written; "atomic": array<atomic<u32>>. */
export type Access = "read" | "write" | "atomic";

/**
 * How many invocations a pass needs: one for each particle, replica or run of cells, a single workgroup, or as many as the device may work on
 * at a time.
 */
export type Extent = "particles" | "replicas" | "runs" | "workgroup" | "device";

export interface Stage {
  name: StageName;
  /** Dispatches in order: entry point and extent. */
  passes: readonly (readonly [entry: string, extent: Extent])[];
  /** The third: only in shaders with this flag. */
  buffers: readonly (readonly [BufferName, Access, ("PAIRS" | "RADII" | "FRAGMENTATION")?])[];
}

/** What the lengths of the buffers follow from; `sizesOf` tells it of a system. */
export interface Sizes {
  dimension: number;
  /** Particles of all replicas at the start. */
  slots: number;
  /** Cells of all replicas. */
  cells: number;
  runs: number;
  massCounts: number;
  replicas: number;
  /** Of all replicas, see `Pairs`. */
  pairSums: number;
  /** Whether particles split. */
  splits: boolean;
  /** Whether the run is multirate. */
  macro: boolean;
  /** Events for which there is room beyond those of a uniform step: at least those of a cluster. */
  spareEvents: number;
  tables: number;
}

/** Storage buffers by name, with their lengths in words of 32 bits. Indices i, j are entries of the particle arrays. */
export const buffers = {
  /** u32[slots, dimension], lattice units. */
  place: (s) => s.slots * s.dimension,
  /** u32[slots]; 0: dead, or nobody. */
  mass: (s) => s.slots,
  /** u32[slots]: replica * N + particle. */
  id: (s) => s.slots,
  /** u32[slots]: how many were counted in i's cell before i; once the cell list is made, the next member of i's cluster. */
  rank: (s) => s.slots,
  /** u32[slots]: the living by cell. */
  order: (s) => s.slots,
  /** u32[cells], zero between steps. */
  cell_count: (s) => s.cells,
  /** u32[cells + 1]: cell c's particles are order[cell_start[c] .. cell_start[c + 1]). */
  cell_start: (s) => s.cells + 1,
  /** u32[runs]: where each run of cells starts. */
  run_start: (s) => s.runs,
  /**
   * u32[slots, 2]: of a proposer of this step ring time and partner; of a macro-step how many are near i, none, one or several, and if one, who.
   */
  best: (s) => 2 * s.slots,
  /**
   * u32[slots]: who has proposed in this step; of a macro-step who may be the first of a cluster, behind them the first of each cluster of
   * two, and from the end down those of larger ones.
   */
  proposers: (s) => s.slots,
  /**
   * u32[rows, 4 + dimension]: the events not yet read by the host; before more might not fit the device halts. There is room for those of a uniform
   * step, and for what `compact` puts there.
   */
  events: (s: Pick<Sizes, "dimension" | "slots" | "splits" | "spareEvents">) =>
    Math.max((4 + s.dimension) * (mostEvents(s.slots, s.splits) + s.spareEvents), s.dimension * s.slots),
  /** u32[slots] where particles split, which then never move: the next on the circle of a living one and those it has taken up. */
  next: (s) => (s.splits ? s.slots : 0),
  /** u32[replicas, observed masses + 1]. */
  mass_count: (s) => s.massCounts,
  /** u64[replicas, sums], lower words first: see `Pairs`. */
  pair_sums: (s) => 2 * s.pairSums,
  /** u32[replicas, fields]: see `progressFields`; only a multirate run uses it. */
  progress: (s) => s.replicas * progressFields.length,
  /** See `counters`. */
  counters: () => counters.length,
  /** All tables one after the other; their places are parameters. */
  tables: (s) => s.tables,
} satisfies Record<string, (sizes: Sizes) => number>;

export type BufferName = keyof typeof buffers;

/** The most events of so many particles in a uniform step: every two have one at most, and where they split every one. */
export const mostEvents = (particles: number, splits: boolean) =>
  splits ? particles : Math.floor(particles / 2);

/** Buffers that lie where another does: of a uniform run `rank` is needed no more once the cell list is made. */
export const sharedWith = ({ macro }: Pick<Sizes, "macro">): Partial<Record<BufferName, BufferName>> =>
  macro ? {} : { proposers: "rank" };

/** Entries of the buffer `counters`, in order; in WGSL `counter_<name>`. */
export const counters = [
  /** Steps done; of a multirate run since the host last set it to zero. */
  "step",
  /** Living particles after the last scan. */
  "living",
  /** Entries of `proposers`. */
  "proposers",
  /** Of a macro-step: who may be the first of a cluster, clusters of two, and of more. */
  "firsts",
  "pairs",
  "larger",
  /** Members of larger clusters beyond the first of each, which is how many events they have at most. */
  "beyond",
  /** Clusters of the step, larger ones first, of whose events there is room; and the next that an invocation takes up. */
  "roomy",
  "followed",
  /** Rows of `events`. */
  "events",
  /** The lowest id of those who left the box, or `no_offender`. */
  "offender",
  /** 1 once somebody has left the box, or more events might not fit: then nothing happens any more until the host has seen to it. */
  "halted",
  /** The largest radius that anybody has had, single precision; 0 where particles have none. */
  "largest",
] as const;

/** Fields of a replica's row in the buffer `progress`, in order; in WGSL `progress_<name>`. Its pace is that of `model/pace.ts`. */
export const progressFields = [
  /** Steps taken, of any length. */
  "step",
  /** Steps left until the host sets the pace anew. */
  "left",
  /** 1: macro-steps with clusters; 0: uniform steps of one tick. */
  "macro",
  "levels",
  /** Single precision, as are the next ones but `reach`. */
  "stretch",
  "hazard",
  "clearance",
  "reach",
  /** 1 once a cluster was too large to be followed: the replica waits for a new pace. */
  "overflow",
  /** Moves in clusters beyond the first of each member in a step. */
  "moves",
] as const;

export const noOffender = 0xffffffff;

const search = [
  ["place", "read"],
  ["mass", "read"],
  ["id", "read"],
  ["cell_start", "read"],
  ["order", "read"],
  ["tables", "read"],
  ["best", "write"],
  ["progress", "read"],
] as const;

const rows = {
  brownian_step: {
    passes: [["main", "particles"]],
    buffers: [
      ["place", "write"],
      ["mass", "read"],
      ["id", "read"],
      ["rank", "write"],
      ["cell_count", "atomic"],
      ["counters", "atomic"],
      ["tables", "read"],
      ["best", "read"],
      ["progress", "read"],
    ],
  },
  cell_count: {
    passes: [["main", "particles"]],
    buffers: [
      ["place", "read"],
      ["mass", "read"],
      ["id", "read"],
      ["rank", "write"],
      ["cell_count", "atomic"],
      ["best", "write"],
      ["counters", "read"],
    ],
  },
  cell_scan: {
    passes: [
      ["sum_runs", "runs"],
      ["scan_runs", "workgroup"],
      ["spread_runs", "runs"],
    ],
    buffers: [
      ["cell_count", "write"],
      ["cell_start", "write"],
      ["run_start", "write"],
      ["counters", "write"],
    ],
  },
  cell_scatter: {
    passes: [["main", "particles"]],
    buffers: [
      ["place", "read"],
      ["mass", "read"],
      ["id", "read"],
      ["rank", "read"],
      ["cell_start", "read"],
      ["order", "write"],
    ],
  },
  compact: {
    passes: [
      ["gather_places", "particles"],
      ["settle_places", "particles"],
      ["gather_who", "particles"],
      ["settle_who", "particles"],
    ],
    buffers: [
      ["place", "write"],
      ["mass", "write"],
      ["id", "write"],
      ["order", "write"],
      ["events", "write"],
      ["counters", "read"],
    ],
  },
  pair_search: {
    passes: [["main", "particles"]],
    buffers: [...search, ["proposers", "write"], ["counters", "atomic"]],
  },
  merge_resolve: {
    passes: [["main", "workgroup"]],
    buffers: [...search, ["proposers", "read"], ["counters", "read"]],
  },
  pair_observe: {
    passes: [["main", "particles"]],
    buffers: [
      ["place", "read"],
      ["mass", "read"],
      ["id", "read"],
      ["cell_start", "read"],
      ["order", "read"],
      ["tables", "read"],
      ["best", "read"],
      ["counters", "read"],
      ["progress", "read"],
      ["pair_sums", "atomic", "PAIRS"],
    ],
  },
  fragment: {
    passes: [
      ["choose", "particles"],
      ["split", "particles"],
    ],
    buffers: [
      ["place", "write"],
      ["mass", "write"],
      ["id", "read"],
      ["best", "write"],
      ["next", "write"],
      ["events", "write"],
      ["counters", "atomic"],
      ["tables", "read"],
    ],
  },
  merge_apply: {
    passes: [["main", "workgroup"]],
    buffers: [
      ["place", "read"],
      ["mass", "write"],
      ["id", "read"],
      ["best", "read"],
      ["proposers", "read"],
      ["events", "write"],
      ["counters", "atomic"],
      ["tables", "read"],
      ["progress", "read"],
      ["next", "write", "FRAGMENTATION"],
    ],
  },
  cluster_find: {
    passes: [
      ["look", "particles"],
      ["choose", "runs"],
      ["gather", "device"],
    ],
    buffers: [
      ["place", "read"],
      ["id", "read"],
      ["cell_start", "read"],
      ["order", "read"],
      ["rank", "write"],
      ["best", "atomic"],
      ["proposers", "write"],
      ["counters", "atomic"],
      ["progress", "atomic"],
      ["mass", "read", "RADII"],
      ["tables", "read", "RADII"],
    ],
  },
  cluster_follow: {
    passes: [
      ["make_room", "workgroup"],
      ["follow", "device"],
    ],
    buffers: [
      ["place", "write"],
      ["mass", "write"],
      ["id", "read"],
      ["rank", "read"],
      ["proposers", "read"],
      ["events", "write"],
      ["counters", "atomic"],
      ["tables", "read"],
      ["progress", "atomic"],
      ["pair_sums", "atomic", "PAIRS"],
    ],
  },
  step_end: {
    passes: [["main", "replicas"]],
    buffers: [
      ["progress", "write"],
      ["counters", "write"],
    ],
  },
  observe_masses: {
    passes: [["main", "particles"]],
    buffers: [
      ["mass", "read"],
      ["id", "read"],
      ["mass_count", "atomic"],
    ],
  },
} as const satisfies Record<string, Omit<Stage, "name">>;

export type StageName = keyof typeof rows;

export const stages: Record<StageName, Stage> = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, { name, ...row }]),
) as unknown as Record<StageName, Stage>;

/** The buffers that a stage's shader with these flags is bound to, in order. */
export const buffersOf = ({ buffers }: Stage, flags: readonly string[]) =>
  buffers.filter(([, , flag]) => flag === undefined || flags.includes(flag));

const list: readonly StageName[] = ["cell_scan", "cell_scatter"];
const follow: readonly StageName[] = ["cluster_find", "brownian_step", "cluster_follow"];
const only = (wanted: boolean, ...names: StageName[]) => (wanted ? names : []);
const react = ({ pairs, splits }: Pick<StepOptions, "pairs" | "splits">): readonly StageName[] => [
  "pair_search",
  "merge_resolve",
  ...only(pairs, "pair_observe"),
  ...only(splits, "fragment"),
  "merge_apply",
];

/** What is done in a step besides. */
export interface StepOptions {
  /** The particles are moved together on the way; the event log must be empty before. */
  compact: boolean;
  /** Sums over pairs are wanted. */
  pairs: boolean;
  /** Particles split. */
  splits: boolean;
}

/** One step of the uniform engine, in order. */
export function uniformStep({ compact, ...options }: StepOptions): readonly StageName[] {
  return ["brownian_step", ...list, ...only(compact, "compact"), ...react(options)];
}

/**
 * One step of the multirate engine: replicas at a macro pace move their isolated and follow their clusters, the others move everybody
 * by a tick; `uniform`: there are such others, who then react as in a uniform step.
 */
export function multirateStep({
  uniform,
  compact,
  ...options
}: StepOptions & { uniform: boolean }): readonly StageName[] {
  return [
    "cell_count",
    ...list,
    ...only(compact, "compact"),
    ...follow,
    ...(uniform ? (["cell_count", ...list, ...react(options)] as const) : []),
    "step_end",
  ];
}
