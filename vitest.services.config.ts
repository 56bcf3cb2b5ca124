import { defineConfig } from "vitest/config";

/** Tests that need a Kafka broker and MinIO: `npm run test:services`. */
export default defineConfig({
  test: {
    include: ["tests/sink/**/*.test.ts"],
    globalSetup: ["tests/support/global-setup.ts", "tests/sink/global-setup.ts"],
    testTimeout: 600_000,
    hookTimeout: 1_800_000,
    pool: "forks",
    fileParallelism: false,
  },
});
