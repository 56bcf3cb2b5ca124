import type { Data, HostObject } from "../jinja/runtime/values.ts";

/**
 * What a project is made of, in the shape that manifest.json (v12) has: snake_case keys, in dbt's order, so that
 * writing the artifact is a matter of leaving out what starts with `$`. Everything here is plain data.
 */
export type ResourceType =
  | "model"
  | "seed"
  | "snapshot"
  | "test"
  | "analysis"
  | "operation"
  | "sql_operation"
  | "source"
  | "macro"
  | "doc"
  | "exposure"
  | "metric"
  | "group"
  | "saved_query"
  | "semantic_model"
  | "unit_test"
  | "function";

export type JsonObject = { [key: string]: Data };

export interface RefArgs {
  name: string;
  package: string | null;
  version: string | number | null;
}

export interface DependsOn {
  macros: string[];
  nodes: string[];
}

export interface Checksum {
  name: "sha256" | "path" | "none";
  checksum: string;
}

export interface ColumnInfo {
  name: string;
  description: string;
  meta: JsonObject;
  data_type: string | null;
  constraints: JsonObject[];
  quote: boolean | null;
  config: JsonObject;
  tags: string[];
  granularity: string | null;
  dimension?: Data;
  entity?: Data;
  doc_blocks: string[];
}

export interface Hook {
  sql: string;
  transaction: boolean;
  index: number | null;
}

/** A node's config: dbt's keys and the project's own, as merged from dbt_project.yml, properties and the file itself. */
export type NodeConfig = JsonObject & {
  enabled: boolean;
  materialized: string;
  tags: string[];
  meta: JsonObject;
  schema: string | null;
  database: string | null;
  alias: string | null;
};

interface Base {
  name: string;
  resource_type: ResourceType;
  package_name: string;
  /** Relative to its resource folder, e.g. `staging/orders.sql`. */
  path: string;
  /** Relative to its package's root, e.g. `models/staging/orders.sql`. */
  original_file_path: string;
  unique_id: string;
}

/** Where in its file a resource or its parts stand; never written to an artifact. */
export interface Origin {
  /** The file, as `package://path`. */
  $root: string;
  $line?: number;
  /** The keys that lead to it in a properties file. */
  $path?: (string | number)[];
}

/** Everything that can be a `node` of the manifest: model, seed, snapshot, test, analysis, operation. */
/** https://docs.getdbt.com/reference/resource-properties/function-properties */
export interface FunctionOverload {
  defined_in: string;
  arguments: JsonObject[];
  returns: JsonObject | null;
  description: string | null;
  raw_body: string;
  compiled_body: string | null;
}

export interface Node extends Base {
  database: string | null;
  schema: string;
  fqn: string[];
  alias: string;
  checksum: Checksum;
  config: NodeConfig;
  tags: string[];
  description: string;
  columns: { [name: string]: ColumnInfo };
  meta: JsonObject;
  group: string | null;
  docs: { show: boolean; node_color: string | null };
  patch_path: string | null;
  build_path: string | null;
  unrendered_config: JsonObject;
  created_at: number;
  /** What the file's own `config(...)` calls said. Not written for seeds. */
  config_call_dict?: JsonObject;
  unrendered_config_call_dict?: JsonObject;
  relation_name: string | null;
  raw_code: string;
  doc_blocks: string[];
  language?: string;
  refs: RefArgs[];
  sources: string[][];
  metrics: string[][];
  functions: string[][];
  /** The other signatures of a function, each with the code of a file of its own. */
  overloads?: FunctionOverload[];
  depends_on: DependsOn;
  compiled_path: string | null;
  compiled?: boolean;
  compiled_code?: string;
  extra_ctes_injected?: boolean;
  extra_ctes?: { id: string; sql: string }[];
  contract?: { enforced: boolean; alias_types: boolean; checksum: string | null };
  // models
  access?: string;
  constraints?: JsonObject[];
  version?: string | number | null;
  latest_version?: string | number | null;
  deprecation_date?: string | null;
  primary_key?: string[];
  time_spine?: JsonObject | null;
  // generic tests
  column_name?: string | null;
  file_key_name?: string | null;
  attached_node?: string | null;
  test_metadata?: { name: string; kwargs: JsonObject; namespace: string | null };
  // seeds
  root_path?: string | null;
  // hooks
  index?: number | null;
  /** The span of time that a microbatch model is being built for; for templates alone. */
  batch?: { id: string; event_time_start: HostObject; event_time_end: HostObject };
  /** What is added to the names of the files its SQL is written to. */
  $split?: string;
  /** The name of its CTE where that is not made of the alias: a source's rows in a unit test. */
  $cte?: string;
  $origin?: Origin;
}

export interface FreshnessThreshold {
  warn_after: { count: number | null; period: "minute" | "hour" | "day" | null };
  error_after: { count: number | null; period: "minute" | "hour" | "day" | null };
  filter: string | null;
}

export interface SourceDefinition extends Base {
  resource_type: "source";
  database: string | null;
  schema: string;
  fqn: string[];
  source_name: string;
  source_description: string;
  loader: string;
  identifier: string;
  quoting: { database: boolean | null; schema: boolean | null; identifier: boolean | null; column: boolean | null };
  loaded_at_field: string | null;
  loaded_at_query: string | null;
  freshness: FreshnessThreshold | null;
  external: JsonObject | null;
  description: string;
  columns: { [name: string]: ColumnInfo };
  meta: JsonObject;
  source_meta: JsonObject;
  tags: string[];
  config: JsonObject & { enabled: boolean };
  patch_path: string | null;
  unrendered_config: JsonObject;
  relation_name: string;
  created_at: number;
  unrendered_database: string | null;
  unrendered_schema: string | null;
  doc_blocks: string[];
  $origin?: Origin;
}

export interface MacroResource extends Base {
  resource_type: "macro";
  macro_sql: string;
  depends_on: { macros: string[] };
  description: string;
  meta: JsonObject;
  docs: { show: boolean; node_color: string | null };
  config: JsonObject;
  patch_path: string | null;
  arguments: { name: string; type: string | null; description: string }[];
  created_at: number;
  supported_languages: string[] | null;
  $origin?: Origin;
}

export interface DocBlock extends Base {
  resource_type: "doc";
  block_contents: string;
}

export interface Exposure extends Base {
  resource_type: "exposure";
  fqn: string[];
  type: string;
  owner: JsonObject;
  description: string;
  label: string | null;
  maturity: string | null;
  meta: JsonObject;
  tags: string[];
  config: JsonObject & { enabled: boolean };
  unrendered_config: JsonObject;
  url: string | null;
  depends_on: DependsOn;
  refs: RefArgs[];
  sources: string[][];
  metrics: string[][];
  created_at: number;
  $origin?: Origin;
}

export interface Group extends Base {
  resource_type: "group";
  owner: JsonObject;
  description: string | null;
  config: JsonObject;
}

export interface UnitTest extends Base {
  resource_type: "unit_test";
  model: string;
  given: JsonObject[];
  expect: JsonObject;
  fqn: string[];
  description: string;
  overrides: JsonObject | null;
  depends_on: DependsOn;
  config: JsonObject & { enabled: boolean };
  checksum: string | null;
  schema: string | null;
  created_at: number;
  versions: JsonObject | null;
  version: string | number | null;
}

/** Resources of the semantic layer: kept as parsed. */
export type SemanticResource = Base & JsonObject;

/** Any resource that can be selected, depended on or run. */
export type GraphResource = Node | SourceDefinition | Exposure | UnitTest | SemanticResource;

/** The whole project, as data. Maps keep dbt's insertion order. */
export interface Manifest {
  metadata: ManifestMetadata;
  nodes: Map<string, Node>;
  sources: Map<string, SourceDefinition>;
  macros: Map<string, MacroResource>;
  docs: Map<string, DocBlock>;
  exposures: Map<string, Exposure>;
  metrics: Map<string, SemanticResource>;
  groups: Map<string, Group>;
  selectors: JsonObject;
  /** Disabled resources by unique_id; several may share one. */
  disabled: Map<string, (Node | SourceDefinition | Exposure | SemanticResource)[]>;
  saved_queries: Map<string, SemanticResource>;
  semantic_models: Map<string, SemanticResource>;
  unit_tests: Map<string, UnitTest>;
  functions: Map<string, Node>;
  parent_map: Map<string, string[]>;
  child_map: Map<string, string[]>;
  group_map: Map<string, string[]>;
  /** The artifact's text behind its metadata, where it is at hand and nothing of the manifest has been touched. */
  untouchedText?(): Iterable<Uint8Array> | undefined;
  /** The ids of the models that are time spines, where that is known without looking at all of them. */
  timeSpines?(): readonly string[];
}

export interface ManifestMetadata {
  dbt_schema_version: string;
  dbt_version: string;
  generated_at: string;
  invocation_id: string;
  invocation_started_at: string;
  env: { [key: string]: string };
  project_name: string;
  project_id: string;
  user_id: string | null;
  send_anonymous_usage_stats: boolean;
  adapter_type: string;
  quoting: JsonObject;
  run_started_at: string;
}
