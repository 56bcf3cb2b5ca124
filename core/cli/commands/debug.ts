import { flag } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const debug: CommandSpec = {
  name: "debug",
  summary: "Show the configuration and try the connection.",
  options: [flag("config-dir", "Only show where profiles.yml is."), flag("connection", "Only try the connection.")],
  examples: [["tsdbt debug --target prod", "of another target"]],
  run: async (context) => (await import("../debug.ts")).debugProject(context),
};
