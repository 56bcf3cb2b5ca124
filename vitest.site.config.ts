import { defineConfig } from "vitest/config";

/** The documentation site in a real browser: needs chromium, which `npm test` does not. */
export default defineConfig({
  test: {
    include: ["tests/site/**/*.test.ts"],
    globalSetup: ["tests/support/global-setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: "forks",
    // One browser at a time.
    fileParallelism: false,
  },
});
