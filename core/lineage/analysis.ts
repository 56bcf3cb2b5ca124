import type { Tree } from "./ast.ts";
import { type DialectRules, dialectRules } from "./dialects.ts";
import type { Rel, Value } from "./relation.ts";
import type { LineageDialect, SqlProblem, UpstreamRelation } from "./types.ts";

/** A CTE, and what it reads. */
export interface Cte {
  name: string;
  rel: Rel;
  reads: Reads;
}

/** Relations and CTEs that a query reads by itself. */
export interface Reads {
  relations: Set<string>;
  ctes: Set<Cte>;
}

/** CTEs and named expressions (ClickHouse's `with x as y`) that a query sees. */
export interface Environment {
  parent: Environment | null;
  ctes: Map<string, Cte>;
  scalars: Map<string, Value>;
}

/** A table in `from`. */
export interface Scoped {
  rel: Rel;
  /** What may stand before the dot: the alias, or the table's name with and without its schema and database, folded. */
  qualifiers: readonly string[];
  label: string;
  /** The right side of a semi or anti join: its columns are seen in `on` alone. */
  hidden?: boolean;
}

export interface Alias {
  tree: Tree;
  value?: Value;
  busy?: boolean;
}

/** The names that one `select` sees. */
export interface Scope {
  parent: Scope | null;
  env: Environment;
  relations: Scoped[];
  /** Columns that stand for several tables' (`using`) or in front of them (`array join`), folded. */
  merged: Map<string, Value>;
  /** The tables whose column a merged one of `using` stands for, those of the last join first. */
  mergedOf: Map<string, Set<Rel>>;
  aliases: Map<string, Alias>;
  windows: Map<string, Tree>;
}

/** One reading of one query: what it is asked with and what it finds. */
export interface Analysis {
  rules: DialectRules;
  dialect: LineageDialect;
  upstream: ReadonlyMap<string, readonly UpstreamRelation[]>;
  ephemeral: ReadonlyMap<string, UpstreamRelation>;
  problems: SqlProblem[];
  reads: Reads;
  /** The CTEs of the whole query. */
  all: Cte[];
  /** Reads a query; given here so that expressions may hold queries. */
  query(tree: Tree, parent: Scope | null, env: Environment): Rel;
  /** Adds joins to a scope; given here so that they may stand in parentheses. */
  joinAll(joins: readonly Tree[], scope: Scope): void;
}

/** What an analysis is done with. */
interface Readers {
  query(analysis: Analysis, tree: Tree, parent: Scope | null, env: Environment): Rel;
  joinAll(analysis: Analysis, joins: readonly Tree[], scope: Scope): void;
}

export function newAnalysis(
  dialect: LineageDialect,
  upstream: readonly UpstreamRelation[],
  readers: Readers,
): Analysis {
  const rules = dialectRules(dialect);
  const byName = new Map<string, UpstreamRelation[]>();
  for (const relation of upstream) {
    const key = rules.fold(relation.name);
    byName.set(key, [...(byName.get(key) ?? []), relation]);
  }
  const ephemeral = new Map(upstream.filter((one) => one.cte).map((one) => [rules.fold(one.cte!), one]));
  const analysis: Analysis = {
    rules,
    dialect,
    upstream: byName,
    ephemeral,
    problems: [],
    reads: newReads(),
    all: [],
    query: (tree, parent, env) => readers.query(analysis, tree, parent, env),
    joinAll: (joins, scope) => readers.joinAll(analysis, joins, scope),
  };
  return analysis;
}

export const newReads = (): Reads => ({ relations: new Set(), ctes: new Set() });

export const newEnvironment = (parent: Environment | null): Environment => ({
  parent,
  ctes: new Map(),
  scalars: new Map(),
});

export function newScope(parent: Scope | null, env: Environment): Scope {
  return { parent, env, relations: [], merged: new Map(), mergedOf: new Map(), aliases: new Map(), windows: new Map() };
}

/** A relation of the project as its columns. */
export function relOf({ id, columns, complete }: UpstreamRelation): Rel {
  return {
    columns: columns.map(({ name, type }) => ({
      name,
      kind: "direct",
      sources: [{ relation: id, column: name }],
      ...(type ? { type } : {}),
    })),
    open: complete ? [] : [{ relation: id, reason: `the columns of ${id} are not all known`, except: new Set() }],
  };
}
