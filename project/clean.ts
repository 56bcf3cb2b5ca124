import { rmSync } from "node:fs";
import { resolve, sep } from "node:path";
import { TsdbtError } from "../core/errors.ts";
import type { EventBus } from "../core/events/event.ts";
import { deprecation } from "../core/events/messages/general.ts";
import { placeInProject } from "./dbt-project.ts";
import { allSourcePaths } from "./files.ts";
import { repr } from "./repr.ts";
import { loadProjectOnly } from "./runtime.ts";
import type { Flags, Project } from "./types.ts";

const OLD_INSTALL_PATH =
  "The default package install path has changed from `dbt_modules` to `dbt_packages`. Please update `clean-targets` in " +
  "`dbt_project.yml` and check `.gitignore` as well. Or, set `packages-install-path: dbt_modules` if you'd like to keep the " +
  "current value.";

/** Deletes the folders of `clean-targets` of the project that the flags name. */
export async function clean(
  flags: Flags,
  env: { readonly [name: string]: string | undefined },
  events: EventBus,
): Promise<void> {
  const { project } = await loadProjectOnly(flags, env, events);
  cleanProject(project, flags, events);
}

/**
 * Deletes the folders of `clean-targets`, after checking them all: none may hold sources, and none may lie outside the
 * project unless `--no-clean-project-files-only`. https://docs.getdbt.com/reference/commands/clean
 */
export function cleanProject(project: Project, flags: Flags, events: EventBus): void {
  const targets = [...new Set(project.cleanTargets.map((path) => resolve(project.root, path)))];
  const sources = allSourcePaths(project).map((path) => resolve(project.root, path));
  const sourcesBelow = (isHeld: (source: string, target: string) => boolean) => [
    ...new Set(targets.flatMap((target) => sources.filter((source) => isHeld(source, target)))),
  ];
  const refuseSources = (held: string[]) => {
    if (held.length === 0) return;
    const message = `dbt will not clean the following source paths: ${repr(held)}`;
    throw refusal(project, message, "remove them from clean-targets");
  };
  refuseSources(sourcesBelow((source, target) => source === target));
  const outside = targets.filter((target) => target === project.root || !isWithin(target, project.root));
  if (outside.includes(project.root) || (outside.length > 0 && flags.clean_project_files_only !== false))
    throw outsideProject(project, outside);
  refuseSources(sourcesBelow(isWithin));
  if (project.cleanTargets.includes("dbt_modules") && !project.cleanTargets.includes(project.packagesInstallPath))
    events.emit(deprecation("PackageInstallPathDeprecation", "D002", OLD_INSTALL_PATH, { named: false }));
  for (const path of targets) {
    events.emit({ name: "CheckCleanPath", code: "Z012", level: "info", message: `Checking ${path}/*`, data: { path } });
    rmSync(path, { recursive: true, force: true });
    events.emit({
      name: "ConfirmCleanPath",
      code: "Z013",
      level: "info",
      message: `Cleaned ${path}/*`,
      data: { path },
    });
  }
  events.emit({ name: "FinishedCleanPaths", code: "Z015", level: "info", message: "Finished cleaning all paths." });
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function outsideProject(project: Project, paths: string[]): TsdbtError {
  const message = `dbt will not clean the following directories outside the project: ${repr(paths)}`;
  if (paths.includes(project.root)) return refusal(project, message, "the project itself can not be a clean target");
  return refusal(project, message, "remove them from clean-targets, or pass --no-clean-project-files-only");
}

function refusal(project: Project, message: string, hint: string): TsdbtError {
  return new TsdbtError("TD2701", "Runtime Error", message, { ...placeInProject(project, ["clean-targets"]), hint });
}
