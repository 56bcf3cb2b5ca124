import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Flags } from "../../project/types.ts";
import { TsdbtError } from "../errors.ts";
import { typoOf } from "../manifest/nearest.ts";
import { parseMomentOption } from "./moments.ts";
import { nearest } from "./nearest.ts";
import {
  DEFAULT_OUTPUT,
  OPTIONS,
  type Option,
  OUTPUT_CHOICES,
  PROJECT_ONLY_FLAGS,
  RENAMED_ENV,
  spelled,
} from "./options.ts";
import { type DataObject, parseYamlOption } from "./vars.ts";

export type Env = { readonly [name: string]: string | undefined };

/** What was written on the command line, by option name (`full_refresh`, `fullRefresh` and `full-refresh` are the same). */
export type GivenOptions = { readonly [option: string]: unknown };

export interface FlagSources {
  env: Env;
  cwd?: string;
  /** `flags:` of dbt_project.yml. */
  projectFlags?: DataObject;
  /** `flags:` of ~/.dbt/user_settings.yml. */
  userFlags?: DataObject;
  /** Told about a value of dbt_project.yml that is not taken. */
  onIgnored?: (message: string) => void;
}

/**
 * The options in force: `resolveFlags("build", { threads: 2 }, { env: process.env, projectFlags })`.
 * A value comes from the command line, else from `DBT_ENGINE_X` or `DBT_X`, else from `flags:` of dbt_project.yml, else from
 * the default. Throws a Usage Error for a value that its option does not take.
 * https://docs.getdbt.com/reference/global-configs/about-global-configs#setting-flags
 */
export function resolveFlags(command: string, given: GivenOptions, sources: FlagSources): Flags {
  const which = command === "ls" ? "list" : command;
  const cwd = sources.cwd ?? process.cwd();
  const written = snakeCased(given);
  const set = new Set<string>();
  const flags: { [name: string]: unknown } = {};
  const projectFlags = usable(sources.projectFlags, sources.onIgnored);

  for (const [name, option] of Object.entries(OPTIONS)) {
    const own = written[name];
    if (own !== undefined && own !== null) {
      const choices = name === "output" ? OUTPUT_CHOICES[which] : undefined;
      flags[name] = convert(name, choices ? { ...option, kind: "choice", choices } : option, own);
      set.add(name);
      continue;
    }
    const fromEnv = envValue(name, option, sources.env);
    if (fromEnv !== undefined) {
      flags[name] = fromEnv;
      set.add(name);
      continue;
    }
    const fromProject = option.project ? projectFlags[name] : undefined;
    if (fromProject !== undefined && fromProject !== null) {
      flags[name] = name === "warn_error_options" ? warnErrorOptions(fromProject as DataObject) : fromProject;
      set.add(name);
      continue;
    }
    const fromUser = sources.userFlags?.[name];
    if (fromUser !== undefined && fromUser !== null) {
      flags[name] = fromUser;
      set.add(name);
      continue;
    }
    flags[name] = defaultOf(name, option, which);
  }
  for (const [name, value] of Object.entries(PROJECT_ONLY_FLAGS)) {
    const own = projectFlags[name];
    flags[name] = typeof own === "boolean" ? own : value;
  }
  for (const name of Object.keys(written)) if (!(name in flags)) flags[name] = written[name];

  follow(flags, set, "use_colors", "use_colors_file");
  follow(flags, set, "log_level", "log_level_file");
  follow(flags, set, "log_format", "log_format_file");
  exclusive(set, ["warn_error", "warn_error_options"]);
  exclusive(set, ["select", "inline"]);
  exclusive(set, ["selector", "inline"]);
  checkEventTime(flags);

  flags.which = which;
  flags.strict_mode = false;
  flags.project_dir = projectDir(flags.project_dir as string | null, cwd, which);
  flags.profiles_dir = profilesDir(flags as unknown as Flags, cwd, sources.env);
  flags.profiles_dir_given = set.has("profiles_dir");
  for (const name of ["state", "defer_state", "log_path", "partial_parse_file_path"])
    if (typeof flags[name] === "string") flags[name] = resolve(cwd, flags[name] as string);
  if (set.has("select") && !set.has("models") && which === "list") flags.models = [];
  if (["1", "t", "true", "y", "yes"].includes((sources.env.DO_NOT_TRACK ?? "").toLowerCase()))
    flags.send_anonymous_usage_stats = false;
  flags.vars_given = set.has("vars");
  return flags as Flags;
}

/**
 * The `args` of run_results.json and `invocation_args_dict` of templates: the options that the command has, without those
 * that are unset. https://docs.getdbt.com/reference/dbt-jinja-functions/flags#invocation_args_dict
 */
export function invocationArgsDict(flags: Flags): DataObject {
  const args: { [name: string]: unknown } = {};
  const put = (name: string, value: unknown) => {
    if (value === null || value === undefined) return;
    if (value === false && HIDDEN_WHEN_FALSE.has(name)) return;
    args[name] = value;
  };
  for (const [name, option] of Object.entries(OPTIONS)) {
    if (option.commands && !option.commands.includes(flags.which) && !ALWAYS_SHOWN.has(name)) continue;
    if (name === "vars")
      args.vars = typeof flags.vars === "string" ? parseYamlOption(flags.vars, "--vars") : (flags.vars ?? {});
    else if (name === "sqlparse")
      args.sqlparse = flags.sqlparse ?? { MAX_GROUPING_DEPTH: null, MAX_GROUPING_TOKENS: null };
    else if (name === "introspect" || !Array.isArray(flags[name])) put(name, flags[name]);
    else args[name] = [...(flags[name] as unknown[])];
  }
  for (const name of Object.keys(PROJECT_ONLY_FLAGS)) put(name, flags[name]);
  put("strict_mode", flags.strict_mode);
  put("which", flags.which);
  put("invocation_command", flags.invocation_command);
  return args as DataObject;
}

const HIDDEN_WHEN_FALSE = new Set([
  "debug",
  "full_refresh",
  "fail_fast",
  "warn_error",
  "single_threaded",
  "log_cache_events",
  "store_failures",
  "use_experimental_parser",
]);
const ALWAYS_SHOWN = new Set(["introspect"]);

/** `DBT_ENGINE_X` and `DBT_X` hold the same value for every option: the prefixed one where both are set. */
export function withBothPrefixes(env: Env): { [name: string]: string | undefined } {
  const both: { [name: string]: string | undefined } = { ...env };
  for (const option of Object.values(OPTIONS)) {
    if (!option.env || option.engineOnly) continue;
    const name = `DBT_ENGINE_${option.env}`;
    const old = `DBT_${option.env}`;
    if (both[name] !== undefined) both[old] = both[name];
    else if (both[old] !== undefined) both[name] = both[old];
  }
  return both;
}

function snakeCased(given: GivenOptions): { [name: string]: unknown } {
  const names: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(given)) {
    const snake = name.replaceAll("-", "_").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (value !== undefined) names[snake] = value;
  }
  return names;
}

function envValue(name: string, option: Option, env: Env): unknown {
  for (const [old, target] of Object.entries(RENAMED_ENV)) {
    if (target.name !== name) continue;
    const value = fromEnv(name, option, env, [`DBT_ENGINE_${old}`, `DBT_${old}`]);
    if (value !== undefined) return target.negate ? !value : value;
  }
  if (!option.env) return undefined;
  const names = [`DBT_ENGINE_${option.env}`];
  if (!option.engineOnly) names.push(`DBT_${option.env}`);
  return fromEnv(name, option, env, names);
}

/** The value of the first variable that is set, an empty one counting as none. */
function fromEnv(name: string, option: Option, env: Env, variables: string[]): unknown {
  const variable = variables.find((each) => env[each]);
  if (variable === undefined) return undefined;
  try {
    return convert(name, option, env[variable]);
  } catch (error) {
    if (!(error instanceof TsdbtError)) throw error;
    const { hint } = error.details;
    error.details = {
      ...error.details,
      hint: `the value comes from the environment variable ${variable}${hint ? `; ${hint}` : ""}`,
    };
    throw error;
  }
}

function defaultOf(name: string, option: Option, which: string): unknown {
  if (name === "output") return DEFAULT_OUTPUT[which] ?? null;
  if (name === "warn_error_options") return { error: [], warn: [], silence: [] };
  return Array.isArray(option.default) ? [...option.default] : option.default;
}

const TRUE = new Set(["1", "true", "t", "yes", "y", "on"]);
const FALSE = new Set(["0", "false", "f", "no", "n", "off"]);

function convert(name: string, option: Option, value: unknown): unknown {
  switch (option.kind) {
    case "bool": {
      if (typeof value === "boolean") return value;
      const word = String(value).trim().toLowerCase();
      if (TRUE.has(word)) return true;
      if (FALSE.has(word)) return false;
      throw invalid(
        name,
        `'${String(value)}' is not a valid boolean. Recognized values: ${[...FALSE, ...TRUE].sort().join(", ")}`,
      );
    }
    case "int": {
      const number =
        typeof value === "number" ? value : /^\s*[+-]?\d+\s*$/.test(String(value)) ? Number(value) : Number.NaN;
      if (!Number.isInteger(number)) throw invalid(name, `'${String(value)}' is not a valid integer.`);
      return number;
    }
    case "choice":
      return choice(name, option, String(value));
    case "choices":
      return words(value).map((word) => choice(name, option, word));
    case "list":
      // Selection splits its words itself: an empty one is a criterion that matches nothing.
      return name === "output_keys" ? words(value) : Array.isArray(value) ? value.map(String) : [String(value)];
    case "yaml":
      if (name === "warn_error_options")
        return warnErrorOptions(
          typeof value === "string" ? parseYamlOption(value, spelled(name)) : (value as DataObject),
        );
      if (name === "vars") {
        if (typeof value === "string") parseYamlOption(value, spelled(name));
        return value;
      }
      return typeof value === "string" ? parseYamlOption(value, spelled(name)) : value;
    case "time":
      return time(name, String(value));
    case "sample":
      return sample(name, String(value));
    default:
      return typeof value === "string" ? value : String(value);
  }
}

/** A moment as dbt takes it: a day, or a day and a time. */
function time(name: string, value: string): string {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{1,2}):(\d{1,2}))?$/.exec(value.trim());
  if (match) {
    const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1).map((part) => Number(part ?? 0));
    const date = new Date(Date.UTC(year!, month! - 1, day, hour, minute, second));
    if (date.getUTCMonth() === month! - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60) {
      return value;
    }
  }
  throw invalid(
    name,
    `'${value}' does not match the formats '%Y-%m-%d', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M:%S'.`,
    "write it as 2024-01-31 or 2024-01-31T08:00:00",
  );
}

const GRAINS = ["hour", "day", "month", "year"];

/** A window such as `3 days`, or `{start: …, end: …}`. */
function sample(name: string, value: string): string {
  if (/^\s*\{/.test(value)) {
    parseYamlOption(value, spelled(name));
    return value;
  }
  const [count, grain, ...rest] = value.split(" ");
  const hint = `write a number and a unit, as in ${spelled(name)} "3 days"`;
  if (grain === undefined || rest.length > 0) {
    throw invalid(name, `Cannot load SAMPLE_WINDOW from '${value}'. Must be of form 'DAYS_INT GRAIN_SIZE'.`, hint);
  }
  if (!/^[+-]?\d+$/.test(count!)) throw invalid(name, `Unable to convert '${count}' to an integer.`, hint);
  if (!GRAINS.includes(grain.toLowerCase().replace(/s+$/, ""))) {
    const valid = [...GRAINS, ...GRAINS.map((each) => `${each}s`)].map((each) => `'${each}'`).join(", ");
    throw invalid(name, `Invalid grain size '${grain}'. Must be one of [${valid}].`, hint);
  }
  return value;
}

function words(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => String(item).split(/\s+/)).filter((word) => word !== "");
}

function choice(name: string, option: Option, value: string): string {
  const known = option.choices!;
  const found = known.find((word) => word === value.toLowerCase());
  if (found) return found;
  const near = nearest(value, known);
  throw invalid(
    name,
    `'${value}' is not one of ${known.map((word) => `'${word}'`).join(", ")}.`,
    near && `did you mean '${near}'?`,
  );
}

function invalid(name: string, why: string, hint?: string): TsdbtError {
  return new TsdbtError("TD2102", "Usage Error", `Invalid value for '${spelled(name)}': ${why}`, { hint });
}

/** dbt drops `flags:` as a whole when one of them has a wrong type; here only that one is dropped, and it is said. */
function usable(flags: DataObject | undefined, onIgnored: ((message: string) => void) | undefined): DataObject {
  if (!flags) return {};
  const kept: DataObject = {};
  for (const [name, value] of Object.entries(flags)) {
    const wanted = expectedType(name);
    const meant = name in OPTIONS || name in PROJECT_ONLY_FLAGS ? undefined : typoOf(name, knownFlags());
    if (meant) onIgnored?.(`flags.${name} in dbt_project.yml is unknown: did you mean '${meant}'?`);
    if (value === null || wanted === undefined || fits(value, wanted)) kept[name] = value;
    else
      onIgnored?.(
        `flags.${name} in dbt_project.yml is ignored: it must be ${article(wanted)}, not ${JSON.stringify(value)}`,
      );
  }
  return kept;
}

function knownFlags(): string[] {
  return [...Object.keys(OPTIONS), ...Object.keys(PROJECT_ONLY_FLAGS)];
}

function expectedType(name: string): "boolean" | "integer" | "string" | "mapping" | undefined {
  if (name in PROJECT_ONLY_FLAGS) return "boolean";
  const option = OPTIONS[name];
  if (!option?.project) return undefined;
  if (option.kind === "bool") return "boolean";
  if (option.kind === "int") return "integer";
  return option.kind === "yaml" ? "mapping" : "string";
}

function fits(value: unknown, wanted: string): boolean {
  if (wanted === "mapping") return typeof value === "object" && !Array.isArray(value);
  if (wanted === "integer") return Number.isInteger(value);
  return typeof value === wanted;
}

function article(type: string): string {
  return type === "integer" ? "an integer" : `a ${type}`;
}

/** `include` and `exclude` are older names of `error` and `warn`. https://docs.getdbt.com/reference/global-configs/warnings */
function warnErrorOptions(options: DataObject): DataObject {
  const pick = (name: string, old: string) => {
    const value = options[name];
    const older = options[old];
    if (truthy(value) && truthy(older))
      throw new TsdbtError(
        "TD2103",
        "Runtime Error",
        `Only \`${old}\` or \`${name}\` can be specified in \`warn_error_options\`, not both`,
      );
    return (old in options ? older : value) ?? [];
  };
  return { error: pick("error", "include"), warn: pick("warn", "exclude"), silence: options.silence ?? [] };
}

function truthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function follow(flags: { [name: string]: unknown }, set: Set<string>, lead: string, follower: string): void {
  if (set.has(lead) && !set.has(follower)) flags[follower] = flags[lead];
}

function exclusive(set: Set<string>, [first, second]: readonly [string, string]): void {
  if (set.has(first) && set.has(second))
    throw new TsdbtError("TD2104", "Usage Error", `${second}: not allowed with argument ${first}`, {
      hint: `give ${spelled(first)} or ${spelled(second)}, not both (dbt_project.yml's flags and the environment count too)`,
    });
}

function checkEventTime(flags: { [name: string]: unknown }): void {
  const { event_time_start: start, event_time_end: end } = flags as {
    event_time_start: string | null;
    event_time_end: string | null;
  };
  if (start === null && end === null) return;
  if (start === null || end === null) {
    const [one, other] =
      start === null ? ["--event-time-end", "--event-time-start"] : ["--event-time-start", "--event-time-end"];
    throw new TsdbtError(
      "TD2105",
      "Usage Error",
      `The flag \`${one}\` was specified, but \`${other}\` was not. When specifying \`${one}\`, \`${other}\` must also be present.`,
    );
  }
  if (parseMomentOption("event-time-start", start) >= parseMomentOption("event-time-end", end))
    throw new TsdbtError(
      "TD2105",
      "Usage Error",
      "Value for `--event-time-start` must be less than `--event-time-end`",
    );
}

function projectDir(given: string | null, cwd: string, which: string): string {
  if (given !== null) {
    const path = resolve(cwd, given);
    if (!existsSync(path) && which !== "init") throw invalid("project_dir", `Path '${given}' does not exist.`);
    return path;
  }
  for (let dir = cwd; ; dir = dirname(dir)) {
    if (existsSync(join(dir, "dbt_project.yml"))) return dir;
    if (dir === dirname(dir)) return cwd;
  }
}

/** Commands that take a folder of profiles that there is not. */
const WITHOUT_PROFILES = new Set(["debug", "deps", "init"]);

/**
 * dbt looks into the working directory, then into ~/.dbt. Where neither has a profiles.yml, the project's own folder counts
 * too, so that `--project-dir` works from anywhere.
 */
function profilesDir(flags: Flags, cwd: string, env: Env): string {
  const given = flags.profiles_dir as string | null;
  if (given !== null) {
    const path = resolve(cwd, expandHome(given, env));
    if (WITHOUT_PROFILES.has(flags.which)) return existsSync(path) ? path : given;
    if (!existsSync(path)) throw invalid("profiles_dir", `Path '${given}' does not exist.`);
    if (!statSync(path).isDirectory()) throw invalid("profiles_dir", `'${given}' is not a folder.`);
    return path;
  }
  const home = join(env.HOME || env.USERPROFILE || homedir(), ".dbt");
  return [cwd, home, flags.project_dir].find((dir) => existsSync(join(dir, "profiles.yml"))) ?? home;
}

function expandHome(path: string, env: Env): string {
  return path === "~" || path.startsWith("~/") ? join(env.HOME || homedir(), path.slice(1)) : path;
}
