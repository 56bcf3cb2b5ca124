import { summariesOf } from "../manifest/lazy-map.ts";
import type { Manifest, Node, SemanticResource } from "../manifest/resources.ts";
import { writeFileAtomic } from "./atomic.ts";
import { artifactJson } from "./metadata.ts";

type Json = { [key: string]: unknown };

/** The version of the interfaces whose shape the file has. */
const VERSION = { major_version: "0", minor_version: "213", patch_version: "0" };

/**
 * Writes semantic_manifest.json: semantic models, metrics, saved queries and time spines as engines for metrics read them.
 * https://docs.getdbt.com/reference/artifacts/sl-manifest
 */
export function writeSemanticManifest(manifest: Manifest, path: string): void {
  writeFileAtomic(path, artifactJson(semanticManifest(manifest)));
}

/** What semantic_manifest.json holds. */
export function semanticManifest(manifest: Manifest): Json {
  return {
    semantic_models: [...manifest.semantic_models.values()].map(semanticModel),
    metrics: [...manifest.metrics.values()].map(metric),
    project_configuration: {
      time_spine_table_configurations: legacyTimeSpines(manifest),
      metadata: null,
      dsi_package_version: VERSION,
      time_spines: timeSpines(manifest).map(timeSpine),
    },
    saved_queries: [...manifest.saved_queries.values()].map(savedQuery),
  };
}

/** A model of this name was a time spine before there were properties to say so. */
const LEGACY_TIME_SPINE = "metricflow_time_spine";

/** The model of the old name; null where there is none. */
export function legacyTimeSpine(manifest: Manifest): Node | null {
  for (const node of summariesOf(manifest.nodes)) {
    if (node.resource_type === "model" && node.name === LEGACY_TIME_SPINE) return manifest.nodes.get(node.unique_id)!;
  }
  return null;
}

function legacyTimeSpines(manifest: Manifest): Json[] {
  const node = manifest.semantic_models.size > 0 ? legacyTimeSpine(manifest) : null;
  if (!node || node.time_spine) return [];
  return [{ location: node.relation_name, column_name: "date_day", grain: "day" }];
}

/** The models that are time spines; of the others nothing is loaded. */
function timeSpines(manifest: Manifest): Node[] {
  const ids = manifest.timeSpines?.();
  if (ids) return ids.map((id) => manifest.nodes.get(id)!);
  return [...manifest.nodes.values()].filter((node) => node.time_spine);
}

function timeSpine(node: Node): Json {
  const { standard_granularity_column: name, custom_granularities } = node.time_spine as {
    standard_granularity_column: string;
    custom_granularities: Json[];
  };
  return {
    node_relation: {
      alias: node.alias,
      schema_name: node.schema,
      database: node.database,
      relation_name: node.relation_name,
    },
    primary_column: { name, time_granularity: node.columns[name]?.granularity },
    custom_granularities: custom_granularities.map((column) => pick(column, ["name", "column_name"])),
  };
}

function semanticModel(model: SemanticResource): Json {
  const parts = (key: string, names: string[]) =>
    (model[key] as unknown as Json[]).map((part) => ({ ...pick(part, names), config: { meta: metaOf(part) } }));
  return {
    ...pick(model, ["name", "defaults", "description", "node_relation", "primary_entity"]),
    entities: parts("entities", ["name", "description", "type", "role", "expr", "metadata", "label"]),
    measures: parts("measures", [
      "name",
      "agg",
      "description",
      "create_metric",
      "expr",
      "agg_params",
      "metadata",
      "non_additive_dimension",
      "agg_time_dimension",
      "label",
    ]),
    dimensions: parts("dimensions", [
      "name",
      "description",
      "type",
      "datatype",
      "is_partition",
      "type_params",
      "expr",
      "metadata",
      "label",
    ]),
    label: model.label,
    metadata: null,
    config: { meta: metaOf(model) },
  };
}

function metric(resource: SemanticResource): Json {
  return {
    ...pick(resource, ["name", "description", "type", "datatype", "type_params", "filter", "metadata", "label"]),
    config: { meta: metaOf(resource) },
    time_granularity: resource.time_granularity,
  };
}

function savedQuery(query: SemanticResource): Json {
  const exports = query.exports as unknown as { name: string; config: Json }[];
  return {
    ...pick(query, ["name", "query_params", "description", "metadata", "label"]),
    exports: exports.map(({ name, config }) => ({ name, config: pick(config, ["export_as", "schema_name", "alias"]) })),
    tags: query.tags,
  };
}

function metaOf(resource: object): unknown {
  return (resource as { config?: { meta?: unknown } }).config?.meta ?? {};
}

function pick(from: object, names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, (from as Json)[name] ?? null]));
}
