import { toggle } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const clean: CommandSpec = {
  name: "clean",
  summary: "Delete the folders of clean-targets.",
  options: [toggle("clean-project-files-only", "Refuse folders outside the project.")],
  examples: [["tsdbt clean", "usually target/ and dbt_packages/"]],
  run: async (context) => (await import("../project-commands.ts")).cleanProject(context),
};
