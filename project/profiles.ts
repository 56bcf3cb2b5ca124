import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadAdapterPlugin } from "../adapters/registry.ts";
import { nearest } from "../core/config/nearest.ts";
import { TsdbtError } from "../core/errors.ts";
import type { EventBus } from "../core/events/event.ts";
import { envScrubber } from "../core/events/scrub.ts";
import type { RawProject } from "./dbt-project.ts";
import { hasJinja, type RenderText, renderData, rendererFor } from "./render.ts";
import { repr } from "./repr.ts";
import { maskSecrets } from "./secrets.ts";
import type { DataObject, Flags, Profile } from "./types.ts";
import {
  errorAt,
  isObject,
  type KeyPath,
  objectOf,
  placeOf,
  readYamlFileIfAny,
  shownPath,
  type YamlFile,
} from "./yaml-file.ts";

type Env = { readonly [name: string]: string | undefined };

const DEFAULT_THREADS = 1;
const IMPLICIT_THREADS = 4;

interface ProfilesFile extends YamlFile {
  data: DataObject;
}

export interface ProfileSources {
  flags: Flags;
  env: Env;
  cliVars: DataObject;
  events?: EventBus;
}

/**
 * Finds, renders and checks the profile of a project: the one named by `--profile`, `DBT_PROFILE` or dbt_project.yml, in the
 * profiles.yml of `--profiles-dir`, the working directory, the project or ~/.dbt. A project that names none gets a DuckDB file
 * of its own. Throws a Runtime Error in dbt's words, secrets left out.
 * https://docs.getdbt.com/docs/core/connect-data-platform/connection-profiles
 */
export async function loadProfile(raw: RawProject, sources: ProfileSources): Promise<Profile> {
  try {
    return await findProfile(raw, sources);
  } catch (error) {
    throw withoutSecrets(error, sources.env);
  }
}

async function findProfile(raw: RawProject, { flags, env, cliVars, events }: ProfileSources): Promise<Profile> {
  const named = flags.profile ?? raw.profileName;
  if (named === null) return implicitProfile(raw, flags);
  const files = profilesFiles(raw, flags);
  const render = await rendererFor([named, ...files.map((file) => file.text)], { cliVars, env, secrets: true });
  const profileName = flags.profile ?? String(renderData(raw.file, named, ["profile"], render));
  const file = files.find((candidate) => profileName in candidate.data);
  if (!file) throw profileNotFound(profileName, raw, flags, files);

  const profile = file.data[profileName]!;
  if (!isObject(profile)) {
    if (profile === null || profile === "")
      throw errorAt(file, [profileName], {
        code: "TD2404",
        on: "key",
        message: unreadable(`Profile ${profileName} in profiles.yml is empty`),
        hint: "give it `target: dev` and `outputs:` with one mapping a target",
      });
    throw errorAt(file, [profileName], {
      code: "TD2405",
      message: `profile '${profileName}' in profiles.yml must be a mapping, not ${repr(profile)}`,
      hint: "it needs `target: dev` and `outputs:` with one mapping a target",
    });
  }
  const targetName = chooseTarget(file, profileName, profile, flags, render, events);
  const output = outputOf(file, profileName, profile, targetName, flags.target !== null);
  const keys = [profileName, "outputs", targetName];
  // Passwords may look like Jinja and be none.
  const isPassword = (path: KeyPath) => path.slice(keys.length).includes("password");
  const rendered = renderData(file, output, keys, render, undefined, isPassword) as DataObject;
  const { threads = DEFAULT_THREADS, ...connection } = rendered;
  const chosen = flags.threads ?? threads;
  const credentials = await credentialsOf(file, keys, connection, {
    profile: profileName,
    target: targetName,
    projectRoot: raw.root,
  });
  checkThreads(file, keys, chosen, flags.threads !== null, output.threads);
  return { profileName, targetName, threads: chosen as number, credentials, implicit: false };
}

/** The profile of a project that names none: a DuckDB file beside dbt_project.yml. */
async function implicitProfile(raw: RawProject, flags: Flags): Promise<Profile> {
  const name = raw.name ?? "project";
  if (flags.target !== null && flags.target !== "dev")
    throw new TsdbtError(
      "TD2401",
      "Runtime Error",
      `The profile '${name}' does not have a target named '${flags.target}'. The valid target names for this profile are:\n - dev`,
      {
        ...placeOf(raw.file, []),
        hint: "dbt_project.yml names no `profile:`, so DuckDB is used with the one target dev: add `profile: name` and a profiles.yml to have others",
      },
    );
  const threads = flags.threads ?? IMPLICIT_THREADS;
  checkThreads(raw.file, [], threads, true);
  const plugin = await loadAdapterPlugin("duckdb");
  const credentials = plugin.parseCredentials(
    { type: "duckdb", path: join(raw.root, `${name}.duckdb`), schema: "main" },
    { profile: name, target: "dev", projectRoot: raw.root },
  );
  return { profileName: name, targetName: "dev", threads, credentials, implicit: true };
}

/** The profiles.yml files that may hold the profile, first the one of `flags.profiles_dir`. */
function profilesFiles(raw: RawProject, flags: Flags): ProfilesFile[] {
  const files: ProfilesFile[] = [];
  for (const folder of searchedFolders(raw, flags)) {
    const path = join(folder, "profiles.yml");
    const file = readProfiles(path, shownPath(path, raw.root));
    if (file) files.push(file);
  }
  return files;
}

function searchedFolders(raw: RawProject, flags: Flags): string[] {
  return flags.profiles_dir_given === true ? [flags.profiles_dir] : [...new Set([flags.profiles_dir, raw.root])];
}

function readProfiles(path: string, shown: string): ProfilesFile | null {
  let file: YamlFile | null;
  try {
    file = readYamlFileIfAny(path, shown);
  } catch (error) {
    if (!(error instanceof TsdbtError)) throw error;
    throw new TsdbtError(error.code, "Runtime Error", unreadable(error.message), error.details);
  }
  if (!file) return null;
  const { data } = file;
  if (data === null || data === "" || (Array.isArray(data) && data.length === 0))
    throw errorAt(file, [], {
      code: "TD2402",
      message: unreadable(`The profiles.yml file at ${path} is empty`),
      hint: "describe a connection: `my_profile:` with `target: dev` and `outputs:`",
    });
  const profiles = objectOf(data);
  if (!profiles)
    throw errorAt(file, [], {
      code: "TD2403",
      message: unreadable(`The profiles.yml file at ${path} is no mapping of profile names`),
      hint: "its first line must be the name of a profile, such as `my_profile:`",
    });
  return { ...file, data: profiles };
}

function unreadable(why: string): string {
  return `\ndbt encountered an error while trying to read your profiles.yml file.\n\n${why}\n`;
}

function profileNotFound(name: string, raw: RawProject, flags: Flags, files: ProfilesFile[]): TsdbtError {
  const known = files.flatMap((file) => Object.keys(file.data)).filter((key) => key !== "config");
  const looked = searchedFolders(raw, flags).map((folder) => join(folder, "profiles.yml"));
  const near = nearest(name, known);
  const lines = [
    near && `did you mean '${near}'?`,
    known.length > 0 ? `profiles known: ${known.join(", ")}` : undefined,
    `looked in: ${looked.map((path) => (existsSync(path) ? path : `${path} (no such file)`)).join(", ")}`,
    files.length === 0 && flags.profile === null
      ? "remove `profile:` from dbt_project.yml to build into a DuckDB file without any profiles.yml"
      : undefined,
  ];
  return new TsdbtError("TD2406", "Runtime Error", `Could not find profile named '${name}'`, {
    ...(flags.profile === null ? placeOf(raw.file, ["profile"]) : {}),
    hint: lines.filter(Boolean).join("\n"),
  });
}

function chooseTarget(
  file: YamlFile,
  profileName: string,
  profile: DataObject,
  flags: Flags,
  render: RenderText,
  events: EventBus | undefined,
): string {
  if (flags.target !== null) return flags.target;
  const written = profile.target;
  if (written !== undefined) return String(renderData(file, written, [profileName, "target"], render));
  events?.emit({
    name: "MissingProfileTarget",
    code: "A005",
    level: "info",
    message: `target not specified in profile '${profileName}', using 'default'`,
    data: { profile_name: profileName, target_name: "default" },
  });
  return "default";
}

function outputOf(
  file: YamlFile,
  profileName: string,
  profile: DataObject,
  target: string,
  overridden: boolean,
): DataObject {
  if (profile.outputs === undefined)
    throw errorAt(file, [profileName], {
      code: "TD2407",
      on: "key",
      message: `outputs not specified in profile '${profileName}'`,
      hint: `add \`outputs:\` with a mapping named ${target}`,
    });
  const outputs = objectOf(profile.outputs);
  if (!outputs)
    throw errorAt(file, [profileName, "outputs"], {
      code: "TD2408",
      message: `outputs of profile '${profileName}' must be a mapping of target names, not ${Array.isArray(profile.outputs) ? "a list" : repr(profile.outputs)}`,
      hint: "write each target as a key: `outputs:` and below it `dev:`",
    });
  const names = Object.keys(outputs);
  if (!(target in outputs)) {
    const near = nearest(target, names);
    throw errorAt(file, overridden || !("target" in profile) ? [profileName, "outputs"] : [profileName, "target"], {
      code: "TD2409",
      on: overridden ? "key" : "value",
      message:
        `The profile '${profileName}' does not have a target named '${target}'. ` +
        `The valid target names for this profile are:\n${names.map((name) => ` - ${name}`).join("\n")}`,
      hint: near ? `did you mean '${near}'?` : `choose one with --target, for example --target ${names[0] ?? "dev"}`,
    });
  }
  const output = outputs[target];
  if (!isObject(output))
    throw errorAt(file, [profileName, "outputs", target], {
      code: "TD2410",
      message: `output '${target}' of profile '${profileName}' is misconfigured in profiles.yml`,
      hint: "a target is a mapping: `type: duckdb` and the other keys of its adapter",
    });
  return output;
}

async function credentialsOf(
  file: YamlFile,
  keys: string[],
  connection: DataObject,
  place: { profile: string; target: string; projectRoot: string },
): Promise<Profile["credentials"]> {
  if (!("type" in connection))
    throw errorAt(file, keys, {
      code: "TD2411",
      on: "key",
      message: `required field "type" not found in profile ${place.profile} and target ${place.target}`,
      hint: "say which warehouse it is, for example `type: duckdb`",
    });
  const { type } = connection;
  if (typeof type !== "string")
    throw errorAt(file, [...keys, "type"], {
      code: "TD2412",
      message: invalid(place, `type must be a string, not ${repr(type!)}`),
      hint: "say which warehouse it is, for example `type: duckdb`",
    });
  let wrongKey = "type";
  try {
    const plugin = await loadAdapterPlugin(type);
    wrongKey = "";
    return plugin.parseCredentials(connection, place);
  } catch (error) {
    if (!(error instanceof TsdbtError)) throw error;
    const named = /'(\w+)'/g;
    for (let found = named.exec(error.message); found && wrongKey === ""; found = named.exec(error.message))
      if (found[1]! in connection) wrongKey = found[1]!;
    throw new TsdbtError(error.code, "Runtime Error", invalid(place, error.message), {
      ...placeOf(file, wrongKey ? [...keys, wrongKey] : keys, wrongKey ? "value" : "key"),
      hint: error.details.hint,
    });
  }
}

function invalid(place: { profile: string; target: string }, why: string): string {
  if (why.startsWith("Credentials in profile")) return why;
  return `Credentials in profile "${place.profile}", target "${place.target}" invalid: ${why}`;
}

function checkThreads(
  file: YamlFile,
  keys: readonly string[],
  threads: unknown,
  fromOption: boolean,
  written?: unknown,
): void {
  const integer = typeof threads === "number" && Number.isInteger(threads);
  if (integer && threads >= 1) return;
  if (fromOption)
    throw new TsdbtError(
      "TD2413",
      "Usage Error",
      `Invalid value for '--threads': ${String(threads)} is not a positive number.`,
      {
        hint: "at least one thread is needed: --threads 4",
      },
    );
  throw errorAt(file, [...keys, "threads"], {
    code: "TD2413",
    message: integer
      ? `at path ['threads']: ${threads} is less than the minimum of 1`
      : `at path ['threads']: ${repr(threads as string)} is not of type 'integer'`,
    hint:
      typeof threads === "string" && (/^\d+$/.test(threads) || hasJinja(String(written)))
        ? "a rendered value is text: add the filter `| as_number`, or write the number without quotes"
        : "how many models may run at a time: `threads: 4`",
  });
}

/** No message and no excerpt shows a password of profiles.yml or the value of a secret environment variable. */
function withoutSecrets(error: unknown, env: Env): unknown {
  if (!(error instanceof TsdbtError)) return error;
  const { details } = error;
  const scrub = envScrubber(env);
  const inProfiles = details.file?.endsWith("profiles.yml") === true;
  return new TsdbtError(error.code, error.kind, scrub(error.message), {
    ...details,
    source: details.source === undefined ? undefined : scrub(inProfiles ? maskSecrets(details.source) : details.source),
    hint: details.hint === undefined ? undefined : scrub(details.hint),
    cause: undefined,
  });
}
