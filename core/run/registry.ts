import type { Adapter } from "../../adapters/adapter.ts";
import type { RuntimeConfig } from "../../project/types.ts";
import { MacroRegistry } from "../context/macros.ts";
import { TsdbtError } from "../errors.ts";
import { type MacroDefinition, parseMacroFile } from "../jinja/index.ts";
import type { MacroResource, Manifest } from "../manifest/resources.ts";

/** The macros of a manifest, each parsed when it is first called. */
export function createRegistry(manifest: Manifest, config: RuntimeConfig, adapter: Adapter): MacroRegistry {
  const registry = new MacroRegistry({
    rootProject: config.project.name,
    internalPackages: [adapter.macroPackage, ...adapter.parentTypes.map((type) => `dbt_${type}`), "dbt"],
    adapterTypes: [adapter.type, ...adapter.parentTypes],
    dispatch: config.project.dispatch,
    packages: config.packages.keys(),
  });
  for (const resource of manifest.macros.values()) {
    let parsed: MacroDefinition | undefined;
    registry.add({
      resource,
      definition: () => {
        parsed ??= parse(resource);
        return parsed;
      },
    });
  }
  return registry;
}

function parse(resource: MacroResource): MacroDefinition {
  // Empty lines before it, so that errors tell the file's lines.
  const above = "\n".repeat(Math.max(0, (resource.$origin?.$line ?? 1) - 1));
  const [definition] = parseMacroFile(above + resource.macro_sql, resource.original_file_path);
  if (definition) return definition;
  const message = `The macro ${resource.name} has no code`;
  throw new TsdbtError("TD3061", "Internal Error", message, { file: resource.original_file_path });
}
