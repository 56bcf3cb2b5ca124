import type { SourceFile } from "../../../project/files.ts";
import { readText } from "../../../project/text.ts";
import { type ErrorDetails, type ErrorKind, TsdbtError } from "../../errors.ts";
import { didYouMean } from "../../manifest/nearest.ts";
import { duplicateKey, loadYaml, positionOf } from "../../yaml/index.ts";
import { type Dict, isDict } from "../config/index.ts";
import { pyRepr, pyType } from "../python-text.ts";
import type { KeyPath } from "./shape.ts";

/** The lists a properties file may hold. */
export const SCHEMA_KEYS = [
  "models",
  "seeds",
  "snapshots",
  "sources",
  "macros",
  "analyses",
  "exposures",
  "metrics",
  "semantic_models",
  "saved_queries",
  "functions",
] as const;

const _OTHER_KEYS = ["version", "data_tests", "groups", "unit_tests", "anchors", "catalogs"];

/** A properties file that was read: its values, and how to point at one of them. */
export class SchemaFile {
  readonly file: SourceFile;
  readonly data: Dict;
  /** Whether anything in it may have to be rendered. */
  readonly hasJinja: boolean;

  constructor(file: SourceFile, data: Dict) {
    this.file = file;
    this.data = data;
    this.hasJinja = /\{[{%#]|[#}%]\}/.test(file.contents);
  }

  /** `package://models/schema.yml`, as `patch_path` has it. */
  get id(): string {
    return `${this.file.packageName}://${this.file.path}`;
  }

  /** File, line and column of a value, or of the nearest thing around it that is written out. */
  place(path: KeyPath, on: "key" | "value" = "value"): ErrorDetails {
    const { path: shown } = this.file;
    let source: string;
    try {
      source = readText(this.file.absolutePath, shown);
    } catch {
      return { file: shown };
    }
    for (let length = path.length; length > 0; length--) {
      try {
        const span = positionOf(
          source,
          path.slice(0, length) as (string | number)[],
          length === path.length ? on : "key",
        );
        if (span) return { file: shown, span, source };
      } catch {
        break;
      }
    }
    return { file: shown, span: { line: 1, column: 1 }, source };
  }

  error(
    code: string,
    kind: ErrorKind,
    message: string,
    path: KeyPath,
    options: { hint?: string | undefined; on?: "key" | "value"; cause?: unknown } = {},
  ): TsdbtError {
    const details = this.place(path, options.on);
    if (options.hint !== undefined) details.hint = options.hint;
    if (options.cause !== undefined) details.cause = options.cause;
    return new TsdbtError(code, kind, message, details);
  }
}

/**
 * Reads a properties file; `undefined` where it is empty.
 * @throws TsdbtError when it is no YAML, no mapping, or its lists are no lists of named things
 */
export function readSchemaFile(file: SourceFile, onDuplicateKey?: (what: string) => void): SchemaFile | undefined {
  let data: unknown;
  try {
    data = loadYaml(file.contents, {
      file: file.path,
      onDuplicateKey: onDuplicateKey && ((key, span) => onDuplicateKey(duplicateKey(key, span))),
    });
  } catch (error) {
    throw relocated(file, error);
  }
  if (data === null || data === undefined) return undefined;
  const shown = file.path;
  if (!isDict(data)) {
    const schema = new SchemaFile(file, {});
    throw schema.error(
      "TD4201",
      "Parsing Error",
      `Error reading ${file.packageName}: ${file.relativePath} - Runtime Error\n  Contents of file '${shown}' are not valid. Dictionary expected.`,
      [],
      { hint: "a properties file begins with keys such as `models:` or `sources:`" },
    );
  }
  if (Object.keys(data).length === 0) return undefined;
  const schema = new SchemaFile(file, data);
  checkLists(schema);
  return schema;
}

/** The parts of a file that were cut away before it was read must not shift the place an error points at. */
function relocated(file: SourceFile, error: unknown): unknown {
  if (!(error instanceof TsdbtError)) return error;
  let text: string;
  try {
    text = readText(file.absolutePath, file.path);
  } catch {
    return error;
  }
  const { span, source: _, ...rest } = error.details;
  const skipped = text.slice(0, text.indexOf(file.contents)).split("\n").length - 1;
  const details: ErrorDetails = { ...rest, file: file.path, source: text };
  if (span) {
    details.span = { ...span, line: span.line + skipped };
    if (span.endLine !== undefined) details.span.endLine = span.endLine + skipped;
  }
  return new TsdbtError(
    error.code,
    "Parsing Error",
    `Error reading ${file.packageName}: ${file.relativePath} - Runtime Error\n  ${error.message.replaceAll("\n", "\n  ")}`,
    details,
  );
}

function checkLists(schema: SchemaFile): void {
  const { data } = schema;
  for (const key of SCHEMA_KEYS) {
    if (!Object.hasOwn(data, key)) continue;
    const list = data[key];
    const bad = (what: string, path: KeyPath, hint: string) =>
      schema.error(
        "TD4202",
        "Parsing Error",
        `The schema file at ${schema.file.path} is invalid because ${what}`,
        path,
        { hint },
      );
    if (!Array.isArray(list)) {
      throw bad(
        `the value of '${key}' is not a list`,
        [key],
        `put a \`-\` before each of the ${key}, as in \`- name: …\``,
      );
    }
    list.forEach((item, i) => {
      if (!isDict(item)) {
        const hint =
          typeof item === "string" ? `write \`- name: ${item}\`` : "each takes keys and values, the first being `name`";
        throw bad(`a list element for '${key}' is not a dictionary`, [key, i], hint);
      }
      if (!Object.hasOwn(item, "name")) {
        const near = didYouMean("name", Object.keys(item));
        throw bad(`a list element for '${key}' does not have a name attribute.`, [key, i], near ?? "add a `name:`");
      }
    });
  }
}

/** dbt's message for a list that is none: `models must be a list, got <class 'dict'> instead`. */
export function notAList(key: string, value: unknown): string {
  const shown = pyRepr(value);
  const trimmed = shown.length < 50 ? shown : `${shown.slice(0, 44)}...${shown.slice(-3)}`;
  return `${key} must be a list, got ${pyType(value)} instead: (${trimmed})`;
}
