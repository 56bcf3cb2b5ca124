import { SELECTION, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const lineage: CommandSpec = {
  name: "lineage",
  summary: "Show where columns come from and what they reach, read from the compiled SQL.",
  options: [
    value("column", "MODEL.COLUMN", "The column to follow, up to the sources and down to what is made of it."),
    ...SELECTION,
    value("format", "text|json", "Form of the output."),
  ],
  examples: [
    ["tsdbt lineage --column orders.amount", "what it is made of, and what is made of it"],
    ["tsdbt lineage -s orders", "each column of a model"],
    ["tsdbt --quiet lineage --column orders.amount --format json", "for other programs"],
  ],
  run: async (context) => (await import("../lineage.ts")).showLineage(context),
};
