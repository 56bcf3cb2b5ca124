import type { TsdbtError } from "../../errors.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import type { Node, ResourceType } from "../../manifest/resources.ts";
import type { Dict } from "../config/index.ts";
import { applyConfig } from "../nodes.ts";
import { renderHooks } from "../sql-files.ts";
import type { ParseState } from "../state.ts";
import type { UnparsedColumn } from "./columns.ts";
import type { Entry } from "./entries.ts";
import { type Shape, ShapeProblem } from "./shape.ts";

/** What a properties file says of one node. */
export interface NodePatch {
  entry: Entry;
  name: string;
  description: string;
  columns: UnparsedColumn[];
  /** With what stands beside `config` for old times' sake moved into it. */
  config: Dict;
  unrenderedConfig?: Dict | undefined;
}

const MOVED = ["meta", "docs", "group", "contract", "access"];

/** The entry's `config`, with `meta:` and its like from beside it. @throws ShapeProblem when they stand in both places */
export function readConfig(entry: Entry): Dict {
  const { shape, schema } = entry;
  const config: Dict = { ...shape.dict("config") };
  for (const key of MOVED) {
    if (!shape.has(key)) continue;
    if (key in config) {
      throw schema.error(
        "TD4220",
        "Parsing Error",
        `In ${schema.file.path}: found ${key} dictionary in 'config' dictionary and as top-level key.\n` +
          "Remove the top-level key and define it under 'config' dictionary only.",
        [...shape.path, key],
        { on: "key" },
      );
    }
    config[key] = shape.raw(key);
  }
  return config;
}

const PLURALS: { [type: string]: string } = { analysis: "analyses" };
const TYPES: { [key: string]: ResourceType } = {
  models: "model",
  seeds: "seed",
  snapshots: "snapshot",
  analyses: "analysis",
  functions: "function",
};

export function plural(resourceType: string): string {
  return PLURALS[resourceType] ?? `${resourceType}s`;
}

/**
 * The nodes an entry speaks of: one that is in the graph, or disabled ones. Warns and answers none when there is
 * nothing of the name, or it is of another kind.
 */
export function nodesForPatch(state: ParseState, entry: Entry, patch: NodePatch): Node[] {
  const { lookups, manifest, warnings } = state;
  const { key, schema } = entry;
  const file = schema.file.path;
  const packageName = schema.file.packageName;
  let id: string | null;
  if (key === "analyses") id = lookups.analysisId(patch.name);
  else if (key === "functions") id = lookups.functionId(patch.name, null);
  else {
    id = lookups.refId(patch.name, packageName, null) ?? lookups.refId(patch.name, null, null);
    const type = id?.slice(0, id.indexOf("."));
    if (type !== undefined && plural(type) !== key) {
      warnings.warn(
        "WrongResourceSchemaFile",
        "I057",
        `'${patch.name}' is a ${type} node, but it is specified in the ${key} section of ${file}. To fix this error, ` +
          `place the \`${patch.name}\` specification under the ${plural(type)} key instead.`,
        {
          patch_name: patch.name,
          resource_type: type,
          plural_resource_type: plural(type),
          yaml_key: key,
          file_path: file,
        },
      );
      return [];
    }
  }
  if (id !== null) {
    const node = key === "functions" ? manifest.functions.get(id) : manifest.nodes.get(id);
    return node ? [node] : [];
  }
  const disabled = lookups.findDisabled(patch.name, packageName, null, [TYPES[key]!]) as Node[] | undefined;
  if (!disabled) {
    warnMissing(state, patch.name, key, file);
    return [];
  }
  if (disabled.length > 1 && patch.config.enabled) throw severalDisabled(entry, disabled, patch.name);
  return disabled;
}

export function warnMissing(state: ParseState, name: string, key: string, file: string): void {
  const near = didYouMean(name, state.lookups.refNames());
  const message = `Did not find matching node for patch with name '${name}' in the '${key}' section of file '${file}'`;
  state.warnings.warn("NoNodeForYamlKey", "I058", near ? `${message} (${near})` : message, {
    patch_name: name,
    yaml_key: key,
    file_path: file,
  });
}

export function severalDisabled(entry: Entry, nodes: Node[], name: string): TsdbtError {
  const type = nodes[0]!.unique_id.split(".")[0];
  return entry.schema.error(
    "TD4221",
    "Parsing Error",
    `Found ${nodes.length} matching disabled nodes for ${type} '${name}'. Multiple nodes for the same unique id cannot ` +
      "be enabled in the schema file. They must be enabled in `dbt_project.yml` or in the sql files.",
    entry.shape.path,
  );
}

/** Config, then properties. @throws TsdbtError when another file has described the node already */
export function patchNode(state: ParseState, node: Node, patch: NodePatch): void {
  const isActive = state.manifest.nodes.get(node.unique_id) === node;
  if (node.patch_path !== null && isActive) throw twicePatched(patch, node.patch_path);
  if (Object.keys(patch.config).length > 0) patchConfig(state, node, patch);
  patchProperties(node, patch);
}

export function patchConfig(state: ParseState, node: Node, patch: NodePatch): void {
  const { entry } = patch;
  const access = patch.config.access;
  if (access !== undefined && !["private", "protected", "public"].includes(access as string)) {
    const path = [...entry.shape.path, ...("access" in entry.shape.data ? ["access"] : ["config", "access"])];
    throw entry.schema.error(
      "TD4222",
      "Parsing Error",
      `Node ${node.unique_id} has an invalid value (${String(access)}) for the access field`,
      path,
      { hint: "access is private, protected or public" },
    );
  }
  try {
    const input = {
      patch: patch.config,
      ...(patch.unrenderedConfig ? { unrenderedPatch: patch.unrenderedConfig } : {}),
    };
    applyConfig(state, node, input);
  } catch (error) {
    throw placedInConfig(patch, error);
  }
  renderHooks(state, node);
}

export function patchProperties(node: Node, patch: NodePatch): void {
  node.patch_path = patch.entry.schema.id;
  node.description = patch.description;
  node.columns = {};
  for (const column of patch.columns) node.columns[column.name] = column.info;
  node.name = patch.name;
  node.$origin = { ...node.$origin, $root: patch.entry.schema.id, $path: [...patch.entry.shape.path] };
}

/** A wrong value in a config is shown where the properties file has it, if it is there. */
function placedInConfig(patch: NodePatch, error: unknown): unknown {
  const key =
    /at path \['([^']+)'/.exec((error as Error).message)?.[1] ?? /Field "(\w+)"/.exec((error as Error).message)?.[1];
  if (key === undefined || !(key in patch.config)) return error;
  const { entry } = patch;
  const path = [...entry.shape.path, ...(key in entry.shape.data ? [key] : ["config", key])];
  const problem = error as TsdbtError;
  problem.details = { ...problem.details, ...entry.schema.place(path) };
  return problem;
}

export function twicePatched(patch: NodePatch, patchPath: string): TsdbtError {
  const { entry } = patch;
  const file = entry.schema.file.path;
  const other = patchPath.slice(patchPath.indexOf("://") + 3);
  const fix =
    other === file
      ? `remove one of the resource entries for ${patch.name} in this file:\n - ${file}\n`
      : `remove the resource entry for ${patch.name} in one of these files:\n - ${file}\n${other}`;
  return entry.schema.error(
    "TD4604",
    "Compilation Error",
    `dbt found two schema.yml entries for the same resource named ${patch.name}. Resources and their associated columns ` +
      `may only be described a single time. To fix this, ${fix}`,
    [...entry.shape.path, "name"],
  );
}

/** The text of a name that must be text. */
export function nameOf(shape: Shape): string {
  const name = shape.required("name");
  if (name === "") throw new ShapeProblem("'name' should be non-empty", [...shape.path, "name"]);
  return name;
}
