import { flag, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const deps: CommandSpec = {
  name: "deps",
  summary: "Install the packages of packages.yml.",
  options: [
    flag("upgrade", "Look for newer versions."),
    flag("lock", "Only write package-lock.yml."),
    value("add-package", "NAME@VERSION", "Add a package to packages.yml."),
    value("source", "hub|git|local", "Where --add-package finds it."),
  ],
  examples: [
    ["tsdbt deps", "all packages"],
    ["tsdbt deps --upgrade", "the newest versions that suit"],
    ["tsdbt deps --add-package dbt-labs/dbt_utils@1.3.0", "one more"],
  ],
  run: async (context) => (await import("../project-commands.ts")).installPackages(context),
};
