import type { FilterFunction } from "./define.ts";
import { htmlFilters } from "./html.ts";
import { sequenceFilters } from "./sequences.ts";
import { stringFilters } from "./strings.ts";
import { valueFilters } from "./values.ts";

/** All filters of Jinja2 by name. */
export const builtinFilters: ReadonlyMap<string, FilterFunction> = new Map(
  Object.entries({ ...stringFilters, ...sequenceFilters, ...valueFilters, ...htmlFilters }),
);
