import type { DataObject, Project, RuntimeConfig } from "./types.ts";
import { isObject } from "./yaml-file.ts";

/** Where `var()` of one package looks, first to last. */
export type VarLayers = readonly DataObject[];

/**
 * The layers that `var()` sees in a package: the command line's, then the root project's for this package, the root
 * project's global ones, and last the package's own. Compute once a package.
 * https://docs.getdbt.com/docs/build/project-variables#variable-precedence
 */
export function varLayers(
  config: Pick<RuntimeConfig, "cliVars" | "project" | "packages">,
  packageName: string,
): VarLayers {
  const layers = [config.cliVars, ...layersOf(config.project, packageName)];
  const own = config.packages.get(packageName);
  if (own && own.name !== config.project.name) layers.push(...layersOf(own, packageName));
  return layers;
}

/** The first layer's value of a name, `undefined` where none has it. */
export function lookupVar(layers: VarLayers, name: string): DataObject[string] | undefined {
  for (const layer of layers) if (Object.hasOwn(layer, name)) return layer[name];
  return undefined;
}

/** All that a package sees as one object, as dbt prints it when a var is missing. */
export function mergedVars(layers: VarLayers): DataObject {
  return Object.assign({}, ...[...layers].reverse()) as DataObject;
}

function layersOf(project: Project, packageName: string): DataObject[] {
  const own = project.vars[packageName];
  return isObject(own) ? [own, project.vars] : [project.vars];
}
