import type { Credentials } from "../adapters/adapter.ts";
import type { Data } from "../core/jinja/runtime/values.ts";

export type DataObject = { [key: string]: Data };

/** One package: the root project, an installed or local package, or a folder of built-in macros. */
export interface Project {
  name: string;
  /** Absolute path of the folder that holds dbt_project.yml. */
  root: string;
  version: string | number | null;
  profileName: string | null;
  modelPaths: string[];
  macroPaths: string[];
  seedPaths: string[];
  testPaths: string[];
  analysisPaths: string[];
  snapshotPaths: string[];
  docsPaths: string[];
  assetPaths: string[];
  functionPaths: string[];
  targetPath: string;
  logPath: string;
  packagesInstallPath: string;
  cleanTargets: string[];
  requireDbtVersion: string[];
  quoting: { database?: boolean; schema?: boolean; identifier?: boolean };
  /** `models:`, `seeds:` … of dbt_project.yml: rendered values and, beside them, the text as written (for unrendered_config). */
  configs: { [section in ConfigSection]: { rendered: DataObject; unrendered: DataObject } };
  vars: DataObject;
  dispatch: { macro_namespace: string; search_order: string[] }[];
  onRunStart: string[];
  onRunEnd: string[];
  selectors: DataObject;
  queryComment: QueryComment;
  flags: DataObject;
  restrictAccess: boolean;
  /** True for macros/ and adapters/X/macros of tsdbt itself. */
  builtin: boolean;
  /** Text of dbt_project.yml, for excerpts. */
  source: string;
}

export type ConfigSection =
  | "models"
  | "seeds"
  | "snapshots"
  | "sources"
  | "tests"
  | "exposures"
  | "metrics"
  | "semantic-models"
  | "saved-queries"
  | "unit_tests"
  | "functions"
  | "analyses";

export interface QueryComment {
  /** `null` is dbt's own comment (a JSON object naming node, profile and target); empty is none. */
  comment: string | null;
  append: boolean;
  jobLabel: boolean;
}

export interface Profile {
  profileName: string;
  targetName: string;
  threads: number;
  credentials: Credentials;
  /** True when the project names no profile and DuckDB was chosen for it. */
  implicit: boolean;
}

/** Everything read before parsing: the root project, its packages by name (root included, built-ins too), the profile, the CLI's vars and flags. */
export interface RuntimeConfig {
  project: Project;
  packages: Map<string, Project>;
  profile: Profile;
  cliVars: DataObject;
  flags: Flags;
  /** Environment as the process has it, DBT_ENV_SECRET_ values included: templates only reach it through env_var. */
  env: { [key: string]: string | undefined };
  invocationId: string;
  startedAt: Date;
}

/** Global and command options after merging command line, environment (DBT_*) and `flags:` of dbt_project.yml; names as in `flags.X` of templates, lower case. */
export interface Flags {
  which: string;
  project_dir: string;
  profiles_dir: string;
  profile: string | null;
  target: string | null;
  target_path: string | null;
  log_path: string | null;
  vars: string | null;
  threads: number | null;
  full_refresh: boolean | null;
  fail_fast: boolean;
  store_failures: boolean | null;
  empty: boolean;
  warn_error: boolean;
  warn_error_options: DataObject;
  version_check: boolean;
  partial_parse: boolean;
  static_parser: boolean;
  quiet: boolean;
  debug: boolean;
  log_format: "default" | "text" | "json" | "debug";
  log_format_file: "default" | "text" | "json" | "debug";
  log_level: string;
  log_level_file: string;
  use_colors: boolean;
  printer_width: number;
  print: boolean;
  introspect: boolean;
  cache_selected_only: boolean;
  populate_cache: boolean;
  write_json: boolean;
  indirect_selection: "eager" | "cautious" | "buildable" | "empty";
  select: string[];
  exclude: string[];
  models: string[];
  selector: string | null;
  resource_types: string[];
  exclude_resource_types: string[];
  defer: boolean;
  favor_state: boolean;
  state: string | null;
  defer_state: string | null;
  /** Anything else a command takes (`output`, `output_keys`, `inline`, `limit`, `args`, …). */
  [name: string]: unknown;
}
