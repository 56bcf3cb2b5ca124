import type { ConfigSection, DataObject, Project, RuntimeConfig } from "../../../project/types.ts";
import type { Data } from "../../jinja/runtime/values.ts";
import { checkWhole, coerce } from "./coerce.ts";
import { type Dict, isDict } from "./dicts.ts";
import { type ConfigClass, configClassOf } from "./fields.ts";
import { mergeValues } from "./merge.ts";

export interface ConfigRequest {
  resourceType: string;
  fqn: readonly string[];
  packageName: string;
  /** What the properties file says. */
  patch?: Dict | undefined;
  /** What the file's own `config(...)` says. */
  call?: Dict | undefined;
}

const SECTIONS: { [type: string]: ConfigSection } = {
  seed: "seeds",
  snapshot: "snapshots",
  source: "sources",
  test: "tests",
  metric: "metrics",
  semantic_model: "semantic-models",
  saved_query: "saved-queries",
  exposure: "exposures",
  unit_test: "unit_tests",
  function: "functions",
};

/**
 * Joins what dbt_project.yml, properties and the file itself say about a resource's config, least specific first:
 * the package's own project file (folder by folder), the properties, the file, and for a package's resource the root
 * project's file, which has the last word. The part from project files is worked out once per folder that is named
 * there, not per resource.
 * https://docs.getdbt.com/reference/configs-and-properties
 */
export class ConfigGenerator {
  private readonly root: Project;
  private readonly packages: Map<string, Project>;
  private readonly aliases: { [name: string]: string };
  private readonly sections: { readonly [type: string]: ConfigSection };
  private readonly baseCache = new Map<string, Map<DataObject, Map<DataObject | null, Dict>>>();
  private readonly levelCache = new WeakMap<DataObject, Dict>();

  constructor(config: RuntimeConfig, aliases: { [name: string]: string } = {}) {
    this.root = config.project;
    this.packages = config.packages;
    this.aliases = aliases;
    this.sections =
      config.flags.require_corrected_analysis_fqns === true ? { ...SECTIONS, analysis: "analyses" } : SECTIONS;
  }

  /**
   * The whole config with every known key, `null` where nothing was said.
   * @throws ConfigProblem
   */
  rendered(request: ConfigRequest): Dict {
    const configClass = configClassOf(request.resourceType);
    const own = this.levels(this.project(request.packageName), request.resourceType, request.fqn, "rendered");
    const isRoot = request.packageName === this.root.name;
    const active = isRoot ? null : this.levels(this.root, request.resourceType, request.fqn, "rendered");
    const touched = hasKeys(request.patch) || hasKeys(request.call);
    const result = { ...this.base(configClass, own, touched ? null : active) };
    if (touched) {
      if (request.patch) this.update(configClass, result, request.patch);
      if (request.call) this.update(configClass, result, request.call);
      for (const level of active ?? []) this.update(configClass, result, this.ownKeys(level));
    }
    checkWhole(configClass.name, result);
    return result;
  }

  /** The config as written, nothing merged: later places replace earlier ones, for `state:modified`. */
  unrendered(request: ConfigRequest): Dict {
    const result: Dict = {};
    const project = this.project(request.packageName);
    for (const level of this.levels(project, request.resourceType, request.fqn, "unrendered"))
      this.replace(result, this.ownKeys(level));
    if (request.patch) this.replace(result, request.patch);
    if (request.call) this.replace(result, request.call);
    if (project !== this.root) {
      for (const level of this.levels(this.root, request.resourceType, request.fqn, "unrendered"))
        this.replace(result, this.ownKeys(level));
    }
    return result;
  }

  private project(name: string): Project {
    return name === this.root.name ? this.root : (this.packages.get(name) ?? this.root);
  }

  private base(configClass: ConfigClass, own: DataObject[], active: DataObject[] | null): Dict {
    let byOwn = this.baseCache.get(configClass.name);
    if (!byOwn) {
      byOwn = new Map();
      this.baseCache.set(configClass.name, byOwn);
    }
    const ownKey = own[own.length - 1]!;
    let byActive = byOwn.get(ownKey);
    if (!byActive) {
      byActive = new Map();
      byOwn.set(ownKey, byActive);
    }
    const activeKey = active?.[active.length - 1] ?? null;
    let base = byActive.get(activeKey);
    if (!base) {
      base = {};
      for (const [key, field] of configClass.fields) base[key] = field.initial;
      for (const level of own) this.update(configClass, base, this.ownKeys(level));
      for (const level of active ?? []) this.update(configClass, base, this.ownKeys(level));
      byActive.set(activeKey, base);
    }
    return base;
  }

  private update(configClass: ConfigClass, result: Dict, partial: Dict): void {
    for (const [given, value] of Object.entries(partial)) {
      const key = this.keyOf(given);
      const field = configClass.fields.get(key);
      if (field === undefined) {
        // What cannot have hooks ignores them; any other key that nobody knows is the project's own.
        if (key !== "pre-hook" && key !== "post-hook") result[key] = value;
        continue;
      }
      const merged = field.merge === "clobber" ? value : mergeValues(key, field.merge, result[key], value);
      result[key] = coerce(configClass.name, key, field, merged);
    }
  }

  private replace(result: Dict, partial: Dict): void {
    for (const [key, value] of Object.entries(partial)) result[this.aliases[key] ?? key] = value;
  }

  private keyOf(given: string): string {
    const key = this.aliases[given] ?? given;
    return key === "pre_hook" ? "pre-hook" : key === "post_hook" ? "post-hook" : key;
  }

  /** The mappings of a project file that speak about an fqn, outermost first; never empty. */
  private levels(
    project: Project,
    resourceType: string,
    fqn: readonly string[],
    form: "rendered" | "unrendered",
  ): DataObject[] {
    const section = this.sections[resourceType] ?? "models";
    const configs = project.configs;
    const root = (form === "rendered" ? configs[section]?.rendered : unrenderedConfigs(configs, section)) ?? NOTHING;
    const levels = [root];
    let current: DataObject = root;
    for (const part of fqn) {
      const next = Object.hasOwn(current, part) ? current[part] : undefined;
      if (!isDict(next)) break;
      current = next as DataObject;
      levels.push(current);
    }
    return levels;
  }

  /** What one mapping says itself, without its subfolders. */
  private ownKeys(level: DataObject): Dict {
    let own = this.levelCache.get(level);
    if (own) return own;
    own = {};
    for (const [key, value] of Object.entries(level)) {
      if (key.startsWith("+")) own[key.slice(1).trim()] = value as Data;
      else if (!isDict(value)) own[key] = value as Data;
    }
    this.levelCache.set(level, own);
    return own;
  }
}

/** What dbt compares as written: functions with the models' section, and nothing of the semantic layer's. */
function unrenderedConfigs(configs: Project["configs"], section: ConfigSection): DataObject | undefined {
  if (section === "semantic-models" || section === "saved-queries") return undefined;
  return configs[section === "functions" ? "models" : section]?.unrendered;
}

const NOTHING: DataObject = {};

function hasKeys(dict: Dict | undefined): boolean {
  if (dict === undefined) return false;
  for (const _ in dict) return true;
  return false;
}
