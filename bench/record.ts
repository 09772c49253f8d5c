/** What a benchmark ran on: a number without it cannot be compared with another. */
import { cpus, release } from "node:os";
import { commit, version } from "../src/version.generated.ts";
import type { Contender } from "./contenders.ts";

export function recordOf(contenders: readonly Contender[]) {
  return {
    date: new Date().toISOString(),
    version,
    commit,
    node: process.version,
    system: `${process.platform} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    adapters: contenders.flatMap(({ open }) => (open === null ? [] : [open.info])),
  };
}
