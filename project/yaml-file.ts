import { existsSync } from "node:fs";
import { relative, sep } from "node:path";
import { type ErrorDetails, type ErrorKind, type Span, TsdbtError } from "../core/errors.ts";
import { PyDict } from "../core/jinja/runtime/dict.ts";
import type { Data } from "../core/jinja/runtime/values.ts";
import { duplicateKey, loadYaml, positionOf } from "../core/yaml/index.ts";
import { readText } from "./text.ts";

/** A YAML file that was read: its text for excerpts, its value, and its name as the user knows it. */
export interface YamlFile {
  path: string;
  /** Relative to the working project, or absolute where it lies outside. */
  shown: string;
  text: string;
  data: Data;
  /** What dbt says of keys that a mapping has twice. */
  duplicates?: string[];
}

export type KeyPath = readonly (string | number)[];

/** Reads a YAML file. Throws a Parsing Error with the place where it is no UTF-8 or no YAML. */
export function readYamlFile(path: string, shown: string): YamlFile {
  const text = readText(path, shown);
  const duplicates: string[] = [];
  const onDuplicateKey = (key: string, span: Span) => void duplicates.push(duplicateKey(key, span));
  try {
    return { path, shown, text, data: loadYaml(text, { file: shown, onDuplicateKey }) as Data, duplicates };
  } catch (error) {
    // dbt announces YAML errors of its configuration files so.
    if (error instanceof TsdbtError) throw new TsdbtError(error.code, "Runtime Error", error.message, error.details);
    throw error;
  }
}

/** As {@link readYamlFile}, `null` where there is no such file. */
export function readYamlFileIfAny(path: string, shown: string): YamlFile | null {
  return existsSync(path) ? readYamlFile(path, shown) : null;
}

/** An error at a key of a YAML file: the place is looked up only now. */
export function errorAt(
  file: YamlFile,
  keys: KeyPath,
  error: { code: string; kind?: ErrorKind; message: string; hint?: string; cause?: unknown; on?: "key" | "value" },
): TsdbtError {
  return new TsdbtError(error.code, error.kind ?? "Runtime Error", error.message, {
    ...placeOf(file, keys, error.on ?? "value"),
    hint: error.hint,
    cause: error.cause,
  });
}

/** File, line and column of a key's value (or of the key itself), of its nearest ancestor where it is not written out. */
export function placeOf(file: YamlFile, keys: KeyPath, on: "key" | "value" = "value"): ErrorDetails {
  for (let length = keys.length; length >= 0; length--) {
    const span = spanOf(file, keys.slice(0, length), length === keys.length ? on : "key");
    if (span) return { file: file.shown, span, source: file.text };
  }
  return { file: file.shown, span: { line: 1, column: 1 }, source: file.text };
}

function spanOf(file: YamlFile, keys: KeyPath, on: "key" | "value"): Span | undefined {
  if (keys.length === 0) return { line: 1, column: 1 };
  try {
    return positionOf(file.text, [...keys], on);
  } catch {
    return undefined;
  }
}

/** A path as it is shown to the user: relative to the project where it lies within. */
export function shownPath(path: string, projectRoot: string): string {
  const short = relative(projectRoot, path);
  return short === "" || short.startsWith("..") ? path : short.split(sep).join("/");
}

/** A mapping as a plain object: one whose keys are numbers gets them as text. `undefined` where it is no mapping. */
export function objectOf(value: unknown): { [key: string]: Data } | undefined {
  if (isObject(value)) return value;
  if (!(value instanceof PyDict)) return undefined;
  return Object.fromEntries([...value.entries()].map(([key, item]) => [String(key), item as Data]));
}

/** Whether a value read from YAML is a mapping with string keys. */
export function isObject(value: unknown): value is { [key: string]: Data } {
  return value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
}
