import { flag } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const init: CommandSpec = {
  name: "init",
  summary: "Make a new project that builds at once.",
  arguments: [{ name: "project_name", help: "The folder and name of the project.", required: false }],
  options: [
    flag("skip-profile-setup", "Ask nothing about profiles.", { short: "s" }),
    flag("skip-debug", "", { hidden: true }),
  ],
  examples: [["tsdbt init shop && cd shop && tsdbt build", "a project on DuckDB"]],
  standalone: true,
  run: async (context) => (await import("../project-commands.ts")).initProject(context),
};
