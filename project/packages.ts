import { existsSync, readdirSync, statSync } from "node:fs";
import { join, parse } from "node:path";
import { TsdbtError } from "../core/errors.ts";
import { buildProject, readRawProject } from "./dbt-project.ts";
import { builtinRoots } from "./package-root.ts";
import type { PackagesFile } from "./packages-file.ts";
import { rendererFor } from "./render.ts";
import type { DataObject, Profile, Project } from "./types.ts";
import { isObject, placeOf, readYamlFileIfAny } from "./yaml-file.ts";

export interface PackageOptions {
  env: { readonly [name: string]: string | undefined };
  profile: Profile;
  versionCheck: boolean;
  onDeprecation?: (name: string, message: string) => void;
}

/**
 * Every package by its name: the root project first, then the built-in ones, then what `deps` installed.
 * Throws in dbt's words where a package is not installed, cannot be read, or has a name that is taken.
 */
export async function loadPackages(
  root: Project,
  declared: PackagesFile,
  options: PackageOptions,
): Promise<Map<string, Project>> {
  const installed = installedRoots(root);
  checkInstalled(root, declared, installed);
  const packages = new Map([[root.name, root]]);
  const builtins = builtinRoots(options.profile.credentials.type);
  for (const path of [...builtins, ...installed]) {
    const builtin = builtins.includes(path);
    const project = await readPackage(path, root, builtin, options);
    const other = packages.get(project.name);
    if (other) throw duplicate(project, other, root);
    packages.set(project.name, project);
  }
  return packages;
}

/** Reads one installed or built-in package. The command line's vars are the root project's alone; its quoting counts everywhere. */
async function readPackage(path: string, root: Project, builtin: boolean, options: PackageOptions): Promise<Project> {
  try {
    const raw = readRawProject(path, root.root);
    const render = await rendererFor([raw.file.text], { cliVars: {}, env: options.env, profile: options.profile });
    const project = buildProject(raw, {
      render,
      verifyVersion: options.versionCheck && !builtin,
      targetPath: root.targetPath,
      logPath: root.logPath,
      builtin,
      onDeprecation: builtin ? undefined : options.onDeprecation,
    });
    project.quoting = root.quoting;
    return project;
  } catch (error) {
    if (!(error instanceof TsdbtError) || error.kind !== "Runtime Error") throw error;
    throw new TsdbtError(error.code, "Runtime Error", `Failed to read package: ${error.message}`, {
      ...error.details,
      hint:
        error.code === "TD2302"
          ? `every folder of ${root.packagesInstallPath} must be a package: run tsdbt deps, which rebuilds it`
          : error.details.hint,
    });
  }
}

/** Folders below `packages-install-path`, by name; links to folders count. */
export function installedRoots(root: Pick<Project, "root" | "packagesInstallPath">): string[] {
  const folder = join(root.root, root.packagesInstallPath);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith("__"))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    .sort();
}

function checkInstalled(root: Project, declared: PackagesFile, installed: string[]): void {
  const locked = lockedPackages(root.root);
  const specified = locked.length > 0 ? locked.length : declared.entries.length;
  const names = new Set(installed.map((path) => parse(path).name));
  if (specified === names.size) return;
  const missing = locked.flatMap(({ name }) => (typeof name === "string" && !names.has(name) ? [name] : []));
  throw new TsdbtError(
    "TD2505",
    "Compilation Error",
    `dbt expects ${specified} package(s) based on packages specified in ${declared.name}, but found only ${names.size} package(s) ` +
      `installed in ${root.packagesInstallPath}. ` +
      (missing.length > 0 ? `Following packages were not found: ${missing.join(", ")}. ` : "") +
      'Run "dbt deps" to install package dependencies.',
    { ...(declared.file ? placeOf(declared.file, ["packages"], "key") : {}), hint: "run tsdbt deps" },
  );
}

function lockedPackages(root: string): DataObject[] {
  const file = readYamlFileIfAny(join(root, "package-lock.yml"), "package-lock.yml");
  const list = isObject(file?.data) ? file.data.packages : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function duplicate(project: Project, other: Project, root: Project): TsdbtError {
  const path = `${project.root}/dbt_project.yml`;
  const inUserFolder = project.builtin ? other : project;
  return new TsdbtError(
    "TD2506",
    "Compilation Error",
    `dbt found more than one package with the name "${project.name}" included in this project. Package names must be unique in a project. ` +
      "Please rename one of these packages.",
    {
      ...placeOf({ path, shown: shortOf(inUserFolder, root), text: inUserFolder.source, data: null }, ["name"]),
      hint:
        project.builtin || other.builtin
          ? `"${project.name}" is the name of tsdbt's built-in macros`
          : `the two are ${other.root} and ${project.root}`,
    },
  );
}

function shortOf(project: Project, root: Project): string {
  const path = join(project.root, "dbt_project.yml");
  return path.startsWith(`${root.root}/`) ? path.slice(root.root.length + 1) : path;
}
