import { defineConfig } from "vitest/config";

/** Tests on the stand-in for Athena, which one of them starts for all. */
export default defineConfig({
  test: {
    include: ["tests/athena/**/*.test.ts"],
    globalSetup: ["tests/support/global-setup.ts", "tests/athena/global-setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    pool: "forks",
    fileParallelism: false,
  },
});
