import { TsdbtError } from "../../errors.ts";
import type { Data } from "../../jinja/index.ts";
import type { SemanticResource } from "../../manifest/resources.ts";
import { addDisabled } from "../add.ts";
import { ConfigProblem, isDict } from "../config/index.ts";
import { duplicateResource } from "../duplicates.ts";
import { fqnPrefix } from "../paths.ts";
import type { ParseState } from "../state.ts";
import { type Entry, readingEntry } from "./entries.ts";

const KINDS = {
  metrics: "metric",
  semantic_models: "semantic_model",
  saved_queries: "saved_query",
} as const;

/**
 * Keeps a metric, semantic model or saved query as it is written, with what every resource has. What they mean is not
 * looked into, but the model a semantic model stands on is known.
 */
export function addSemantic(state: ParseState, entry: Entry, key: keyof typeof KINDS): void {
  const type = KINDS[key];
  const resource = readingEntry(entry, () => readSemantic(state, entry, type));
  const target = state.manifest[key];
  if ((resource.config as { enabled?: boolean }).enabled === false) {
    addDisabled(state, resource);
    return;
  }
  const known = target.get(resource.unique_id);
  if (known) throw duplicateResource(state, resource, known);
  target.set(resource.unique_id, resource);
}

function readSemantic(state: ParseState, entry: Entry, type: (typeof KINDS)[keyof typeof KINDS]): SemanticResource {
  const { shape, schema } = entry;
  const { packageName, path, relativePath } = schema.file;
  const name = shape.required("name");
  const fqn = [...fqnPrefix(packageName, relativePath), name];
  const given = shape.dict("config");
  const patch = { ...given };
  for (const moved of ["meta", "tags", "group"])
    if (shape.has(moved) && !(moved in patch)) patch[moved] = shape.raw(moved);
  const request = { resourceType: type, fqn, packageName, patch };
  let config: { [key: string]: unknown };
  try {
    config = state.configs.rendered(request);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    throw schema.error("TD4260", "Parsing Error", error.text, [...shape.path, "config", ...error.path]);
  }
  const resource = {
    ...(shape.data as { [key: string]: Data }),
    name,
    resource_type: type,
    package_name: packageName,
    path: relativePath,
    original_file_path: path,
    unique_id: `${type}.${packageName}.${name}`,
    fqn,
    description: shape.optionalString("description") ?? (type === "metric" ? "" : null),
    label: shape.optionalString("label"),
    config: config as Data,
    unrendered_config: state.configs.unrendered(request) as Data,
    group: (config.group ?? null) as Data,
    created_at: state.createdAt,
    depends_on: { macros: [], nodes: [] } as unknown as Data,
    refs: [] as Data,
    $origin: { $root: schema.id, $path: [...shape.path] } as unknown as Data,
  } as unknown as SemanticResource;
  if (type === "metric") {
    resource.metrics = [];
    resource.tags = (config.tags ?? []) as Data;
    resource.meta = (config.meta ?? {}) as Data;
    resource.sources = [];
  }
  if (type === "saved_query") {
    resource.tags = (config.tags ?? []) as Data;
    resource.query_params = (isDict(shape.raw("query_params")) ? shape.raw("query_params") : {}) as Data;
    resource.exports = (shape.raw("exports") ?? []) as Data;
  }
  if (type === "semantic_model") {
    const model = shape.required("model");
    try {
      const ref = state.templates.modelReference(resource as never, model);
      if (ref) (resource.refs as unknown[]).push(ref);
    } catch (error) {
      if (!(error instanceof TsdbtError)) throw error;
      throw schema.error(error.code, error.kind, error.message, [...shape.path, "model"]);
    }
  }
  return resource;
}
