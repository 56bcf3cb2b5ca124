import type { SourceFile } from "../../project/files.ts";
import { readText } from "../../project/text.ts";
import { templateProblem } from "../context/parse/index.ts";
import { type ErrorDetails, type ErrorKind, type Span, TsdbtError } from "../errors.ts";
import type { Node, Origin } from "../manifest/resources.ts";
import type { ParseState } from "./state.ts";

/** A resource as an error needs it. */
export interface Told {
  unique_id: string;
  resource_type: string;
  name: string;
  package_name: string;
  original_file_path: string;
  raw_code?: string;
  test_metadata?: unknown;
  $origin?: Origin;
}

/**
 * An error about a resource, pointing into its file: at `word` where that stands in its SQL, or at its entry in a
 * properties file.
 */
export function resourceError(
  state: Pick<ParseState, "files" | "schemas">,
  resource: Told,
  code: string,
  kind: ErrorKind,
  message: string,
  hint?: string,
  word?: string,
): TsdbtError {
  const details: ErrorDetails = {
    nodeId: resource.unique_id,
    file: resource.original_file_path,
    ...placeOf(state, resource, word),
  };
  if (hint !== undefined) details.hint = hint;
  return new TsdbtError(code, kind, message, details);
}

/** {@link resourceError} for nodes. */
export function nodeError(
  state: Pick<ParseState, "files" | "schemas">,
  node: Node,
  code: string,
  kind: ErrorKind,
  message: string,
  hint?: string,
  word?: string,
): TsdbtError {
  return resourceError(state, node, code, kind, message, hint, word);
}

/** Where a resource stands, or a word in it: for errors that are not told of the resource. */
export function placeOf(state: Pick<ParseState, "files" | "schemas">, resource: Told, word?: string): ErrorDetails {
  const { $origin } = resource;
  const schema = $origin && state.schemas.get(`${resource.package_name}://${resource.original_file_path}`);
  if (schema && $origin.$path) return wordBelow(schema.place($origin.$path), word);
  const file = state.files.get(`${resource.package_name}://${resource.original_file_path.replace(/^\.\//, "")}`);
  if (!file) return {};
  const code = resource.raw_code ?? file.contents;
  const from = Math.max(0, file.contents.indexOf(code));
  const span = (word === undefined ? undefined : spanOfWord(code, word)) ?? { line: 1, column: 1 };
  return placeInFile(file, span, from);
}

/** In a properties file the word mostly stands a little below the entry. */
function wordBelow(place: ErrorDetails, word: string | undefined): ErrorDetails {
  const { source, span } = place;
  if (!source || !span || word === undefined) return place;
  const start = offsetOf(source, span);
  const found = spanOfWord(source.slice(start, start + 2000), word);
  if (!found) return place;
  const line = span.line + found.line - 1;
  const shift = found.line === 1 ? span.column - 1 : 0;
  const moved: Span = { line, column: found.column + shift, endLine: line };
  if (found.endColumn !== undefined) moved.endColumn = found.endColumn + shift;
  return { ...place, span: moved };
}

function offsetOf(source: string, span: Span): number {
  let offset = 0;
  for (let line = 1; line < span.line; line++) offset = source.indexOf("\n", offset) + 1;
  return offset + span.column - 1;
}

/** Where a word first stands in a text, preferably in quotes, else as a whole word. */
export function spanOfWord(source: string, word: string): Span | undefined {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const match =
    new RegExp(`(['"])${escaped}\\1`).exec(source) ?? new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`).exec(source);
  if (!match) return undefined;
  const at = match.index + (match[1] ? 1 : 0);
  const before = source.slice(0, at);
  const line = before.split("\n").length;
  const column = at - (before.lastIndexOf("\n") + 1) + 1;
  return { line, column, endLine: line, endColumn: column + word.length };
}

/** The place in a whole file of a place in its stripped text, or in a part of that which begins at `from`. */
export function placeInFile(file: SourceFile, span: Span, from = 0): Pick<ErrorDetails, "file" | "span" | "source"> {
  let text: string;
  try {
    text = readText(file.absolutePath, file.path);
  } catch {
    return { file: file.path, span, source: file.contents };
  }
  const start = Math.max(0, text.indexOf(file.contents)) + from;
  const before = text.slice(0, start);
  const lines = before.split("\n").length - 1;
  const columns = start - (before.lastIndexOf("\n") + 1);
  const moved: Span = {
    ...span,
    line: span.line + lines,
    column: span.line === 1 ? span.column + columns : span.column,
  };
  if (span.endLine !== undefined) moved.endLine = span.endLine + lines;
  if (span.endColumn !== undefined && (span.endLine ?? span.line) === 1) moved.endColumn = span.endColumn + columns;
  return { file: file.path, span: moved, source: text };
}

/** An error of reading a file's blocks or syntax, with its place in the file. */
export function fileProblem(file: SourceFile, error: unknown, code: string): unknown {
  const problem = templateProblem(error, { file: file.path });
  const { span } = problem.details;
  const details = { ...problem.details, ...(span ? placeInFile(file, span) : { file: file.path }) };
  return new TsdbtError(code, problem.kind, problem.message, details);
}
