import { EMPTY, EVENT_TIME, FULL_REFRESH, SELECTION, SQLPARSE, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const run: CommandSpec = {
  name: "run",
  summary: "Build the models.",
  options: [...SELECTION, FULL_REFRESH, EMPTY, THREADS, ...EVENT_TIME, SQLPARSE],
  examples: [
    ["tsdbt run", "all models"],
    ["tsdbt run -s orders+ --full-refresh", "orders and all built on it, anew"],
    ["tsdbt run -s path:models/staging --threads 8", "one folder"],
  ],
  run: (context) => runSelected("run", context),
};
