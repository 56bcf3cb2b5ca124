import { FULL_REFRESH, RESOURCE_TYPES, SELECTION, THREADS } from "../options.ts";
import type { CommandSpec } from "../spec.ts";
import { runSelected } from "../tasks.ts";

export const clone: CommandSpec = {
  name: "clone",
  summary: "Make the nodes of --state here, as copies that cost nothing or as views of them.",
  options: [...SELECTION, ...RESOURCE_TYPES, FULL_REFRESH, THREADS],
  examples: [
    ["tsdbt clone --state prod_artifacts", "every model, seed and snapshot"],
    ["tsdbt clone -s orders --state prod_artifacts --full-refresh", "one of them, though it is there"],
  ],
  run: (context) => runSelected("clone", context),
};
