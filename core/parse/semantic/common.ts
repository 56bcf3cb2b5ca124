import type { Data } from "../../jinja/index.ts";
import type { SemanticResource } from "../../manifest/resources.ts";
import { addDisabled } from "../add.ts";
import { ConfigProblem, type Dict, isDict } from "../config/index.ts";
import { duplicateResource } from "../duplicates.ts";
import { fqnPrefix } from "../paths.ts";
import type { Entry } from "../schema/entries.ts";
import { Shape } from "../schema/shape.ts";
import type { ParseState } from "../state.ts";

/** A filter: one condition, or several that all must hold. */
export function whereFilter(shape: Shape, key: string): Data {
  const value = shape.raw(key);
  if (value === undefined || value === null) return null;
  const list = typeof value === "string" ? [value] : value;
  if (!Array.isArray(list) || list.some((item) => typeof item !== "string")) throw shape.notAny(key, value);
  return { where_filters: list.map((where_sql_template) => ({ where_sql_template })) };
}

/** Each mapping of a list through a function; nothing where the key is missing. */
export function each<T>(shape: Shape, key: string, read: (item: Shape) => T): T[] {
  return shape.has(key) ? shape.shapes(key).map(read) : [];
}

/** A mapping below a key, `null` where there is none. */
export function below(shape: Shape, key: string): Shape | null {
  const value = shape.optionalDict(key);
  return value === null ? null : new Shape(value, [...shape.path, key]);
}

/** `config.meta` of a part, over the meta of what it belongs to. */
export function partConfig(config: Dict | undefined, base: Dict = {}): { meta: Dict } {
  return { meta: { ...base, ...(isDict(config?.meta) ? config.meta : {}) } };
}

/** Where a resource of the semantic layer stands, and its config with that of dbt_project.yml. */
export interface Placed {
  base: Dict;
  config: Dict;
}

export function placed(
  state: ParseState,
  entry: Entry,
  type: "metric" | "semantic_model" | "saved_query",
  name: string,
  patch: Dict,
): Placed {
  const { schema, shape } = entry;
  const { packageName, path, relativePath } = schema.file;
  const fqn = [...fqnPrefix(packageName, relativePath), name];
  const request = { resourceType: type, fqn, packageName, patch };
  let config: Dict;
  try {
    config = state.configs.rendered(request) as Dict;
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw schema.error("TD4260", "Parsing Error", error.text, [...shape.path, "config", ...error.path]);
  }
  const base = {
    name,
    resource_type: type,
    package_name: packageName,
    path: relativePath,
    original_file_path: path,
    unique_id: `${type}.${packageName}.${name}`,
    fqn,
    metadata: null,
    config,
    unrendered_config: state.configs.unrendered(request),
    group: config.group ?? null,
    depends_on: { macros: [], nodes: [] },
    refs: [],
    created_at: state.createdAt,
    $origin: { $root: schema.id, $path: [...shape.path] },
  };
  return { base, config };
}

/** Takes a resource in: among the enabled ones or the disabled. @throws TsdbtError for a name used twice */
export function keep(
  state: ParseState,
  table: "metrics" | "semantic_models" | "saved_queries",
  resource: SemanticResource,
): void {
  if ((resource.config as { enabled?: boolean }).enabled === false) {
    addDisabled(state, resource);
    return;
  }
  const known = state.manifest[table].get(resource.unique_id);
  if (known) throw duplicateResource(state, resource, known);
  state.manifest[table].set(resource.unique_id, resource);
}
