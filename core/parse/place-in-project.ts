import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ErrorDetails, Frame, Span } from "../errors.ts";
import { loadYaml, positionOf } from "../yaml/index.ts";

/**
 * Where an error stands in the files of the project, as the user has them: a hook, a description or the SQL of a snapshot is a
 * piece of a file, and what a built-in macro refuses was asked for by the project's own code.
 */
export function placeInProject(details: ErrorDetails, root: string, fallback?: string): ErrorDetails {
  const frames = details.frames?.map((frame) => (isBuiltIn(frame.file, root) ? { ...frame, builtIn: true } : frame));
  const known = frames ? { ...details, frames } : details;
  if (isBuiltIn(known.file, root)) return outsideBuiltIns(known, frames ?? [], root, fallback);
  return known.selector === undefined ? pieceInFile(known, root) : selectorInFile(known, known.selector, root);
}

/** The definition of a selector in selectors.yml. */
function selectorInFile(details: ErrorDetails, name: string, root: string): ErrorDetails {
  const source = details.file === undefined || details.span ? undefined : readIfAny(root, details.file);
  if (source === undefined) return details;
  const { selectors } = loadYaml(source) as { selectors?: { name?: unknown }[] };
  const index = selectors?.findIndex((selector) => selector?.name === name) ?? -1;
  const span = index < 0 ? undefined : positionOf(source, ["selectors", index, "definition"], "value");
  return span ? { ...details, source, span } : details;
}

/** Built-in macros stand in the folder of their package itself. */
function isBuiltIn(file: string | undefined, root: string): boolean {
  return file?.startsWith("./") === true && !existsSync(resolve(root, file));
}

/** The call of the project's own that led into the built-in macros, else the file of the node. */
function outsideBuiltIns(details: ErrorDetails, frames: Frame[], root: string, fallback?: string): ErrorDetails {
  const { span: _span, source: _source, ...rest } = details;
  const own = frames.find((frame) => !frame.builtIn && frame.file !== undefined && frame.line !== undefined);
  const text = own && readIfAny(root, own.file!);
  if (!own || text === undefined) {
    const { file: _file, ...placeless } = rest;
    return fallback === undefined ? placeless : { ...rest, file: fallback };
  }
  const line = text.split(/\r\n|\r|\n/)[own.line! - 1] ?? "";
  const from = line.length - line.trimStart().length;
  return {
    ...rest,
    file: own.file!,
    source: text,
    span: { line: own.line!, column: from + 1, endColumn: line.trimEnd().length + 1 },
  };
}

function pieceInFile(details: ErrorDetails, root: string): ErrorDetails {
  const { file, source, span } = details;
  if (file === undefined || source === undefined || !span) return details;
  const shown = file.replace(/^\.\//, "");
  const text = readIfAny(root, file);
  if (text === undefined) return details;
  if (text === source || isWhole(text, source)) return { ...details, file: shown };
  const at = only(text, source) ?? lineIn(text, source, span);
  if (at === undefined) return { ...details, file: shown, detached: true };
  const before = text.slice(0, at.offset);
  const lines = before.split("\n").length - 1;
  const shift = (line: number) => (line === at.line ? at.offset - (before.lastIndexOf("\n") + 1) - at.cut : 0);
  const moved: Span = { line: span.line + lines - (at.line - 1), column: span.column + shift(span.line) };
  const endLine = span.endLine ?? span.line;
  if (span.endLine !== undefined) moved.endLine = moved.line + span.endLine - span.line;
  if (span.endColumn !== undefined) moved.endColumn = span.endColumn + shift(endLine);
  return { ...details, file: shown, source: text, span: moved };
}

/** As many lines: the file itself, passwords blotted out. */
function isWhole(text: string, source: string): boolean {
  const lines = source.split("\n").length;
  return lines > 1 && lines === text.split("\n").length;
}

/** Where the whole piece begins in the file. */
function only(text: string, piece: string): { offset: number; line: number; cut: number } | undefined {
  const offset = piece.trim() === "" ? -1 : text.indexOf(piece);
  return offset < 0 ? undefined : { offset, line: 1, cut: 0 };
}

/** YAML folds and indents what it holds: then the line itself is looked for. */
function lineIn(text: string, piece: string, span: Span): { offset: number; line: number; cut: number } | undefined {
  const line = piece.split(/\r\n|\r|\n/)[span.line - 1] ?? "";
  const trimmed = line.trim();
  const offset = trimmed === "" ? -1 : text.indexOf(trimmed);
  if (offset < 0 || text.indexOf(trimmed, offset + 1) >= 0) return undefined;
  return { offset, line: span.line, cut: line.length - line.trimStart().length };
}

function readIfAny(root: string, file: string): string | undefined {
  try {
    return readFileSync(resolve(root, file), "utf8");
  } catch {
    return undefined;
  }
}
