import { type ErrorKind, TsdbtError } from "../../errors.ts";

/** What of a node names it in messages: `model orders (models/orders.sql)`. */
export interface Described {
  resource_type: string;
  name: string;
  original_file_path: string;
  unique_id: string;
}

/** `model orders (models/orders.sql)`, as dbt calls a node in errors. */
export function describeNode(node: Pick<Described, "resource_type" | "name" | "original_file_path">): string {
  return `${node.resource_type} ${node.name} (${node.original_file_path})`;
}

/** An error a template raised, told of the node it was raised for. */
export function templateError(
  code: string,
  message: string,
  node: Described | null,
  kind: ErrorKind = "Compilation Error",
  hint?: string,
): TsdbtError {
  return new TsdbtError(code, kind, message, {
    ...(node ? { nodeId: node.unique_id } : {}),
    ...(hint === undefined ? {} : { hint }),
  });
}
