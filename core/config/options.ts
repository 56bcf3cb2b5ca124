/** What an option's text becomes. */
export type OptionKind = "bool" | "int" | "text" | "choice" | "choices" | "list" | "yaml" | "path" | "time" | "sample";

/** One option of the command line, as `flags.X` of templates knows it. */
export interface Option {
  kind: OptionKind;
  default: unknown;
  /** Without its prefix: `TARGET` is read from `DBT_ENGINE_TARGET`, then from `DBT_TARGET`. */
  env?: string;
  /** Only `DBT_ENGINE_<env>` is read: options added to dbt after the prefix became reserved. */
  engineOnly?: boolean;
  choices?: readonly string[];
  /** `flags:` of dbt_project.yml may set it. */
  project?: boolean;
  /** Commands that have it (all, where absent); others keep the default. */
  commands?: readonly string[];
}

const LOG_FORMATS = ["text", "debug", "json", "default"] as const;
const LOG_LEVELS = ["debug", "info", "warn", "error", "none"] as const;
const SELECTING = [
  "build",
  "clone",
  "compile",
  "generate",
  "list",
  "run",
  "seed",
  "show",
  "snapshot",
  "freshness",
  "test",
] as const;
const RESOURCE_TYPES = [
  "metric",
  "semantic_model",
  "saved_query",
  "source",
  "analysis",
  "function",
  "model",
  "test",
  "unit_test",
  "exposure",
  "snapshot",
  "seed",
  "default",
] as const;

const bool = (value: boolean | null, env?: string, more: Partial<Option> = {}): Option => ({
  kind: "bool",
  default: value,
  env,
  ...more,
});
const text = (value: string | null, env?: string, more: Partial<Option> = {}): Option => ({
  kind: "text",
  default: value,
  env,
  ...more,
});
const path = (env?: string, more: Partial<Option> = {}): Option => ({ kind: "path", default: null, env, ...more });
const project = { project: true } as const;

/**
 * Every option of dbt 1.12 by its name in `flags`: type, default, environment variable, and whether `flags:` of
 * dbt_project.yml may set it. https://docs.getdbt.com/reference/global-configs/about-global-configs
 */
export const OPTIONS: { readonly [name: string]: Option } = {
  cache_selected_only: bool(false, "CACHE_SELECTED_ONLY", project),
  debug: bool(false, "DEBUG", project),
  defer: bool(false, "DEFER"),
  defer_state: path("DEFER_STATE"),
  fail_fast: bool(false, "FAIL_FAST", project),
  favor_state: bool(false, "FAVOR_STATE"),
  hints_enabled: bool(true, "HINTS_ENABLED", { engineOnly: true, project: true }),
  indirect_selection: {
    kind: "choice",
    default: "eager",
    env: "INDIRECT_SELECTION",
    choices: ["eager", "cautious", "buildable", "empty"],
    project: true,
  },
  introspect: bool(true, "INTROSPECT"),
  log_cache_events: bool(false, "LOG_CACHE_EVENTS"),
  log_file_max_bytes: { kind: "int", default: 10 * 1024 * 1024, env: "LOG_FILE_MAX_BYTES" },
  log_format: { kind: "choice", default: "default", env: "LOG_FORMAT", choices: LOG_FORMATS, project: true },
  log_format_file: { kind: "choice", default: "debug", env: "LOG_FORMAT_FILE", choices: LOG_FORMATS, project: true },
  log_level: { kind: "choice", default: "info", env: "LOG_LEVEL", choices: LOG_LEVELS, project: true },
  log_level_file: { kind: "choice", default: "debug", env: "LOG_LEVEL_FILE", choices: LOG_LEVELS, project: true },
  log_path: path("LOG_PATH"),
  macro_debugging: bool(false, "MACRO_DEBUGGING"),
  maximum_seed_size_mib: {
    kind: "int",
    default: 1,
    env: "MAXIMUM_SEED_SIZE_MIB",
    engineOnly: true,
    project: true,
  },
  partial_parse: bool(true, "PARTIAL_PARSE", project),
  partial_parse_file_diff: bool(true, "PARTIAL_PARSE_FILE_DIFF"),
  partial_parse_file_path: path("PARTIAL_PARSE_FILE_PATH"),
  populate_cache: bool(true, "POPULATE_CACHE", project),
  print: bool(true, "PRINT"),
  printer_width: { kind: "int", default: 80, env: "PRINTER_WIDTH", project: true },
  profile: text(null, "PROFILE"),
  quiet: bool(false, "QUIET"),
  record_timing_info: path(),
  send_anonymous_usage_stats: bool(true, "SEND_ANONYMOUS_USAGE_STATS", project),
  show_all_deprecations: bool(false),
  show_resource_report: bool(false, "SHOW_RESOURCE_REPORT"),
  single_threaded: bool(false, "SINGLE_THREADED"),
  snowflake_projects_otel: bool(false, "SNOWFLAKE_PROJECTS_OTEL", { engineOnly: true, project: true }),
  state: path("STATE"),
  static_parser: bool(true, "STATIC_PARSER", project),
  target: text(null, "TARGET"),
  upload_to_artifacts_ingest_api: bool(false, "UPLOAD_TO_ARTIFACTS_INGEST_API"),
  use_colors: bool(true, "USE_COLORS", project),
  use_colors_file: bool(true, "USE_COLORS_FILE", project),
  use_experimental_parser: bool(false, "USE_EXPERIMENTAL_PARSER", project),
  use_fast_test_edges: bool(false, "USE_FAST_TEST_EDGES"),
  use_v2_parser: bool(false, "USE_V2_PARSER", { engineOnly: true, project: true }),
  v2_parser: text("dbt-core-experimental-parser parse", "V2_PARSER", { engineOnly: true, project: true }),
  version_check: bool(true, "VERSION_CHECK", project),
  warn_error: bool(null, "WARN_ERROR", project),
  warn_error_options: { kind: "yaml", default: null, env: "WARN_ERROR_OPTIONS", project: true },
  write_json: bool(true, "WRITE_JSON", project),
  profiles_dir: path("PROFILES_DIR"),
  project_dir: path("PROJECT_DIR"),
  vars: { kind: "yaml", default: null },
  target_path: path("TARGET_PATH"),
  full_refresh: bool(false, "FULL_REFRESH"),
  store_failures: bool(false, "STORE_FAILURES"),

  threads: {
    kind: "int",
    default: null,
    commands: [...SELECTING.filter((command) => command !== "list"), "run-operation", "retry", "parse"],
  },
  select: { kind: "list", default: [], commands: SELECTING },
  exclude: { kind: "list", default: [], commands: SELECTING },
  selector: text(null, undefined, { commands: SELECTING }),
  models: { kind: "list", default: [], commands: ["list"] },
  resource_types: {
    kind: "choices",
    default: [],
    env: "RESOURCE_TYPES",
    choices: [...RESOURCE_TYPES, "all"],
    commands: ["build", "test", "list", "clone"],
  },
  exclude_resource_types: {
    kind: "choices",
    default: [],
    env: "EXCLUDE_RESOURCE_TYPES",
    choices: RESOURCE_TYPES,
    commands: ["build", "test", "list", "clone"],
  },
  empty: bool(false, "EMPTY", { commands: ["run", "build", "seed", "snapshot", "compile"] }),
  event_time_start: { kind: "time", default: null, env: "EVENT_TIME_START", commands: ["run", "build"] },
  event_time_end: { kind: "time", default: null, env: "EVENT_TIME_END", commands: ["run", "build"] },
  sample: { kind: "sample", default: null, env: "SAMPLE", commands: ["run", "build"] },
  export_saved_queries: bool(false, "EXPORT_SAVED_QUERIES", { commands: ["build"] }),
  include_saved_query: bool(false, "INCLUDE_SAVED_QUERY", { commands: ["build"] }),
  show: bool(false, undefined, { commands: ["build", "seed"] }),
  sqlparse: {
    kind: "yaml",
    default: null,
    env: "SQLPARSE",
    engineOnly: true,
    commands: ["run", "build", "test", "seed", "snapshot", "compile", "show", "generate", "retry"],
  },
  inline: text(null, undefined, { commands: ["compile", "show"] }),
  inline_direct: text(null, undefined, { commands: ["show"] }),
  inject_ephemeral_ctes: bool(true, undefined, { commands: ["compile"] }),
  limit: { kind: "int", default: 5, commands: ["show"] },
  output: text(null, undefined, { commands: ["compile", "show", "list", "freshness"] }),
  output_keys: { kind: "list", default: [], commands: ["list"] },
  macro: text(null, undefined, { commands: ["run-operation"] }),
  args: { kind: "yaml", default: null, commands: ["run-operation"] },
  sql: text(null, undefined, { commands: ["run-operation"] }),
  connection: bool(false, undefined, { commands: ["debug"] }),
  config_dir: bool(false, undefined, { commands: ["debug"] }),
  project_name: text(null, undefined, { commands: ["init"] }),
  skip_profile_setup: bool(false, undefined, { commands: ["init"] }),
  skip_debug: bool(false, undefined, { commands: ["init"] }),
  clean_project_files_only: bool(true, "CLEAN_PROJECT_FILES_ONLY", { commands: ["clean"] }),
  add_package: text(null, undefined, { commands: ["deps"] }),
  lock: bool(false, undefined, { commands: ["deps"] }),
  source: { kind: "choice", default: "hub", choices: ["hub", "git", "local"], commands: ["deps"] },
  upgrade: bool(false, undefined, { commands: ["deps"] }),
  browser: bool(true, undefined, { commands: ["serve"] }),
  host: text("127.0.0.1", "HOST", { commands: ["serve"] }),
  port: { kind: "int", default: 8080, commands: ["serve"] },
  compile: bool(true, undefined, { commands: ["generate"] }),
  empty_catalog: bool(false, undefined, { commands: ["generate"] }),
  static: bool(false, undefined, { commands: ["generate"] }),
  column_lineage: bool(false, undefined, { commands: ["lineage"] }),
  check: bool(false, undefined, { commands: ["lineage"] }),
  column: text(null, undefined, { commands: ["lineage"] }),
  format: text(null, undefined, { commands: ["lineage"] }),
};

/** Options whose default depends on the command. */
export const DEFAULT_OUTPUT: { readonly [command: string]: string | null } = {
  compile: "text",
  show: "text",
  list: "selector",
  freshness: null,
};

/** What --output may be, for the commands that have a closed list. */
export const OUTPUT_CHOICES: { readonly [command: string]: readonly string[] } = {
  compile: ["json", "text"],
  show: ["json", "text"],
  list: ["json", "name", "path", "selector"],
};

/** `flags:` of dbt_project.yml that have no option: changes of behaviour that a project takes up when it is ready. */
export const PROJECT_ONLY_FLAGS: { readonly [name: string]: boolean } = {
  require_batched_execution_for_custom_microbatch_strategy: true,
  require_explicit_package_overrides_for_builtin_materializations: true,
  require_resource_names_without_spaces: true,
  source_freshness_run_project_hooks: true,
  skip_nodes_if_on_run_start_fails: true,
  state_modified_compare_more_unrendered_values: true,
  state_modified_compare_vars: false,
  require_yaml_configuration_for_mf_time_spines: true,
  require_nested_cumulative_type_params: true,
  validate_macro_args: true,
  require_all_warnings_handled_by_warn_error: true,
  require_generic_test_arguments_property: true,
  require_unique_project_resource_names: false,
  require_ref_searches_node_package_before_root: false,
  require_valid_schema_from_generate_schema_name: false,
  allow_jinja_file_extensions: false,
  require_sql_header_in_test_configs: false,
  support_custom_ref_kwargs: false,
  require_corrected_analysis_fqns: false,
  require_source_and_semantic_model_names_without_spaces: false,
  enable_grouped_warn_error_parser_logs: false,
  use_catalogs_v2: false,
  latest_version_pointer_enabled_by_default: false,
};

/** Old names of environment variables that still win over the new ones: https://docs.getdbt.com/reference/global-configs/environment-variable-configs */
export const RENAMED_ENV: { readonly [old: string]: { name: string; negate?: boolean } } = {
  DEFER_TO_STATE: { name: "defer" },
  FAVOR_STATE_MODE: { name: "favor_state" },
  NO_PRINT: { name: "print", negate: true },
  ARTIFACT_STATE_PATH: { name: "state" },
};

/** How an option is written on the command line: `target_path` as `--target-path`. */
export function spelled(name: string): string {
  return `--${name.replaceAll("_", "-")}`;
}
