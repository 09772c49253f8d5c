import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    // Each worker that opens a software adapter uses every core already.
    maxWorkers: 2,
    // A first pipeline on a software adapter can take tens of seconds to compile.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
