import type { Table } from "../core/agate/table.ts";
import type { NewEvent } from "../core/events/event.ts";
import type { PyDict } from "../core/jinja/runtime/dict.ts";
import type { HostObject } from "../core/jinja/runtime/values.ts";
import type { CatalogIntegration } from "./catalogs.ts";
import type { Column, ColumnClass } from "./column.ts";
import type { Constraint } from "./constraints.ts";
import type { Relation, RelationClass } from "./relation.ts";
import type { NewRelation } from "./relation-create.ts";
import type { PolicyParts } from "./relation-parts.ts";
import type { StatementComment } from "./statement-log.ts";

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
  /** Values for the `?` of the statement, where the engine has them. */
  bindings?: readonly unknown[];
  /** Sent without the query comment. */
  uncommented?: boolean;
  /** The log shows its beginning only. */
  abridged?: boolean;
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
  /** Several batches of one table may be built at once. */
  concurrentBatches: boolean;
  /** Databases beyond the profile's can be named. */
  catalogs: boolean;
}

/** A constraint type is enforced by the engine, merely accepted by it, or refused. */
export type ConstraintSupport = "enforced" | "not_enforced" | "not_supported";

/** What `Adapter.guard` needs to know of a node. */
export interface GuardedNode extends RelationSource {
  contract?: { enforced: boolean };
  constraints?: readonly { readonly [key: string]: unknown }[];
  columns?: { readonly [name: string]: { constraints?: readonly { readonly [key: string]: unknown }[] } };
}

/** What a materialization's `relation` needs to know of a node or source: the resource itself serves. */
export interface RelationSource {
  database: string | null;
  schema: string;
  name?: string;
  alias?: string;
  identifier?: string;
  source_name?: string;
  /** A source's quoting; the `quoting` of a node's config changes no names. */
  quoting?: { [part: string]: boolean | null };
  config?: { [key: string]: unknown };
  meta?: { [key: string]: unknown };
  tags?: readonly string[];
  resource_type?: string;
  /** Its whole name in SQL, where an earlier run wrote it down. */
  relation_name?: string | null;
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

  /** The project's `quoting` over the engine's default. */
  readonly quoting: PolicyParts;
  /** How the engine's relations and columns are made: `api.Relation`, `api.Column`. */
  readonly relationClass: RelationClass;
  readonly columnClass: ColumnClass;
  /** `flags:` of dbt_project.yml, for `adapter.behavior`. */
  readonly flags: { readonly [name: string]: unknown };
  /** Whether names that differ only in case are different relations. */
  readonly caseSensitive: boolean;

  /** The comment that goes with the statements of a connection: set once the project's macros are known. */
  queryComment: ((connection: string) => StatementComment | null) | undefined;

  /** Opens (or takes from a pool) a connection for a node. `emit` takes what the log is told of its statements. */
  connect(name: string, emit?: (event: NewEvent) => void): Promise<Connection>;
  /** Closes everything; the adapter is not used afterwards. */
  close(): Promise<void>;
  /** Cancels every running query, e.g. on Ctrl-C; answers the names of the connections cancelled. */
  cancelAll(): Promise<string[]>;

  /** The relation a node or source is, quoted as configured. */
  relationOf(source: RelationSource): Relation;
  createRelation(parts: NewRelation): Relation;
  createColumn(parts: {
    name: string;
    dtype: string;
    charSize?: number | null;
    numericPrecision?: number | null;
    numericScale?: number | null;
  }): Column;
  /** Quotes one identifier. */
  quote(identifier: string): string;
  /** `"` or a backtick. */
  readonly quoteCharacter: string;
  readonly defaultQuoting: { database: boolean; schema: boolean; identifier: boolean };
  /** The engine's type for a column of a CSV seed. */
  seedColumnType(table: Table, column: number): string;
  /** The relations that the rows of the macro `list_relations_without_caching` say. */
  relationsOf(rows: readonly unknown[][], session: AdapterSession): Relation[] | Promise<Relation[]>;
  /** A constraint of a column or of the whole model as DDL, `null` where it is left out. */
  renderColumnConstraint(constraint: Constraint): string | null;
  renderModelConstraint(constraint: Constraint): string | null;
  /** Literal date function of the engine used by `adapter.date_function()`, e.g. `now()`. */
  readonly dateFunction: string;

  /**
   * `adapter.*` beyond the base's: what this engine alone offers to macros (see adapter_methods.tsv).
   * Answers `undefined` for a name it does not have.
   */
  method(name: string, session: AdapterSession): unknown;
  /**
   * Waits until a node may be built beside the others that are being built; answers how to end that. DuckDB builds tables
   * one by one that refer to each other by foreign keys.
   */
  guard?(node: GuardedNode, session: AdapterSession): Promise<() => void>;
  /** The macro that exchanges two relations' names in one step, where the engine can do that with this one. */
  exchangeMacro?(standing: Relation): string | null;
  /** What macros are told of a catalog by its name; throws where there is none. Not given: there are no catalogs. */
  catalogRelation?(name: string): PyDict;
  /** The catalog itself, as catalogs.yml describes it; given together with {@link catalogRelation}. */
  catalogIntegration?(name: string): PyDict;
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
  /** `adapter.config`: the project and the profile as templates see them. */
  projectConfig?(): HostObject;
  /** Where warnings of the adapter go; they are dropped where it is missing. */
  emit?(event: NewEvent): void;
}

/** Relations known per schema: filled by one query a schema, kept true by create, drop and rename. */
export interface RelationCache {
  /** The relations of a schema; where it is not known yet, `load` (or the cache's own loader) asks the warehouse once. */
  list(database: string | null, schema: string, load?: () => Promise<Relation[]>): Promise<Relation[]>;
  get(
    database: string | null,
    schema: string,
    identifier: string,
    load?: () => Promise<Relation[]>,
  ): Promise<Relation | null>;
  /** Whether a schema's relations are known. */
  has(database: string | null, schema: string): boolean;
  add(relation: Relation): void;
  drop(relation: Relation): void;
  rename(from: Relation, to: Relation): void;
  dropSchema(database: string | null, schema: string): void;
  clear(): void;
}

/** What an adapter is made for. */
export interface AdapterOptions {
  projectRoot: string;
  threads: number;
  profile: string;
  target: string;
  /** `quoting` of dbt_project.yml. */
  quoting?: { database?: boolean; schema?: boolean; identifier?: boolean };
  /** `flags` of dbt_project.yml. */
  flags?: { readonly [name: string]: unknown };
  /** `vars` of the root project: ClickHouse's `s3source` reads its defaults there. */
  vars?: { readonly [name: string]: unknown };
  /** Catalogs of catalogs.yml. */
  catalogs?: readonly CatalogIntegration[];
  /** Where what the profile's notices say goes, once a connection is opened. */
  emit?: (event: NewEvent) => void;
}

/** An adapter's folder exports this by the name `plugin`; `adapters/registry.ts` loads it by the profile's `type`. */
export interface AdapterPlugin {
  type: string;
  /** Checks a profile's output; throws a TsdbtError of kind "Profile Error" naming key and profile. */
  parseCredentials(
    output: { [key: string]: unknown },
    place: { profile: string; target: string; projectRoot: string },
  ): Credentials;
  create(credentials: Credentials, options: AdapterOptions): Adapter;
  /** Types of catalogs that catalogs.yml may describe; none where it is not given. */
  catalogTypes?: readonly string[];
  /** What `default` and `iceberg` of the second form of catalogs.yml are here; without it only the first form is known. */
  tableFormats?: { readonly [format: string]: string };
}
