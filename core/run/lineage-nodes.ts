import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readCsv } from "../agate/index.ts";
import { cteName, isEphemeral } from "../compile/index.ts";
import { seedPath } from "../context/execution/seeds.ts";
import { classOfType, type LineageNode } from "../lineage/index.ts";
import type { Node, SourceDefinition } from "../manifest/resources.ts";
import type { Compiled } from "./compile-all.ts";
import type { Run } from "./run.ts";

type Known = Pick<LineageNode, "known" | "complete">;

/** What has columns: models, snapshots, seeds and sources, with what is known of each. */
export function lineageNodes(run: Run, { failed, queried }: Compiled): Map<string, LineageNode> {
  const { manifest } = run.env;
  const catalog = readCatalog(join(run.env.targetPath, "catalog.json"));
  const nodes = new Map<string, LineageNode>();
  for (const source of manifest.sources.values()) {
    const { unique_id: id, database, schema, identifier: name } = source;
    const known = catalog.get(id) ?? fromYaml(source);
    nodes.set(id, { id, database, schema, name, sql: null, parents: [], ...fileOf(source), ...known });
  }
  for (const node of manifest.nodes.values()) {
    if (!["model", "snapshot", "seed"].includes(node.resource_type)) continue;
    const { unique_id: id, database, schema, alias: name } = node;
    const base = { id, database, schema, name, parents: node.depends_on.nodes };
    if (node.resource_type === "seed") nodes.set(id, { ...base, sql: null, ...ofSeed(run, node) });
    else
      nodes.set(id, {
        volatile: queried.has(id),
        ...base,
        ...ofSql(node, failed.get(id)),
        ...(catalog.get(id) ?? fromYaml(node)),
      });
  }
  return nodes;
}

function ofSql(node: Node, error: unknown): Pick<LineageNode, "sql" | "reason" | "cte" | "added"> {
  const cte = isEphemeral(node) ? { cte: cteName(node.alias) } : {};
  if (node.language === "python") return { sql: null, reason: "a Python model: its columns are not read", ...cte };
  if (error !== undefined) return { sql: null, reason: "it could not be compiled", ...cte };
  return {
    sql: node.compiled_code ?? "",
    ...cte,
    ...(node.resource_type === "snapshot" ? { added: addedBy(node) } : {}),
  };
}

/** A source whose relation is a file: `'x.parquet'`, `read_csv('x.csv', …)`. */
function fileOf({ relation_name: relation }: SourceDefinition): { file?: string } {
  const file = /^\s*(?:\w+\s*\(\s*)?'((?:[^']|'')*)'/.exec(relation ?? "")?.[1];
  return file === undefined ? {} : { file: file.replaceAll("''", "'") };
}

/** The columns that a snapshot adds. */
function addedBy({ config }: Node): string[] {
  const names = (config.snapshot_meta_column_names ?? {}) as { [name: string]: unknown };
  const all = ["dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to"];
  if (config.hard_deletes === "new_record") all.push("dbt_is_deleted");
  return all.map((name) => (typeof names[name] === "string" ? names[name] : name));
}

/** What YAML says: there may be more columns than it describes, and nobody holds its types to the table but a contract. */
function fromYaml({ columns, config }: Node | SourceDefinition): Known {
  const { contract } = config as { contract?: { enforced?: boolean } };
  const known = Object.values(columns).map(({ name, data_type }) => typed(name, contract?.enforced ? data_type : null));
  return { known, complete: false };
}

function typed(name: string, type: string | null | undefined): LineageNode["known"][number] {
  const known = type ? classOfType(type) : undefined;
  return known ? { name, type: known } : { name };
}

const OF_CSV: { [type: string]: "number" | "text" | "time" | "boolean" } = {
  Integer: "number",
  Number: "number",
  Text: "text",
  Date: "time",
  DateTime: "time",
  ISODateTime: "time",
  Boolean: "boolean",
};

/** The header of the CSV, with the types that loading it would give. */
function ofSeed(run: Run, node: Node): Known {
  const types = (node.config.column_types ?? {}) as { [name: string]: string };
  const delimiter = typeof node.config.delimiter === "string" ? node.config.delimiter : ",";
  try {
    const table = readCsv(readFileSync(seedPath(run.env, node)), { delimiter });
    if (table.columnNames.length === 0) return fromYaml(node);
    const known = table.columnNames.map((name, i) => {
      if (types[name] !== undefined) return typed(name, String(types[name]));
      const type = OF_CSV[table.columnTypes[i]!.typeName];
      return type ? { name, type } : { name };
    });
    return { known, complete: true };
  } catch {
    // What is wrong with it is said when it is loaded.
    return fromYaml(node);
  }
}

const TABLE = z.object({
  columns: z.record(z.string(), z.object({ name: z.string(), type: z.string(), index: z.number() })),
});
const CATALOG = z.object({ nodes: z.record(z.string(), TABLE), sources: z.record(z.string(), TABLE) });

/** The columns of the last catalog.json, if there is one. */
function readCatalog(path: string): Map<string, Known> {
  const found = new Map<string, Known>();
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return found;
  }
  const catalog = CATALOG.safeParse(jsonOf(text));
  if (!catalog.success) return found;
  for (const [id, { columns }] of Object.entries({ ...catalog.data.nodes, ...catalog.data.sources })) {
    const known = Object.values(columns)
      .sort((a, b) => a.index - b.index)
      .map(({ name, type }) => typed(name, type));
    found.set(id, { known, complete: true });
  }
  return found;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
