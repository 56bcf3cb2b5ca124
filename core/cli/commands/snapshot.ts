import { EMPTY, SELECTION, SQLPARSE, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const snapshot: CommandSpec = {
  name: "snapshot",
  summary: "Record what changed since the last snapshot.",
  options: [...SELECTION, EMPTY, THREADS, SQLPARSE],
  examples: [["tsdbt snapshot -s latest_prices", "one snapshot"]],
  run: (context) => runSelected("snapshot", context),
};
