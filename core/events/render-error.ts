import { type Frame, TsdbtError } from "../errors.ts";

export interface RenderOptions {
  /** The node that failed, when the caller knows it. */
  node?: { resource_type: string; name: string; original_file_path: string };
}

/**
 * An error as text, without colours: what dbt says, then the place, the line with a caret, the macros on the way and a hint.
 *
 * ```
 * Compilation Error in model orders (models/orders.sql)
 *   depends on a node named 'custmers' which was not found
 *   --> models/orders.sql:3:15 [TD1204]
 *     |
 *   3 | select * from {{ ref('custmers') }}
 *     |                  ^^^^^^^^^^^^^^^^^
 *   hint: did you mean 'customers'?
 * ```
 */
export function renderError(error: unknown, options: RenderOptions = {}): string {
  if (!(error instanceof TsdbtError)) {
    return `Internal Error\n${indent(error instanceof Error ? error.message : String(error))}`;
  }
  const { details } = error;
  const parts = [heading(error, options), indent(error.message)];
  const place = placeOf(error);
  parts.push(place ? `  --> ${place} [${error.code}]` : `  [${error.code}]`);
  const excerpt = renderExcerpt(error);
  if (excerpt) parts.push(excerpt);
  parts.push(...renderFrames(details.frames ?? []));
  if (details.hint) parts.push(indent(`hint: ${details.hint}`));
  return parts.join("\n");
}

const MOST_FRAMES = 12;

/** The macros on the way, without the built-in ones; of a long way its two ends. */
function renderFrames(frames: readonly Frame[]): string[] {
  const lines = frames
    .filter((frame) => !frame.builtIn)
    .map((frame, i) => `  > ${i === 0 ? "in" : "called by"} ${frame.name}${frame.line ? `:${frame.line}` : ""}`);
  if (lines.length <= MOST_FRAMES) return lines;
  const left = lines.length - MOST_FRAMES;
  return [...lines.slice(0, MOST_FRAMES - 2), `  > … ${left} more calls`, ...lines.slice(-2)];
}

function heading(error: TsdbtError, options: RenderOptions): string {
  const node = options.node ?? error.details.node;
  if (node) return `${error.kind} in ${node.resource_type} ${node.name} (${node.original_file_path})`;
  const { nodeId, file } = error.details;
  if (!nodeId) return error.kind;
  const [type, , ...rest] = nodeId.split(".");
  const name = type === "test" && rest.length > 1 ? rest.slice(0, -1).join(".") : rest.join(".");
  return `${error.kind} in ${type} ${name}${file ? ` (${file})` : ""}`;
}

function placeOf(error: TsdbtError): string | null {
  const { file, span, detached } = error.details;
  if (!file) return null;
  return span && !detached ? `${file}:${span.line}:${span.column}` : file;
}

const WIDEST = 200;

/** The line of the error and the one before it, numbered, with a caret under what is meant. */
function renderExcerpt(error: TsdbtError): string | null {
  const { source, span } = error.details;
  if (source === undefined || !span) return null;
  const lines = source.split(/\r\n|\r|\n/);
  const line = lines[span.line - 1];
  if (line === undefined) return null;
  const gutter = " ".repeat(String(span.line).length);
  const column = Math.max(1, Math.min(span.column, line.length + 1));
  const sameLine = span.endLine === undefined || span.endLine === span.line;
  const end = sameLine ? (span.endColumn ?? column + 1) : line.length + 1;
  // A very long line is cut around the place.
  const from = column > WIDEST - 40 ? column - 60 : 0;
  const shown = line.slice(from, from + WIDEST);
  const before = line.slice(from, column - 1).replace(/[^\t]/g, " ");
  const carets = "^".repeat(Math.max(1, Math.min(end, from + WIDEST + 1) - column));
  return [`  ${gutter} |`, `  ${span.line} | ${shown}`, `  ${gutter} | ${before}${carets}`].join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line ? `  ${line}` : line))
    .join("\n");
}
