import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { nearest } from "../core/config/nearest.ts";
import { TsdbtError } from "../core/errors.ts";
import type { EventBus } from "../core/events/event.ts";
import { RESERVED } from "./project-schema.ts";
import { starterFiles } from "./starter.ts";
import type { Flags } from "./types.ts";
import { isObject, readYamlFileIfAny } from "./yaml-file.ts";

/** Names of the built-in packages, which no project may take. */
const BUILTIN = /^dbt(_(duckdb|clickhouse|athena))?$/;

/**
 * Makes a project in a new folder below `cwd`: `init({ …, project_name: "shop" }, events, cwd)`. It builds at once, into a
 * DuckDB file, unless `--profile` names a profile that exists. A folder that exists is never touched.
 * https://docs.getdbt.com/reference/commands/init
 */
export function init(flags: Flags, events: EventBus, cwd: string): void {
  const name = flags.project_name as string | null;
  if (name === null && existsSync(join(cwd, "dbt_project.yml"))) {
    if (flags.profile !== null) throw inProject();
    if (flags.skip_profile_setup) return;
  }
  if (name === null) throw withoutName(cwd);
  checkName(name);
  const folder = resolve(cwd, name);
  if (existsSync(folder))
    throw new TsdbtError("TD2802", "Runtime Error", `A project called ${name} already exists here.`, {
      hint: `nothing was changed: choose another name, or remove ${folder} first`,
    });
  if (flags.profile !== null) checkProfile(flags.profile, flags.profiles_dir);
  write(folder, starterFiles(name, flags.profile));
  events.emit({
    name: "ProjectCreated",
    code: "A026",
    level: "info",
    message:
      `Your new dbt project "${name}" was created!\nInitialized new project in ${folder}\n\n` +
      `Build and test it:\n\n  cd ${name}\n  tsdbt build\n`,
    data: { project_name: name },
  });
}

/** The folder appears whole or not at all. */
function write(folder: string, files: { [path: string]: string }): void {
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(temporary, path)), { recursive: true });
      writeFileSync(join(temporary, path), text);
    }
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw new TsdbtError(
      "TD2805",
      "Runtime Error",
      `The project could not be written to ${folder}: ${(error as Error).message}`,
      {
        hint: "is the folder writable?",
        cause: error,
      },
    );
  }
}

function withoutName(cwd: string): TsdbtError {
  if (existsSync(join(cwd, "dbt_project.yml")))
    return new TsdbtError("TD2803", "Usage Error", "This folder is a project already, and a new one needs a name.", {
      hint: "tsdbt build runs it as it is; tsdbt init NAME makes another one",
    });
  return new TsdbtError("TD2803", "Usage Error", "Missing argument 'PROJECT_NAME'.", {
    hint: "give the new project a name of letters, digits and underscores: tsdbt init my_project",
  });
}

function inProject(): TsdbtError {
  const message = "Can not init existing project with specified profile, edit dbt_project.yml instead";
  return new TsdbtError("TD2806", "Runtime Error", message, { file: "dbt_project.yml" });
}

function checkName(name: string): void {
  const wellFormed = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
  if (wellFormed && !BUILTIN.test(name) && !RESERVED.has(name)) return;
  const better =
    name
      .replace(/[^\p{L}\p{N}_]+/gu, "_")
      .replace(/^_+|_+$/g, "")
      .replace(/^(\d)/, "_$1") || "my_project";
  throw new TsdbtError("TD2801", "Usage Error", `${name} is not a valid project name.`, {
    hint: wellFormed
      ? `${name} is a reserved word: choose another, such as ${name}_project`
      : `a name has letters, digits and underscores and starts with no digit: tsdbt init ${better}`,
  });
}

function checkProfile(name: string, profilesDir: string): void {
  const path = join(profilesDir, "profiles.yml");
  const file = readYamlFileIfAny(path, path);
  const known = isObject(file?.data) ? Object.keys(file.data) : [];
  if (known.includes(name)) return;
  const near = nearest(name, known);
  throw new TsdbtError("TD2804", "Runtime Error", `Could not find profile named '${name}'`, {
    hint: near ? `did you mean '${near}'?` : file ? `profiles of ${path}: ${known.join(", ")}` : `there is no ${path}`,
  });
}
