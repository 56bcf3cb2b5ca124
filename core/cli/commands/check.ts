import { SELECTION } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const check: CommandSpec = {
  name: "check",
  summary:
    "Find columns and tables that no upstream has, joins of unlike types and refs nobody uses, without running anything.",
  options: [...SELECTION],
  examples: [
    ["tsdbt check", "every model"],
    ["tsdbt check -s state:modified+", "what a change touches"],
  ],
  run: async (context) => (await import("../check.ts")).checkProject(context),
};
