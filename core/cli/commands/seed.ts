import { EMPTY, FULL_REFRESH, SELECTION, SHOW, SQLPARSE, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const seed: CommandSpec = {
  name: "seed",
  summary: "Load the CSV files.",
  options: [...SELECTION, FULL_REFRESH, EMPTY, SHOW, THREADS, SQLPARSE],
  examples: [
    ["tsdbt seed", "all seeds"],
    ["tsdbt seed -s coins --full-refresh", "one of them, its table made anew"],
  ],
  run: (context) => runSelected("seed", context),
};
