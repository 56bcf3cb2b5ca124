import type { Flags, Project, RuntimeConfig } from "../../../project/types.ts";
import { type Data, PyDict, toPython } from "../../jinja/index.ts";
import { HostObject, type Kwargs } from "../../jinja/runtime/values.ts";
import { type Member, member, method } from "../../python/support.ts";

/** `ref` and `source`: called, they answer a relation; packages also read the project's settings off `builtins.ref.config`. */
export class Resolver extends HostObject {
  readonly typeName: string;
  private readonly resolve: (args: unknown[], kwargs: Kwargs) => unknown;
  private readonly settings: RuntimeConfig;
  constructor(what: "Ref" | "Source", resolve: { fn: Resolver["resolve"] }, settings: RuntimeConfig) {
    super();
    this.typeName = `Runtime${what}Resolver`;
    this.resolve = resolve.fn;
    this.settings = settings;
  }
  override call(args: unknown[], kwargs: Kwargs): unknown {
    return this.resolve(args, kwargs);
  }
  override attr(name: string): unknown {
    if (name === "config") return settingsOf(this.settings);
    return name === "current_project" ? this.settings.project.name : undefined;
  }
}

/** What dbt_project.yml of a package says. */
class ProjectSettings extends HostObject {
  readonly typeName: string = "Project";
  readonly project: Project;
  constructor(project: Project) {
    super();
    this.project = project;
  }
  override attr(name: string): unknown {
    return member(PROJECT_MEMBERS, this, name);
  }
}

class Settings extends ProjectSettings {
  override readonly typeName = "RuntimeConfig";
  readonly config: RuntimeConfig;
  constructor(config: RuntimeConfig) {
    super(config.project);
    this.config = config;
  }
  override attr(name: string): unknown {
    return member(SETTINGS_MEMBERS, this, name) ?? super.attr(name);
  }
}

/** Every option of the command, in capitals or not. */
class Arguments extends HostObject {
  readonly typeName = "Namespace";
  private readonly flags: Flags;
  constructor(flags: Flags) {
    super();
    this.flags = flags;
  }
  override attr(name: string): unknown {
    const value = Object.hasOwn(this.flags, name.toLowerCase()) ? this.flags[name.toLowerCase()] : undefined;
    return value === undefined ? undefined : toPython(value as Data);
  }
}

/** The vars of a project. */
class VarProvider extends HostObject {
  readonly typeName = "VarProvider";
  readonly vars: PyDict;
  constructor(vars: { [name: string]: Data }) {
    super();
    this.vars = toPython(vars) as PyDict;
  }
  override attr(name: string): unknown {
    return member(VARS_MEMBERS, this, name);
  }
}

const VARS_MEMBERS = new Map<string, Member<VarProvider>>([
  ["vars", (self) => self.vars],
  ["to_dict", method("to_dict()", (self: VarProvider) => self.vars)],
]);

const PROJECT_MEMBERS = new Map<string, Member<ProjectSettings>>([
  ["project_name", ({ project }) => project.name],
  ["project_root", ({ project }) => project.root],
  ["version", ({ project }) => project.version],
  ["profile_name", ({ project }) => project.profileName],
  ["model_paths", ({ project }) => [...project.modelPaths]],
  ["macro_paths", ({ project }) => [...project.macroPaths]],
  ["seed_paths", ({ project }) => [...project.seedPaths]],
  ["snapshot_paths", ({ project }) => [...project.snapshotPaths]],
  ["test_paths", ({ project }) => [...project.testPaths]],
  ["analysis_paths", ({ project }) => [...project.analysisPaths]],
  ["target_path", ({ project }) => project.targetPath],
  ["packages_install_path", ({ project }) => project.packagesInstallPath],
  ["vars", ({ project }) => new VarProvider(project.vars)],
]);

const SETTINGS_MEMBERS = new Map<string, Member<Settings>>([
  ["args", ({ config }) => new Arguments(config.flags)],
  ["cli_vars", ({ config }) => toPython(config.cliVars)],
  ["dependencies", ({ config }) => PyDict.from(projectsOf(config))],
  ["profile_name", ({ config }) => config.profile.profileName],
  ["target_name", ({ config }) => config.profile.targetName],
  ["threads", ({ config }) => config.profile.threads],
]);

function projectsOf(config: RuntimeConfig): [string, unknown][] {
  return Array.from(config.packages, ([name, project]) => [name, new ProjectSettings(project)]);
}

const known = new WeakMap<RuntimeConfig, Settings>();

function settingsOf(config: RuntimeConfig): Settings {
  let settings = known.get(config);
  if (!settings) {
    settings = new Settings(config);
    known.set(config, settings);
  }
  return settings;
}
