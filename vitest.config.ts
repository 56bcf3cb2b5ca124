import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/services/**", "tests/sink/**", "tests/athena/**", "tests/site/**", "**/node_modules/**"],
    globalSetup: ["tests/support/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    // most files wait for a child process: one processor left aside would stand idle
    maxWorkers: availableParallelism(),
  },
});
