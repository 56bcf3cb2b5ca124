import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { templateProblem } from "../context/parse/template-errors.ts";
import { describeNode } from "../context/shared/index.ts";
import { type ErrorDetails, TsdbtError } from "../errors.ts";
import { JinjaError, MacroReturn } from "../jinja/index.ts";
import type { GraphResource, Node } from "../manifest/resources.ts";
import { placeInProject } from "../parse/place-in-project.ts";

type Named = Pick<GraphResource, "resource_type" | "name" | "original_file_path" | "unique_id">;

/** Where the node's files are: the project's root. */
export interface ErrorContext {
  root: string;
  /** Names that an undefined one may have meant. */
  names?: () => Iterable<string>;
}

/** An error of a node as a TsdbtError with its place, whatever was thrown. */
export function nodeError(thrown: unknown, node: Named, context: ErrorContext): TsdbtError {
  if (thrown instanceof TsdbtError && isEngineError(thrown)) {
    const place = statementPlace(thrown, node, context.root);
    const details = { ...thrown.details, ...place, nodeId: node.unique_id, node: named(node) };
    thrown.details = placeInProject(details, context.root);
    return thrown;
  }
  if (thrown instanceof TsdbtError || thrown instanceof JinjaError || thrown instanceof MacroReturn) {
    const { names } = context;
    const error = templateProblem(thrown, { file: node.original_file_path, node, ...(names ? { names } : {}) });
    error.details = placeInProject({ ...error.details, node: named(node) }, context.root, node.original_file_path);
    return error;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new TsdbtError("TD3199", "Internal Error", message, { nodeId: node.unique_id, cause: thrown });
}

/** What a warehouse said, under the kind that dbt's adapter for it raises. */
function isEngineError(error: TsdbtError): boolean {
  return error.kind === "Database Error" || error.details.engineText !== undefined;
}

function named({ resource_type, name, original_file_path }: Named): ErrorDetails["node"] {
  return { resource_type, name, original_file_path };
}

/** The engine tells a place in the statement it was given: where that is the written file's, the file is named. */
function statementPlace(error: TsdbtError, node: Named, root: string): ErrorDetails {
  const path = (node as Partial<Node>).build_path;
  const { source, span } = error.details;
  const apart = { file: node.original_file_path, ...(span ? { detached: true } : {}) };
  if (!path || source === undefined || !span) return apart;
  let written: string;
  try {
    written = readFileSync(resolve(root, path), "utf8");
  } catch {
    return apart;
  }
  const at = source.indexOf(written);
  if (at < 0) return apart;
  const before = source.slice(0, at).split("\n").length - 1;
  return { file: path, source: written, span: { ...span, line: span.line - before } };
}

/**
 * The error as dbt says it, for a result's `message`: the heading, the message, the compiled file of a failed statement and
 * the macros on the way.
 */
export function errorText(error: TsdbtError, node: Named): string {
  const lines = [`${error.kind} in ${describeNode(node)}`, ...(error.details.engineText ?? error.message).split("\n")];
  const buildPath = (node as Partial<Node>).build_path;
  if (error.kind === "Database Error" && buildPath) lines.push(`compiled code at ${buildPath}`);
  if (error.kind !== "Compilation Error") return indented(lines);
  const macros = (error.details.frames ?? []).map((frame) => frame.name).filter((name) => name.startsWith("macro "));
  if (macros.length > 0) {
    lines.push("");
    [...macros, describeNode(node)].forEach((name, index) => {
      lines.push(`> ${index === 0 ? "in" : "called by"} ${name}`);
    });
  }
  return indented(lines);
}

function indented(lines: readonly string[]): string {
  return [lines[0], ...lines.slice(1).map((line) => `  ${line}`)].join("\n");
}
