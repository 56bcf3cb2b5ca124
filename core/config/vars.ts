import { TsdbtError } from "../errors.ts";
import { PyDict } from "../jinja/runtime/dict.ts";
import type { Data } from "../jinja/runtime/values.ts";
import { loadYaml } from "../yaml/index.ts";

export type DataObject = { [key: string]: Data };

/**
 * Reads an option that takes a YAML mapping: `parseYamlOption("{a: 1}", "--vars")` is `{ a: 1 }`.
 * Throws a Usage Error in dbt's words where the text is no YAML or no mapping.
 * https://docs.getdbt.com/docs/build/project-variables#defining-variables-on-the-command-line
 */
export function parseYamlOption(source: string, option: string): DataObject {
  const text = source.trim();
  if (text === "{}") return {};
  let value: unknown;
  let cause: unknown;
  try {
    value = loadYaml(source, { file: option });
  } catch (error) {
    cause = error;
  }
  if (isMapping(value)) return value instanceof PyDict ? stringKeys(value) : value;
  const hint = cause === undefined ? mappingHint(text) : syntaxHint(text, cause);
  throw new TsdbtError("TD2101", "Usage Error", `Invalid value for '${option}': String '${source}' is not valid YAML`, {
    hint,
    cause,
  });
}

function isMapping(value: unknown): value is DataObject | PyDict {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  return value instanceof PyDict || Object.getPrototypeOf(value) === Object.prototype;
}

function stringKeys(dict: PyDict): DataObject {
  return Object.fromEntries([...dict.entries()].map(([key, value]) => [String(key), value as Data]));
}

function mappingHint(text: string): string {
  if (text === "") return "it is empty: leave the option out, or write '{}'";
  const pair = /^([A-Za-z_]\w*)\s*[:=]\s*(\S.*)$/.exec(text);
  if (pair) return `a space must follow the colon: '{${pair[1]}: ${pair[2]}}'`;
  return "it must be a YAML mapping, for example '{start_date: 2024-01-01, full: true}'";
}

function syntaxHint(text: string, cause: unknown): string {
  const why = cause instanceof Error ? cause.message.split("\n")[0] : undefined;
  if (text.startsWith("{") && !text.endsWith("}")) return "the closing brace is missing: write '{name: value}'";
  return `${why ? `${why}; ` : ""}write a YAML mapping such as '{name: value}', in single quotes for the shell`;
}
