/**
 * From a shader file to the WGSL of a stage: resolves `#import name` (of shaders/shared) and `#if NAME`, and puts before it the parameters
 * and the bindings, which are made from the tables in `stages.ts` and `parameters.ts`.
 */
import { wgsl } from "wgsl-preprocessor/wgsl-preprocessor.js";
import { streams } from "../exact/streams.ts";
import { clusterCapacity } from "../model/pace.ts";
import { firstBin, hazardBits, sampleBits, separationBins, timeBits } from "../model/pairs.ts";
import type { System } from "../model/system.ts";
import { scanRun } from "../sizes.ts";
import { type Access, buffersOf, counters, noOffender, progressFields, type Stage } from "../stages.ts";
import type { OpenDevice } from "./device.ts";
import { parameterNames } from "./parameters.ts";
import { shaders } from "./shaders.generated.ts";

/** What changes the text of a shader; numbers of a run are parameters instead. */
export interface Variant {
  dimension: number;
  /** Of a coordinate inside clusters, and of the time elapsed in a macro-step; see `Multirate`. */
  fineWords: number;
  elapsedWords: number;
  /** Names that `#if` finds true. */
  flags: readonly string[];
}

/** The shaders that a system needs, on a device that is like this. */
export function variantOf(system: System, { inStep }: Pick<OpenDevice, "inStep">): Variant {
  const flags = [`RATE_${system.rate.form.toUpperCase()}`];
  if (system.replicas > 1) flags.push("REPLICAS");
  if (system.multirate !== null) flags.push("MULTIRATE");
  if (system.open) flags.push("OPEN");
  if (system.annihilation) flags.push("ANNIHILATION");
  if (system.pairs !== null) flags.push("PAIRS");
  if (system.radius !== null) flags.push("RADII");
  if (system.fragmentation !== null) flags.push("FRAGMENTATION");
  if (inStep) flags.push("IN_STEP");
  const { fineWords, elapsedWords } = system.multirate ?? { fineWords: 1, elapsedWords: 1 };
  return { dimension: system.dimension, fineWords, elapsedWords, flags };
}

/** Every name that `#if` may ask for. */
const flagNames = [
  "REPLICAS",
  "MULTIRATE",
  "OPEN",
  "ANNIHILATION",
  "PAIRS",
  "RADII",
  "FRAGMENTATION",
  "IN_STEP",
  "RATE_CONSTANT",
  "RATE_SUM",
  "RATE_PRODUCT",
  "RATE_TABLE",
  "RATE_CONTACT",
];

const elementType: Record<Access, string> = {
  read: "array<u32>",
  write: "array<u32>",
  atomic: "array<atomic<u32>>",
};

export function composeStage(stage: Stage, variant: Variant): string {
  return compose(shaders[stage.name], buffersOf(stage, variant.flags), variant);
}

/** The same for any text that follows the rules of a shader file, bound to these buffers from binding 1 on. */
export function compose(
  text: string,
  buffers: readonly (readonly [name: string, access: Access, ...unknown[]])[],
  variant: Variant,
): string {
  const bindings = buffers.map(
    ([name, access], k) =>
      `@group(0) @binding(${k + 1}) var<storage, ${access === "read" ? "read" : "read_write"}> ${name}: ${elementType[access]};`,
  );
  return [header(variant), ...bindings, conditional(withImports(text, new Set()), variant.flags)].join("\n");
}

function header({ dimension, fineWords, elapsedWords }: Variant): string {
  return [
    `struct Params {\n${parameterNames.map((name) => `  ${name}: u32,`).join("\n")}\n}`,
    "@group(0) @binding(0) var<uniform> params: Params;",
    "override workgroup_size: u32;",
    // Invocations of a workgroup that wait for each other.
    "override together: u32 = 256u;",
    `const dimension = ${dimension}u;`,
    `const fine_words = ${fineWords}u;`,
    `const elapsed_words = ${elapsedWords}u;`,
    `const scan_run = ${scanRun}u;`,
    `const no_offender = ${noOffender}u;`,
    ...Object.entries(streams).map(([name, stream]) => `const stream_${name} = ${stream}u;`),
    `const hazard_bits = ${hazardBits}u;`,
    `const time_bits = ${timeBits}u;`,
    `const sample_bits = ${sampleBits}u;`,
    `const first_bin = ${firstBin}u;`,
    `const separation_bins = ${separationBins}u;`,
    `const cluster_capacity = ${clusterCapacity}u;`,
    `const progress_stride = ${progressFields.length}u;`,
    ...progressFields.map((name, k) => `const progress_${name} = ${k}u;`),
    ...counters.map((name, k) => `const counter_${name} = ${k}u;`),
  ].join("\n");
}

/** A shader's text with every import before its first use, each once. */
function withImports(text: string, done: Set<string>): string {
  return text.replace(/^#import (\w+)$/gm, (_, name: string) => {
    const shared = shaders[`shared/${name}`];
    if (shared === undefined) throw new Error(`There is no shader shared/${name}.`);
    if (done.has(name)) return "";
    done.add(name);
    return withImports(shared, done);
  });
}

/** The preprocessor is a template tag: each condition becomes a value between two pieces of text. */
function conditional(text: string, flags: readonly string[]): string {
  const pieces: string[] = [];
  const values: boolean[] = [];
  let from = 0;
  for (const match of text.matchAll(/(#(?:if|elif) )(\w+)/g)) {
    if (!flagNames.includes(match[2])) throw new Error(`There is no shader flag ${match[2]}.`);
    pieces.push(text.slice(from, match.index + match[1].length));
    values.push(flags.includes(match[2]));
    from = match.index + match[0].length;
  }
  pieces.push(text.slice(from));
  return wgsl(pieces, ...values);
}
