import { TsdbtError } from "../errors.ts";
import { pyStr } from "../jinja/runtime/repr.ts";
import { pyTruth } from "../jinja/runtime/truth.ts";
import type { Manifest } from "../manifest/resources.ts";
import { PyDecimal } from "../python/decimal/decimal.ts";
import { writeFileAtomic } from "./atomic.ts";
import { artifactJson, artifactMetadata, type Invocation } from "./metadata.ts";
import { now } from "./time.ts";

/** catalog.json, version 1: https://schemas.getdbt.com/dbt/catalog/v1.json */
const SCHEMA = "catalog/v1";

/** A row of what the macros `get_catalog…` answer, by column. */
export type CatalogRow = ReadonlyMap<string, unknown>;

type Primitive = boolean | string | number | null;

interface StatsItem {
  id: string;
  label: string;
  value: Primitive;
  include: Primitive;
  description: string | null;
}

interface CatalogTable {
  metadata: {
    type: string;
    schema: string;
    name: string;
    database: string | null;
    comment: string | null;
    owner: string | null;
  };
  columns: { [name: string]: { type: string; index: number; name: string; comment: string | null } };
  stats: { [id: string]: StatsItem };
  unique_id: string | null;
}

/** The tables of the warehouse that are nodes or sources, by unique id. */
export interface Catalog {
  nodes: { [id: string]: CatalogTable };
  sources: { [id: string]: CatalogTable };
}

/** Writes catalog.json. */
export function writeCatalog(
  path: string,
  invocation: Invocation,
  catalog: Catalog,
  errors: readonly string[] | null,
): void {
  const metadata = artifactMetadata(SCHEMA, invocation, now());
  writeFileAtomic(path, artifactJson({ metadata, ...catalog, errors }));
}

/**
 * Finds the nodes and sources that the rows tell of. With `selected`, only those named there are kept.
 * @throws TsdbtError where a row lacks what names its table, or two tables could be the same source
 */
export function catalogOf(
  rows: Iterable<CatalogRow>,
  manifest: Manifest,
  selected: ReadonlySet<string> | null,
): Catalog {
  const { nodes, sources } = idsByName(manifest);
  const catalog: Catalog = { nodes: {}, sources: {} };
  for (const table of tablesOf(rows)) {
    const { database, schema, name } = table.metadata;
    const key = keyOf(database, schema, name);
    const node = nodes.get(key);
    if (node !== undefined && selected?.has(node) !== false) catalog.nodes[node] = { ...table, unique_id: node };
    for (const id of sources.get(key) ?? []) {
      const other = catalog.sources[id];
      if (other) throw ambiguous(id, other, table);
      if (selected?.has(id) !== false) catalog.sources[id] = { ...table, unique_id: id };
    }
  }
  return catalog;
}

function keyOf(database: string | null, schema: string, name: string): string {
  return [database ?? "", schema, name].join("\0").toLowerCase();
}

function idsByName(manifest: Manifest): { nodes: Map<string, string>; sources: Map<string, string[]> } {
  const nodes = new Map<string, string>();
  for (const node of manifest.nodes.values()) {
    nodes.set(keyOf(node.database, node.schema, node.alias), node.unique_id);
  }
  const sources = new Map<string, string[]>();
  for (const source of manifest.sources.values()) {
    const key = keyOf(source.database, source.schema, source.identifier);
    const known = sources.get(key);
    if (known) known.push(source.unique_id);
    else sources.set(key, [source.unique_id]);
  }
  return { nodes, sources };
}

function tablesOf(rows: Iterable<CatalogRow>): Iterable<CatalogTable> {
  const tables = new Map<string, CatalogTable>();
  for (const row of rows) {
    const names = ["table_database", "table_schema", "table_name"].map((name) => required(row, name));
    const key = JSON.stringify(names);
    let table = tables.get(key);
    if (!table) {
      table = {
        metadata: {
          type: String(required(row, "table_type")),
          schema: String(names[1]),
          name: String(names[2]),
          database: optional(row, "table_database"),
          comment: optional(row, "table_comment"),
          owner: optional(row, "table_owner"),
        },
        columns: {},
        stats: statsOf(row),
        unique_id: null,
      };
      tables.set(key, table);
    }
    const name = String(required(row, "column_name"));
    table.columns[name] = {
      type: String(required(row, "column_type")),
      index: Math.trunc(Number(required(row, "column_index"))),
      name,
      comment: optional(row, "column_comment"),
    };
  }
  return tables.values();
}

function required(row: CatalogRow, column: string): Primitive {
  if (row.has(column)) return primitive(row.get(column));
  throw new TsdbtError(
    "TD3090",
    "Compilation Error",
    `Catalog information missing required key '${column}' (got ${[...row.keys()].join(", ")})`,
    { hint: "The project's own get_catalog macro has to answer this column too." },
  );
}

function optional(row: CatalogRow, column: string): string | null {
  const value = row.get(column);
  return value === null || value === undefined ? null : pyStr(value);
}

function primitive(value: unknown): Primitive {
  if (value instanceof PyDecimal) return value.toFloat();
  if (value === null || value === undefined) return null;
  return typeof value === "boolean" || typeof value === "number" ? value : pyStr(value);
}

/** Columns named `stats:size:value` and so on describe the table. */
function statsOf(row: CatalogRow): CatalogTable["stats"] {
  const stats: CatalogTable["stats"] = {};
  const ids = new Set<string>();
  for (const column of row.keys()) if (column.startsWith("stats:")) ids.add(column.split(":")[1] as string);
  for (const id of ids) {
    const part = (name: string): Primitive => required(row, `stats:${id}:${name}`);
    if (!pyTruth(part("include"))) continue;
    stats[id] = {
      id,
      label: String(part("label")),
      value: part("value"),
      include: part("include"),
      description: optional(row, `stats:${id}:description`),
    };
  }
  stats.has_stats = {
    id: "has_stats",
    label: "Has Stats?",
    value: Object.keys(stats).length > 0,
    include: false,
    description: "Indicates whether there are statistics for this table",
  };
  return stats;
}

function ambiguous(id: string, first: CatalogTable, second: CatalogTable): TsdbtError {
  const name = ({ metadata }: CatalogTable): string => `${metadata.schema}.${metadata.name}`;
  return new TsdbtError(
    "TD3091",
    "Compilation Error",
    "dbt found two relations in your warehouse with similar database identifiers. dbt\nis unable to determine which of " +
      `these relations was created by the model "${id}".\nIn order for dbt to correctly generate the catalog, one of the ` +
      `following relations must be deleted or renamed:\n\n - ${name(first)}\n - ${name(second)}`,
    { nodeId: id },
  );
}
