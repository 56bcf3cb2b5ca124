import { notYet } from "../not-yet.ts";
import { FULL_REFRESH, SQLPARSE, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const retry: CommandSpec = {
  name: "retry",
  summary: "Run again what failed last time (not yet).",
  options: [FULL_REFRESH, THREADS, SQLPARSE],
  examples: [],
  run: notYet,
};
