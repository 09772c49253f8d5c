/**
 * A device for one test file, and running a shader or a stage on it with buffers made by the test. Where there is no adapter it
 * throws: these tests are never skipped.
 */
import { afterAll } from "vitest";
import { compose, type Variant, variantOf } from "../../src/gpu/compose.ts";
import { type ParameterName, packParameters, parameterNames } from "../../src/gpu/parameters.ts";
import { type StagePipelines, stagePipelines } from "../../src/gpu/pipelines.ts";
import { makeGrid } from "../../src/grid.ts";
import type { System } from "../../src/model/system.ts";
import { scanRun, sizesOf, tablesOf } from "../../src/sizes.ts";
import {
  type Access,
  type BufferName,
  buffersOf,
  type Extent,
  buffers as lengths,
  mostEvents,
  type StageName,
  stages,
} from "../../src/stages.ts";
import { openForTests } from "./device.ts";

/** Buffers by name, in order of binding; `words` is what a buffer holds before. */
export type ShaderBuffers = Record<string, { access: Access; words: Uint32Array }>;
export type Parameters = Partial<Record<ParameterName, number>>;

export interface ShaderOptions {
  params?: Parameters;
  variant?: Partial<Variant>;
  /** Invocations of `main`; by default the length of the first buffer. */
  invocations?: number;
}

export interface StageOptions {
  /** Entries of the particle arrays in use; by default the length of the given `mass`, else all. */
  slots?: number;
  /** What differs from the parameters that the engine would give. */
  params?: Parameters;
  workgroupSize?: number;
  /** Dispatch over several rows of workgroups, each of this many. */
  groupsPerRow?: number;
  /** Whether the device is taken to run the invocations of a workgroup in step; false by default. */
  inStep?: boolean;
  /** Invocations that the device is taken to work on at a time; by default one for each slot. */
  atATime?: number;
}

// Of GPUBufferUsage and GPUMapMode, globals that Node lacks.
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 0x40, storage: 0x80 };

interface Resource {
  words: Uint32Array;
  access: Access | "uniform";
}

export class TestGpu {
  readonly device: GPUDevice;
  readonly #shaders = new Map<string, Promise<StagePipelines>>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /**
   * Runs `text`, which follows the rules of a shader file and has one entry point `main`, bound to these buffers in their order, and
   * returns the words of those it may write.
   */
  async runShader<const B extends ShaderBuffers>(
    text: string,
    buffers: B,
    { params = {}, variant, invocations }: ShaderOptions = {},
  ): Promise<Record<keyof B, Uint32Array>> {
    const bindings = Object.entries(buffers).map(([name, { access }]) => [name, access] as const);
    const code = compose(text, bindings, {
      dimension: 3,
      fineWords: 1,
      elapsedWords: 1,
      flags: ["RATE_CONSTANT"],
      ...variant,
    });
    const compiled = this.#shaders.get(code) ?? this.#compile(code, bindings);
    this.#shaders.set(code, compiled);
    const block = new Uint32Array(4 * Math.ceil(parameterNames.length / 4));
    setParameters(block, params);
    const n = invocations ?? Object.values(buffers)[0].words.length;
    return (await this.#play(await compiled, block, buffers, [groupsFor(n, 64)])) as Record<
      keyof B,
      Uint32Array
    >;
  }

  /**
   * Dispatches all passes of a stage once. Buffers that the test does not give are as long as the engine makes them, `tables` filled and
   * all others zero. Returns those that the stage may write.
   */
  async runStage(
    name: StageName,
    system: System,
    given: Partial<Record<BufferName, Uint32Array>>,
    options: StageOptions = {},
  ): Promise<Record<BufferName, Uint32Array>> {
    const stage = stages[name];
    const workgroupSize = options.workgroupSize ?? 64;
    const sizes = sizesOf(system);
    const slots = options.slots ?? given.mass?.length ?? sizes.slots;
    const grid = makeGrid(system.dimension, system.particles, system.reach);
    // In a multirate run nobody takes uniform steps unless the test says so.
    const uniformEvents = system.multirate === null ? mostEvents(slots, sizes.splits) : 0;
    const block = packParameters(system, slots, grid, uniformEvents);
    setParameters(block, options.params ?? {});
    const nCells = options.params?.n_cells ?? sizes.cells;

    const variant = variantOf(system, { inStep: options.inStep ?? false });
    const buffers = Object.fromEntries(
      buffersOf(stage, variant.flags).map(([buffer, access]) => {
        const otherwise = () =>
          buffer === "tables" ? allTables(system) : new Uint32Array(lengths[buffer](sizes));
        return [buffer, { access, words: given[buffer] ?? otherwise() }];
      }),
    );
    const invocations = {
      particles: slots,
      replicas: system.replicas,
      runs: Math.ceil(nCells / scanRun),
      workgroup: 1,
      device: options.atATime ?? slots,
    } satisfies Record<Extent, number>;
    const groups = stage.passes.map(([, extent]) =>
      groupsFor(invocations[extent], workgroupSize, options.groupsPerRow),
    );
    const compiled = await stagePipelines(this.device, stage, variant, workgroupSize);
    return (await this.#play(compiled, block, buffers, groups)) as Record<BufferName, Uint32Array>;
  }

  async #compile(code: string, bindings: (readonly [string, Access])[]): Promise<StagePipelines> {
    const { device } = this;
    const layout = device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: 4, buffer: { type: "uniform" } },
        ...bindings.map(([, access], k) => ({
          binding: k + 1,
          visibility: 4,
          buffer: { type: access === "read" ? "read-only-storage" : "storage" } as const,
        })),
      ],
    });
    const pipeline = await device.createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: {
        module: device.createShaderModule({ code }),
        entryPoint: "main",
        constants: { workgroup_size: 64 },
      },
    });
    return { layout, passes: [pipeline] };
  }

  /** Uploads, dispatches every pass, reads back what could be written. Rejects if anything on the way was not valid. */
  async #play(
    { layout, passes }: StagePipelines,
    block: Uint32Array,
    buffers: ShaderBuffers,
    groups: [number, number][],
  ): Promise<Record<string, Uint32Array>> {
    const { device } = this;
    device.pushErrorScope("validation");
    const resources: Resource[] = [{ words: block, access: "uniform" }, ...Object.values(buffers)];
    const storage = resources.map(({ words, access }) => {
      const purpose = access === "uniform" ? usage.uniform : usage.storage;
      const size = Math.max(16, words.byteLength);
      const buffer = device.createBuffer({ size, usage: purpose | usage.copySource | usage.copyTarget });
      device.queue.writeBuffer(buffer, 0, words.buffer as ArrayBuffer, words.byteOffset, words.byteLength);
      return buffer;
    });
    const bindings = device.createBindGroup({
      layout,
      entries: storage.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    passes.forEach((pipeline, k) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(...groups[k]);
    });
    pass.end();
    const staging = storage.map((buffer) => {
      const target = device.createBuffer({ size: buffer.size, usage: usage.mapRead | usage.copyTarget });
      encoder.copyBufferToBuffer(buffer, 0, target, 0, buffer.size);
      return target;
    });
    device.queue.submit([encoder.finish()]);
    const error = await device.popErrorScope();
    if (error !== null) throw new Error(error.message);
    const result: Record<string, Uint32Array> = {};
    for (const [k, [name, { access, words }]] of Object.entries(buffers).entries()) {
      if (access === "read") continue;
      const target = staging[k + 1];
      await target.mapAsync(usage.mapRead);
      result[name] = new Uint32Array(target.getMappedRange()).slice(0, words.length);
      target.unmap();
    }
    for (const buffer of [...storage, ...staging]) buffer.destroy();
    return result;
  }
}

/** Opens the device of a test file, to be called once at its top; it is released after the file's last test. */
export async function openTestGpu(): Promise<TestGpu> {
  const open = await openForTests();
  afterAll(() => open.release());
  return new TestGpu(open.device);
}

/** Every table as the engine lays them out in `tables`. */
export function allTables(system: System): Uint32Array {
  const tables = tablesOf(system).map(
    ([, table]) => new Uint32Array(table.buffer, table.byteOffset, table.length),
  );
  return Uint32Array.from(tables.flatMap((table) => Array.from(table)));
}

function setParameters(block: Uint32Array, params: Parameters): void {
  for (const [name, value] of Object.entries(params)) {
    block[parameterNames.indexOf(name as ParameterName)] = value;
  }
}

function groupsFor(invocations: number, workgroupSize: number, perRow = 65535): [number, number] {
  const groups = Math.max(1, Math.ceil(invocations / workgroupSize));
  const x = Math.min(groups, perRow);
  return [x, Math.ceil(groups / x)];
}
