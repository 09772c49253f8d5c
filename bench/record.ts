/** What a benchmark ran on: a number without it cannot be compared with another. */
import { cpus, release } from "node:os";
import type { OpenDevice } from "../src/gpu/device.ts";
import { commit, version } from "../src/version.generated.ts";

export function recordOf(open: OpenDevice | null) {
  return {
    date: new Date().toISOString(),
    version,
    commit,
    node: process.version,
    system: `${process.platform} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    adapter: open?.info.name ?? null,
    driver: open?.info.driver ?? null,
    software: open?.info.software ?? null,
  };
}
