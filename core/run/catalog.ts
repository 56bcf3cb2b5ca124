import type { RelationSource } from "../../adapters/adapter.ts";
import type { Relation } from "../../adapters/relation.ts";
import { Names } from "../agate/names.ts";
import { Table } from "../agate/table.ts";
import { VERBATIM_TEXT } from "../agate/types.ts";
import type { CatalogRow } from "../artifacts/catalog.ts";
import { NodeConnection } from "../context/execution/connection.ts";
import { ExecutionContext } from "../context/execution/context.ts";
import { templateError } from "../context/shared/index.ts";
import { catalogError } from "../events/messages/index.ts";
import { PySet } from "../jinja/runtime/set.ts";
import type { Manifest } from "../manifest/resources.ts";
import { errorText, nodeError } from "./errors.ts";
import { isRelational, masterSubject } from "./prepare.ts";
import type { Run } from "./run.ts";

/** Above so many relations whole schemas are asked for. */
const MOST_RELATIONS = 100;

const TEXT_COLUMNS: ReadonlySet<unknown> = new Set([
  "table_database",
  "table_schema",
  "table_name",
  "table_type",
  "table_comment",
  "table_owner",
  "column_name",
  "column_type",
  "column_comment",
]);

export interface CatalogAnswer {
  rows: CatalogRow[];
  /** What went wrong, a text for each database that could not be asked. */
  errors: string[];
}

/** One call of a macro. */
interface Question {
  macro: "get_catalog" | "get_catalog_relations";
  informationSchema: Relation;
  about: { [argument: string]: PySet };
}

/**
 * Asks the warehouse for the tables and columns of nodes and sources; of the `selected` alone where a selection is given.
 * Calls the macros `get_catalog_relations` or, for many relations, `get_catalog`, once for each database.
 */
export async function askCatalog(run: Run, selected: ReadonlySet<string> | null): Promise<CatalogAnswer> {
  const { manifest } = run.env;
  const relations = selected && relationsOf(run, (id) => selected.has(id));
  const questions =
    relations && relations.length <= MOST_RELATIONS
      ? byRelations(relations)
      : bySchemas(
          run,
          relationsOf(run, () => true),
        );
  const errors: string[] = [];
  const tables = await Promise.all(
    questions.map(async (question) => {
      try {
        return await ask(run, question);
      } catch (thrown) {
        const macro = run.env.macros.findByName(question.macro, null)?.resource ?? null;
        if (!macro) throw thrown;
        const text = errorText(nodeError(thrown, macro, { root: run.env.config.project.root }), macro);
        run.env.events.emit(catalogError(text));
        errors.push(text);
        return null;
      }
    }),
  );
  const known = schemasOf(manifest);
  const wanted = relations && relations.length > 0 ? names(run, relations) : null;
  const rows = tables
    .flatMap((table) => (table ? rowsOf(table) : []))
    .filter((row) => isIn(row, known) && (!wanted || wanted.has(nameOf(run, row))));
  return { rows, errors };
}

function relationsOf(run: Run, wanted: (id: string) => boolean): Relation[] {
  const { manifest, adapter } = run.env;
  const found = new Map<string, Relation>();
  const add = (resource: unknown): void => {
    const relation = adapter.relationOf(resource as RelationSource);
    found.set(relation.hashKey(), relation);
  };
  for (const node of manifest.nodes.values()) {
    if (wanted(node.unique_id) && isRelational(run, node)) add(node);
  }
  for (const source of manifest.sources.values()) if (wanted(source.unique_id)) add(source);
  return [...found.values()];
}

function byRelations(relations: readonly Relation[]): Question[] {
  return grouped(relations).map(({ informationSchema, members }) => ({
    macro: "get_catalog_relations",
    informationSchema,
    about: { relations: new PySet(members) },
  }));
}

function bySchemas(run: Run, relations: readonly Relation[]): Question[] {
  const { caseSensitive } = run.env.adapter;
  return grouped(relations).map(({ informationSchema, members }) => ({
    macro: "get_catalog",
    informationSchema,
    about: {
      schemas: new PySet(members.map(({ schema }) => (caseSensitive ? schema : (schema?.toLowerCase() ?? null)))),
    },
  }));
}

/** Relations by the information schema that knows of them. */
function grouped(relations: readonly Relation[]): { informationSchema: Relation; members: Relation[] }[] {
  const groups = new Map<string, { informationSchema: Relation; members: Relation[] }>();
  for (const relation of relations) {
    const informationSchema = relation.informationSchema(null);
    const key = informationSchema.hashKey();
    const group = groups.get(key);
    if (group) group.members.push(relation);
    else groups.set(key, { informationSchema, members: [relation] });
  }
  return [...groups.values()];
}

async function ask(run: Run, { macro, informationSchema, about }: Question): Promise<Table> {
  const { adapter, config } = run.env;
  const connection = new NodeConnection(adapter, `${informationSchema.database ?? "None"}.information_schema`, {
    emit: (event) => run.env.events.emit(event),
  });
  const project = config.project.name;
  const context = new ExecutionContext(run.env, {
    connection,
    threadId: "MainThread",
    subject: { kind: "macro", node: masterSubject(project), searchPackage: project },
  });
  try {
    const args = new Map<string, unknown>([["information_schema", informationSchema], ...Object.entries(about)]);
    const answer = await context.executeMacro(macro, [], args);
    if (answer instanceof Table) return typed(answer);
    throw templateError("TD3092", `The macro ${macro} must return a table`, null, "Runtime Error");
  } finally {
    await connection.release();
  }
}

/** Names and comments are text whatever they look like; statistics get the type that their values have. */
function typed(table: Table): Table {
  const names = new Names(table.columnNames);
  return Table.typed(
    table.rows.map((row) => [...row.values]),
    names,
    (i) => (TEXT_COLUMNS.has(names.list[i]) ? VERBATIM_TEXT : undefined),
  );
}

function rowsOf(table: Table): CatalogRow[] {
  return table.rows.map((row) => new Map(table.columnNames.map((name, i) => [name, row.values[i]])));
}

/** Databases and schemas that the project uses. */
function schemasOf(manifest: Manifest): ReadonlySet<string> {
  const known = new Set<string>();
  for (const resources of [manifest.nodes, manifest.sources]) {
    for (const { database, schema } of resources.values()) {
      if (database !== null) known.add(`${database}\0${schema}`.toLowerCase());
    }
  }
  return known;
}

function isIn(row: CatalogRow, schemas: ReadonlySet<string>): boolean {
  const [database, schema] = [row.get("table_database"), row.get("table_schema")];
  if (typeof database !== "string" || typeof schema !== "string") return false;
  return schemas.has(`${database}\0${schema}`.toLowerCase());
}

function names(run: Run, relations: readonly Relation[]): ReadonlySet<string> {
  return new Set(relations.map(({ database, schema, identifier }) => relationKey(run, [database, schema, identifier])));
}

function nameOf(run: Run, row: CatalogRow): string {
  return relationKey(run, [row.get("table_database"), row.get("table_schema"), row.get("table_name")]);
}

function relationKey(run: Run, parts: readonly unknown[]): string {
  const key = parts.map((part) => part ?? "").join("\0");
  return run.env.adapter.caseSensitive ? key : key.toLowerCase();
}
