import type { Adapter } from "../../../adapters/adapter.ts";
import type { Project, RuntimeConfig } from "../../../project/types.ts";
import { toPython } from "../../jinja/index.ts";
import { type Data, HostObject } from "../../jinja/runtime/values.ts";

type Reader = (project: Project, config: RuntimeConfig, adapter: Adapter) => unknown;

/** dbt's names for what the project's file and the profile say. */
const MEMBERS: { readonly [name: string]: Reader } = {
  project_name: (project) => project.name,
  project_root: (project) => project.root,
  version: (project) => project.version,
  model_paths: (project) => project.modelPaths,
  macro_paths: (project) => project.macroPaths,
  seed_paths: (project) => project.seedPaths,
  test_paths: (project) => project.testPaths,
  analysis_paths: (project) => project.analysisPaths,
  snapshot_paths: (project) => project.snapshotPaths,
  docs_paths: (project) => project.docsPaths,
  asset_paths: (project) => project.assetPaths,
  function_paths: (project) => project.functionPaths,
  target_path: (project) => project.targetPath,
  log_path: (project) => project.logPath,
  packages_install_path: (project) => project.packagesInstallPath,
  clean_targets: (project) => project.cleanTargets,
  on_run_start: (project) => project.onRunStart,
  on_run_end: (project) => project.onRunEnd,
  dispatch: (project) => project.dispatch,
  manifest_selectors: (project) => project.selectors,
  restrict_access: (project) => project.restrictAccess,
  models: (project) => project.configs.models.rendered,
  seeds: (project) => project.configs.seeds.rendered,
  snapshots: (project) => project.configs.snapshots.rendered,
  sources: (project) => project.configs.sources.rendered,
  data_tests: (project) => project.configs.tests.rendered,
  exposures: (project) => project.configs.exposures.rendered,
  metrics: (project) => project.configs.metrics.rendered,
  quoting: (_project, _config, adapter) => adapter.quoting,
  cli_vars: (_project, config) => config.cliVars,
  profile_name: (_project, config) => config.profile.profileName,
  target_name: (_project, config) => config.profile.targetName,
  threads: (_project, config) => config.profile.threads,
};

/** `adapter.config` of templates: the root project and the profile, without its secrets. */
export class ProjectConfigView extends HostObject {
  readonly typeName = "RuntimeConfig";
  readonly pyModule = "dbt.config.runtime";
  private readonly config: RuntimeConfig;
  private readonly adapter: Adapter;
  constructor(config: RuntimeConfig, adapter: Adapter) {
    super();
    this.config = config;
    this.adapter = adapter;
  }
  override attr(name: string): unknown {
    if (name === "credentials") return new CredentialsView(this.config.profile.credentials);
    if (!Object.hasOwn(MEMBERS, name)) return undefined;
    return toPython(MEMBERS[name]!(this.config.project, this.config, this.adapter) as Data);
  }
}

/** `adapter.config.credentials`: what `target` shows. */
class CredentialsView extends HostObject {
  readonly pyModule: string;
  readonly typeName: string;
  private readonly credentials: RuntimeConfig["profile"]["credentials"];
  constructor(credentials: RuntimeConfig["profile"]["credentials"]) {
    super();
    this.credentials = credentials;
    this.pyModule = `dbt.adapters.${credentials.type}.credentials`;
    this.typeName =
      { duckdb: "DuckDBCredentials", clickhouse: "ClickHouseCredentials", athena: "AthenaCredentials" }[
        credentials.type
      ] ?? "Credentials";
  }
  override attr(name: string): unknown {
    const { type, database, schema } = this.credentials;
    if (name === "unique_field") return this.credentials.uniqueField();
    const shown: { [key: string]: unknown } = { ...this.credentials.visible(), type, database, schema };
    return Object.hasOwn(shown, name) ? toPython(shown[name] as Data) : undefined;
  }
}
