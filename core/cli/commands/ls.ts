import { LIST_SELECTION, list, RESOURCE_TYPES, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const ls: CommandSpec = {
  name: "list",
  aliases: ["ls"],
  summary: "List the resources of the project.",
  options: [
    ...LIST_SELECTION,
    ...RESOURCE_TYPES,
    value("output", "json|name|path|selector", "Form of the lines."),
    list("output-keys", "KEY", "The keys of --output json, e.g. name config.materialized."),
  ],
  examples: [
    ["tsdbt ls", "everything"],
    ["tsdbt ls -s +orders --resource-type model", "models that orders is built on"],
    ["tsdbt ls --output json --output-keys name depends_on", "as JSON lines"],
  ],
  run: async (context) => (await import("../list.ts")).listNodes(context),
};
