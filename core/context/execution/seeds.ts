import { existsSync } from "node:fs";
import { join } from "node:path";
import { readCsvFile } from "../../agate/index.ts";
import type { Table } from "../../agate/table.ts";
import { PyCallable } from "../../jinja/runtime/values.ts";
import type { Node } from "../../manifest/resources.ts";
import { templateError } from "../shared/index.ts";
import type { ExecutionEnvironment } from "./environment.ts";

/** `load_agate_table()`: the rows of the running seed. */
export function createLoadAgateTable(
  env: ExecutionEnvironment,
  node: Node,
  warn: (message: string) => void,
): PyCallable {
  return new PyCallable("load_agate_table", () => {
    if (node.resource_type !== "seed") {
      throw templateError("TD3021", `can only load_agate_table for seeds (got a ${node.resource_type})`, node);
    }
    return loadSeed(env, node, warn);
  });
}

/** The absolute path of a seed's CSV file. */
export function seedPath(env: ExecutionEnvironment, node: Node): string {
  const root = env.config.packages.get(node.package_name)?.root ?? env.config.project.root;
  const path = join(root, node.original_file_path);
  return existsSync(path) || !node.root_path ? path : join(node.root_path, node.original_file_path);
}

function loadSeed(env: ExecutionEnvironment, node: Node, warn: (message: string) => void): Table {
  const path = seedPath(env, node);
  const delimiter = typeof node.config.delimiter === "string" ? node.config.delimiter : ",";
  const columnTypes = Object.keys((node.config.column_types ?? {}) as object);
  const table = readCsvFile(path, {
    delimiter,
    textColumns: new Set(columnTypes),
    file: node.original_file_path,
  });
  const header = new Set<string>(table.columnNames);
  const unknown = columnTypes.filter((name) => !header.has(name)).sort();
  if (unknown.length > 0) {
    warn(
      `Column types specified for non-existent columns in seed '${node.name}' (file: ${path}): ${unknown.join(", ")}. ` +
        "These column type overrides will be ignored.",
    );
  }
  return env.config.flags.empty ? table.withRows([]) : table;
}
