import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type GivenOptions, resolveFlags } from "../core/config/flags.ts";
import type { DataObject, Flags } from "./types.ts";
import { isObject, readYamlFile } from "./yaml-file.ts";

/**
 * The flags of a command with all their sources: `loadFlags("build", { select: ["orders"] }, process.env)`.
 * `given` holds only what was written on the command line. A dbt_project.yml that cannot be read counts as one without
 * `flags:`; its error comes when the project is loaded.
 */
export function loadFlags(
  command: string,
  given: GivenOptions,
  env: { readonly [name: string]: string | undefined },
  options: { cwd?: string; onIgnored?: (message: string) => void } = {},
): Flags {
  const cwd = options.cwd ?? process.cwd();
  const first = resolveFlags(command, given, { env, cwd });
  const data = silently(() => readYamlFile(join(first.project_dir, "dbt_project.yml"), "dbt_project.yml").data);
  const projectFlags = isObject(data) && isObject(data.flags) ? data.flags : undefined;
  const userFlags = readUserFlags(env);
  const flags =
    projectFlags || userFlags
      ? resolveFlags(command, given, { env, cwd, projectFlags, userFlags, onIgnored: options.onIgnored })
      : first;
  if (flags.log_path === null) {
    const written = isObject(data) ? data["log-path"] : undefined;
    flags.log_path = join(flags.project_dir, typeof written === "string" && written !== "" ? written : "logs");
  }
  return flags;
}

/** `flags:` of ~/.dbt/user_settings.yml, which count least. */
function readUserFlags(env: { readonly [name: string]: string | undefined }): DataObject | undefined {
  const path = join(env.HOME || env.USERPROFILE || homedir(), ".dbt", "user_settings.yml");
  if (!existsSync(path)) return undefined;
  const data = silently(() => readYamlFile(path, path).data);
  return isObject(data) && isObject(data.flags) ? data.flags : undefined;
}

function silently<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
