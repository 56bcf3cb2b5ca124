import { FULL_REFRESH, SQLPARSE, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const retry: CommandSpec = {
  name: "retry",
  summary: "Do again what failed or was skipped in the last run.",
  options: [FULL_REFRESH, THREADS, SQLPARSE],
  examples: [
    ["tsdbt retry", "what target/run_results.json says"],
    ["tsdbt retry --state prod_artifacts", "what another run's artifacts say"],
  ],
  run: async (context) => (await import("../retry.ts")).retry(context),
};
