import { Command } from "commander";
import { listAdapters, openInNode } from "../gpu/device.ts";
import { makeSystem } from "../model/system.ts";
import { largestParticles } from "../sizes.ts";
import { verifyCases } from "../verify/cases.ts";
import { compareEngines } from "../verify/compare.ts";
import { commit, version } from "../version.generated.ts";
import { adapterOption, jsonOption, printJson } from "./options.ts";

const howToGetAGpu =
  "This adapter runs the shaders on the processor: right, but slower than a GPU, which needs its vendor's Vulkan driver (NVIDIA's also libvulkan1, libx11-6 and libxext6, without a screen too).";

/** A case of `coagula verify` that takes a moment and reacts a good deal. */
const selfTestCase = verifyCases.find(({ name }) => name === "1000 particles")!;

/** The limits that decide how large a system can be. */
const shownLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
] as const;

export const doctorCommand = () =>
  new Command("doctor")
    .description("tell which adapters there are, what the best one can do, and what is missing")
    .addOption(adapterOption())
    .addOption(jsonOption())
    .action(async ({ adapter: wanted, json }: { adapter?: string; json?: boolean }) => {
      const report = await examine(wanted);
      if (json) printJson(report);
      else process.stdout.write(`${asText(report)}\n`);
      if (!report.ok) process.exitCode = 1;
    });

type Report = Awaited<ReturnType<typeof examine>>;

async function examine(wanted: string | undefined) {
  const adapters = await listAdapters();
  const open = await openInNode(wanted);
  const host = {
    version,
    commit,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    adapters,
  };
  try {
    const { limits } = open.device;
    const selfTest = await compareEngines(makeSystem(selfTestCase.scenario), open);
    const equal = selfTest.cpu === selfTest.gpu;
    return {
      ok: equal,
      ...host,
      adapter: open.info,
      limits: Object.fromEntries(shownLimits.map((name) => [name, limits[name]])),
      features: [...open.features].sort(),
      largestParticles: Object.fromEntries(
        [2, 3, 4, 5].map((dimension) => [dimension, largestParticles(dimension, limits)]),
      ),
      selfTest: { equal, ...selfTest },
      missing: open.info.software ? ["a hardware GPU with a Vulkan driver"] : [],
      advice: open.info.software ? howToGetAGpu : "Nothing is missing.",
    };
  } finally {
    open.release();
  }
}

function asText(report: Report): string {
  const { name, driver, software } = report.adapter;
  const lines = [
    `coagula ${report.version}${report.commit === null ? "" : ` (${report.commit})`}, Node ${report.node}, ${report.platform}`,
    `adapters: ${report.adapters.join("; ")}`,
    `best:     ${name}, ${software ? "software" : "hardware"}`,
    `driver:   ${driver}`,
    `features: ${report.features.join(", ")}`,
    ...Object.entries(report.limits).map(([limit, value]) => `limit:    ${limit} ${value}`),
    `largest:  ${report.largestParticles[3]} particles in 3 dimensions, ${report.largestParticles[2]} in 2 (N times replicas)`,
    `test:     ${report.selfTest.equal ? "GPU and CPU reference agree" : "GPU AND CPU REFERENCE DISAGREE; run coagula verify"}`,
    `missing:  ${report.missing.join(", ") || "nothing"}`,
    report.advice,
  ];
  return lines.join("\n");
}
