import type { Table } from "../../core/agate/table.ts";
import { TsdbtError } from "../../core/errors.ts";
import type { PyCallable } from "../../core/jinja/runtime/values.ts";
import type {
  Adapter,
  AdapterOptions,
  AdapterSession,
  Capabilities,
  Connection,
  ConstraintSupport,
  RelationSource,
} from "../adapter.ts";
import type { Column, ColumnClass } from "../column.ts";
import type { Constraint } from "../constraints.ts";
import { emitNotices } from "../credentials.ts";
import { bindMethod } from "../method-table.ts";
import type { Relation, RelationClass } from "../relation.ts";
import { createRelation, identifierOf, type NewRelation, quotingOf } from "../relation-create.ts";
import type { PolicyParts } from "../relation-parts.ts";
import { seedColumnType } from "../seed-types.ts";
import { StatementLog } from "../statement-log.ts";
import { type ClickHouseClient, openerOf } from "./client.ts";
import { ClickHouseColumn } from "./column.ts";
import { ClickHouseConnection } from "./connection.ts";
import type { ClickHouseCredentials } from "./credentials.ts";
import { describeError } from "./errors.ts";
import { CLICKHOUSE_METHODS } from "./methods.ts";
import { ClickHouseRelation, onCluster } from "./relation.ts";
import { relationsOfRows } from "./relations-of-rows.ts";
import { ensureDatabase, probeExchange, sessionSettings } from "./session.ts";

const CAPABILITIES: Capabilities = {
  transactions: false,
  tableLastModified: false,
  concurrentBatches: false,
  incrementalStrategies: ["append", "delete+insert", "insert_overwrite", "microbatch"],
  catalogs: false,
};

const CONSTRAINTS: { readonly [type: string]: ConstraintSupport } = {
  check: "enforced",
  not_null: "not_supported",
  unique: "not_supported",
  primary_key: "not_supported",
  foreign_key: "not_supported",
};

/** ClickHouse, on a server or within the process. */
export class ClickHouseAdapter implements Adapter {
  readonly type = "clickhouse";
  readonly macroPackage = "dbt_clickhouse";
  readonly macroRoot: string;
  readonly parentTypes: readonly string[] = [];
  readonly credentials: ClickHouseCredentials;
  readonly capabilities = CAPABILITIES;
  readonly constraintSupport = CONSTRAINTS;
  readonly relationClass: RelationClass = ClickHouseRelation;
  readonly columnClass: ColumnClass = ClickHouseColumn;
  readonly defaultQuoting: PolicyParts = ClickHouseRelation.defaults.quotePolicy;
  readonly quoting: PolicyParts;
  readonly quoteCharacter = "`";
  readonly dateFunction = "now()";
  readonly flags: { readonly [name: string]: unknown };
  queryComment: Adapter["queryComment"];
  readonly vars: { readonly [name: string]: unknown };
  readonly caseSensitive = true;

  private readonly options: AdapterOptions;
  private readonly open = new Set<ClickHouseConnection>();
  private readonly idle: ClickHouseClient[] = [];
  private first: Promise<ClickHouseClient> | undefined;
  private exchange: Promise<boolean> | undefined;

  constructor(credentials: ClickHouseCredentials, options: AdapterOptions, macroRoot: string) {
    this.credentials = credentials;
    this.options = options;
    this.macroRoot = macroRoot;
    this.flags = options.flags ?? {};
    this.vars = options.vars ?? {};
    this.quoting = quotingOf(ClickHouseRelation, options.quoting ?? {}, { database: null, schema: "" });
  }

  exchangeMacro(standing: Relation): string | null {
    return (standing as ClickHouseRelation).fields.canExchange ? "exchange_tables_atomic" : "clickhouse__swap";
  }

  async connect(name: string, emit = this.options.emit): Promise<Connection> {
    await this.start();
    const comment = this.queryComment?.(name) ?? null;
    const log = new StatementLog({ connection: name, type: this.type, comment, emit });
    const client = this.idle.pop() ?? (await this.openClient());
    const connection = new ClickHouseConnection(name, client, log, (released) => this.takeBack(released));
    this.open.add(connection);
    return connection;
  }
  /** A session serves one node after the other, as its settings and temporary tables may be meant to last. */
  private async takeBack(connection: ClickHouseConnection): Promise<void> {
    this.open.delete(connection);
    if (this.credentials.reuseConnections && this.first) this.idle.push(connection.client);
    else await connection.client.close();
  }
  /** The first session: it makes the schema, and keeps the engine running while no node is connected. */
  private async start(): Promise<ClickHouseClient> {
    if (!this.first) {
      emitNotices(this.credentials.notices, this.options.emit);
      this.first = this.openFirst();
    }
    try {
      return await this.first;
    } catch (error) {
      this.first = undefined;
      throw error;
    }
  }
  private async openFirst(): Promise<ClickHouseClient> {
    const open = await openerOf(this.credentials);
    const client = await open(this.credentials, sessionSettings(this.credentials));
    try {
      await ensureDatabase(client, this.credentials);
      await this.use(client);
      return client;
    } catch (error) {
      await client.close();
      throw describeError(error, "");
    }
  }
  private async openClient(): Promise<ClickHouseClient> {
    const open = await openerOf(this.credentials);
    const client = await open(this.credentials, sessionSettings(this.credentials));
    try {
      await this.use(client).catch(async (error) => {
        if (!/UNKNOWN_DATABASE/.test(String(error))) throw error;
        await ensureDatabase(client, this.credentials);
        await this.use(client);
      });
      return client;
    } catch (error) {
      await client.close();
      throw describeError(error, "");
    }
  }
  private async use(client: ClickHouseClient): Promise<void> {
    await client.use(this.credentials.schema);
  }
  async close(): Promise<void> {
    const { first } = this;
    this.first = undefined;
    await Promise.all([...this.open].map((connection) => connection.release()));
    await Promise.all(this.idle.splice(0).map((client) => client.close()));
    await (await first?.catch(() => undefined))?.close();
  }
  async cancelAll(): Promise<string[]> {
    const connections = [...this.open];
    for (const connection of connections) await connection.cancel();
    return connections.map((connection) => connection.name);
  }

  /** The client of a session's connection. */
  async connectionOf(session: AdapterSession): Promise<ClickHouseConnection> {
    return (await session.connection()) as ClickHouseConnection;
  }
  /** Whether tables can be swapped in one step here: tried once a run. */
  supportsExchange(): Promise<boolean> {
    if (!this.credentials.checkExchange || this.credentials.clusterMode) return Promise.resolve(true);
    this.exchange ??= this.start().then(probeExchange);
    return this.exchange;
  }

  relationOf(source: RelationSource): Relation {
    const { cluster, databaseEngine } = this.credentials;
    const isSource = source.resource_type === "source";
    const schema =
      isSource && source.schema === source.source_name && source.database ? source.database : source.schema;
    const quotePolicy = quotingOf(ClickHouseRelation, this.quoting, source);
    const identifier = identifierOf(source);
    const relation = createRelation(ClickHouseRelation, { database: "", schema, identifier, quotePolicy });
    const disabled = String(source.config?.disable_on_cluster).toLowerCase() === "true";
    const can = !isSource && !disabled && onCluster(cluster, databaseEngine);
    return can ? (relation as ClickHouseRelation).onCluster() : relation;
  }
  createRelation(parts: NewRelation): Relation {
    return createRelation(ClickHouseRelation, parts);
  }
  relationsOf(rows: readonly unknown[][]): Promise<Relation[]> {
    return relationsOfRows(this, rows);
  }
  createColumn(parts: Parameters<Adapter["createColumn"]>[0]): Column {
    const { name, dtype } = parts;
    return new ClickHouseColumn({ name, dtype, charSize: null, numericPrecision: null, numericScale: null });
  }
  quote(identifier: string): string {
    return `"${identifier}"`;
  }
  seedColumnType(table: Table, column: number): string {
    const type = seedColumnType(table, column, {
      integer: "integer",
      wholeNumber: "Int32",
      number: "Float32",
      text: "String",
      boolean: "Bool",
      datetime: "DateTime",
      date: "Date",
      time: "",
    });
    if (type) return type;
    throw new TsdbtError("TD5320", "Runtime Error", "`convert_time_type` is not implemented for this adapter!", {
      hint: `Give the seed's column ${table.columnNames[column]} a type: column_types: {${table.columnNames[column]}: String}.`,
    });
  }
  renderColumnConstraint(): string | null {
    return null;
  }
  renderModelConstraint({ type, name, expression }: Constraint): string | null {
    if (type !== "check" || !expression) return null;
    if (name) return `CONSTRAINT ${name} CHECK (${expression})`;
    throw new TsdbtError("TD5321", "Runtime Error", "CHECK Constraint 'name' is required", {
      hint: "constraints: [{type: check, name: positive, expression: price > 0}]",
    });
  }

  method(name: string, session: AdapterSession): PyCallable | undefined {
    return bindMethod(CLICKHOUSE_METHODS, name, { adapter: this, session });
  }
  describeError(error: unknown, sql: string): Error {
    return describeError(error, sql);
  }
  debugInfo(): [string, unknown][] {
    return Object.entries(this.credentials.visible());
  }
}
