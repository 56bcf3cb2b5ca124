import {
  FULL_REFRESH,
  INLINE,
  INTROSPECT,
  LIMIT,
  OUTPUT_TEXT,
  SELECTION,
  SQLPARSE,
  THREADS,
  value,
} from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const show: CommandSpec = {
  name: "show",
  summary: "Run a query and show its first rows.",
  options: [
    ...SELECTION,
    INLINE,
    value("inline-direct", "SQL", "SQL to run as it is, without Jinja."),
    LIMIT,
    OUTPUT_TEXT,
    INTROSPECT,
    FULL_REFRESH,
    THREADS,
    SQLPARSE,
  ],
  examples: [
    ["tsdbt show -s orders --limit 10", "ten rows of a model"],
    ["tsdbt show --inline \"select count(*) from {{ ref('orders') }}\"", "rows of a query"],
    ["tsdbt show -s orders --output json", "as JSON"],
  ],
  run: (context) => runSelected("show", context),
};
