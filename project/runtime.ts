import { randomUUID } from "node:crypto";
import { withBothPrefixes } from "../core/config/flags.ts";
import { parseYamlOption } from "../core/config/vars.ts";
import type { EventBus, NewEvent } from "../core/events/event.ts";
import { deprecation as deprecationMessage } from "../core/events/messages/general.ts";
import { buildProject, type RawProject, readRootProject } from "./dbt-project.ts";
import { loadPackages } from "./packages.ts";
import { type PackagesFile, packageEntries, readPackagesFiles } from "./packages-file.ts";
import { loadProfile } from "./profiles.ts";
import { rendererFor } from "./render.ts";
import { readSelectorsFile, selectorsOf } from "./selectors.ts";
import type { DataObject, Flags, Profile, Project, RuntimeConfig } from "./types.ts";

type Env = { readonly [name: string]: string | undefined };

/**
 * Reads all that parsing needs: `await loadRuntimeConfig(flags, process.env, events)`. First the profile, then
 * dbt_project.yml with `target` known, then packages and selectors. Throws TsdbtErrors that name file and place.
 */
export async function loadRuntimeConfig(
  flags: Flags,
  env: Env,
  events?: EventBus,
  options: { invocationId?: string; startedAt?: Date } = {},
): Promise<RuntimeConfig> {
  const environment = withBothPrefixes(env);
  const cliVars = cliVarsOf(flags);
  const raw = readRootProject(flags.project_dir);
  const vars = { ...raw.varsFile?.vars, ...cliVars };
  const profile = await loadProfile(raw, { flags, env: environment, cliVars, events });
  const { project, packagesFile } = await rootProject(raw, { flags, env: environment, vars, profile, events });
  const packages = await loadPackages(project, packagesFile, {
    env: environment,
    profile,
    versionCheck: flags.version_check,
    onDeprecation: deprecation(events),
  });
  return {
    project,
    packages,
    profile,
    cliVars,
    flags,
    env: environment,
    invocationId: options.invocationId ?? randomUUID(),
    startedAt: options.startedAt ?? new Date(),
  };
}

/** The root project alone, for commands that need no profile (`deps`, `clean`): `target` is empty there. */
export async function loadProjectOnly(
  flags: Flags,
  env: Env,
  events?: EventBus,
): Promise<{ project: Project; packagesFile: PackagesFile; cliVars: DataObject; env: Env }> {
  const environment = withBothPrefixes(env);
  const cliVars = cliVarsOf(flags);
  const raw = readRootProject(flags.project_dir);
  const vars = { ...raw.varsFile?.vars, ...cliVars };
  const loaded = await rootProject(raw, { flags, env: environment, vars, events, lenientVars: flags.which === "deps" });
  return { ...loaded, cliVars, env: environment };
}

interface RootOptions {
  flags: Flags;
  env: Env;
  vars: DataObject;
  profile?: Profile;
  events?: EventBus;
  lenientVars?: boolean;
}

async function rootProject(
  raw: RawProject,
  options: RootOptions,
): Promise<{ project: Project; packagesFile: PackagesFile }> {
  const { flags, env, vars, profile, events, lenientVars } = options;
  for (const what of raw.file.duplicates ?? []) events?.emit(duplicateKeyDeprecation(what, raw.file.path));
  const found = readPackagesFiles(raw.root, raw.root);
  const selectorsFile = readSelectorsFile(raw.root);
  const render = await rendererFor([raw.file.text, selectorsFile?.text], {
    cliVars: vars,
    env,
    profile,
    lenientVars,
  });
  const renderPackages = await rendererFor([found.file?.text], { cliVars: vars, env, secrets: true });
  const project = buildProject(raw, {
    render,
    verifyVersion: flags.version_check,
    targetPath: flags.target_path,
    logPath: flags.log_path,
    onDeprecation: deprecation(events),
  });
  project.selectors = selectorsOf(selectorsFile, render);
  return { project, packagesFile: packageEntries(found, renderPackages) };
}

/** `--vars` as a mapping, whether given as text or, by a program, as an object. */
export function cliVarsOf(flags: Flags): DataObject {
  const vars: unknown = flags.vars;
  if (vars === null || vars === undefined) return {};
  return typeof vars === "string" ? parseYamlOption(vars, "--vars") : (vars as DataObject);
}

function duplicateKeyDeprecation(what: string, file: string): NewEvent {
  const data = { duplicate_description: what, file };
  return deprecationMessage("DuplicateYAMLKeysDeprecation", "D024", `${what} in file \`${file}\``, { data });
}

/** dbt's names of what is renamed in dbt_project.yml, and what to write instead. */
const DEPRECATIONS: { [name: string]: [name: string, code: string, instead?: string] } = {
  "project-config-source-paths": ["ConfigSourcePathDeprecation", "D003", "model-paths"],
  "project-config-data-paths": ["ConfigDataPathDeprecation", "D004", "seed-paths"],
  "project-config-log-path": ["ConfigLogPathDeprecation", "D010"],
  "project-config-target-path": ["ConfigTargetPathDeprecation", "D011"],
};

function deprecation(events: EventBus | undefined): ((name: string, message: string) => void) | undefined {
  return (
    events &&
    ((key, message) => {
      const [name, code, instead] = DEPRECATIONS[key] ?? ["ConfigPathDeprecation", "D002"];
      const data = { deprecated_path: key.slice("project-config-".length), ...(instead ? { exp_path: instead } : {}) };
      events.emit(deprecationMessage(name, code, message, { named: false, data }));
    })
  );
}
