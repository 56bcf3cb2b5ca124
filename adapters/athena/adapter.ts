import type { Table } from "../../core/agate/table.ts";
import type { PyDict } from "../../core/jinja/runtime/dict.ts";
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
import { emitNotices } from "../credentials.ts";
import { bindMethod } from "../method-table.ts";
import type { Relation, RelationClass } from "../relation.ts";
import { createRelation, identifierOf, type NewRelation, quotingOf } from "../relation-create.ts";
import type { PolicyParts } from "../relation-parts.ts";
import { seedColumnType } from "../seed-types.ts";
import { StatementLog } from "../statement-log.ts";
import { Aws } from "./aws.ts";
import { Catalogs } from "./catalog-integrations.ts";
import { AthenaColumn } from "./column.ts";
import { AthenaConnection } from "./connection.ts";
import { type AthenaCredentials, checkCredentials } from "./credentials.ts";
import { describeCall } from "./errors.ts";
import { Glue } from "./glue.ts";
import { ATHENA_METHODS } from "./methods.ts";
import { AthenaRelation } from "./relation.ts";
import { withComment } from "./statement-text.ts";
import { Storage } from "./storage.ts";
import { WorkGroups } from "./work-groups.ts";

const CAPABILITIES: Capabilities = {
  transactions: false,
  tableLastModified: false,
  concurrentBatches: false,
  incrementalStrategies: ["append"],
  catalogs: true,
};

const CONSTRAINTS: { readonly [type: string]: ConstraintSupport } = {
  check: "not_supported",
  not_null: "not_supported",
  unique: "not_supported",
  primary_key: "not_supported",
  foreign_key: "not_supported",
};

/** Athena, with its tables in the Glue catalog and in S3. */
export class AthenaAdapter implements Adapter {
  readonly type = "athena";
  readonly macroPackage = "dbt_athena";
  readonly macroRoot: string;
  readonly parentTypes: readonly string[] = [];
  readonly credentials: AthenaCredentials;
  readonly capabilities = CAPABILITIES;
  readonly constraintSupport = CONSTRAINTS;
  readonly relationClass: RelationClass = AthenaRelation;
  readonly columnClass: ColumnClass = AthenaColumn;
  readonly defaultQuoting: PolicyParts = AthenaRelation.defaults.quotePolicy;
  readonly quoting: PolicyParts;
  readonly quoteCharacter = '"';
  readonly dateFunction = "now()";
  readonly flags: { readonly [name: string]: unknown };
  readonly caseSensitive = false;
  queryComment: Adapter["queryComment"];

  readonly aws: Aws;
  readonly glue: Glue;
  readonly storage: Storage;
  readonly workGroups: WorkGroups;
  private readonly catalogs: Catalogs;
  private readonly options: AdapterOptions;
  private readonly open = new Set<AthenaConnection>();
  private checked = false;

  constructor(credentials: AthenaCredentials, options: AdapterOptions, macroRoot: string) {
    this.credentials = credentials;
    this.options = options;
    this.macroRoot = macroRoot;
    this.flags = options.flags ?? {};
    this.quoting = quotingOf(AthenaRelation, options.quoting ?? {}, { database: null, schema: "" });
    this.aws = new Aws(credentials);
    this.glue = new Glue(this.aws);
    this.storage = new Storage(this.aws, credentials, this.glue);
    this.workGroups = new WorkGroups(this.aws, credentials);
    this.catalogs = new Catalogs(options.catalogs ?? []);
  }

  catalogRelation(name: string): PyDict {
    return this.catalogs.relationOf(name);
  }

  catalogIntegration(name: string): PyDict {
    return this.catalogs.integrationOf(name);
  }

  exchangeMacro(standing: Relation): string | null {
    return standing.type === "table" ? "athena__exchange_tables" : null;
  }

  async connect(name: string, emit = this.options.emit): Promise<Connection> {
    if (!this.checked) {
      emitNotices(this.credentials.notices, this.options.emit);
      checkCredentials(this.credentials);
      this.checked = true;
    }
    const comment = this.queryComment?.(name) ?? null;
    const log = new StatementLog({ connection: name, type: this.type, comment, emit, annotate: withComment });
    const { aws, credentials, storage } = this;
    const at = { aws, credentials, log, onFailure: (sql: string) => storage.clearFailed(sql) };
    const connection = new AthenaConnection(name, at, (released) => this.open.delete(released));
    this.open.add(connection);
    return connection;
  }
  async close(): Promise<void> {
    for (const connection of [...this.open]) await connection.release();
    await this.aws.close();
  }
  async cancelAll(): Promise<string[]> {
    const connections = [...this.open];
    await Promise.all(connections.map((connection) => connection.cancel()));
    return connections.map((connection) => connection.name);
  }

  relationOf(source: RelationSource): Relation {
    const quotePolicy = quotingOf(AthenaRelation, this.quoting, source);
    const { database, schema } = source;
    return createRelation(AthenaRelation, { database, schema, identifier: identifierOf(source), quotePolicy });
  }
  createRelation(parts: NewRelation): Relation {
    return createRelation(AthenaRelation, parts);
  }
  /** Of the rows that the general macro answers for a catalog that is not in Glue. */
  relationsOf(rows: readonly unknown[][]): Relation[] {
    return rows.map(([database, identifier, schema, type]) =>
      createRelation(AthenaRelation, {
        database: database as string,
        schema: schema as string,
        identifier: identifier as string,
        type: type === "view" ? "view" : "table",
      }),
    );
  }
  createColumn(parts: Parameters<Adapter["createColumn"]>[0]): Column {
    const { name, dtype, charSize = null, numericPrecision = null, numericScale = null } = parts;
    return new AthenaColumn({ name, dtype, charSize, numericPrecision, numericScale });
  }
  quote(identifier: string): string {
    return `"${identifier}"`;
  }
  seedColumnType(table: Table, column: number): string {
    return seedColumnType(table, column, {
      integer: "integer",
      wholeNumber: "integer",
      number: "double",
      text: "string",
      boolean: "boolean",
      datetime: "timestamp",
      date: "date",
      time: "time",
    });
  }
  renderColumnConstraint(): string | null {
    return null;
  }
  renderModelConstraint(): string | null {
    return null;
  }

  method(name: string, session: AdapterSession): PyCallable | undefined {
    return bindMethod(ATHENA_METHODS, name, { adapter: this, session });
  }
  describeError(error: unknown): Error {
    return describeCall(error, "StartQueryExecution", this.credentials);
  }
  debugInfo(): [string, unknown][] {
    return Object.entries(this.credentials.visible()).filter(([key]) => key !== "catalog");
  }
}
