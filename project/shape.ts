import { nearest } from "../core/config/nearest.ts";
import { type Data, PyFloat } from "../core/jinja/runtime/values.ts";
import { repr } from "./repr.ts";
import { errorAt, type KeyPath, objectOf, type YamlFile } from "./yaml-file.ts";

/** What a value of a configuration file must be; `want` says it to the user. */
export interface Shape {
  want: string;
  accepts(value: Data): boolean;
  /** The JSON schema's type; absent where there are several, which dbt words as "not valid under any of the given schemas". */
  type?: "string" | "boolean" | "array" | "object";
  /** How the value should have been written, where that can be told. */
  suggest?(value: Data): string | undefined;
}

const isText = (value: Data): value is string => typeof value === "string";
const isNull = (value: Data): boolean => value === null;

export const text: Shape = { want: "a string", type: "string", accepts: isText };
export const optionalText: Shape = { want: "a string", accepts: (v) => isNull(v) || isText(v) };
export const bool: Shape = { want: "true or false", type: "boolean", accepts: (v) => typeof v === "boolean" };
export const optionalInteger: Shape = {
  want: "a whole number",
  accepts: (v) => isNull(v) || typeof v === "number" || typeof v === "bigint" || v instanceof PyFloat,
};
export const textList: Shape = {
  want: "a list of strings",
  accepts: (v) => isNull(v) || (Array.isArray(v) && v.every(isText)),
  suggest: (v) =>
    isText(v)
      ? `[${v}]`
      : Array.isArray(v)
        ? `[${v.map((item) => (isText(item) ? item : JSON.stringify(String(item)))).join(", ")}]`
        : undefined,
};
export const textOrTextList: Shape = {
  want: "a string or a list of strings",
  accepts: (v) => isNull(v) || isText(v) || (Array.isArray(v) && v.every(isText)),
  suggest: (v) => (typeof v === "number" ? JSON.stringify(String(v)) : undefined),
};
export const mapping: Shape = { want: "a mapping", type: "object", accepts: (v) => isMapping(v) };
/** `models:`, `seeds:` … */
export const settings: Shape = {
  want: "a mapping of project and folder names to settings, such as `+materialized: table`",
  type: "object",
  accepts: (v) => isMapping(v),
};
export const optionalMapping: Shape = { want: "a mapping", accepts: (v) => isNull(v) || isMapping(v) };
export const list: Shape = { want: "a list", type: "array", accepts: (v) => Array.isArray(v) };

function isMapping(value: Data): boolean {
  return objectOf(value) !== undefined;
}

/**
 * Checks one value of a file. Throws a Runtime Error in dbt's words, `at path ['model-paths']: 'models' is not …`, with
 * the place of the value and what was expected.
 */
export function checkShape(file: YamlFile, keys: KeyPath, value: Data, shape: Shape, code: string): void {
  if (shape.accepts(value)) return;
  const name = keys.at(-1);
  const suggestion = shape.suggest?.(value);
  throw errorAt(file, keys, {
    code,
    message: atPath(
      keys,
      shape.type
        ? `${repr(value)} is not of type '${shape.type}'`
        : `${repr(value)} is not valid under any of the given schemas`,
    ),
    hint: `${name} must be ${shape.want}${suggestion ? `: write \`${name}: ${suggestion}\`` : ""}${booleanNote(value, shape)}`,
  });
}

/** YAML 1.1 reads `on`, `off`, `yes` and `no` as truth values. */
function booleanNote(value: Data, shape: Shape): string {
  return typeof value === "boolean" && (shape === text || shape === optionalText)
    ? ": quote words such as `on` and `yes`"
    : "";
}

/** dbt's way of naming the place of a wrong value. */
export function atPath(keys: KeyPath, problem: string): string {
  return `at path [${keys.map((key) => (typeof key === "number" ? String(key) : `'${key}'`)).join("][")}]: ${problem}`;
}

/** Refuses a key that nobody knows, naming the one that was probably meant. */
export function checkKeys(
  file: YamlFile,
  keys: KeyPath,
  value: { [key: string]: Data },
  known: readonly string[],
  code: string,
): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const names = unknown.map((key) => `'${key}'`).join(", ");
  const near = nearest(unknown[0]!, known);
  throw errorAt(file, [...keys, unknown[0]!], {
    code,
    on: "key",
    message: atPath(
      keys,
      `Additional properties are not allowed (${names} ${unknown.length > 1 ? "were" : "was"} unexpected)`,
    ),
    hint: near ? `did you mean '${near}'?` : `known keys: ${known.join(", ")}`,
  });
}
