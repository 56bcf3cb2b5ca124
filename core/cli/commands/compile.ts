import {
  EMPTY,
  FULL_REFRESH,
  INLINE,
  INTROSPECT,
  OUTPUT_TEXT,
  SELECTION,
  SQLPARSE,
  THREADS,
  toggle,
} from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const compile: CommandSpec = {
  name: "compile",
  summary: "Write the SQL of models, tests and analyses to target/compiled without running it.",
  options: [
    ...SELECTION,
    INLINE,
    OUTPUT_TEXT,
    INTROSPECT,
    FULL_REFRESH,
    EMPTY,
    THREADS,
    toggle("inject-ephemeral-ctes", "Put ephemeral models into the SQL."),
    SQLPARSE,
  ],
  examples: [
    ["tsdbt compile -s orders", "shows the SQL of one model"],
    ["tsdbt compile --inline \"select * from {{ ref('orders') }}\"", "shows the SQL of a line"],
  ],
  run: (context) => runSelected("compile", context),
};
