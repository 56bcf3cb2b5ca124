import { csvLines } from "../../core/agate/index.ts";
import type { Table } from "../../core/agate/table.ts";
import { PyDict, toPython } from "../../core/jinja/index.ts";
import { pyStr } from "../../core/jinja/runtime/repr.ts";
import { HostObject, Tuple } from "../../core/jinja/runtime/values.ts";
import type { AdapterSession } from "../adapter.ts";
import type { Column } from "../column.ts";
import { warnNotSupported } from "../constraints.ts";
import { lookUp } from "../look-up.ts";
import { available, FALSE, type MethodTable, NONE } from "../method-table.ts";
import { getRelation, listRelations, listSchemas, rowsOf } from "../operations.ts";
import type { Relation } from "../relation.ts";
import type { ClickHouseAdapter } from "./adapter.ts";
import { clickhouseColumn } from "./column.ts";
import { schemaChanges } from "./column-changes.ts";
import { quoteIdentifier } from "./quoting.ts";
import { onCluster } from "./relation.ts";
import { s3Source } from "./s3-source.ts";
import { engineExchanges } from "./session.ts";
import { modelSettings, querySettings, settingsForEngine, settingsText } from "./settings.ts";
import { incrementalStrategy, validateStrategy } from "./strategies.ts";
import { compareVersions } from "./versions.ts";

const EMPTY_DICT = () => new PyDict();

/** What `adapter.*` has for ClickHouse alone, or does otherwise than the base. */
export const CLICKHOUSE_METHODS: MethodTable<ClickHouseAdapter> = new Map([
  // with the query comment, unlike elsewhere
  available<ClickHouseAdapter>(
    "add_query(sql, auto_begin=True, bindings=None, abridge_sql_log=False)",
    async ({ session }, sql: string, autoBegin: boolean, _bindings: unknown, abridged: boolean) => {
      await (await session.connection()).execute(sql, { autoBegin, abridged });
      return new Tuple([null, null]);
    },
    () => new Tuple([null, null]),
  ),
  available<ClickHouseAdapter>(
    "get_clickhouse_cluster_name()",
    ({ adapter }) => (adapter.credentials.cluster ? `"${adapter.credentials.cluster}"` : null),
    EMPTY_DICT,
  ),
  available<ClickHouseAdapter>(
    "get_clickhouse_local_suffix()",
    ({ adapter: { credentials } }) => {
      const { localSuffix } = credentials;
      return localSuffix && !localSuffix.startsWith("_") ? `_${localSuffix}` : localSuffix;
    },
    EMPTY_DICT,
  ),
  available<ClickHouseAdapter>(
    "get_clickhouse_local_db_prefix()",
    ({ adapter: { credentials } }) => {
      const { localDatabasePrefix } = credentials;
      return localDatabasePrefix && !localDatabasePrefix.endsWith("_")
        ? `${localDatabasePrefix}_`
        : localDatabasePrefix;
    },
    EMPTY_DICT,
  ),
  available<ClickHouseAdapter>("clickhouse_db_engine_clause()", ({ adapter, session }) => {
    const { databaseEngine } = adapter.credentials;
    return session.execute && databaseEngine ? `ENGINE ${databaseEngine}` : "";
  }),
  available<ClickHouseAdapter>(
    "is_before_version(version)",
    async ({ adapter, session }, version: string) => {
      const { client } = await adapter.connectionOf(session);
      return compareVersions(version, client.version) > 0;
    },
    FALSE,
  ),
  available<ClickHouseAdapter>(
    "is_at_or_after_version(version)",
    async ({ adapter, session }, version: string) => {
      const { client } = await adapter.connectionOf(session);
      return compareVersions(client.version, version) >= 0;
    },
    FALSE,
  ),
  available<ClickHouseAdapter>("supports_atomic_exchange()", ({ adapter }) => adapter.supportsExchange(), NONE),
  available<ClickHouseAdapter>(
    "can_exchange(schema, rel_type)",
    async ({ adapter, session }, schema: string | null, type: string) => {
      if (type !== "table" || !schema || !(await adapter.supportsExchange())) return false;
      const database = await databaseOf(session, schema);
      return database !== null && engineExchanges(database.engine);
    },
    NONE,
  ),
  available<ClickHouseAdapter>(
    "should_on_cluster(materialized='', engine='')",
    ({ adapter: { credentials } }) => onCluster(credentials.cluster, credentials.databaseEngine),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "calculate_incremental_strategy(strategy)",
    ({ adapter }, strategy: string | null) => incrementalStrategy(adapter, strategy),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "validate_incremental_strategy(strategy, predicates, unique_key, partition_by)",
    (_caller, strategy: string, predicates: unknown, uniqueKey: unknown, partitionBy: unknown) =>
      validateStrategy(strategy, { predicates, uniqueKey, partitionBy }),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "check_incremental_schema_changes(on_schema_change, existing, target_sql, materialization='incremental', query_settings=None)",
    (caller, onSchemaChange: string, existing: unknown, sql: string, materialization: string, settings: unknown) =>
      schemaChanges(caller.session, {
        onSchemaChange,
        existing,
        materialization,
        target: () => columnsOfQuery(caller.adapter, caller.session, sql, settings),
      }),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "s3source_clause(config_name, s3_model_config, bucket, path, fmt, structure, aws_access_key_id, " +
      "aws_secret_access_key, role_arn, compression='', external_id='')",
    ({ adapter }, ...args: unknown[]) => s3Source(adapter.vars, args),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "get_ch_database(schema)",
    ({ session }, schema: string) => databaseOf(session, schema),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "get_relation(database, schema, identifier)",
    ({ adapter, session }, _database: unknown, schema: string, identifier: string) =>
      getRelation(adapter, session, "", schema, identifier),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "relations_beginning_with(relation, name)",
    async ({ adapter, session }, { schema }: Relation, name: string) =>
      (await listRelations(adapter, session, "", schema ?? "")).filter((each) => each.identifier?.startsWith(name)),
    () => [],
  ),
  available<ClickHouseAdapter>(
    "check_schema_exists(database, schema)",
    async ({ session }, database: string | null, schema: string) =>
      (await listSchemas(session, database)).includes(schema),
    FALSE,
  ),
  available<ClickHouseAdapter>("get_csv_data(table)", (_caller, table: Table) => [...csvLines(table)].join("")),
  available<ClickHouseAdapter>("insert_csv(sql, table)", async ({ adapter, session }, sql: string, table: Table) => {
    await (await adapter.connectionOf(session)).insert(sql, table);
    return null;
  }),
  available<ClickHouseAdapter>(
    "get_model_settings(model, engine='MergeTree')",
    ({ adapter, session }, model: unknown, engine: string) => {
      const settings = settingsForEngine(modelSettings(adapter, model), engine, (message) => warn(session, message));
      return `\n                    -- end_of_sql\n                    ${settingsText(settings)}\n                    `;
    },
  ),
  available<ClickHouseAdapter>(
    "filter_settings_by_engine(settings, engine)",
    ({ session }, settings: PyDict, engine: string) =>
      settingsForEngine(settings, engine, (message) => warn(session, message)),
  ),
  available<ClickHouseAdapter>("get_model_query_settings(model)", (_caller, model: unknown) => {
    const text = settingsText(querySettings(model));
    return text && `\n            -- settings_section\n            ${text}\n            `;
  }),
  available<ClickHouseAdapter>(
    "get_column_schema_from_query(sql, *args, query_settings=None, **kwargs)",
    ({ adapter, session }, sql: string, settings: unknown, rest: unknown[]) =>
      columnsOfQuery(adapter, session, sql, settings ?? rest[0]),
    NONE,
  ),
  available<ClickHouseAdapter>(
    "format_columns(columns)",
    (_caller, columns: Column[]) => columns.map(({ name, dataType }) => PyDict.from({ name, data_type: dataType })),
    NONE,
  ),
  available<ClickHouseAdapter>("get_credentials(connection_overrides)", ({ adapter, session }, overrides: PyDict) =>
    session.execute ? credentialsOf(adapter, overrides) : new PyDict(),
  ),
  available<ClickHouseAdapter>("render_raw_columns_constraints(raw_columns)", ({ session }, columns: PyDict) =>
    [...columns.values()].map((column) => columnClause(session, column)),
  ),
]);

function warn(session: AdapterSession, message: string): void {
  session.emit?.({ name: "AdapterEventWarning", code: "E003", level: "warn", message });
}

/** A row of system.databases. */
class ClickHouseDatabase extends HostObject {
  readonly typeName = "ClickHouseDatabase";
  readonly name: string;
  readonly engine: string;
  readonly comment: string;
  constructor(name: string, engine: string, comment: string) {
    super();
    this.name = name;
    this.engine = engine;
    this.comment = comment;
  }
  override attr(name: string): unknown {
    if (name === "name") return this.name;
    return name === "engine" ? this.engine : name === "comment" ? this.comment : undefined;
  }
}

async function databaseOf(session: AdapterSession, schema: string): Promise<ClickHouseDatabase | null> {
  const table = await session.callMacro("clickhouse__get_database", [], new Map([["database", schema]]));
  const row = rowsOf(table)[0];
  return row ? new ClickHouseDatabase(String(row[0]), String(row[1]), String(row[2])) : null;
}

/** The columns that a query has, without running it. */
async function columnsOfQuery(
  adapter: ClickHouseAdapter,
  session: AdapterSession,
  sql: string,
  settings: unknown,
): Promise<Column[]> {
  const connection = await adapter.connectionOf(session);
  const clause = settings instanceof PyDict && settings.size > 0 ? `\n${settingsText(settings)}` : "";
  const { result } = await connection.run(`SELECT * FROM ( \n${sql} \n) LIMIT 0${clause}`);
  return result.names.map((name, i) => clickhouseColumn(name, result.types[i]!));
}

/** What a dictionary connects with: the profile's own, where nothing else is said. */
function credentialsOf({ credentials }: ClickHouseAdapter, overrides: PyDict): PyDict {
  const { user, password, host, port } = credentials;
  const all = toPython({ user, password, database: "", host, port }) as PyDict;
  for (const [key, value] of overrides.entries()) all.set(key, value);
  for (const key of [...overrides.keys()]) if (!all.get(key)) all.delete(key);
  return all;
}

/** A column of a contract as DDL: codec before TTL. */
function columnClause(session: AdapterSession, column: unknown): string {
  const codec = lookUp(column, "codec");
  const ttl = lookUp(column, "ttl");
  const clauses = [codec ? `CODEC(${pyStr(codec)})` : "", ttl ? `TTL ${pyStr(ttl)}` : ""].filter(Boolean).join(" ");
  const constraints = lookUp(column, "constraints");
  if (Array.isArray(constraints) && constraints.length > 0) warnNotSupported(session, "column", "clickhouse");
  return `${quoteIdentifier(pyStr(lookUp(column, "name")))} ${pyStr(lookUp(column, "data_type"))} ${clauses}`.trimEnd();
}
