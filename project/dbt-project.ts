import { existsSync } from "node:fs";
import { join } from "node:path";
import { TsdbtError } from "../core/errors.ts";
import { type Data, PyFloat } from "../core/jinja/runtime/values.ts";
import { allSourcePaths } from "./files.ts";
import { checkProject } from "./project-schema.ts";
import { type RenderText, renderData } from "./render.ts";
import type { ConfigSection, DataObject, Project, QueryComment } from "./types.ts";
import { checkRequiredVersion } from "./version.ts";
import {
  errorAt,
  isObject,
  type KeyPath,
  objectOf,
  placeOf,
  readYamlFile,
  readYamlFileIfAny,
  shownPath,
  type YamlFile,
} from "./yaml-file.ts";

/** dbt_project.yml as written. */
export interface RawProject {
  root: string;
  file: YamlFile;
  data: DataObject;
  name: string | null;
  profileName: string | null;
  /** `vars:` of vars.yml, which may stand in for those of dbt_project.yml. */
  varsFile: { file: YamlFile; vars: DataObject } | null;
}

/**
 * Reads a folder's dbt_project.yml without rendering it. `shownFrom` is the folder that paths in messages are relative to.
 * Throws where there is none, where it is no YAML, or where it is no mapping.
 */
export function readRawProject(root: string, shownFrom: string = root): RawProject {
  const path = join(root, "dbt_project.yml");
  const shown = shownPath(path, shownFrom);
  if (!existsSync(path))
    throw new TsdbtError(
      "TD2302",
      "Runtime Error",
      `No dbt_project.yml found at expected path ${path}\n` +
        "Verify that each entry within packages.yml (and their transitive dependencies) contains a file named dbt_project.yml\n",
      {
        file: shown,
        hint: "run tsdbt inside a project's folder, name one with --project-dir, or make one: tsdbt init my_project",
      },
    );
  const file = readYamlFile(path, shown);
  if (!isObject(file.data))
    throw errorAt(file, [], {
      code: "TD2303",
      message: "dbt_project.yml does not parse to a dictionary",
      hint: notAMappingHint(file),
    });
  const data = renameTests(file.data);
  return {
    root,
    file,
    data,
    name: typeof data.name === "string" ? data.name : null,
    profileName: profileNameOf(file, data),
    varsFile: null,
  };
}

/** As {@link readRawProject}, with the root project's vars.yml. https://docs.getdbt.com/docs/build/project-variables */
export function readRootProject(root: string): RawProject {
  const raw = readRawProject(root);
  const file = readYamlFileIfAny(join(root, "vars.yml"), "vars.yml");
  const vars = objectOf(objectOf(file?.data)?.vars) ?? {};
  if (!file || Object.keys(vars).length === 0) return raw;
  if (Object.keys(objectOr(raw.data.vars)).length > 0)
    throw errorAt(raw.file, ["vars"], {
      code: "TD2304",
      on: "key",
      message: "Variables cannot be defined in both vars.yml and dbt_project.yml. ",
      hint: "keep them in one of the two files",
    });
  return { ...raw, varsFile: { file, vars } };
}

export interface ProjectOptions {
  render: RenderText;
  verifyVersion: boolean;
  /** Flags that take precedence over the file. */
  targetPath?: string | null;
  logPath?: string | null;
  builtin?: boolean;
  onDeprecation?: (name: string, message: string) => void;
}

/** Renders, checks and completes a project. Throws a Runtime Error in dbt's words with the place of the first problem. */
export function buildProject(raw: RawProject, options: ProjectOptions): Project {
  const { file } = raw;
  const rendered = postprocess(
    renderData(file, raw.data, [], options.render, (keys) => !isRendered(keys)) as DataObject,
  );
  const required = rendered["require-dbt-version"] as string | string[] | null | undefined;
  if (options.verifyVersion && !("name" in rendered))
    throw errorAt(file, [], {
      code: "TD2305",
      message: 'Required "name" field not present in project',
      hint: "add a first line such as `name: my_project`",
    });
  checkVersionType(file, required);
  const requireDbtVersion = checkRequiredVersion(file, required, raw.name, options.verifyVersion);
  checkOldPath(file, rendered, "source-paths", "model-paths", options);
  checkOldPath(file, rendered, "data-paths", "seed-paths", options);
  checkOutputPath(rendered, "log-path", "logs", options);
  checkOutputPath(rendered, "target-path", "target", options);
  checkProject(file, rendered);

  const paths = (key: string, fallback: string[]): string[] =>
    (rendered[key] as string[] | null | undefined) ?? fallback;
  const layout = {
    modelPaths: paths("model-paths", paths("source-paths", ["models"])),
    macroPaths: paths("macro-paths", ["macros"]),
    seedPaths: paths("seed-paths", paths("data-paths", ["seeds"])),
    testPaths: paths("test-paths", ["tests"]),
    analysisPaths: paths("analysis-paths", ["analyses"]),
    snapshotPaths: paths("snapshot-paths", ["snapshots"]),
    functionPaths: paths("function-paths", ["functions"]),
  };
  const targetPath = options.targetPath ?? (rendered["target-path"] as string | null | undefined) ?? "target";
  const section = (name: ConfigSection | "data_tests"): { rendered: DataObject; unrendered: DataObject } => ({
    rendered: objectOr(rendered[name]),
    unrendered: objectOr(raw.data[name]),
  });
  return {
    name: rendered.name as string,
    root: raw.root,
    version: versionOf(rendered.version),
    profileName: raw.profileName,
    ...layout,
    docsPaths: paths("docs-paths", allSourcePaths(layout)),
    assetPaths: paths("asset-paths", []),
    targetPath,
    logPath: options.logPath ?? (rendered["log-path"] as string | null | undefined) ?? "logs",
    packagesInstallPath: (rendered["packages-install-path"] as string | null | undefined) ?? "dbt_packages",
    cleanTargets: paths("clean-targets", [targetPath]),
    requireDbtVersion,
    quoting: withoutNulls(objectOr(rendered.quoting)) as Project["quoting"],
    configs: {
      models: section("models"),
      seeds: section("seeds"),
      snapshots: section("snapshots"),
      sources: section("sources"),
      tests: section("data_tests"),
      exposures: section("exposures"),
      metrics: section("metrics"),
      "semantic-models": section("semantic-models"),
      "saved-queries": section("saved-queries"),
      unit_tests: section("unit_tests"),
      functions: section("functions"),
      analyses: section("analyses"),
    },
    vars: raw.varsFile?.vars ?? objectOr(rendered.vars),
    dispatch: (rendered.dispatch ?? []) as unknown as Project["dispatch"],
    onRunStart: (rendered["on-run-start"] ?? []) as string[],
    onRunEnd: (rendered["on-run-end"] ?? []) as string[],
    selectors: {},
    queryComment: queryComment(rendered),
    flags: objectOr(rendered.flags),
    restrictAccess: rendered["restrict-access"] === true,
    builtin: options.builtin ?? false,
    source: file.text,
  };
}

/** Hooks, query comments and vars stay as written: they are rendered when they are used. */
function isRendered(keys: KeyPath): boolean {
  const first = keys[0];
  if (first === "on-run-start" || first === "on-run-end" || first === "query-comment" || first === "vars") return false;
  if (first === "models" || first === "seeds" || first === "snapshots" || first === "tests" || first === "data_tests")
    return !keys.some((key) => typeof key === "string" && LATE_HOOKS.has(key.replace(/^[+ ]+/, "")));
  return true;
}

const LATE_HOOKS = new Set(["pre-hook", "post-hook", "pre_hook", "post_hook"]);

/** What may be left empty or written as one string instead of a list. */
function postprocess(rendered: DataObject): DataObject {
  for (const key of ["on-run-start", "on-run-end"]) fill(rendered, key, listOf);
  for (const key of ["models", "seeds", "snapshots"]) {
    fill(rendered, key, (value) => value ?? {});
    const configs = rendered[key];
    if (!isObject(configs)) continue;
    fill(configs, "vars", (value) => value ?? {});
    for (const hook of ["pre-hook", "post-hook"]) fill(configs, hook, listOf);
    if (key === "seeds") fill(configs, "column_types", (value) => value ?? {});
  }
  return rendered;
}

function fill(data: DataObject, key: string, complete: (value: Data) => Data): void {
  if (key in data) data[key] = complete(data[key]!);
}

function listOf(value: Data): Data {
  return value === null ? [] : typeof value === "string" ? [value] : value;
}

/** `tests:` is the older name of `data_tests:`. */
function renameTests(data: DataObject): DataObject {
  if (!("tests" in data) || "data_tests" in data) return data;
  const { tests, ...rest } = data;
  return { ...rest, data_tests: tests! };
}

function checkVersionType(file: YamlFile, required: Data | undefined): void {
  if (required === undefined || required === null || typeof required === "string") return;
  if (Array.isArray(required) && required.every((item) => typeof item === "string")) return;
  throw errorAt(file, ["require-dbt-version"], {
    code: "TD2306",
    message: "require-dbt-version must be a string or a list of strings",
    hint: 'put the version in quotes: require-dbt-version: ">=1.5.0"',
  });
}

function checkOldPath(
  file: YamlFile,
  rendered: DataObject,
  old: string,
  current: string,
  options: ProjectOptions,
): void {
  if (!(old in rendered)) return;
  if (current in rendered)
    throw errorAt(file, [old], {
      code: "TD2307",
      on: "key",
      message:
        `${old} and ${current} cannot both be defined. The \`${old}\` config has been deprecated in favor of \`${current}\`. ` +
        "Please update your `dbt_project.yml` configuration to reflect this change.",
      hint: `remove \`${old}\``,
    });
  options.onDeprecation?.(
    `project-config-${old}`,
    `The \`${old}\` config has been renamed to \`${current}\`. Please update your \`dbt_project.yml\` configuration to reflect this change.`,
  );
}

/** dbt would have these two outside the project file; the default in it says nothing. */
function checkOutputPath(
  data: DataObject,
  key: "log-path" | "target-path",
  fallback: string,
  options: ProjectOptions,
): void {
  if (!(key in data) || data[key] === fallback) return;
  const [output, variable] = key === "log-path" ? ["logs", "DBT_LOG_PATH"] : ["artifacts", "DBT_TARGET_PATH"];
  options.onDeprecation?.(
    `project-config-${key}`,
    `The \`${key}\` config in \`dbt_project.yml\` has been deprecated, and will no longer be supported in a future version of dbt-core. ` +
      `If you wish to write dbt ${output} to a custom directory, please use the --${key} CLI flag or ${variable} env var instead.`,
  );
}

function profileNameOf(file: YamlFile, data: DataObject): string | null {
  const name = data.profile;
  if (name === undefined || name === null) return null;
  if (typeof name === "string") return name;
  if (typeof name === "number") return String(name);
  throw errorAt(file, ["profile"], {
    code: "TD2308",
    message: "profile must be a string",
    hint: "write the name of one profile of profiles.yml: `profile: my_profile`",
  });
}

/** `comment` is null for dbt's own comment, and empty where none is wanted. https://docs.getdbt.com/reference/project-configs/query-comment */
function queryComment(rendered: DataObject): QueryComment {
  if (!("query-comment" in rendered)) return { comment: null, append: false, jobLabel: false };
  const value = rendered["query-comment"];
  if (typeof value === "string") return { comment: value, append: false, jobLabel: false };
  if (!isObject(value)) return { comment: "", append: false, jobLabel: false };
  const comment = value.comment;
  return {
    comment: typeof comment === "string" ? comment : null,
    append: value.append === true,
    jobLabel: value["job-label"] === true,
  };
}

function versionOf(value: Data | undefined): string | number | null {
  if (value instanceof PyFloat) return value.value.toFixed(1);
  return typeof value === "string" || typeof value === "number" ? value : null;
}

function objectOr(value: Data | undefined): DataObject {
  return objectOf(value) ?? {};
}

function withoutNulls(value: DataObject): DataObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}

function notAMappingHint(file: YamlFile): string {
  const missingSpace = /^([A-Za-z_-]+):(\S.*)$/m.exec(file.text);
  if (file.text.trim() === "") return "the file is empty: start with `name: my_project`";
  if (missingSpace && typeof file.data === "string")
    return `a space must follow the colon: \`${missingSpace[1]}: ${missingSpace[2]}\``;
  return "it must be a mapping of keys to values, for example `name: my_project`";
}

/** For errors that other readers find in dbt_project.yml: the place of a key. */
export function placeInProject(
  project: Pick<Project, "root" | "source">,
  keys: KeyPath,
  shownFrom: string = project.root,
) {
  const path = join(project.root, "dbt_project.yml");
  return placeOf({ path, shown: shownPath(path, shownFrom), text: project.source, data: null }, keys);
}
