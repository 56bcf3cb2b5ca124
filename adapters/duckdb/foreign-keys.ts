import { TsdbtError } from "../../core/errors.ts";
import type { AdapterSession } from "../adapter.ts";
import { lookUp } from "../look-up.ts";
import { rowsOf } from "../operations.ts";
import type { DuckDBAdapter } from "./adapter.ts";
import { escapeString } from "./statements.ts";

const WITH_FOREIGN_KEYS = new Set(["duckdb", "motherduck"]);
const TYPES: { readonly [name: string]: string } = {
  "PRIMARY KEY": "primary_key",
  UNIQUE: "unique",
  "FOREIGN KEY": "foreign_key",
};

async function query(session: AdapterSession, sql: string): Promise<unknown[][]> {
  const { table } = await (await session.connection()).execute(sql, { fetch: true });
  return rowsOf(table);
}

/** Asked once a run. */
function once<T>(adapter: DuckDBAdapter, key: string, ask: () => Promise<T>): Promise<T> {
  let known = adapter.memory.get(key) as Promise<T> | undefined;
  if (!known) {
    known = ask();
    adapter.memory.set(key, known);
    known.catch(() => adapter.memory.delete(key));
  }
  return known;
}

/** Whether a database is one of DuckDB's own, and not attached through an extension. */
export async function catalogSupportsForeignKeys(
  adapter: DuckDBAdapter,
  session: AdapterSession,
  database: string,
): Promise<boolean> {
  if (!session.execute) return false;
  const types = await once(adapter, "catalog types", async () => {
    const rows = await query(session, "select database_name, type from duckdb_databases()");
    return new Map(rows.map(([name, type]) => [String(name).toLowerCase(), String(type).toLowerCase()]));
  });
  return WITH_FOREIGN_KEYS.has(types.get(database.toLowerCase()) ?? "");
}

/** The kinds of key that a table has in the warehouse, sorted: as they were when its schema was first asked for. */
export async function existingKeyConstraints(
  adapter: DuckDBAdapter,
  session: AdapterSession,
  relation: unknown,
): Promise<string[]> {
  if (!session.execute) return [];
  const database = lookUp(relation, "database");
  const schema = lookUp(relation, "schema");
  const identifier = lookUp(relation, "identifier") || lookUp(relation, "alias") || lookUp(relation, "name");
  if (typeof database !== "string" || typeof schema !== "string" || typeof identifier !== "string") {
    throw new TsdbtError(
      "TD5240",
      "Runtime Error",
      "Foreign key metadata requires a relation with a database, schema, and identifier.",
    );
  }
  if (!(await catalogSupportsForeignKeys(adapter, session, database))) return [];
  const tables = await once(adapter, `keys ${database.toLowerCase()}.${schema.toLowerCase()}`, async () => {
    const known = new Map<string, Set<string>>();
    const rows = await query(
      session,
      "select table_name, constraint_type from duckdb_constraints() " +
        `where lower(database_name) = lower('${escapeString(database)}') and lower(schema_name) = lower('${escapeString(schema)}') ` +
        "and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')",
    );
    for (const [table, type] of rows) {
      const key = String(table).toLowerCase();
      if (!known.has(key)) known.set(key, new Set());
      known.get(key)!.add(TYPES[String(type)]!);
    }
    return known;
  });
  return [...(tables.get(identifier.toLowerCase()) ?? [])].sort();
}
