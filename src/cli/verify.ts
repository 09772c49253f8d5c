import { Command, Option } from "commander";
import { openInNode } from "../gpu/device.ts";
import { makeSystem, type System } from "../model/system.ts";
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
      const open = await openInNode(adapter);
      try {
        const wanted = verifyCases.filter(({ name }) => names === undefined || names.includes(name));
        const title = `CPU reference against ${open.info.name}, workgroups of ${workgroupSize}`;
        const engines: BothEngines = {
          adapter: open.info.name,
          digests: (system) => compareEngines(system, open, { workgroupSize }),
          difference: (system) => findDifference(system, open, { workgroupSize }),
        };
        if (!(await verify(wanted, title, engines, json === true))) process.exitCode = 1;
      } finally {
        open.release();
      }
    });

export interface BothEngines {
  adapter: string;
  digests(system: System): Promise<{ cpu: string; gpu: string }>;
  difference(system: System): Promise<Difference | null>;
}

/** Compares until a case differs, and tells so; true if none does. */
export async function verify(
  cases: readonly VerifyCase[],
  title: string,
  { adapter, digests, difference }: BothEngines,
  json: boolean,
): Promise<boolean> {
  const progress = createProgress("verify");
  const done: { name: string; cpu: string; gpu: string }[] = [];
  const say = (line: string) => (json ? undefined : process.stdout.write(`${line}\n`));
  say(title);
  for (const { name, scenario } of cases) {
    progress.update(done.length / cases.length, name);
    const system = makeSystem(scenario);
    const { cpu, gpu } = await digests(system);
    done.push({ name, cpu, gpu });
    say(`${cpu === gpu ? "equal" : "DIFFER"}  cpu ${cpu.slice(0, 16)}  gpu ${gpu.slice(0, 16)}  ${name}`);
    if (cpu === gpu) continue;

    progress.done();
    const first = await difference(system);
    if (json) printJson({ equal: false, adapter, cases: done, difference: first });
    else console.error(`coagula: ${name}: ${describe(first)}`);
    return false;
  }
  progress.done();
  if (json) printJson({ equal: true, adapter, cases: done });
  else say(`${done.length} of ${done.length} cases equal.`);
  return true;
}

function describe(difference: Difference | null): string {
  if (difference === null)
    return "the digests differ, but step by step the particles do not: only the event logs, or the sums over pairs, do.";
  const { step, replica, particle, cpu, gpu } = difference;
  return `after step ${step} particle ${particle} of replica ${replica} is the first that differs: cpu has ${value(cpu)}, gpu has ${value(gpu)}.`;
}

const value = (state: ParticleState | null) =>
  state === null ? "nobody" : `mass ${state.mass} at [${state.place.join(", ")}]`;
