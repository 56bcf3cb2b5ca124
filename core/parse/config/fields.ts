import type { Data } from "../../jinja/runtime/values.ts";

/** How a value is joined with the one from a less specific place. */
export type Merge = "clobber" | "append" | "update" | "dictKeyAppend" | "object";

/** What a value is made into, and refused when it cannot be. */
export type FieldType =
  | "bool"
  | "optionalBool"
  | "string"
  | "optionalString"
  | "optionalInt"
  | "any"
  | "strings"
  /** As strings, where dbt knows no None. */
  | "stringList"
  | "stringOrStrings"
  | "dict"
  | "hooks"
  | "docs"
  | "contract"
  | "grants"
  | "snapshotNames"
  | "freshness"
  | "buildAfter"
  | "versionPointer"
  | { name: string; values: readonly string[]; optional?: boolean };

export interface Field {
  type: FieldType;
  merge: Merge;
  /** The value where nobody says anything: shared, so frozen. */
  initial: Data;
}

/** The known keys of a resource type's config, in the order artifacts have them. */
export interface ConfigClass {
  name: string;
  fields: ReadonlyMap<string, Field>;
}

const EMPTY_DICT = Object.freeze({}) as Data;
const EMPTY_LIST = Object.freeze([]) as unknown as Data;

function field(type: FieldType, initial: Data = null, merge: Merge = "clobber"): Field {
  return { type, merge, initial };
}

const nodeAndTest: [string, Field][] = [
  ["enabled", field("bool", true)],
  ["alias", field("optionalString")],
  ["schema", field("optionalString")],
  ["database", field("optionalString")],
  ["tags", field("strings", EMPTY_LIST, "append")],
  ["meta", field("dict", EMPTY_DICT, "update")],
  ["group", field("optionalString")],
  ["static_analysis", field("optionalString")],
];

const node: [string, Field][] = [
  ...nodeAndTest,
  ["materialized", field("string", "view")],
  ["incremental_strategy", field("optionalString")],
  ["batch_size", field("any")],
  ["lookback", field("any", 1)],
  ["begin", field("any")],
  ["persist_docs", field("dict", EMPTY_DICT)],
  ["post-hook", field("hooks", EMPTY_LIST, "append")],
  ["pre-hook", field("hooks", EMPTY_LIST, "append")],
  ["quoting", field("dict", EMPTY_DICT, "update")],
  ["column_types", field("dict", EMPTY_DICT, "update")],
  ["full_refresh", field("optionalBool")],
  ["unique_key", field("stringOrStrings")],
  ["on_schema_change", field("optionalString", "ignore")],
  [
    "on_configuration_change",
    field({ name: "OnConfigurationChangeOption", values: ["apply", "continue", "fail"] }, "apply"),
  ],
  ["grants", field("grants", EMPTY_DICT, "dictKeyAppend")],
  ["packages", field("strings", EMPTY_LIST, "append")],
  ["docs", field("docs", Object.freeze({ show: true, node_color: null }) as Data, "update")],
  ["contract", field("contract", Object.freeze({ enforced: false, alias_types: true }) as Data, "update")],
  ["event_time", field("any")],
  ["concurrent_batches", field("any")],
];

const NO_NAMES = Object.freeze({
  dbt_valid_to: null,
  dbt_valid_from: null,
  dbt_scd_id: null,
  dbt_updated_at: null,
  dbt_is_deleted: null,
}) as Data;

const NO_TIME = Object.freeze({ count: null, period: null });

function configClass(name: string, inherited: [string, Field][], own: [string, Field][]): ConfigClass {
  const fields = new Map(inherited);
  for (const [key, value] of own) fields.set(key, value);
  return { name, fields };
}

const meta: [string, Field] = ["meta", field("dict", EMPTY_DICT, "update")];

export const NODE_CONFIG = configClass("NodeConfig", node, []);
export const MODEL_CONFIG = configClass("ModelConfig", node, [
  ["access", field({ name: "AccessType", values: ["private", "protected", "public"] }, "protected")],
  ["freshness", field("buildAfter")],
  ["on_error", field({ name: "Optional[ModelOnErrorOptions]", values: ["skip_children", "continue"], optional: true })],
  ["latest_version_pointer", field("versionPointer", Object.freeze({ enabled: null, alias: null }) as Data, "update")],
]);
export const SEED_CONFIG = configClass("SeedConfig", node, [
  ["materialized", field("string", "seed")],
  ["delimiter", field("string", ",")],
  ["quote_columns", field("optionalBool")],
]);
export const SNAPSHOT_CONFIG = configClass("SnapshotConfig", node, [
  ["materialized", field("string", "snapshot")],
  ["strategy", field("optionalString")],
  ["unique_key", field("stringOrStrings")],
  ["target_schema", field("optionalString")],
  ["target_database", field("optionalString")],
  ["updated_at", field("optionalString")],
  ["check_cols", field("stringOrStrings")],
  ["snapshot_meta_column_names", field("snapshotNames", NO_NAMES)],
  ["dbt_valid_to_current", field("optionalString")],
]);
export const TEST_CONFIG = configClass("TestConfig", nodeAndTest, [
  ["schema", field("optionalString", "dbt_test__audit")],
  ["materialized", field("string", "test")],
  ["severity", field("string", "ERROR")],
  ["store_failures", field("optionalBool")],
  ["store_failures_as", field("optionalString")],
  ["sql_header", field("any")],
  ["where", field("optionalString")],
  ["limit", field("optionalInt")],
  ["fail_calc", field("string", "count(*)")],
  ["warn_if", field("string", "!= 0")],
  ["error_if", field("string", "!= 0")],
]);
export const FUNCTION_CONFIG = configClass("FunctionConfig", node, [
  ["materialized", field("string", "function")],
  ["type", field({ name: "FunctionType", values: ["scalar", "aggregate", "table"] }, "scalar")],
  [
    "volatility",
    field({
      name: "Optional[FunctionVolatility]",
      values: ["deterministic", "stable", "non-deterministic"],
      optional: true,
    }),
  ],
  ["runtime_version", field("optionalString")],
  ["entry_point", field("optionalString")],
  ["snowflake", field("any", Object.freeze({ quote_args: true }) as Data)],
]);
export const SOURCE_CONFIG = configClass(
  "SourceConfig",
  [],
  [
    ["enabled", field("bool", true)],
    ["event_time", field("any")],
    [
      "freshness",
      field("freshness", Object.freeze({ warn_after: NO_TIME, error_after: NO_TIME, filter: null }) as Data),
    ],
    ["loaded_at_field", field("optionalString")],
    ["loaded_at_query", field("optionalString")],
    meta,
    ["tags", field("strings", EMPTY_LIST)],
    ["static_analysis", field("optionalString")],
  ],
);
export const EXPOSURE_CONFIG = configClass(
  "ExposureConfig",
  [],
  [
    ["enabled", field("bool", true)],
    ["tags", field("stringList", EMPTY_LIST)],
    ["meta", field("dict", EMPTY_DICT)],
  ],
);
export const GROUP_CONFIG = configClass("GroupConfig", [], [meta]);
export const UNIT_TEST_CONFIG = configClass(
  "UnitTestConfig",
  [],
  [
    ["tags", field("strings", EMPTY_LIST, "append")],
    meta,
    ["enabled", field("bool", true)],
    ["static_analysis", field("optionalString")],
  ],
);
export const METRIC_CONFIG = configClass(
  "MetricConfig",
  [],
  [
    ["enabled", field("bool", true)],
    ["group", field("optionalString")],
    ["meta", field("dict", EMPTY_DICT, "update")],
  ],
);
export const SEMANTIC_MODEL_CONFIG = configClass(
  "SemanticModelConfig",
  [],
  [
    ["enabled", field("bool", true)],
    ["group", field("optionalString")],
    ["meta", field("dict", EMPTY_DICT, "update")],
  ],
);
export const SAVED_QUERY_CONFIG = configClass(
  "SavedQueryConfig",
  [],
  [
    ["enabled", field("bool", true)],
    ["group", field("optionalString")],
    ["meta", field("dict", EMPTY_DICT, "update")],
    ["export_as", field("any")],
    ["schema", field("optionalString")],
    ["cache", field("any", Object.freeze({ enabled: false }) as Data)],
  ],
);

const CLASSES: { [type: string]: ConfigClass } = {
  model: MODEL_CONFIG,
  seed: SEED_CONFIG,
  snapshot: SNAPSHOT_CONFIG,
  test: TEST_CONFIG,
  source: SOURCE_CONFIG,
  exposure: EXPOSURE_CONFIG,
  group: GROUP_CONFIG,
  unit_test: UNIT_TEST_CONFIG,
  metric: METRIC_CONFIG,
  semantic_model: SEMANTIC_MODEL_CONFIG,
  saved_query: SAVED_QUERY_CONFIG,
  function: FUNCTION_CONFIG,
};

/** The config of a resource type; analyses, hooks and inline SQL have a plain node's. */
export function configClassOf(resourceType: string): ConfigClass {
  return CLASSES[resourceType] ?? NODE_CONFIG;
}
