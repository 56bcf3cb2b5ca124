import {
  EMPTY,
  EVENT_TIME,
  FULL_REFRESH,
  RESOURCE_TYPES,
  SELECTION,
  SHOW,
  SQLPARSE,
  STORE_FAILURES,
  THREADS,
  toggle,
} from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const build: CommandSpec = {
  name: "build",
  summary: "Run all seeds, models, snapshots and tests in order of the graph.",
  options: [
    ...SELECTION,
    ...RESOURCE_TYPES,
    FULL_REFRESH,
    EMPTY,
    THREADS,
    STORE_FAILURES,
    SHOW,
    ...EVENT_TIME,
    SQLPARSE,
    toggle("export-saved-queries", "", { hidden: true }),
    toggle("include-saved-query", "", { hidden: true }),
  ],
  examples: [
    ["tsdbt build", "everything"],
    ["tsdbt build -s +orders", "orders and all it is built on, with their tests"],
    ["tsdbt build -s tag:nightly --exclude stg_events", "what has a tag, but not one of them"],
  ],
  run: (context) => runSelected("build", context),
};
