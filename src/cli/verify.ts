import { Command, Option } from "commander";
import { UserError } from "../errors.ts";
import { type OpenDevice, openDevice } from "../gpu/device.ts";
import { makeSystem } from "../model/system.ts";
import { createProgress } from "../report/progress.ts";
import { type VerifyCase, verifyCases } from "../verify/cases.ts";
import { compareEngines, type Difference, findDifference, type ParticleState } from "../verify/compare.ts";
import { adapterOption, jsonOption, parseNumber, printJson } from "./options.ts";

interface VerifyOptions {
  adapter?: string;
  case?: string[];
  workgroupSize: number;
  json?: boolean;
}

export const verifyCommand = () =>
  new Command("verify")
    .description("run both engines on a list of cases and compare their digests")
    .addOption(adapterOption())
    .addOption(
      new Option("--case <names...>", "only these cases").choices(verifyCases.map(({ name }) => name)),
    )
    .option(
      "--workgroup-size <n>",
      "invocations of a workgroup",
      parseNumber("an integer from 1 to 256", (x) => Number.isInteger(x) && x >= 1 && x <= 256),
      64,
    )
    .addOption(jsonOption())
    .action(async ({ adapter, case: names, workgroupSize, json }: VerifyOptions) => {
      const open = await openDevice(adapter);
      if (open === null) {
        throw new UserError(
          "verify compares the GPU with the CPU, but there is no WebGPU adapter; coagula doctor tells how to get one.",
        );
      }
      try {
        const wanted = verifyCases.filter(({ name }) => names === undefined || names.includes(name));
        await verify(wanted, open, workgroupSize, json === true);
      } finally {
        open.release();
      }
    });

async function verify(
  cases: VerifyCase[],
  open: OpenDevice,
  workgroupSize: number,
  json: boolean,
): Promise<void> {
  const progress = createProgress("verify");
  const done: { name: string; cpu: string; gpu: string }[] = [];
  const say = (line: string) => (json ? undefined : process.stdout.write(`${line}\n`));
  say(`CPU reference against ${open.info.name}, workgroups of ${workgroupSize}`);
  for (const { name, scenario } of cases) {
    progress.update(done.length / cases.length, name);
    const system = makeSystem(scenario);
    const { cpu, gpu } = await compareEngines(system, open, { workgroupSize });
    done.push({ name, cpu, gpu });
    say(`${cpu === gpu ? "equal" : "DIFFER"}  cpu ${cpu.slice(0, 16)}  gpu ${gpu.slice(0, 16)}  ${name}`);
    if (cpu === gpu) continue;

    progress.done();
    const difference = await findDifference(system, open, { workgroupSize });
    process.exitCode = 1;
    if (json) return void printJson({ equal: false, adapter: open.info.name, cases: done, difference });
    console.error(`coagula: ${name}: ${describe(difference)}`);
    return;
  }
  progress.done();
  if (json) printJson({ equal: true, adapter: open.info.name, cases: done });
  else say(`${done.length} of ${done.length} cases equal.`);
}

function describe(difference: Difference | null): string {
  if (difference === null)
    return "the digests differ, but step by step the particles do not: only the event logs do.";
  const { step, replica, particle, cpu, gpu } = difference;
  return `after step ${step} particle ${particle} of replica ${replica} is the first that differs: cpu has ${value(cpu)}, gpu has ${value(gpu)}.`;
}

const value = (state: ParticleState | null) =>
  state === null ? "nobody" : `mass ${state.mass} at [${state.place.join(", ")}]`;
