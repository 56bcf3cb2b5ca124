import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Env, type GivenOptions, resolveFlags } from "../core/config/flags.ts";
import { TsdbtError } from "../core/errors.ts";
import type { DataObject, Flags } from "./types.ts";
import { isObject, readYamlFile } from "./yaml-file.ts";

/**
 * The flags of a command with all their sources: `loadFlags("build", { select: ["orders"] }, process.env)`.
 * `given` holds only what was written on the command line.
 */
export function loadFlags(
  command: string,
  given: GivenOptions,
  env: Env,
  options: { cwd?: string; onIgnored?: (message: string) => void } = {},
): Flags {
  const sources = { env, cwd: options.cwd ?? process.cwd() };
  const first = resolveFlags(command, given, sources);
  const projectFlags = readProjectFlags(first.project_dir, first.profiles_dir);
  const userFlags = readUserFlags(env);
  const flags =
    projectFlags || userFlags
      ? resolveFlags(command, given, { ...sources, projectFlags, userFlags, onIgnored: options.onIgnored })
      : first;
  flags.log_path ??= join(flags.project_dir, "logs");
  return flags;
}

/**
 * `flags:` of dbt_project.yml as written. A file that cannot be read counts as one
 * without flags; its error comes when the project is loaded.
 */
export function readProjectFlags(projectDir: string, profilesDir?: string): DataObject | undefined {
  const path = join(projectDir, "dbt_project.yml");
  const data = existsSync(path) ? silently(() => readYamlFile(path, "dbt_project.yml").data) : undefined;
  const flags = isObject(data) && isObject(data.flags) ? data.flags : undefined;
  const config = profilesDir === undefined ? undefined : readProfilesConfig(profilesDir);
  if (flags && config && Object.keys(flags).length > 0)
    throw new TsdbtError(
      "TD2309",
      "Runtime Error",
      "Do not specify both 'config' in profiles.yml and 'flags' in dbt_project.yml. Using 'config' in profiles.yml is deprecated.",
      {
        file: "dbt_project.yml",
        hint: "move what stands under `config:` of profiles.yml to `flags:` of dbt_project.yml",
      },
    );
  return config ?? flags;
}

/** `config:` of profiles.yml, where flags stood before dbt 1.8. */
export function readProfilesConfig(profilesDir: string): DataObject | undefined {
  const path = join(profilesDir, "profiles.yml");
  if (!existsSync(path) || !/^config\s*:/m.test(readFileSync(path, "utf8"))) return undefined;
  const data = silently(() => readYamlFile(path, path).data);
  return isObject(data) && isObject(data.config) && Object.keys(data.config).length > 0 ? data.config : undefined;
}

/** `flags:` of ~/.dbt/user_settings.yml, which count least. */
export function readUserFlags(env: Env): DataObject | undefined {
  const path = join(env.HOME || env.USERPROFILE || homedir(), ".dbt", "user_settings.yml");
  const data = existsSync(path) ? silently(() => readYamlFile(path, path).data) : undefined;
  return isObject(data) && isObject(data.flags) ? data.flags : undefined;
}

function silently<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
