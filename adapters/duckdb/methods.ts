import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { Table } from "../../core/agate/table.ts";
import { VERBATIM_TEXT } from "../../core/agate/types.ts";
import { TsdbtError } from "../../core/errors.ts";
import { PyDict } from "../../core/jinja/index.ts";
import { pyRepr, pyStr } from "../../core/jinja/runtime/repr.ts";
import { pyTruth } from "../../core/jinja/runtime/truth.ts";
import { HostObject } from "../../core/jinja/runtime/values.ts";
import { type Member, member, method } from "../../core/python/support.ts";
import type { AdapterSession } from "../adapter.ts";
import { lookUp } from "../look-up.ts";
import { available, LIST, type MethodTable, NONE } from "../method-table.ts";
import { answeredColumns, rowsOf } from "../operations.ts";
import { Relation } from "../relation.ts";
import { RelationPath } from "../relation-parts.ts";
import type { DuckDBAdapter } from "./adapter.ts";
import { duckdbColumn } from "./column.ts";
import { readLocation, writeOptions } from "./external.ts";
import { catalogSupportsForeignKeys, existingKeyConstraints } from "./foreign-keys.ts";
import { escapeString } from "./statements.ts";

function isDucklake({ credentials }: DuckDBAdapter, relation: unknown): boolean {
  return (
    relation instanceof Relation && relation.database !== null && credentials.ducklakeDatabases.has(relation.database)
  );
}

/** What `adapter.*` has for DuckDB alone, or does otherwise than the base. */
export const DUCKDB_METHODS: MethodTable<DuckDBAdapter> = new Map([
  available<DuckDBAdapter>("is_motherduck()", ({ adapter }) => adapter.credentials.isMotherduck),
  available<DuckDBAdapter>("disable_transactions()", ({ adapter }) => adapter.credentials.disableTransactions),
  available<DuckDBAdapter>("escape_sql_string(value)", (_caller, value: unknown) => escapeString(pyStr(value))),
  available<DuckDBAdapter>("is_ducklake(relation)", ({ adapter }, relation: unknown) => isDucklake(adapter, relation)),
  // Those of before DuckDB 1.5.3 only.
  available<DuckDBAdapter>("use_ducklake_table_workarounds(relation)", () => false),
  available<DuckDBAdapter>("external_root()", ({ adapter }) => adapter.externalRoot),
  available<DuckDBAdapter>("get_binding_char()", () => "?"),
  available<DuckDBAdapter>(
    "external_write_options(write_location, rendered_options)",
    (_caller, location: string, options: PyDict) => writeOptions(location, options),
  ),
  available<DuckDBAdapter>(
    "external_read_location(write_location, rendered_options)",
    (_caller, location: string, options: PyDict) => readLocation(location, options),
  ),
  available<DuckDBAdapter>("valid_incremental_strategies()", ({ adapter }) => [
    ...adapter.capabilities.incrementalStrategies,
  ]),
  available<DuckDBAdapter>("parse_index(raw_index)", (_caller, raw: unknown) => parseIndex(raw)),
  available<DuckDBAdapter>("get_seed_file_path(model)", (_caller, model: unknown) =>
    join(String(lookUp(model, "root_path")), String(lookUp(model, "original_file_path"))),
  ),
  available<DuckDBAdapter>("convert_datetimes_to_strs(table)", (_caller, table: Table) => datetimesAsText(table)),
  available<DuckDBAdapter>("warn_once(msg)", ({ adapter, session }, message: string) =>
    warnOnce(adapter, session, message),
  ),

  available<DuckDBAdapter>("ensure_transaction()", async ({ adapter, session }) => {
    const connection = await session.connection();
    if ((connection as unknown as { transactionOpen?: boolean }).transactionOpen) return null;
    if (adapter.credentials.disableTransactions) {
      warnOnce(
        adapter,
        session,
        "disable_transactions is set, but a table with foreign keys is rebuilt in place within a transaction, " +
          "so that a failed build does not lose its data.",
      );
    }
    await connection.begin();
    return null;
  }),
  available<DuckDBAdapter>("location_exists(location)", async ({ session }, location: string) => {
    try {
      await (await session.connection()).execute(`select 1 from '${location}' where 1=0`);
      return true;
    } catch (error) {
      if (error instanceof TsdbtError) return false;
      throw error;
    }
  }),
  available<DuckDBAdapter>(
    "store_relation(plugin_name, relation, column_list, path, format, config)",
    (_caller, plugin: string) => {
      throw new TsdbtError("TD5230", "Runtime Error", `Plugin ${plugin} not found: plugins of dbt-duckdb are Python.`, {
        hint: "Materialize as `external` without `plugin`, or `attach` the other database in the profile.",
      });
    },
  ),
  available<DuckDBAdapter>(
    "get_columns_in_relation(relation)",
    async ({ session }, relation: unknown) => {
      try {
        return await answeredColumns(session, relation);
      } catch (error) {
        if (error instanceof TsdbtError && /does not exist/i.test(error.message)) return [];
        throw error;
      }
    },
    LIST,
  ),
  // Strings have no length in DuckDB: there is nothing to widen.
  available<DuckDBAdapter>("expand_target_column_types(from_relation, to_relation)", NONE, NONE),
  available<DuckDBAdapter>(
    "get_column_schema_from_query(sql)",
    async ({ session }, sql: string) => {
      const { table } = await (await session.connection()).execute(`DESCRIBE (${sql})`, { fetch: true });
      return rowsOf(table).flatMap(([name, dtype]) => duckdbColumn(String(name), String(dtype)).flatten());
    },
    LIST,
  ),
  available<DuckDBAdapter>("catalog_supports_foreign_keys(database)", ({ adapter, session }, database: string) =>
    catalogSupportsForeignKeys(adapter, session, database),
  ),
  available<DuckDBAdapter>("existing_key_constraint_types(relation)", ({ adapter, session }, relation: unknown) =>
    existingKeyConstraints(adapter, session, relation),
  ),
  available<DuckDBAdapter>("batch_id_for_model(model)", (_caller, model: unknown) => {
    const start = lookUp(lookUp(model, "batch"), "event_time_start");
    return pyTruth(start) ? pyStr(start).replace(/[-:+]/g, "").replaceAll(" ", "_") : "";
  }),
  available<DuckDBAdapter>(
    "get_temp_relation_path(model, batch_id='')",
    ({ adapter }, model: unknown, batch: string) => {
      const name = String(lookUp(model, "identifier"));
      const key = `temp ${name}`;
      const unique = (adapter.memory.get(key) as string | undefined) ?? randomUUID().split("-").at(-1)!;
      adapter.memory.set(key, unique);
      return new RelationPath({
        database: lookUp(model, "database") as string | null,
        schema: "dbt_temp",
        identifier: `${name}__${unique}${batch ? `__${batch}` : ""}`,
      });
    },
  ),
]);

/** The same table with datetimes as their text: bindings know no datetimes. */
function datetimesAsText(table: Table): Table {
  const isMoment = table.columnTypes.map(({ typeName }) => typeName === "DateTime" || typeName === "ISODateTime");
  if (!isMoment.includes(true)) return table;
  const types = table.columnTypes.map((type, i) => (isMoment[i] ? VERBATIM_TEXT : type));
  const rows = table.rows.map((row) =>
    row.values.map((value, i) => (isMoment[i] && value !== null ? pyStr(value) : value)),
  );
  return Table.fromRows(table.columnNames, rows, types);
}

function warnOnce(adapter: DuckDBAdapter, session: AdapterSession, message: string): null {
  const key = `warned ${message}`;
  if (adapter.memory.has(key)) return null;
  adapter.memory.set(key, true);
  session.emit?.({ name: "AdapterEventWarning", code: "E003", level: "warn", enforced: true, message });
  return null;
}

/** An index of a model's config: `{columns: [a, b], unique: true}`. */
class IndexConfig extends HostObject {
  readonly typeName = "DuckDBIndexConfig";
  readonly columns: string[];
  readonly unique: boolean;
  constructor(columns: string[], unique: boolean) {
    super();
    this.columns = columns;
    this.unique = unique;
  }
  override attr(name: string): unknown {
    return member(INDEX_MEMBERS, this, name);
  }
  override repr(): string {
    return `DuckDBIndexConfig(columns=${pyRepr(this.columns)}, unique=${pyRepr(this.unique)})`;
  }
  /** A name of its own each time, so that an index is made on every run. */
  render(relation: Relation): string {
    const inputs = [...this.columns, relation.render(), this.unique ? "True" : "False", new Date().toISOString()];
    return createHash("md5").update(inputs.join("_")).digest("hex");
  }
}

const INDEX_MEMBERS = new Map<string, Member<IndexConfig>>([
  ["columns", (self) => [...self.columns]],
  ["unique", (self) => self.unique],
  ["render", method("render(relation)", (self: IndexConfig, relation: Relation) => self.render(relation))],
]);

function parseIndex(raw: unknown): IndexConfig | null {
  if (raw === null) return null;
  if (!(raw instanceof PyDict)) {
    throw new TsdbtError(
      "TD5231",
      "Compilation Error",
      `Invalid index config:\n  Got: ${pyRepr(raw)}\n  Expected a dictionary with at minimum a "columns" key`,
      { hint: "indexes: [{columns: [id], unique: true}]" },
    );
  }
  const columns = raw.get("columns");
  const unique = raw.get("unique") ?? false;
  if (!Array.isArray(columns) || !columns.every((c) => typeof c === "string") || typeof unique !== "boolean") {
    const problem = columns === undefined ? "'columns' is a required property" : `${pyRepr(raw)} is not valid`;
    throw new TsdbtError("TD5232", "Compilation Error", `Could not parse index config: ${problem}`, {
      hint: "indexes: [{columns: [id], unique: true}]",
    });
  }
  return new IndexConfig(columns, unique);
}
