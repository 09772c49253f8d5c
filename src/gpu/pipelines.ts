/** Pipelines of stages, made once for each device, text and workgroup size. */
import { buffersOf, type Stage } from "../stages.ts";
import { composeStage, type Variant } from "./compose.ts";

export interface StagePipelines {
  layout: GPUBindGroupLayout;
  /** One for each pass of the stage, in order. */
  passes: GPUComputePipeline[];
}

const made = new WeakMap<GPUDevice, Map<string, Promise<StagePipelines>>>();

/** Rejects with the compiler's message, the stage's name and the line if the shader is not valid. */
export function stagePipelines(
  device: GPUDevice,
  stage: Stage,
  variant: Variant,
  workgroupSize: number,
): Promise<StagePipelines> {
  const cache = made.get(device) ?? new Map<string, Promise<StagePipelines>>();
  made.set(device, cache);
  const code = composeStage(stage, variant);
  const key = `${workgroupSize}\n${code}`;
  const buffers = buffersOf(stage, variant.flags);
  const found = cache.get(key) ?? compile(device, { ...stage, buffers }, code, workgroupSize);
  cache.set(key, found);
  return found;
}

async function compile(
  device: GPUDevice,
  stage: Stage,
  code: string,
  workgroupSize: number,
): Promise<StagePipelines> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: stage.name, code });
  const { messages } = await module.getCompilationInfo();
  const error = messages.find(({ type }) => type === "error");
  await device.popErrorScope();
  if (error !== undefined) {
    const line = code.split("\n")[error.lineNum - 1];
    throw new Error(`${stage.name}.wgsl, composed line ${error.lineNum}: ${error.message}\n${line}`);
  }
  const layout = device.createBindGroupLayout({
    label: stage.name,
    entries: [
      { binding: 0, visibility: 4, buffer: { type: "uniform" } },
      ...stage.buffers.map(([, access], k) => ({
        binding: k + 1,
        visibility: 4, // GPUShaderStage.COMPUTE, whose global Node lacks
        buffer: { type: access === "read" ? "read-only-storage" : "storage" } as const,
      })),
    ],
  });
  const passes = await Promise.all(
    stage.passes.map(([entryPoint]) =>
      device.createComputePipelineAsync({
        label: `${stage.name}.${entryPoint}`,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint, constants: { workgroup_size: workgroupSize } },
      }),
    ),
  );
  return { layout, passes };
}
