import { flag, value } from "../options.ts";
import type { CommandSpec } from "../spec.ts";

export const deps: CommandSpec = {
  name: "deps",
  summary: "Install the packages of packages.yml.",
  options: [
    flag("upgrade", "Look for newer versions."),
    flag("lock", "Only write package-lock.yml."),
    value("add-package", "PACKAGE", "Add a package to packages.yml."),
    value("source", "hub|git|local", "Where --add-package finds it."),
  ],
  examples: [["tsdbt deps", "all packages"]],
  run: async (context) => (await import("../project-commands.ts")).installPackages(context),
};
