import type { Adapter, AdapterSession, Connection } from "../../../adapters/adapter.ts";
import { createRelationCache } from "../../../adapters/cache.ts";
import { createAdapterObject } from "../../../adapters/methods.ts";
import { rowsOf } from "../../../adapters/operations.ts";
import type { Relation } from "../../../adapters/relation.ts";
import type { NewEvent } from "../../../core/events/event.ts";
import { Environment, type HostObject, type Scope } from "../../../core/jinja/index.ts";

type Macro = (args: { [name: string]: unknown }, connection: Connection) => Promise<unknown>;

const named = (args: { [name: string]: unknown }, name: string) => args[name] as Relation;

async function rows(connection: Connection, sql: string): Promise<unknown> {
  return (await connection.execute(sql, { fetch: true })).table;
}

/** What the built-in macros do, in as little SQL as the methods need. */
const GENERAL: { readonly [name: string]: Macro } = {
  drop_relation: async (args, c) =>
    c.execute(`drop ${named(args, "relation").type} if exists ${named(args, "relation").render()}`),
  create_schema: async (args, c) => c.execute(`create schema if not exists ${named(args, "relation").render()}`),
  drop_schema: async (args, c) => c.execute(`drop schema if exists ${named(args, "relation").render()} cascade`),
  truncate_relation: async (args, c) => c.execute(`truncate table ${named(args, "relation").render()}`),
};

const DUCKDB: { readonly [name: string]: Macro } = {
  ...GENERAL,
  list_relations_without_caching: (args, c) =>
    rows(
      c,
      `select table_catalog, table_name, table_schema, case table_type when 'BASE TABLE' then 'table' when 'VIEW' then 'view' else lower(table_type) end
       from information_schema.tables where table_schema = '${named(args, "schema_relation").schema}' and table_catalog = '${named(args, "schema_relation").database}'`,
    ),
  get_columns_in_relation: async (args, c) => {
    const table = await rows(c, `describe ${named(args, "relation").render()}`);
    const { duckdbColumn } = await import("../../../adapters/duckdb/column.ts");
    return rowsOf(table).map(([name, type]) => duckdbColumn(String(name), String(type)));
  },
  rename_relation: async (args, c) =>
    c.execute(
      `alter ${named(args, "from_relation").type} ${named(args, "from_relation").render()} rename to "${named(args, "to_relation").identifier}"`,
    ),
  list_schemas: (_args, c) =>
    rows(c, "select schema_name from information_schema.schemata where catalog_name = current_database()"),
  check_schema_exists: (args, c) =>
    rows(
      c,
      `select count(*) from information_schema.schemata where schema_name = '${args.schema}' and catalog_name = current_database()`,
    ),
};

const CLICKHOUSE: { readonly [name: string]: Macro } = {
  ...GENERAL,
  create_schema: async (args, c) => c.execute(`create database if not exists ${named(args, "relation").render()}`),
  drop_schema: async (args, c) => c.execute(`drop database if exists ${named(args, "relation").render()}`),
  list_relations_without_caching: (args, c) =>
    rows(
      c,
      `select t.name, t.database, multiIf(t.engine = 'View', 'view', t.engine = 'MaterializedView', 'materialized_view', 'table'), d.engine,
              [map('schema', 'x', 'name', 'y', 'sql', 'select 1')], 0, 0, 0
       from system.tables t join system.databases d on t.database = d.name where t.database = '${named(args, "schema_relation").schema}'`,
    ),
  get_columns_in_relation: async (args, c) => {
    const { schema, identifier } = named(args, "relation");
    const table = await rows(
      c,
      `select name, type from system.columns where database = '${schema}' and table = '${identifier}' order by position`,
    );
    const { clickhouseColumn } = await import("../../../adapters/clickhouse/column.ts");
    return rowsOf(table).map(([name, type]) => clickhouseColumn(String(name), String(type)));
  },
  rename_relation: async (args, c) =>
    c.execute(`rename table ${named(args, "from_relation").render()} to ${named(args, "to_relation").render()}`),
  list_schemas: (_args, c) => rows(c, "select name from system.databases"),
  clickhouse__get_database: (args, c) =>
    rows(c, `select name, engine, comment from system.databases where name = '${args.database}'`),
};

/** A session on a real engine, and templates that use it. */
export interface TestSession extends AdapterSession {
  events: NewEvent[];
  object: HostObject;
  /** Renders a template that has `adapter`, `api` and what is given. */
  render(template: string, names?: { [name: string]: unknown }): Promise<string>;
}

export function createSession(adapter: Adapter, connection: Connection | null): TestSession {
  const macros = adapter.type === "duckdb" ? DUCKDB : CLICKHOUSE;
  const events: NewEvent[] = [];
  const session: AdapterSession = {
    execute: connection !== null,
    cache: createRelationCache({ caseSensitive: adapter.caseSensitive }),
    model: null,
    connection: () => {
      if (!connection) throw new Error("the warehouse was asked while parsing");
      return Promise.resolve(connection);
    },
    callMacro: (name, _args, kwargs) => {
      const macro = macros[name];
      if (!macro) throw new Error(`no macro ${name}`);
      return macro(Object.fromEntries(kwargs ?? []), connection!);
    },
    dispatch: (name, namespace) => `${namespace ?? ""}/${name}`,
    emit: (event) => events.push(event),
  };
  const object = createAdapterObject(adapter, session);
  const environment = new Environment({ undefined: "dbt" });
  const render = (template: string, names: { [name: string]: unknown } = {}) => {
    const all: { [name: string]: unknown } = {
      adapter: object,
      Relation: object.attr("Relation"),
      Column: object.attr("Column"),
      ...names,
    };
    const scope: Scope = { get: (name) => (Object.hasOwn(all, name) ? all[name] : undefined) };
    return environment.compile(template).renderAsync(scope);
  };
  return Object.assign(session, { events, object, render });
}
