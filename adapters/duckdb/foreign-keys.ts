import { TsdbtError } from "../../core/errors.ts";
import type { AdapterSession, GuardedNode } from "../adapter.ts";
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

/** A table by its parts. */
interface TableName {
  database: string;
  schema: string;
  identifier: string;
}

function tableName(relation: unknown): TableName {
  const database = lookUp(relation, "database");
  const schema = lookUp(relation, "schema");
  const identifier = lookUp(relation, "identifier") || lookUp(relation, "alias") || lookUp(relation, "name");
  if (typeof database === "string" && typeof schema === "string" && typeof identifier === "string") {
    return { database, schema, identifier };
  }
  throw new TsdbtError(
    "TD5240",
    "Runtime Error",
    "Foreign key metadata requires a relation with a database, schema, and identifier.",
  );
}

/** The kinds of key that a table has in the warehouse, sorted: as they were when its schema was first asked for. */
export async function existingKeyConstraints(
  adapter: DuckDBAdapter,
  session: AdapterSession,
  relation: unknown,
): Promise<string[]> {
  return session.execute ? [...(await keysOf(adapter, session, tableName(relation)))].sort() : [];
}

async function keysOf(adapter: DuckDBAdapter, session: AdapterSession, table: TableName): Promise<Set<string>> {
  const { database, schema, identifier } = table;
  if (!(await catalogSupportsForeignKeys(adapter, session, database))) return new Set();
  const tables = await once(adapter, `keys ${database.toLowerCase()}.${schema.toLowerCase()}`, async () => {
    const known = new Map<string, Set<string>>();
    const rows = await query(
      session,
      `select table_name, constraint_type from duckdb_constraints() where ${inSchema(table)} ` +
        "and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')",
    );
    for (const [name, type] of rows) {
      const key = String(name).toLowerCase();
      if (!known.has(key)) known.set(key, new Set());
      known.get(key)!.add(TYPES[String(type)]!);
    }
    return known;
  });
  return tables.get(identifier.toLowerCase()) ?? new Set();
}

function inSchema({ database, schema }: TableName): string {
  return (
    `lower(database_name) = lower('${escapeString(database)}') ` +
    `and lower(schema_name) = lower('${escapeString(schema)}')`
  );
}

async function isReferred(session: AdapterSession, table: TableName): Promise<boolean> {
  const rows = await query(
    session,
    `select 1 from duckdb_constraints() where constraint_type = 'FOREIGN KEY' and ${inSchema(table)} ` +
      `and lower(referenced_table) = lower('${escapeString(table.identifier)}') ` +
      "and lower(table_name) <> lower(referenced_table) limit 1",
  );
  return rows.length > 0;
}

const KEYS = new Set(Object.values(TYPES));

function declaredKeys(node: GuardedNode): Set<string> {
  if (!node.contract?.enforced) return new Set();
  const constraints = [...(node.constraints ?? [])];
  for (const column of Object.values(node.columns ?? {})) constraints.push(...(column.constraints ?? []));
  return new Set(constraints.map(({ type }) => String(type)).filter((type) => KEYS.has(type)));
}

/** The turn of the tables that refer to each other, in this process. */
let turn: Promise<void> = Promise.resolve();

/**
 * Waits for its turn where a node has a foreign key or is the target of one: making or dropping such a table changes the
 * other as well, which DuckDB refuses while another transaction does the same. Answers how to end the turn.
 */
export async function guardForeignKeys(
  adapter: DuckDBAdapter,
  session: AdapterSession,
  node: GuardedNode,
): Promise<() => void> {
  const free = () => undefined;
  const { database, schema } = node;
  const identifier = node.alias ?? node.identifier ?? node.name;
  if (!database || !schema || !identifier) return free;
  const table = { database, schema, identifier };
  const declared = declaredKeys(node);
  if (!(await catalogSupportsForeignKeys(adapter, session, database))) return free;
  if (declared.size === 0 && (await keysOf(adapter, session, table)).size === 0) return free;
  const before = turn;
  let end: () => void = free;
  turn = new Promise((resolve) => {
    end = resolve;
  });
  await before;
  try {
    const known = await keysOf(adapter, session, table);
    if (declared.has("foreign_key") || known.has("foreign_key") || (await isReferred(session, table))) return end;
  } catch (error) {
    end();
    throw error;
  }
  end();
  return free;
}
