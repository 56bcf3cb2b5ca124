import type { Adapter } from "../../adapters/adapter.ts";
import type { SourceFile } from "../../project/files.ts";
import type { Project, RuntimeConfig } from "../../project/types.ts";
import type { MacroRegistry } from "../context/macros.ts";
import type { ParseTemplates } from "../context/parse/index.ts";
import type { ManifestLookups } from "../manifest/lookups.ts";
import type { Manifest } from "../manifest/resources.ts";
import type { ConfigGenerator } from "./config/index.ts";
import type { MacroAnalysis } from "./macro-analysis.ts";
import type { RelationNamer } from "./relation-names.ts";
import type { SchemaFile } from "./schema/file.ts";
import type { ParseTimes } from "./times.ts";
import type { ParseWarnings } from "./warnings.ts";

/** What every part of parsing works with. */
export interface ParseState {
  readonly config: RuntimeConfig;
  readonly adapter: Adapter;
  readonly manifest: Manifest;
  readonly lookups: ManifestLookups;
  readonly configs: ConfigGenerator;
  readonly macros: MacroRegistry;
  readonly templates: ParseTemplates;
  readonly analysis: MacroAnalysis;
  readonly names: RelationNamer;
  readonly warnings: ParseWarnings;
  /** Files by `package://path`, for excerpts in errors. */
  readonly files: Map<string, SourceFile>;
  /** Properties files by the same. */
  readonly schemas: Map<string, SchemaFile>;
  /** Whether what is plain is read off instead of rendered, to the same end but sooner. */
  readonly shortcuts: boolean;
  readonly times: ParseTimes;
  /** Seconds, the `created_at` of everything parsed now. */
  readonly createdAt: number;
}

/** Behaviour flags that change what parsing does, with dbt's defaults. https://docs.getdbt.com/reference/global-configs/behavior-changes */
const BEHAVIOUR = {
  require_generic_test_arguments_property: true,
  state_modified_compare_more_unrendered_values: true,
  validate_macro_args: true,
  enable_grouped_warn_error_parser_logs: false,
  require_resource_names_without_spaces: true,
  require_unique_project_resource_names: false,
  require_ref_searches_node_package_before_root: false,
  require_valid_schema_from_generate_schema_name: false,
  require_sql_header_in_test_configs: false,
  require_corrected_analysis_fqns: false,
  require_source_and_semantic_model_names_without_spaces: false,
  require_nested_cumulative_type_params: true,
  require_yaml_configuration_for_mf_time_spines: true,
  require_batched_execution_for_custom_microbatch_strategy: true,
  allow_jinja_file_extensions: false,
} as const;

/** Whether a behaviour flag is on. */
export function behaviour(config: RuntimeConfig, name: keyof typeof BEHAVIOUR): boolean {
  const value = config.flags[name];
  return typeof value === "boolean" ? value : BEHAVIOUR[name];
}

export function projectOf(state: ParseState, packageName: string): Project {
  const { config } = state;
  return packageName === config.project.name ? config.project : (config.packages.get(packageName) ?? config.project);
}
