import { THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const parse: CommandSpec = {
  name: "parse",
  summary: "Read the project and write target/manifest.json.",
  options: [THREADS],
  examples: [["tsdbt parse --no-partial-parse", "everything anew"]],
  run: async (context) => (await import("../tasks.ts")).parseOnly(context),
};
