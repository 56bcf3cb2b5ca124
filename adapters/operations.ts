import { TsdbtError } from "../core/errors.ts";
import { HostObject, Tuple } from "../core/jinja/runtime/values.ts";
import type { Adapter, AdapterSession } from "./adapter.ts";
import type { Column } from "./column.ts";
import { Relation } from "./relation.ts";

/**
 * What `adapter.*` does to the warehouse, as functions: each calls the macro of dbt's name, so that a project's own
 * version counts, and keeps the cache true. Runners use them too.
 */

function call(session: AdapterSession, macro: string, args: { [name: string]: unknown }): Promise<unknown> {
  return Promise.resolve(session.callMacro(macro, [], new Map(Object.entries(args))));
}

/** The rows of a macro's answer, which is a table or, in a project's own macro, a list of lists. */
export function rowsOf(table: unknown): unknown[][] {
  return itemsOf(table).map((row) => itemsOf(row));
}

/** The items of a list, a tuple or anything that templates can loop over; nothing of `none`. */
export function itemsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return [...value.items];
  const items = value instanceof HostObject ? value.iterate() : undefined;
  return items ? [...items] : [];
}

/** The relations of a schema, asked from the warehouse. `schemaRelation` has no identifier. */
export async function listRelationsWithoutCaching(
  adapter: Adapter,
  session: AdapterSession,
  schemaRelation: Relation,
): Promise<Relation[]> {
  const answer = await call(session, "list_relations_without_caching", { schema_relation: schemaRelation });
  if (Array.isArray(answer) && answer.every((one) => one instanceof Relation)) return answer;
  return adapter.relationsOf(rowsOf(answer), session);
}

/** The database and schema alone of a name, quoted as the project says. */
export function schemaRelation(adapter: Adapter, database: string | null, schema: string): Relation {
  const relation = adapter.createRelation({ database, schema, identifier: "", quotePolicy: adapter.quoting });
  return relation.withoutIdentifier();
}

/** The relations of a schema, from the cache where it is known. */
export function listRelations(
  adapter: Adapter,
  session: AdapterSession,
  database: string | null,
  schema: string,
): Promise<Relation[]> {
  return session.cache.list(database, schema, loader(adapter, session, database, schema));
}

function loader(adapter: Adapter, session: AdapterSession, database: string | null, schema: string) {
  return () => listRelationsWithoutCaching(adapter, session, schemaRelation(adapter, database, schema));
}

/** The relation of that name, or null. Throws a TsdbtError where one differs in case only. */
export async function getRelation(
  adapter: Adapter,
  session: AdapterSession,
  database: string | null,
  schema: string,
  identifier: string,
): Promise<Relation | null> {
  const found = await session.cache.get(database, schema, identifier, loader(adapter, session, database, schema));
  if (!found) return null;
  const name = (part: "database" | "schema" | "identifier", text: string | null) =>
    text !== null && !adapter.quoting[part] ? text.toLowerCase() : text;
  const search = {
    database: name("database", database),
    schema: adapter.caseSensitive ? null : name("schema", schema),
    identifier: name("identifier", identifier),
  };
  return found.matches(search) ? found : null;
}

export async function dropRelation(session: AdapterSession, relation: Relation): Promise<void> {
  if (relation.type === null) {
    throw new TsdbtError(
      "TD5040",
      "Compilation Error",
      `Tried to drop relation ${relation.str()}, but its type is null.`,
      { hint: "Take it from adapter.get_relation or load_cached_relation, or create it with a type." },
    );
  }
  session.cache.drop(relation);
  await call(session, "drop_relation", { relation });
}

export async function renameRelation(session: AdapterSession, from: Relation, to: Relation): Promise<void> {
  session.cache.rename(from, to);
  await call(session, "rename_relation", { from_relation: from, to_relation: to });
}

export async function truncateRelation(session: AdapterSession, relation: Relation): Promise<void> {
  await call(session, "truncate_relation", { relation });
}

export async function getColumnsInRelation(session: AdapterSession, relation: unknown): Promise<Column[]> {
  return itemsOf(await answeredColumns(session, relation)) as Column[];
}

/** Whatever the macro answers: a project's own may answer anything. */
export function answeredColumns(session: AdapterSession, relation: unknown): Promise<unknown> {
  return call(session, "get_columns_in_relation", { relation });
}

export async function createSchema(session: AdapterSession, relation: Relation): Promise<void> {
  await call(session, "create_schema", { relation: relation.withoutIdentifier() });
  await (await session.connection()).commit();
}

export async function dropSchema(session: AdapterSession, relation: Relation): Promise<void> {
  const schema = relation.withoutIdentifier();
  await call(session, "drop_schema", { relation: schema });
  await (await session.connection()).commit();
  session.cache.dropSchema(schema.database, schema.schema ?? "");
}

export async function listSchemas(session: AdapterSession, database: string | null): Promise<string[]> {
  const answer = itemsOf(await call(session, "list_schemas", { database }));
  return answer.map((row) => (typeof row === "string" ? row : String(itemsOf(row)[0])));
}

export async function checkSchemaExists(
  adapter: Adapter,
  session: AdapterSession,
  database: string | null,
  schema: string,
): Promise<boolean> {
  const parts = { database, schema, identifier: "INFORMATION_SCHEMA", quotePolicy: adapter.quoting };
  const informationSchema = adapter.createRelation(parts).informationSchema(null);
  const table = await call(session, "check_schema_exists", { information_schema: informationSchema, schema });
  return Number(rowsOf(table)[0]?.[0] ?? 0) > 0;
}

/** Columns of `from` that `to` lacks, in their order. */
export async function getMissingColumns(session: AdapterSession, from: Relation, to: Relation): Promise<Column[]> {
  const columns = await getColumnsInRelation(session, from);
  const known = new Set((await getColumnsInRelation(session, to)).map((column) => column.name));
  return columns.filter((column) => !known.has(column.name));
}

/** Widens the string columns of `to` that are shorter than those of `from`. */
export async function expandColumnTypes(session: AdapterSession, from: Relation, to: Relation): Promise<void> {
  const goals = await getColumnsInRelation(session, from);
  const current = new Map((await getColumnsInRelation(session, to)).map((column) => [column.name, column]));
  for (const goal of goals) {
    if (!current.get(goal.name)?.canExpandTo(goal)) continue;
    const type = goal.kind.stringType(goal.stringSize());
    await call(session, "alter_column_type", { relation: to, column_name: goal.name, new_column_type: type });
  }
}

/** Throws a TsdbtError for an argument that is no relation, in dbt's words. */
export function expectRelation(adapter: Adapter, method: string, argument: string, value: unknown): Relation {
  if (value instanceof Relation) return value;
  const got = value instanceof HostObject ? value.typeName : value === null ? "NoneType" : typeof value;
  throw new TsdbtError(
    "TD5041",
    "Compilation Error",
    `'adapter.${method}' expects argument '${argument}' to be of type '${adapter.relationClass.className}', ` +
      `instead got ${value === null ? "None" : value instanceof HostObject ? value.str() : String(value)} (${got})`,
    { hint: "A relation comes from ref(), source(), this, adapter.get_relation() or api.Relation.create()." },
  );
}
