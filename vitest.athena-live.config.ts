import { defineConfig } from "vitest/config";

/** The project with every option, built on AWS. */
export default defineConfig({
  test: {
    include: ["tests/athena/options.test.ts"],
    globalSetup: ["tests/support/global-setup.ts"],
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
  },
});
