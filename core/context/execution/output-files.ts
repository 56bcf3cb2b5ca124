import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { fileError } from "../../artifacts/file-error.ts";

/** What of a node decides where its SQL is written. */
export interface Written {
  name: string;
  resource_type: string;
  package_name: string;
  path: string;
  original_file_path: string;
  /** One of several parts of its SQL: a batch. */
  $split?: string;
}

/**
 * Where a node's SQL goes below target/: `compiled/shop/models/orders.sql`, and for one of several nodes of a file
 * `compiled/shop/models/schema.yml/not_null_orders_id.sql`.
 */
export function outputPath(node: Written, kind: "compiled" | "run"): string {
  const file = node.original_file_path;
  let path = file;
  if (node.resource_type === "snapshot") path = posix.join(file, `${node.name}.sql`);
  else if (basename(node.path) !== basename(file)) path = posix.join(file, node.path);
  if (node.$split) {
    const { dir, name, ext } = posix.parse(path);
    path = posix.join(dir, name, `${name}_${node.$split}${ext}`);
  }
  return posix.join(kind, node.package_name, path);
}

/**
 * Writes a node's SQL below target/ and answers the path as messages name it. At once, not through the thread pool: for files this
 * small its three hand-overs cost several times what the writing does. A file that already says this is left alone, since reading
 * one takes a tenth of the time.
 */
export function writeSql(
  target: { path: string; label: string },
  node: Written,
  kind: "compiled" | "run",
  sql: string,
): string {
  const path = outputPath(node, kind);
  const full = join(target.path, path);
  try {
    const standing = statSync(full, { throwIfNoEntry: false });
    if (!standing) {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, sql);
    } else if (standing.size !== Buffer.byteLength(sql) || readFileSync(full, "utf8") !== sql) {
      writeFileSync(full, sql);
    }
  } catch (error) {
    throw fileError(full, error);
  }
  return posix.join(target.label, path);
}
