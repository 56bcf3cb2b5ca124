import { relative } from "node:path";
import type { Table } from "../../core/agate/table.ts";
import type { PyCallable } from "../../core/jinja/runtime/values.ts";
import type {
  Adapter,
  AdapterOptions,
  AdapterSession,
  Capabilities,
  Connection,
  ConstraintSupport,
  GuardedNode,
  RelationSource,
} from "../adapter.ts";
import type { Column, ColumnClass } from "../column.ts";
import { type Constraint, columnConstraint, modelConstraint } from "../constraints.ts";
import { emitNotices } from "../credentials.ts";
import { bindMethod } from "../method-table.ts";
import type { Relation, RelationClass, RelationType } from "../relation.ts";
import { createRelation, identifierOf, type NewRelation, quotingOf } from "../relation-create.ts";
import type { PolicyParts } from "../relation-parts.ts";
import { seedColumnType } from "../seed-types.ts";
import { StatementLog } from "../statement-log.ts";
import { DuckDBColumn } from "./column.ts";
import { DuckDBConnection } from "./connection.ts";
import type { DuckDBCredentials } from "./credentials.ts";
import { type Database, openDatabase } from "./database.ts";
import { describeError } from "./errors.ts";
import { guardForeignKeys } from "./foreign-keys.ts";
import { DUCKDB_METHODS } from "./methods.ts";
import { DuckDBRelation, externalLocation } from "./relation.ts";

const CAPABILITIES: Capabilities = {
  transactions: true,
  tableLastModified: false,
  concurrentBatches: true,
  incrementalStrategies: ["append", "delete+insert", "merge", "microbatch"],
  catalogs: true,
};

const CONSTRAINTS: { readonly [type: string]: ConstraintSupport } = {
  check: "enforced",
  not_null: "enforced",
  unique: "enforced",
  primary_key: "enforced",
  foreign_key: "enforced",
};

/** DuckDB in the process, through `@duckdb/node-api`. */
export class DuckDBAdapter implements Adapter {
  readonly type = "duckdb";
  readonly macroPackage = "dbt_duckdb";
  readonly macroRoot: string;
  readonly parentTypes: readonly string[] = [];
  readonly credentials: DuckDBCredentials;
  readonly capabilities = CAPABILITIES;
  readonly constraintSupport = CONSTRAINTS;
  readonly relationClass: RelationClass = DuckDBRelation;
  readonly columnClass: ColumnClass = DuckDBColumn;
  readonly defaultQuoting: PolicyParts = DuckDBRelation.defaults.quotePolicy;
  readonly quoting: PolicyParts;
  readonly quoteCharacter = '"';
  readonly dateFunction = "now()";
  readonly flags: { readonly [name: string]: unknown };
  readonly caseSensitive = false;
  readonly projectRoot: string;
  queryComment: Adapter["queryComment"];
  /** What methods of one run remember: kinds of catalogs, constraints, warnings already given. */
  readonly memory = new Map<string, unknown>();

  private readonly options: AdapterOptions;
  private readonly open = new Set<DuckDBConnection>();
  private database: Promise<Database> | undefined;

  constructor(credentials: DuckDBCredentials, options: AdapterOptions, macroRoot: string) {
    this.credentials = credentials;
    this.options = options;
    this.projectRoot = options.projectRoot;
    this.macroRoot = macroRoot;
    this.flags = options.flags ?? {};
    this.quoting = quotingOf(DuckDBRelation, options.quoting ?? {}, { database: null, schema: "" });
  }

  async connect(name: string, emit = this.options.emit): Promise<Connection> {
    if (!this.database) {
      emitNotices(this.credentials.notices, this.options.emit);
      this.database = openDatabase(this.credentials);
    }
    let database: Database;
    try {
      database = await this.database;
    } catch (error) {
      this.database = undefined;
      throw error;
    }
    const connection = new DuckDBConnection(name, await database.connect(), {
      api: database.api,
      credentials: this.credentials,
      log: new StatementLog({ connection: name, type: this.type, comment: this.queryComment?.(name) ?? null, emit }),
      onRelease: (released) => this.open.delete(released),
    });
    this.open.add(connection);
    return connection;
  }
  async close(): Promise<void> {
    const database = this.database;
    this.database = undefined;
    for (const connection of [...this.open]) await connection.release();
    (await database?.catch(() => undefined))?.close();
  }
  async cancelAll(): Promise<string[]> {
    const connections = [...this.open];
    for (const connection of connections) await connection.cancel();
    return connections.map((connection) => connection.name);
  }
  /** DuckDB's version, e.g. `1.5.6`; known only once its driver is loaded. */
  async version(): Promise<string> {
    const { version } = await import("@duckdb/node-api");
    return version()
      .replace(/^v/, "")
      .replace(/-r\.\d+$/, "");
  }

  relationOf(source: RelationSource): Relation {
    const quotePolicy = quotingOf(DuckDBRelation, this.quoting, source);
    const { database, schema } = source;
    const relation = createRelation(DuckDBRelation, {
      database,
      schema,
      identifier: identifierOf(source),
      quotePolicy,
    });
    const external = source.resource_type === "source" ? externalLocation(source) : null;
    return external === null ? relation : (relation as DuckDBRelation).withExternal(external);
  }
  createRelation(parts: NewRelation): Relation {
    return createRelation(DuckDBRelation, parts);
  }
  relationsOf(rows: readonly unknown[][]): Relation[] {
    return rows.map(([database, identifier, schema, type]) =>
      createRelation(DuckDBRelation, {
        database: database as string,
        schema: schema as string,
        identifier: identifier as string,
        type: DuckDBRelation.types.includes(type as RelationType) ? (type as RelationType) : "external",
      }),
    );
  }
  createColumn(parts: Parameters<Adapter["createColumn"]>[0]): Column {
    const { name, dtype, charSize = null, numericPrecision = null, numericScale = null } = parts;
    return new DuckDBColumn({ name, dtype, charSize, numericPrecision, numericScale });
  }
  quote(identifier: string): string {
    return `"${identifier}"`;
  }
  seedColumnType(table: Table, column: number): string {
    return seedColumnType(table, column, {
      integer: "integer",
      wholeNumber: "integer",
      number: "float8",
      text: "text",
      boolean: "boolean",
      datetime: "timestamp without time zone",
      date: "date",
      time: "time",
    });
  }
  renderColumnConstraint(constraint: Constraint): string | null {
    if (constraint.type === "foreign_key") {
      const { to, toColumns, expression } = constraint;
      return to && toColumns.length > 0
        ? `references ${withoutDatabase(to)} (${toColumns.join(", ")})`
        : `references ${expression}`;
    }
    return columnConstraint(constraint);
  }
  renderModelConstraint(constraint: Constraint): string | null {
    const { type, to } = constraint;
    return modelConstraint(type === "foreign_key" && to ? { ...constraint, to: withoutDatabase(to) } : constraint);
  }

  guard(node: GuardedNode, session: AdapterSession): Promise<() => void> {
    return guardForeignKeys(this, session, node);
  }
  method(name: string, session: AdapterSession): PyCallable | undefined {
    return bindMethod(DUCKDB_METHODS, name, { adapter: this, session });
  }
  describeError(error: unknown, sql: string): Error {
    return describeError(error, sql);
  }
  debugInfo(): [string, unknown][] {
    return Object.entries(this.credentials.visible());
  }
  /** The profile's `external_root`, seen from where the process runs. */
  get externalRoot(): string {
    const { externalRoot } = this.credentials;
    const elsewhere = relative(process.cwd(), this.projectRoot);
    if (elsewhere === "" || /^([a-z0-9]+:)?\//i.test(externalRoot)) return externalRoot;
    return externalRoot === "." ? this.projectRoot : `${this.projectRoot}/${externalRoot}`;
  }
}

/** DuckDB takes no catalog in the target of a foreign key. */
function withoutDatabase(target: string): string {
  const parts = target.split(".");
  return parts.length > 2 ? parts.slice(1).join(".") : target;
}
