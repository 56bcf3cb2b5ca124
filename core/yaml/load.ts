import { type Span, TsdbtError } from "../errors.ts";
import type { Data } from "../jinja/runtime/convert.ts";
import { PyDict } from "../jinja/runtime/dict.ts";
import { explain, lineAndColumn } from "./explain.ts";
import { Parser } from "./parser.ts";
import { YamlProblem } from "./problem.ts";

export interface LoadOptions {
  /** The file's name for errors. */
  file?: string | undefined;
  /**
   * Whose liberties to take: `libyaml`, with which dbt reads (tabs between tokens, `?` within flow scalars), or `pyyaml`,
   * the scanner written in Python. They differ in hardly anything else.
   */
  dialect?: "libyaml" | "pyyaml";
  /** Told of each key that a mapping has twice: the last one counts, and dbt warns. */
  onDuplicateKey?: (key: string, span: Span) => void;
}

/**
 * Reads a YAML 1.1 document as PyYAML's safe loader does:
 *
 *     loadYaml("a: yes\nb: 017\nc: 1.0", {}) // { a: true, b: 15, c: PyFloat(1) }
 *
 * Mappings are plain objects, or a PyDict where an object could not hold the keys in their order (`10: x`). Whole floats are
 * PyFloat, large ints bigint, timestamps PyDate and PyDateTime. An empty text is null.
 * Throws a Parsing Error `TD11xx` with place and hint.
 */
export function loadYaml(source: string, options: LoadOptions = {}): Data {
  const { onDuplicateKey } = options;
  try {
    const parser = new Parser(source, {
      libyaml: options.dialect !== "pyyaml",
      onDuplicateKey: onDuplicateKey && ((key, at) => onDuplicateKey(String(key), lineAndColumn(source, at))),
    });
    return parser.parse() as Data;
  } catch (error) {
    throw asTsdbtError(error, source, options.file);
  }
}

/** What dbt says of a key that a mapping has twice. */
export function duplicateKey(key: string, { line, column }: Span): string {
  return `Duplicate key '${key}' in "<unicode string>", line ${line}, column ${column}`;
}

/** The error of a text that cannot be read. */
function asTsdbtError(error: unknown, source: string, file: string | undefined): unknown {
  if (error instanceof RangeError) {
    return new TsdbtError("TD1109", "Parsing Error", "the YAML is nested too deeply", { file, source });
  }
  if (!(error instanceof YamlProblem)) return error;
  const span = lineAndColumn(source, error.offset);
  const { code, hint } = explain(error, source);
  return new TsdbtError(code, "Parsing Error", describe(error, source, span.line), {
    file,
    span,
    source,
    hint,
    cause: error,
  });
}

function describe(problem: YamlProblem, source: string, line: number): string {
  const { message, context, contextOffset } = problem;
  if (context === undefined) return message;
  if (context.startsWith("found duplicate anchor")) return context.replace("; first occurrence", "");
  if (contextOffset === undefined) return `${message}, ${context}`;
  const started = lineAndColumn(source, contextOffset).line;
  return `${message}, ${context}${started === line ? "" : ` that begins in line ${started}`}`;
}

/**
 * Where a key or value stands in a YAML text, for errors about what the text says:
 *
 *     positionOf("models:\n  - name: a", ["models", 0, "name"]) // { line: 2, column: 11, … }
 *
 * Reads the text again, so it is for errors only. `undefined` where there is no such path, or no YAML.
 */
export function positionOf(
  source: string,
  path: readonly (string | number)[],
  on: "key" | "value" = "value",
): Span | undefined {
  const parser = new Parser(source, { libyaml: true, keepPlaces: true });
  let value: unknown;
  try {
    value = parser.parse();
  } catch {
    return undefined;
  }
  let place: [number, number, number, number] | undefined;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    place = parser.places?.get(value)?.get(key);
    if (!place) return undefined;
    value = value instanceof PyDict ? value.get(key) : (value as Record<string | number, unknown>)[key];
  }
  if (!place) return path.length === 0 ? { line: 1, column: 1 } : undefined;
  const [start, end] = on === "key" ? [place[0], place[1]] : [place[2], trimEnd(source, place[2], place[3])];
  const from = lineAndColumn(source, start);
  const to = lineAndColumn(source, end);
  return { ...from, endLine: to.line, endColumn: to.column };
}

/** A value's end, without the line breaks and comments that its scan ran over; of a block its first line's. */
function trimEnd(source: string, start: number, end: number): number {
  const newline = source.indexOf("\n", start);
  const limit = newline < 0 ? source.length : newline;
  let at = Math.max(Math.min(end, limit), start);
  while (at > start && /\s/.test(source[at - 1]!)) at--;
  return at;
}
