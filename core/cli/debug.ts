import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { platform, release } from "node:os";
import { join } from "node:path";
import type { Adapter } from "../../adapters/adapter.ts";
import type { RuntimeConfig } from "../../project/types.ts";
import { TsdbtError } from "../errors.ts";
import type { NewEvent } from "../events/event.ts";
import { pluralize } from "../events/format.ts";
import { renderError } from "../events/render-error.ts";
import { WARNING_AS_ERROR } from "../events/warn-error.ts";
import { ownVersion } from "./own-version.ts";
import type { CommandContext } from "./spec.ts";

type Color = "green" | "red";

/** What is wrong with profiles.yml, or with the choice of a profile. */
const PROFILE_CODES = "TD24";

/** `debug`: shows what is configured and tries the connection. Exit code 1 where a check fails. */
export async function debugProject(context: CommandContext): Promise<number> {
  const { flags, events } = context;
  const say = (message: string, word?: string, color: Color = "green") => events.emit(line(message, word, color));
  const profilesFile = join(flags.profiles_dir, "profiles.yml");
  if (flags.config_dir) {
    const opener = platform() === "darwin" ? "open" : platform() === "win32" ? "start" : "xdg-open";
    say(`To view your profiles.yml file, run:\n\n${opener} ${flags.profiles_dir}`);
    return 0;
  }
  say(`tsdbt version: ${ownVersion()}`);
  say(`node version: ${process.versions.node}`);
  say(`node path: ${process.execPath}`);
  say(`os info: ${platform()}-${release()}-${process.arch}`);
  say(`Using profiles dir at ${flags.profiles_dir}`);
  say(`Using profiles.yml file at ${profilesFile}`);
  say(`Using dbt_project.yml file at ${join(flags.project_dir, "dbt_project.yml")}`);

  const failures: string[] = [];
  let opened: { config: RuntimeConfig; adapter: Adapter } | null = null;
  let profileError: string | null = null;
  let projectError: string | null = null;
  try {
    const { openProject } = await import("./session.ts");
    opened = await openProject(context);
  } catch (error) {
    if (!(error instanceof TsdbtError)) throw error;
    // dbt tells of errors of configuration, and stops at others
    if (error.code === WARNING_AS_ERROR || (error.kind === "Compilation Error" && isOfProject(error))) throw error;
    const text = renderError(error);
    const aboutProfile =
      error.kind === "Profile Error" ||
      error.code.startsWith(PROFILE_CODES) ||
      (error.details.file ?? "").endsWith("profiles.yml");
    if (!aboutProfile) {
      projectError = "ERROR invalid";
      failures.push(`Project loading failed for the following reason:\n${text}`);
    } else if (existsSync(profilesFile)) {
      profileError = "ERROR invalid";
      failures.push(`Profile loading failed for the following reason:\n${text}`);
    } else {
      profileError = "ERROR not found";
      failures.push(missingProfiles(profilesFile));
    }
  }
  if (opened) {
    say(`adapter type: ${opened.adapter.type}`);
    say(`adapter version: ${ownVersion()}`);
  }
  if (flags.connection) say("Skipping steps before connection verification");
  else {
    say("Configuration:");
    const implicit = opened?.config.profile.implicit ? "OK none named, using DuckDB" : "OK found and valid";
    const status = (error: string | null, ok: string): [string, Color] => (error ? [error, "red"] : [ok, "green"]);
    const [profileStatus, profileColor] = status(profileError, implicit);
    say(`  profiles.yml file [${profileStatus}]`, profileStatus, profileColor);
    const [projectStatus, projectColor] = status(projectError, "OK found and valid");
    say(`  dbt_project.yml file [${projectStatus}]`, projectStatus, projectColor);
    say("Required dependencies:");
    const git = gitFound();
    say(` - git [${git ? "OK found" : "ERROR"}]\n`, git ? "OK found" : "ERROR", git ? "green" : "red");
    if (!git) failures.push("Error from git --help: git was not found");
  }
  if (!opened) say("Connection test skipped since no profile was found");
  else {
    say("Connection:");
    for (const [key, value] of opened.adapter.debugInfo()) say(`  ${key}: ${shown(value)}`);
    const error = await tryConnection(opened.adapter);
    const word = error ? "ERROR" : "OK connection ok";
    say(`  Connection test: [${word}]\n`, word, error ? "red" : "green");
    if (error) {
      failures.push(
        "tsdbt was unable to connect to the specified database.\n" +
          `The database returned the following error:\n\n  >${error}\n\nCheck your database credentials and try again.`,
      );
    }
    await opened.adapter.close();
  }
  if (failures.length === 0) {
    say("All checks passed!", "All checks passed!");
    return 0;
  }
  const summary = `${pluralize(failures.length, "check")} failed:`;
  say(summary, summary, "red");
  for (const failure of failures) say(`${failure}\n`);
  return 1;
}

function isOfProject({ details }: TsdbtError): boolean {
  return (details.file ?? "").endsWith("dbt_project.yml");
}

function missingProfiles(path: string): string {
  return (
    `dbt looked for a profiles.yml file in ${path}, but did\nnot find one. For more information on configuring your profile, ` +
    "consult the\ndocumentation:\n\nhttps://docs.getdbt.com/docs/configure-your-profile"
  );
}

function line(message: string, word: string | undefined, color: Color): NewEvent {
  const event: NewEvent = { name: "DebugCmdOut", code: "Z047", level: "info", message, data: { msg: message } };
  if (word) event.status = { text: word, color };
  return event;
}

async function tryConnection(adapter: Adapter): Promise<string | null> {
  try {
    const connection = await adapter.connect("debug");
    try {
      await adapter.prepare?.(connection);
      await connection.execute("select 1 as id", { fetch: true });
    } finally {
      await connection.release();
    }
    return null;
  } catch (error) {
    const hint = error instanceof TsdbtError && error.details.hint ? `\n  hint: ${error.details.hint}` : "";
    return `${error instanceof Error ? error.message : String(error)}${hint}`;
  }
}

function gitFound(): boolean {
  try {
    execFileSync("git", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** As Python prints the value. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
