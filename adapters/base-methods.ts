import { Table } from "../core/agate/table.ts";
import { TsdbtError } from "../core/errors.ts";
import { PyDict } from "../core/jinja/index.ts";
import { pyIterate } from "../core/jinja/runtime/iterate.ts";
import { pyRepr } from "../core/jinja/runtime/repr.ts";
import { typeName } from "../core/jinja/runtime/types.ts";
import { type HostObject, Tuple } from "../core/jinja/runtime/values.ts";
import type { Adapter } from "./adapter.ts";
import { Behavior } from "./behavior.ts";
import { parseConstraint, renderSupported } from "./constraints.ts";
import { lookUp } from "./look-up.ts";
import { available, type Caller, FALSE, LIST, type MethodTable, NONE } from "./method-table.ts";
import * as operations from "./operations.ts";
import type { Relation } from "./relation.ts";
import { RELATION_PARTS, type RelationPart } from "./relation-parts.ts";
import { ResponseObject } from "./response.ts";
import { assertSnapshotTarget, checkSnapshotTarget, hardDeletes } from "./snapshots.ts";

/** What `adapter.execute` answers while parsing. */
const EMPTY_RESULT = () => new Tuple(["", Table.empty()]);

/** The methods of `adapter.*` that every engine has, in dbt's semantics. Adapters have a table of their own for the rest. */
export const BASE_METHODS: MethodTable = new Map([
  available(
    "execute(sql, auto_begin=False, fetch=False, limit=None)",
    async ({ session }, sql: string, autoBegin: boolean, fetch: boolean, limit: number | null) => {
      const connection = await session.connection();
      const { response, table } = await connection.execute(sql, { autoBegin, fetch, limit });
      return new Tuple([new ResponseObject(response), table]);
    },
    EMPTY_RESULT,
  ),
  available(
    "add_query(sql, auto_begin=True, bindings=None, abridge_sql_log=False)",
    async ({ session }, sql: string, autoBegin: boolean, bindings: unknown, abridged: boolean) => {
      const options = { autoBegin, bindings: operations.itemsOf(bindings), abridged, uncommented: true };
      await (await session.connection()).execute(sql, options);
      return new Tuple([null, null]);
    },
    () => new Tuple([null, null]),
  ),
  available("run_sql_for_tests(sql, fetch, conn)", async ({ session }, sql: string, fetch: string) => {
    const { table } = await (await session.connection()).execute(sql, { fetch: true, uncommented: true });
    const rows = operations.rowsOf(table).map((row) => new Tuple(row));
    return fetch === "one" ? (rows[0] ?? null) : fetch === "all" ? rows : null;
  }),
  available(
    "get_column_schema_from_query(sql)",
    async ({ adapter, session }, sql: string) => {
      const { table } = await (await session.connection()).execute(sql, { fetch: true, limit: 1 });
      const names = (table.attr("column_names") as Tuple).items as string[];
      return names.map((name) => adapter.createColumn({ name, dtype: "" }));
    },
    LIST,
  ),
  available("get_partitions_metadata(table)", () => notImplemented("get_partitions_metadata"), EMPTY_RESULT),

  available("cache_added(relation)", ({ session }, relation: Relation | null) => {
    if (relation === null) throw nullRelation("Attempted to cache a null relation");
    session.cache.add(relation);
    return "";
  }),
  available("cache_dropped(relation)", ({ session }, relation: Relation | null) => {
    if (relation === null) throw nullRelation("Attempted to drop a null relation");
    session.cache.drop(relation);
    return "";
  }),
  available("cache_renamed(from_relation, to_relation)", ({ session }, from: Relation | null, to: Relation | null) => {
    if (from === null || to === null) {
      const name = (relation: Relation | null) => (relation === null ? "null relation" : relation.str());
      throw nullRelation(`Attempted to rename ${name(from)} to ${name(to)}`);
    }
    session.cache.rename(from, to);
    return "";
  }),

  available(
    "check_schema_exists(database, schema)",
    ({ adapter, session }, database: string | null, schema: string) =>
      operations.checkSchemaExists(adapter, session, database, schema),
    FALSE,
  ),
  available("create_schema(relation)", ({ session }, r: Relation) => done(operations.createSchema(session, r)), NONE),
  available("drop_schema(relation)", ({ session }, r: Relation) => done(operations.dropSchema(session, r)), NONE),
  available("drop_relation(relation)", ({ session }, r: Relation) => done(operations.dropRelation(session, r)), NONE),
  available(
    "truncate_relation(relation)",
    ({ session }, relation: Relation) => done(operations.truncateRelation(session, relation)),
    NONE,
  ),
  available(
    "rename_relation(from_relation, to_relation)",
    ({ session }, from: Relation, to: Relation) => done(operations.renameRelation(session, from, to)),
    NONE,
  ),
  available(
    "get_relation(database, schema, identifier)",
    ({ adapter, session }, database: string | null, schema: string, identifier: string) =>
      operations.getRelation(adapter, session, database, schema, identifier),
    NONE,
  ),
  available(
    "already_exists(schema, name)",
    async ({ adapter, session }, schema: string, name: string) =>
      (await operations.getRelation(adapter, session, adapter.credentials.database, schema, name)) !== null,
    FALSE,
  ),
  available(
    "get_columns_in_relation(relation)",
    ({ session }, relation: unknown) => operations.answeredColumns(session, relation),
    LIST,
  ),
  available(
    "get_columns_in_table(schema, identifier)",
    ({ adapter, session }, schema: string, identifier: string) => {
      const { database } = adapter.credentials;
      const relation = adapter.createRelation({ database, schema, identifier, quotePolicy: adapter.quoting });
      return operations.getColumnsInRelation(session, relation);
    },
    LIST,
  ),
  available(
    "get_missing_columns(from_relation, to_relation)",
    ({ adapter, session }, from: unknown, to: unknown) => {
      const source = operations.expectRelation(adapter, "get_missing_columns", "from_relation", from);
      return operations.getMissingColumns(
        session,
        source,
        operations.expectRelation(adapter, "get_missing_columns", "to_relation", to),
      );
    },
    LIST,
  ),
  available(
    "expand_target_column_types(from_relation, to_relation)",
    ({ adapter, session }, from: unknown, to: unknown) => {
      const source = operations.expectRelation(adapter, "expand_target_column_types", "from_relation", from);
      const target = operations.expectRelation(adapter, "expand_target_column_types", "to_relation", to);
      return done(operations.expandColumnTypes(session, source, target));
    },
    NONE,
  ),

  available("valid_snapshot_target(relation, column_names=None)", checkSnapshotTarget, NONE),
  available(
    "assert_valid_snapshot_target_given_strategy(relation, column_names, strategy)",
    assertSnapshotTarget,
    NONE,
  ),
  available("get_hard_deletes_behavior(config)", (_caller, config: unknown) => hardDeletes(config), NONE),

  available("standardize_grants_dict(grants_table)", (_caller, table: unknown) => grantsOf(table)),
  available("quote(identifier)", ({ adapter }, identifier: string) => adapter.quote(identifier)),
  available("quote_as_configured(identifier, quote_key)", ({ adapter }, identifier: string, key: RelationPart) =>
    RELATION_PARTS.includes(key) && adapter.quoting[key] ? adapter.quote(identifier) : identifier,
  ),
  available("quote_seed_column(column, quote_config)", ({ adapter }, column: string, quote: unknown) => {
    if (quote === null || typeof quote === "boolean") return quote === false ? column : adapter.quote(column);
    throw new TsdbtError(
      "TD5060",
      "Compilation Error",
      `The seed configuration value of "quote_columns" has an invalid type <class '${typeName(quote)}'>`,
      { hint: "quote_columns is true or false." },
    );
  }),
  available("convert_type(agate_table, col_idx)", ({ adapter }, table: Table, column: number) =>
    adapter.seedColumnType(table, column),
  ),
  available(
    "get_incremental_strategy_macro(model_context, strategy)",
    ({ adapter }, context: unknown, strategy: string | null) => incrementalStrategyMacro(adapter, context, strategy),
    NONE,
  ),
  available("render_raw_columns_constraints(raw_columns)", renderColumns),
  available("render_raw_model_constraints(raw_constraints)", ({ adapter, session }, raw: unknown[]) =>
    raw
      .map((one) => renderSupported(adapter, session, parseConstraint(one), (c) => adapter.renderModelConstraint(c)))
      .filter((text) => text !== null),
  ),
  available("get_catalog_integration(name)", ({ adapter }, name: string) =>
    adapter.catalogIntegration ? adapter.catalogIntegration(name) : noCatalog(name),
  ),
  available("build_catalog_relation(config)", ({ adapter }, model: unknown) => {
    const config = lookUp(model, "config");
    const name = lookUp(config, "catalog_name") || lookUp(config, "catalog");
    if (typeof name !== "string") return null;
    return adapter.catalogRelation ? adapter.catalogRelation(name) : noCatalog(name);
  }),
]);

async function done(work: Promise<void>): Promise<null> {
  await work;
  return null;
}

function nullRelation(message: string): TsdbtError {
  return new TsdbtError("TD5061", "Compilation Error", message, {
    hint: "adapter.get_relation() answers none for a relation that does not exist.",
  });
}

function notImplemented(name: string): never {
  throw new TsdbtError("TD5062", "Compilation Error", `ERROR: \`${name}\` is not implemented for this adapter!`);
}

function noCatalog(name: string): never {
  throw new TsdbtError("TD5063", "Runtime Error", `Catalog not found. Received: ${name}. Expected one of: `, {
    hint: "This adapter has no catalogs: leave `catalog_name` out.",
  });
}

function grantsOf(table: unknown): PyDict {
  const grants = new PyDict();
  for (const row of pyIterate(table)) {
    const grantee = (row as HostObject).item("grantee");
    const privilege = (row as HostObject).item("privilege_type");
    const known = grants.get(privilege);
    if (Array.isArray(known)) known.push(grantee);
    else grants.set(privilege, [grantee]);
  }
  return grants;
}

const BUILTIN_STRATEGIES = ["append", "delete+insert", "merge", "insert_overwrite", "microbatch"];

/** The macro of an incremental strategy, found among the macros that the model's context has. */
function incrementalStrategyMacro(adapter: Adapter, context: unknown, wanted: string | null): unknown {
  const strategy = wanted ?? "default";
  const { incrementalStrategies } = adapter.capabilities;
  const own = new Behavior(adapter.flags).attr(
    "require_batched_execution_for_custom_microbatch_strategy",
  ) as HostObject;
  const builtin = BUILTIN_STRATEGIES.filter((name) => name !== "microbatch" || !own.truth());
  if (builtin.includes(strategy) && !incrementalStrategies.includes(strategy)) {
    throw new TsdbtError(
      "TD5064",
      "Runtime Error",
      `The incremental strategy '${strategy}' is not valid for this adapter`,
      { hint: `${adapter.type} has: ${incrementalStrategies.join(", ")}.` },
    );
  }
  const name = `get_incremental_${strategy.replaceAll("+", "_")}_sql`;
  const macro = lookUp(context, name);
  if (macro !== null) return macro;
  throw new TsdbtError(
    "TD5065",
    "Runtime Error",
    `dbt could not find an incremental strategy macro with the name "${name}"`,
    {
      hint: `${adapter.type} has: ${incrementalStrategies.join(", ")}. A strategy of your own needs a macro ${name}.`,
    },
  );
}

function renderColumns({ adapter, session }: Caller, columns: PyDict): string[] {
  return [...columns.values()].map((column) => {
    const name = lookUp(column, "name") as string;
    const parts = [
      `${lookUp(column, "quote") === true ? adapter.quote(name) : name} ${text(lookUp(column, "data_type"))}`,
    ];
    const constraints = lookUp(column, "constraints");
    for (const raw of Array.isArray(constraints) ? constraints : []) {
      const rendered = renderSupported(adapter, session, parseConstraint(raw), (c) =>
        adapter.renderColumnConstraint(c),
      );
      if (rendered !== null) parts.push(rendered);
    }
    return parts.join(" ");
  });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : pyRepr(value);
}
