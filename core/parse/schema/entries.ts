import { TsdbtError } from "../../errors.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import { type Dict, isDict } from "../config/index.ts";
import { pyRepr } from "../python-text.ts";
import type { ParseState } from "../state.ts";
import { notAList, type SchemaFile } from "./file.ts";
import { renderEntry } from "./render.ts";
import { type KeyPath, Shape, ShapeProblem } from "./shape.ts";

/** One thing described in a properties file. */
export interface Entry {
  schema: SchemaFile;
  /** The list it stands in. */
  key: string;
  name: string;
  /** Rendered, save what is rendered later. */
  shape: Shape;
  /** As written. */
  raw: Dict;
}

/**
 * The entries of one list of a properties file, rendered.
 * @throws TsdbtError at the place of what is wrong
 */
export function* entriesOfKey(state: ParseState, schema: SchemaFile, key: string): Generator<Entry> {
  const list = schema.data[key] ?? [];
  if (!Array.isArray(list)) throw schema.error("TD4203", "Parsing Error", notAList(key, list), [key]);
  for (let i = 0; i < list.length; i++) {
    const path = [key, i];
    const raw: unknown = list[i];
    if (!isDict(raw) || Object.getPrototypeOf(raw) !== Object.prototype) {
      throw schema.error(
        "TD4204",
        "Parsing Error",
        `Invalid ${key} config given in ${schema.file.path} @ ${key}: ${pyRepr(raw)} - expected a dict with string keys`,
        path,
      );
    }
    if (!("name" in raw) && !("model" in raw)) {
      const hint = didYouMean("name", Object.keys(raw)) ?? "add a `name:`";
      throw schema.error("TD4205", "Parsing Error", "Entry did not contain a name", path, { hint });
    }
    const data = renderedEntry(state, schema, key, raw, path);
    const name = data.name;
    yield { schema, key, name: typeof name === "string" ? name : pyRepr(name), shape: new Shape(data, path), raw };
  }
}

function renderedEntry(state: ParseState, schema: SchemaFile, key: string, raw: Dict, path: KeyPath): Dict {
  return renderEntry(raw, key, (text, below) => {
    try {
      return state.templates.yamlValue(text, schema.file.packageName);
    } catch (error) {
      if (!(error instanceof TsdbtError)) throw error;
      const message =
        error.kind === "Parsing Error"
          ? `Failed to render ${schema.file.path} from project ${schema.file.packageName}: ${error.message}`
          : `Could not render ${text}: ${error.message}`;
      throw schema.error(error.code, error.kind, message, [...path, ...below], {
        hint: error.details.hint,
        cause: error,
      });
    }
  });
}

/** Runs what reads an entry, and tells its complaints with place and dbt's words. */
export function readingEntry<T>(entry: Entry, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShapeProblem)) throw error;
    const { schema, key } = entry;
    const text = /^(?:Invalid|Error|Found|latest|File not found|Unit test |Unable to find )/.test(error.message)
      ? error.message
      : `Invalid ${key} config given in ${schema.file.path} @ ${key}: ${entry.name} - ${error.text(entry.shape.path.length)}`;
    throw schema.error("TD4206", "Parsing Error", text, error.path, {
      on: error.onKey ? "key" : "value",
      hint: error.hint,
    });
  }
}

/** Refuses keys that are not known where nothing may be added. @throws ShapeProblem */
export function onlyKeys(shape: Shape, known: readonly string[]): void {
  const unknown = Object.keys(shape.data).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  const names = unknown.map((key) => `'${key}'`).join(", ");
  const hint = didYouMean(unknown[0]!, known) ?? `known keys: ${known.join(", ")}`;
  throw new ShapeProblem(
    `Additional properties are not allowed (${names} ${unknown.length > 1 ? "were" : "was"} unexpected)`,
    [...shape.path, unknown[0]!],
    { onKey: true, hint },
  );
}
