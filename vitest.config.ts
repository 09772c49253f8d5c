import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    // Each worker that opens a software adapter uses every core already.
    maxWorkers: 2,
    // A first pipeline on a software adapter can take tens of seconds to compile.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: "tests", include: ["test/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          // The same shaders on our own adapter.
          name: "processor",
          include: ["exact", "stages", "engine"].map((folder) => `test/${folder}/**/*.test.ts`),
          env: { COAGULA_TEST_ADAPTER: "processor" },
        },
      },
    ],
  },
});
