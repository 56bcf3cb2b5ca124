import { THREADS, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const runOperation: CommandSpec = {
  name: "run-operation",
  summary: "Call a macro.",
  arguments: [{ name: "macro", help: "The macro's name, or package.name.", required: false }],
  options: [
    value("args", "YAML", "The macro's arguments by name, e.g. '{days: 3}'."),
    value("sql", "SQL", "Jinja SQL to run instead of a macro."),
    THREADS,
  ],
  examples: [["tsdbt run-operation grant_select --args '{role: reporter}'", "with an argument"]],
  run: async (context) => (await import("../tasks.ts")).runMacro(context),
};
