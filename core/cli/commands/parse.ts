import { flag, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const parse: CommandSpec = {
  name: "parse",
  summary: "Read the project and write target/manifest.json.",
  options: [THREADS, flag("check", "Warn of what `check` finds: columns that no upstream has and the like.")],
  examples: [
    ["tsdbt parse --no-partial-parse", "everything anew"],
    ["tsdbt parse --check", "and look for mistakes in the SQL of models"],
  ],
  run: async (context) => (await import("../tasks.ts")).parseOnly(context),
};
