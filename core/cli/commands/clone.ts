import { notYet } from "../not-yet.ts";
import { FULL_REFRESH, RESOURCE_TYPES, SELECTION, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const clone: CommandSpec = {
  name: "clone",
  summary: "Clone the nodes of --state (not yet).",
  options: [...SELECTION, ...RESOURCE_TYPES, FULL_REFRESH, THREADS],
  examples: [],
  run: notYet,
};
