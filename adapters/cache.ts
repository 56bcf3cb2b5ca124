import { TsdbtError } from "../core/errors.ts";
import type { RelationCache } from "./adapter.ts";
import type { Relation } from "./relation.ts";

/** Asks the warehouse for the relations of a schema. */
export type SchemaLoader = (database: string | null, schema: string) => Promise<Relation[]>;

interface Schema {
  /** By the key of the identifier. */
  relations: Map<string, Relation>;
  /** Whether the warehouse was asked: a schema may hold relations that were added before. */
  complete: boolean;
  loading: Promise<void> | undefined;
  /** Gone while the warehouse was being asked: its answer may still have them. */
  removed: Set<string>;
}

/**
 * The relations known per schema, one query a schema:
 *
 *     const cache = createRelationCache({ load: (database, schema) => listRelations(…) });
 *     await cache.get("db", "main", "orders")
 *
 * Names are compared as dbt's cache does: in lower case, or as they are where `caseSensitive`.
 */
export function createRelationCache(
  options: { load?: SchemaLoader; caseSensitive?: boolean; ignoreDatabase?: boolean } = {},
): RelationCache {
  return new SchemaCache(options.load, options.caseSensitive ?? false, options.ignoreDatabase ?? false);
}

class SchemaCache implements RelationCache {
  private readonly schemas = new Map<string, Schema>();
  private readonly load: SchemaLoader | undefined;
  private readonly caseSensitive: boolean;
  private readonly ignoreDatabase: boolean;
  constructor(load: SchemaLoader | undefined, caseSensitive: boolean, ignoreDatabase: boolean) {
    this.load = load;
    this.caseSensitive = caseSensitive;
    this.ignoreDatabase = ignoreDatabase;
  }

  private key(name: string | null): string {
    return this.caseSensitive ? (name ?? "") : (name?.toLowerCase() ?? "");
  }
  private schemaKey(database: string | null, schema: string | null): string {
    return `${this.ignoreDatabase ? "" : this.key(database)}\0${this.key(schema)}`;
  }
  private schemaOf(database: string | null, schema: string | null): Schema {
    const key = this.schemaKey(database, schema);
    let known = this.schemas.get(key);
    if (!known) {
      known = { relations: new Map(), complete: false, loading: undefined, removed: new Set() };
      this.schemas.set(key, known);
    }
    return known;
  }

  has(database: string | null, schema: string): boolean {
    return this.schemas.get(this.schemaKey(database, schema))?.complete ?? false;
  }

  private async filled(database: string | null, schema: string, load?: () => Promise<Relation[]>): Promise<Schema> {
    const known = this.schemaOf(database, schema);
    if (known.complete) return known;
    known.loading ??= this.fill(known, load ?? (() => this.ask(database, schema)));
    try {
      await known.loading;
    } finally {
      known.loading = undefined;
    }
    return known;
  }
  private async fill(schema: Schema, load: () => Promise<Relation[]>): Promise<void> {
    for (const relation of await load()) {
      const key = this.key(relation.identifier);
      if (!schema.relations.has(key) && !schema.removed.has(key)) schema.relations.set(key, relation);
    }
    schema.complete = true;
    schema.removed.clear();
  }
  private ask(database: string | null, schema: string): Promise<Relation[]> {
    if (this.load) return this.load(database, schema);
    throw new TsdbtError("TD5030", "Internal Error", `The relations of the schema ${schema} are not known.`);
  }

  async list(database: string | null, schema: string, load?: () => Promise<Relation[]>): Promise<Relation[]> {
    return [...(await this.filled(database, schema, load)).relations.values()];
  }
  async get(
    database: string | null,
    schema: string,
    identifier: string,
    load?: () => Promise<Relation[]>,
  ): Promise<Relation | null> {
    const known = await this.filled(database, schema, load);
    return known.relations.get(this.key(identifier)) ?? null;
  }

  /** A relation that was made; one that is known already stays as it is. */
  add(relation: Relation): void {
    const { relations } = this.schemaOf(relation.database, relation.schema);
    const key = this.key(relation.identifier);
    if (!relations.has(key)) relations.set(key, relation);
  }
  drop(relation: Relation): void {
    const known = this.schemas.get(this.schemaKey(relation.database, relation.schema));
    if (known) forget(known, this.key(relation.identifier));
  }
  /** Throws a TsdbtError where the new name is taken. */
  rename(from: Relation, to: Relation): void {
    const source = this.schemaOf(from.database, from.schema);
    const target = this.schemaOf(to.database, to.schema).relations;
    const key = this.key(to.identifier);
    if (target.has(key)) throw this.nameTaken(to);
    const moved = source.relations.get(this.key(from.identifier));
    forget(source, this.key(from.identifier));
    target.set(key, moved ? moved.replace({ path: to.fields.path }) : to);
  }
  private nameTaken(to: Relation): TsdbtError {
    const temporary = /__dbt_backup|__dbt_tmp$/.exec(to.identifier ?? "");
    const advice = temporary
      ? "\n\nName collisions can occur when the length of two models' names approach your database's builtin limit. " +
        "Try restructuring your project such that no two models share the prefix " +
        `'${to.identifier!.slice(0, temporary.index)}'. Then, clean your warehouse of any removed models.`
      : "";
    return new TsdbtError(
      "TD5031",
      "Internal Error",
      `Cache inconsistency detected: in rename, new key ${to.render()} already in cache${advice}`,
    );
  }
  dropSchema(database: string | null, schema: string): void {
    this.schemas.delete(this.schemaKey(database, schema));
  }
  clear(): void {
    this.schemas.clear();
  }
}

function forget(schema: Schema, key: string): void {
  schema.relations.delete(key);
  if (!schema.complete) schema.removed.add(key);
}
