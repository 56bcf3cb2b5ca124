import type { HostObject } from "../core/jinja/runtime/values.ts";
import type { Table } from "../core/agate/table.ts";
import type { Relation, RelationType } from "./relation.ts";
import type { Column } from "./column.ts";

/** What a statement did, as run_results.json's `adapter_response` shows it. `_message` is the text after `OK` on the screen. */
export interface AdapterResponse {
  _message: string;
  code?: string;
  rows_affected?: number;
  query_id?: string;
  [key: string]: unknown;
}

export interface ExecuteOptions {
  /** Whether the rows are wanted. */
  fetch?: boolean;
  /** At most so many rows are read. */
  limit?: number | null;
  /** Starts a transaction first where the engine has them. */
  autoBegin?: boolean;
}

/** One open session with the warehouse. It belongs to one running node at a time and is passed explicitly. */
export interface Connection {
  /** The node it serves, for messages and query comments. */
  name: string;
  execute(sql: string, options?: ExecuteOptions): Promise<{ response: AdapterResponse; table: Table }>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Stops what is running, from outside. */
  cancel(): Promise<void>;
  /** Gives it back: rolls back what is open. */
  release(): Promise<void>;
}

/** Facts about an engine that decide between code paths. */
export interface Capabilities {
  transactions: boolean;
  /** Metadata-based source freshness. */
  tableLastModified: boolean;
  incrementalStrategies: readonly string[];
  /** Databases beyond the profile's can be named. */
  catalogs: boolean;
}

/** A constraint type is enforced by the engine, merely accepted by it, or refused. */
export type ConstraintSupport = "enforced" | "not_enforced" | "not_supported";

/** What a materialization's `relation` needs to know of a node. */
export interface RelationSource {
  database: string | null;
  schema: string;
  alias?: string;
  identifier?: string;
  quoting?: { [part: string]: boolean | null };
  config?: { [key: string]: unknown };
  resource_type?: string;
}

/**
 * What every warehouse implements. SQL text lives in the adapter's macros; here stands what SQL cannot say:
 * connecting, reading values exactly, quoting, types. `callMacro` runs a macro of the project's (so that overrides
 * count) in the connection of the caller.
 */
export interface Adapter {
  /** The profile's `type`, e.g. `duckdb`. */
  readonly type: string;
  /** The package of its own macros, e.g. `dbt_duckdb`. */
  readonly macroPackage: string;
  /** Where that package is: a folder with a dbt_project.yml. */
  readonly macroRoot: string;
  /** Adapters whose macros are tried after its own in `adapter.dispatch`, nearest first (none for DuckDB and ClickHouse). */
  readonly parentTypes: readonly string[];
  readonly credentials: Credentials;
  readonly capabilities: Capabilities;
  readonly constraintSupport: { readonly [type: string]: ConstraintSupport };

  /** Opens (or takes from a pool) a connection for a node. */
  connect(name: string): Promise<Connection>;
  /** Closes everything; the adapter is not used afterwards. */
  close(): Promise<void>;
  /** Cancels every running query, e.g. on Ctrl-C; answers the names of the connections cancelled. */
  cancelAll(): Promise<string[]>;

  /** The relation a node or source is, quoted as configured. */
  relationOf(source: RelationSource): Relation;
  createRelation(parts: { database?: string | null; schema?: string | null; identifier?: string | null; type?: RelationType | null }): Relation;
  createColumn(parts: { name: string; dtype: string; charSize?: number | null; numericPrecision?: number | null; numericScale?: number | null }): Column;
  /** Quotes one identifier. */
  quote(identifier: string): string;
  /** `"` or a backtick. */
  readonly quoteCharacter: string;
  readonly defaultQuoting: { database: boolean; schema: boolean; identifier: boolean };
  /** The engine's type for a column of a CSV seed. */
  seedColumnType(table: Table, column: number): string;
  /** Literal date function of the engine used by `adapter.date_function()`, e.g. `now()`. */
  readonly dateFunction: string;

  /**
   * `adapter.*` beyond the base's: what this engine alone offers to macros (see adapter_methods.tsv).
   * Answers `undefined` for a name it does not have.
   */
  method(name: string, session: AdapterSession): unknown;
  /** Runs once before the first statement of a run (attach, extensions, settings). */
  prepare?(connection: Connection): Promise<void>;
  /** Turns an error of the driver into a TsdbtError of kind "Database Error", without secrets. */
  describeError(error: unknown, sql: string): Error;
  /** Lines for `debug`: key and value, secrets left out. */
  debugInfo(): [string, unknown][];
}

/** The profile's output as read, secrets included: never printed whole. */
export interface Credentials {
  type: string;
  database: string | null;
  schema: string;
  threads: number;
  /** What `target` shows to templates: no secrets. */
  visible(): { [key: string]: unknown };
  /** Something that names the place, hashed in manifest metadata and shown by `debug`. */
  uniqueField(): string;
}

/** What an adapter's own template methods may use: the node's connection, the relation cache, the macros. */
export interface AdapterSession {
  connection(): Promise<Connection>;
  callMacro(name: string, args: unknown[], kwargs?: Map<string, unknown>): unknown;
  /** `adapter.dispatch`: the macro to call, found in dbt's search order. */
  dispatch(macroName: string, namespace: string | null): unknown;
  /** False while parsing: no warehouse can be reached, methods give dbt's stand-ins. */
  execute: boolean;
  cache: RelationCache;
  /** The running node's data, `null` outside one. */
  model: HostObject | null;
}

/** Relations known per schema: filled by one query a schema, kept true by create, drop and rename. */
export interface RelationCache {
  list(database: string | null, schema: string): Promise<Relation[]>;
  get(database: string | null, schema: string, identifier: string): Promise<Relation | null>;
  add(relation: Relation): void;
  drop(relation: Relation): void;
  rename(from: Relation, to: Relation): void;
  clear(): void;
}

/** An adapter's folder exports this by the name `plugin`; `adapters/registry.ts` loads it by the profile's `type`. */
export interface AdapterPlugin {
  type: string;
  /** Checks a profile's output; throws a TsdbtError of kind "Profile Error" naming key and profile. */
  parseCredentials(output: { [key: string]: unknown }, place: { profile: string; target: string; projectRoot: string }): Credentials;
  create(credentials: Credentials, options: { projectRoot: string; threads: number; profile: string; target: string; queryComment?: (connection: string) => string | null }): Adapter;
}
