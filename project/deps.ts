import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { TsdbtError } from "../core/errors.ts";
import type { EventBus } from "../core/events/event.ts";
import { readRawProject } from "./dbt-project.ts";
import { type LockedPackage, packagesHash, readLock, writeLock } from "./lock.ts";
import { type PackageEntry, type PackagesFile, packageEntries, readPackagesFiles } from "./packages-file.ts";
import { rendererFor } from "./render.ts";
import { loadProjectOnly } from "./runtime.ts";
import type { DataObject, Flags, Project } from "./types.ts";
import { isObject, placeOf } from "./yaml-file.ts";

type Env = { readonly [name: string]: string | undefined };

/**
 * Installs what packages.yml names into `packages-install-path` and writes package-lock.yml: `await installDeps(flags, env, events)`.
 * Local packages are linked. Throws for packages that must be fetched. https://docs.getdbt.com/reference/commands/deps
 */
export async function installDeps(flags: Flags, env: Env, events: EventBus): Promise<void> {
  const { project, packagesFile, cliVars, env: environment } = await loadProjectOnly(flags, env, events);
  if (flags.add_package)
    throw new TsdbtError("TD2510", "Runtime Error", "`--add-package` is not supported yet", {
      hint: "add the package to packages.yml by hand",
    });
  const lockPath = join(project.root, "package-lock.yml");
  const hash = packagesHash(packagesFile.entries);
  const lock = readLock(lockPath);
  if (!lock || lock.hash !== hash || flags.upgrade === true) {
    if (packagesFile.entries.length === 0) noPackages(events);
    else {
      writeLock(lockPath, await resolvePackages(project, packagesFile, cliVars, environment), hash);
      say(events, "DepsLockUpdating", "M031", `Updating lock file in file path: ${lockPath}`, {
        lock_filepath: lockPath,
      });
    }
  }
  if (flags.lock === true) return;

  const folder = resolve(project.root, project.packagesInstallPath);
  refuseDangerous(project, folder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const locked = readLock(lockPath)?.packages ?? [];
  if (locked.length === 0) noPackages(events);
  for (const entry of locked) install(project, folder, entry as DataObject, events);
}

function install(project: Project, folder: string, entry: DataObject, events: EventBus): void {
  const { local } = entry;
  if (!isObject(entry) || typeof local !== "string")
    throw notFetched({}, String(entry.package ?? entry.git ?? "a package"));
  const source = resolve(project.root, local);
  const { name } = readRawProject(source, project.root);
  say(events, "DepsStartPackageInstall", "M014", `Installing ${local}`, { package_name: local });
  const path = installationPath(folder, name ?? "", project.packagesInstallPath);
  rmSync(path, { recursive: true, force: true });
  try {
    symlinkSync(source, path, process.platform === "win32" ? "junction" : "dir");
  } catch {
    cpSync(source, path, { recursive: true });
  }
  say(events, "DepsInstallInfo", "M015", `Installed from <local @ ${local}>`, { version_name: `<local @ ${local}>` });
}

/** Packages and the packages they name in turn, nearest first, each once. */
async function resolvePackages(
  project: Project,
  declared: PackagesFile,
  cliVars: DataObject,
  env: Env,
): Promise<LockedPackage[]> {
  const found = new Map<string, LockedPackage>();
  let pending = declared.entries.map((entry) => ({ entry, from: declared }));
  while (pending.length > 0) {
    const next: typeof pending = [];
    for (const { entry, from } of pending) {
      if (entry.kind !== "local") throw notFetched(from, entry.source, entry);
      if (found.has(entry.source)) continue;
      const root = resolve(project.root, entry.source);
      const raw = locally(() => readRawProject(root, project.root), from, entry);
      if (raw.name === null)
        throw new TsdbtError("TD2511", "Runtime Error", "Package defined in dbt_project.yml must have a name!", {
          ...placeOf(raw.file, ["name"]),
          hint: "add a line such as `name: my_package`",
        });
      found.set(entry.source, { local: entry.source, name: raw.name });
      const files = readPackagesFiles(root, project.root);
      const render = await rendererFor([files.file?.text], { cliVars, env, secrets: true });
      const inner = packageEntries(files, render);
      next.push(...inner.entries.map((innerEntry) => ({ entry: innerEntry, from: inner })));
    }
    pending = next;
  }
  checkNames(project, declared, [...found.values()]);
  return [...found.values()];
}

function checkNames(project: Project, declared: PackagesFile, packages: LockedPackage[]): void {
  const seen = new Map<string, string>();
  for (const { local, name } of packages) {
    const index = declared.entries.findIndex((entry) => entry.source === local);
    const place = declared.file ? placeOf(declared.file, index < 0 ? ["packages"] : ["packages", index, "local"]) : {};
    if (seen.has(name))
      throw new TsdbtError(
        "TD2512",
        "Runtime Error",
        `Found duplicate project "${name}". This occurs when a dependency has the same project name as some other dependency.`,
        { ...place, hint: `${seen.get(name)} and ${local} both have \`name: ${name}\` in their dbt_project.yml` },
      );
    if (name === project.name)
      throw new TsdbtError(
        "TD2513",
        "Runtime Error",
        `Found a dependency with the same name as the root project "${name}". Package names must be unique in a project. ` +
          "Please rename one of these packages.",
        { ...place, hint: `change \`name:\` in ${local}/dbt_project.yml` },
      );
    seen.set(name, local);
  }
}

/** Says which line of packages.yml named a folder that is no package. */
function locally<T>(read: () => T, from: PackagesFile, entry: PackageEntry): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TsdbtError) || error.code !== "TD2302" || !from.file) throw error;
    throw new TsdbtError(error.code, error.kind, error.message, {
      ...placeOf(from.file, ["packages", from.entries.indexOf(entry), entry.kind]),
      hint: "`local:` is a folder with a dbt_project.yml, relative to the root project",
    });
  }
}

function notFetched(
  from: { file?: PackagesFile["file"]; entries?: PackageEntry[] },
  source: string,
  entry?: PackageEntry,
): TsdbtError {
  const index = entry && from.entries ? from.entries.indexOf(entry) : -1;
  const kind = entry?.kind === "package" ? "packages of the hub" : `${entry?.kind ?? "such"} packages`;
  return new TsdbtError("TD2514", "Runtime Error", `${source} cannot be installed: ${kind} are not supported yet`, {
    ...(from.file && index >= 0 ? placeOf(from.file, ["packages", index]) : {}),
    hint: "put a copy of the package beside the project and name it with `local:`; what Python dbt installed into dbt_packages/ is used as well",
  });
}

function installationPath(folder: string, name: string, shown: string): string {
  const path = resolve(folder, name);
  if (name === "" || (!path.startsWith(folder + sep) && path !== folder) || path === folder)
    throw new TsdbtError(
      "TD2515",
      "Runtime Error",
      `Invalid package name '${name}': resolves outside of the packages-install-path ('${shown}')`,
    );
  return path;
}

/** `deps` empties its folder: that must not be one which holds the project. */
function refuseDangerous(project: Project, folder: string): void {
  if (folder !== project.root && !project.root.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return;
  if (!existsSync(folder)) return;
  throw new TsdbtError(
    "TD2516",
    "Runtime Error",
    `packages-install-path ('${project.packagesInstallPath}') must not hold the project itself`,
    {
      file: "dbt_project.yml",
      hint: "deps deletes this folder before it installs: use the default, dbt_packages",
    },
  );
}

function noPackages(events: EventBus): void {
  say(events, "DepsNoPackagesFound", "M013", "Warning: No packages were found in packages.yml");
}

function say(events: EventBus, name: string, code: string, message: string, data?: { [key: string]: unknown }): void {
  events.emit({ name, code, level: "info", message, data });
}
