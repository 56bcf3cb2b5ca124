import { nearest } from "../core/config/nearest.ts";
import { TsdbtError } from "../core/errors.ts";
import { PyDict } from "../core/jinja/runtime/dict.ts";
import type { Data } from "../core/jinja/runtime/values.ts";
import type { DataObject, Profile } from "./types.ts";
import { errorAt, isObject, type KeyPath, type YamlFile } from "./yaml-file.ts";

/** Renders one string of a configuration file to a value: `"{{ env_var('N') | as_number }}"` is a number. */
export type RenderText = (text: string) => Data;

export interface RenderContext {
  cliVars: DataObject;
  env: { readonly [name: string]: string | undefined };
  /** What `target` shows; it is empty for commands that need no profile. */
  profile?: Profile;
  /** Secrets may be used: profiles.yml and packages.yml. */
  secrets?: boolean;
  /** A missing var is no error (`deps`). */
  lenientVars?: boolean;
}

/** Whether a text has anything for Jinja; the engine is not loaded for a project without. */
export function hasJinja(text: string): boolean {
  return text.includes("{{") || text.includes("{%") || text.includes("{#");
}

/** A renderer that loads the engine only where one of the texts needs it. */
export async function rendererFor(texts: readonly (string | undefined)[], context: RenderContext): Promise<RenderText> {
  if (!texts.some((text) => text !== undefined && hasJinja(text))) return plain;
  const { createRenderText } = await import("./render-jinja.ts");
  return createRenderText(context);
}

/** What rendering does to a text without Jinja: line ends become one, and a last one goes. */
export function plain(text: string): Data {
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  return lines.endsWith("\n") ? lines.slice(0, -1) : lines;
}

/**
 * Renders every string below a value of a file, keys as they are. `skip` names the paths that stay as written, `lenient`
 * those that stay so where they cannot be rendered. Throws with the place of the string that could not be rendered.
 */
export function renderData(
  file: YamlFile,
  value: Data,
  keys: KeyPath,
  render: RenderText,
  skip?: (keys: KeyPath) => boolean,
  lenient?: (keys: KeyPath) => boolean,
): Data {
  if (value === null || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return skip?.(keys) ? value : renderText(file, keys, value, render, lenient?.(keys));
  const below = (item: Data, key: string | number) => renderData(file, item, [...keys, key], render, skip, lenient);
  if (Array.isArray(value)) return value.map(below);
  if (isObject(value)) {
    const rendered: DataObject = {};
    for (const key of Object.keys(value)) rendered[key] = below(value[key]!, key);
    return rendered;
  }
  if (value instanceof PyDict)
    return PyDict.from(
      [...value.entries()].map(([key, item]): [unknown, unknown] => [key, below(item as Data, key as string | number)]),
    );
  return isoDate(value) ?? value;
}

/** Dates of YAML become text where a file is rendered. */
function isoDate(value: unknown): string | undefined {
  const dated = value as { isoformat?: () => string };
  return typeof dated.isoformat === "function" ? dated.isoformat() : undefined;
}

function renderText(file: YamlFile, keys: KeyPath, text: string, render: RenderText, lenient = false): Data {
  if (!hasJinja(text)) return plain(text);
  try {
    return render(text);
  } catch (error) {
    if (lenient) return text;
    const known = error instanceof TsdbtError ? error : undefined;
    const message = error instanceof Error ? error.message : String(error);
    // A missing environment variable and a misplaced secret are announced bare, as in dbt.
    const bare = known?.kind === "Parsing Error" || known?.kind === "Env Var Missing Error";
    throw errorAt(file, keys, {
      code: known?.code ?? "TD2301",
      kind: bare ? "Parsing Error" : "Compilation Error",
      message: bare ? message : `Could not render ${text}: ${message}`,
      hint: known?.details.hint ?? hintFor(message),
      cause: error,
    });
  }
}

function hintFor(message: string): string | undefined {
  const missing = /^'(.*)' is undefined/.exec(message);
  if (missing) {
    const near = nearest(missing[1]!, NAMES);
    return near ? `did you mean '${near}'?` : "known here: env_var, var, target and dbt's base functions";
  }
  const conversion = /^Could not convert value '(.*)' into type '(.*)'/.exec(message);
  if (conversion)
    return `\`as_${conversion[2]}\` needs a value such as ${conversion[2] === "bool" ? "True or False" : "4"}`;
  if (/^unexpected |^expected |end of (print statement|template)/.test(message))
    return "check quotes and parentheses: an expression stands between {{ and }}";
  return undefined;
}

/** What templates of configuration files know. https://docs.getdbt.com/reference/dbt-jinja-functions */
const NAMES = (
  "env_var var target modules flags tojson fromjson toyaml fromyaml set set_strict zip zip_strict log print return " +
  "run_started_at invocation_id thread_id dbt_version local_md5 diff_of_two_dicts"
).split(" ");
