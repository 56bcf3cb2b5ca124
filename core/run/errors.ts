import { describeNode } from "../context/shared/index.ts";
import { TsdbtError } from "../errors.ts";
import { JinjaError, locationOf } from "../jinja/index.ts";
import type { GraphResource, Node } from "../manifest/resources.ts";

type Named = Pick<GraphResource, "resource_type" | "name" | "original_file_path" | "unique_id">;

/** An error of a node as a TsdbtError with its place, whatever was thrown. */
export function nodeError(thrown: unknown, node: Named): TsdbtError {
  const location = locationOf(thrown);
  const place = location && {
    file: location.template ?? node.original_file_path,
    span: location.span,
    source: location.source,
  };
  if (thrown instanceof TsdbtError) {
    return thrown.locate({ file: node.original_file_path, nodeId: node.unique_id, ...place });
  }
  if (thrown instanceof JinjaError) {
    return new TsdbtError("TD3100", "Compilation Error", jinjaMessage(thrown), {
      file: node.original_file_path,
      nodeId: node.unique_id,
      ...place,
      frames: thrown.frames.map((frame) => ({
        name: frame.template ? `${frame.name} (${frame.template})` : frame.name,
        ...(frame.template ? { file: frame.template } : {}),
        line: frame.span.line,
      })),
      cause: thrown,
    });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new TsdbtError("TD3199", "Internal Error", message, { nodeId: node.unique_id, cause: thrown });
}

function jinjaMessage(error: JinjaError): string {
  if (error.is("UndefinedError")) {
    return (
      `${error.message}. This can happen when calling a macro that does not exist. Check for typos and/or install ` +
      'package dependencies with "dbt deps".'
    );
  }
  return error.message;
}

/**
 * The error as dbt says it, for a result's `message`: the heading, the message, the compiled file of a failed statement and
 * the macros on the way.
 */
export function errorText(error: TsdbtError, node: Named): string {
  const lines = [`${error.kind} in ${describeNode(node)}`, ...error.message.split("\n")];
  const buildPath = (node as Partial<Node>).build_path;
  if (error.kind === "Database Error" && buildPath) lines.push(`compiled code at ${buildPath}`);
  const macros = (error.details.frames ?? []).map((frame) => frame.name).filter((name) => name.startsWith("macro "));
  if (macros.length > 0) {
    lines.push("");
    [...macros, describeNode(node)].forEach((name, index) => {
      lines.push(`> ${index === 0 ? "in" : "called by"} ${name}`);
    });
  }
  return [lines[0], ...lines.slice(1).map((line) => `  ${line}`)].join("\n");
}
