import {
  type Alias,
  type Analysis,
  type Environment,
  newEnvironment,
  newReads,
  newScope,
  type Scope,
} from "./analysis.ts";
import { type Body, dotted, expression, isQuery, list, names, nameText, type Tree } from "./ast.ts";
import { scopedOf } from "./from.ts";
import { sqlOf } from "./parser.ts";
import { pivoted } from "./pivot.ts";
import { CONSTANT, either, lookUp, type Rel, renamed, unknown, type Value } from "./relation.ts";
import { qualified } from "./resolve.ts";
import { starOf } from "./stars.ts";
import type { ColumnLineage } from "./types.ts";
import { readAll, readValue } from "./values.ts";

/** What a query yields, of whatever form it is. */
export function readQuery(analysis: Analysis, tree: Tree, parent: Scope | null, env: Environment): Rel {
  const found = expression(tree);
  if (!found) return opaque("a query of a form that is not known");
  const { kind, body } = found;
  const inner = body.with ? withCtes(analysis, body.with as Body, parent, env) : env;
  switch (kind) {
    case "select":
      return select(analysis, body, parent, inner);
    case "union":
    case "intersect":
    case "except":
      return setOperation(analysis, kind, body, parent, inner);
    case "annotated":
      return readQuery(analysis, body.this, parent, inner);
    case "subquery":
    case "paren":
      return renamed(readQuery(analysis, body.this, parent, inner), names(body.column_aliases));
    case "values":
      return values(analysis, body, parent, inner);
    case "pivot":
    case "unpivot": {
      const scope = newScope(parent, inner);
      return pivoted(analysis, kind, body, scope, (one) => scopedOf(analysis, one, scope));
    }
    default:
      return opaque(`a statement of the kind ${kind.replaceAll("_", " ")} is not followed`);
  }
}

const opaque = (reason: string): Rel => ({ columns: [], open: [{ relation: null, reason, except: new Set() }] });

function withCtes(analysis: Analysis, body: Body, parent: Scope | null, outer: Environment): Environment {
  const env = newEnvironment(outer);
  for (const one of list(body.ctes)) {
    const { alias, this: tree, columns, alias_first } = one as Body;
    const name = nameText(alias) ?? "";
    const key = analysis.rules.fold(name);
    // An ephemeral model's CTE is that model: what is in it is said there.
    if (analysis.ephemeral.has(key)) continue;
    if (!alias_first && analysis.dialect === "clickhouse") {
      const scope = newScope(parent, env);
      env.scalars.set(key, isQuery(tree) || expression(tree) ? lazily(analysis, tree, scope) : CONSTANT);
      continue;
    }
    const outerReads = analysis.reads;
    const reads = newReads();
    analysis.reads = reads;
    const rel =
      body.recursive && readsItself(tree, key, analysis)
        ? recursive(analysis, tree, { name, key, columns: names(columns) }, parent, env)
        : renamed(readQuery(analysis, tree, parent, env), names(columns));
    analysis.reads = outerReads;
    const cte = { name, rel, reads };
    analysis.all.push(cte);
    env.ctes.set(key, cte);
  }
  return env;
}

/** A named expression of ClickHouse is computed where it stands; its columns are those of the query that uses it. */
function lazily(analysis: Analysis, tree: Tree, scope: Scope) {
  return readValue({ analysis, scope, clause: "other" }, tree);
}

function readsItself(tree: Tree, key: string, analysis: Analysis): boolean {
  if (Array.isArray(tree)) return tree.some((one) => readsItself(one, key, analysis));
  if (tree === null || typeof tree !== "object") return false;
  const found = expression(tree);
  if (found?.kind === "table" && !found.body.schema && analysis.rules.fold(nameText(found.body.name) ?? "") === key)
    return true;
  return Object.values(tree).some((one) => readsItself(one, key, analysis));
}

const MOST_ROUNDS = 8;

/** A recursive CTE: its first branch, then all of it over what is known so far, until nothing more is found. */
function recursive(
  analysis: Analysis,
  tree: Tree,
  { name, key, columns }: { name: string; key: string; columns: string[] },
  parent: Scope | null,
  env: Environment,
): Rel {
  const problems = analysis.problems;
  const found = expression(tree);
  const anchor = found?.kind === "union" ? found.body.left : null;
  if (!anchor) return opaque(`${name} reads itself in a way that is not followed`);
  const { reads } = analysis;
  analysis.problems = [];
  let rel = renamed(readQuery(analysis, anchor, parent, env), columns);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    env.ctes.set(key, { name, rel, reads });
    analysis.problems = [];
    const next = renamed(readQuery(analysis, tree, parent, env), columns);
    const same = JSON.stringify(next.columns) === JSON.stringify(rel.columns);
    rel = next;
    if (same) break;
  }
  problems.push(...analysis.problems);
  analysis.problems = problems;
  return rel;
}

function select(analysis: Analysis, body: Body, parent: Scope | null, env: Environment): Rel {
  const { rules } = analysis;
  const scope = newScope(parent, env);
  for (const item of list((body.from as Body | null)?.expressions))
    scope.relations.push(...scopedOf(analysis, item, scope));
  analysis.joinAll(list(body.joins), scope);
  for (const view of list(body.lateral_views)) {
    void view;
    scope.relations.push({ rel: opaque("lateral view is not followed"), qualifiers: [], label: "a lateral view" });
  }
  for (const one of list(body.windows)) {
    const { name, spec } = one as Body;
    scope.windows.set(rules.fold(nameText(name) ?? ""), spec);
  }
  const items = list(body.expressions).map(uncommented);
  if (analysis.dialect === "clickhouse") for (const item of items) collectAliases(analysis, item, scope);
  const columns: ColumnLineage[] = [];
  const open: Rel["open"] = [];
  for (const item of items) {
    const star = starOf(analysis, item, scope);
    if (star) {
      columns.push(...star.columns);
      open.push(...star.open);
    } else columns.push(column(analysis, item, scope, columns.length));
  }
  const conditions = clauses(analysis, body, scope);
  return { columns: unlike(analysis, columns), open, conditions };
}

/** The parser wraps what has a comment beside it. */
function uncommented(tree: Tree): Tree {
  const found = expression(tree);
  return found?.kind === "annotated" ? uncommented(found.body.this) : tree;
}

/** Aliases within expressions are names for the whole query in ClickHouse. */
function collectAliases(analysis: Analysis, tree: Tree, scope: Scope): void {
  if (tree === null || typeof tree !== "object" || isQuery(tree)) return;
  if (Array.isArray(tree)) {
    for (const one of tree) collectAliases(analysis, one, scope);
    return;
  }
  const found = expression(tree);
  if (found?.kind === "lambda") return;
  const name = found?.kind === "alias" ? nameText(found.body.alias) : null;
  if (name !== null && found) {
    const key = analysis.rules.fold(name);
    if (!scope.aliases.has(key)) scope.aliases.set(key, { tree: found.body.this });
  }
  for (const one of Object.values(tree)) collectAliases(analysis, one, scope);
}

function column(analysis: Analysis, item: Tree, scope: Scope, index: number): ColumnLineage {
  const { fold } = analysis.rules;
  const found = expression(item);
  const place = { analysis, scope, clause: "select" } as const;
  const alias = found?.kind === "alias" ? nameText(found.body.alias) : null;
  if (alias === null) {
    const value = readValue(place, item);
    return { ...value, name: nameOf(analysis, item, index, value, scope) };
  }
  const key = fold(alias);
  const { this: tree } = found!.body;
  const known = scope.aliases.get(key);
  const entry: Alias = known && known.tree === tree ? known : { tree };
  if (!entry.value) {
    entry.busy = true;
    entry.value = readValue(place, tree);
    entry.busy = false;
  }
  if (!known) scope.aliases.set(key, entry);
  return { ...entry.value, name: alias };
}

/** The name of a column that has no alias: the table's own spelling of it, a field's name, or what the dialect makes of its SQL. */
function nameOf(analysis: Analysis, item: Tree, index: number, value: Value, scope: Scope): string {
  const parts = dotted(item);
  const { dialect, rules } = analysis;
  const last = parts?.at(-1);
  if (!parts || !last) return rules.unnamed(index, sqlOf(item, dialect));
  if (dialect === "clickhouse") {
    const ofTable = parts.length === 1 || qualified({ analysis, scope }, parts.slice(0, -1)) !== null;
    return ofTable ? last.text : parts.map((part) => part.text).join(".");
  }
  const { name } = value as Partial<ColumnLineage>;
  return name !== undefined && rules.fold(name) === rules.fold(last.text) ? name : last.text;
}

/** Names in a result differ: DuckDB counts them up. */
function unlike({ dialect, rules }: Analysis, columns: ColumnLineage[]): ColumnLineage[] {
  if (dialect !== "duckdb") return columns;
  const seen = new Map<string, number>();
  return columns.map((one) => {
    const key = rules.fold(one.name);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before === 0 ? one : { ...one, name: `${one.name}_${before}` };
  });
}

/** Looks at what is not selected, for what it names. Answers what decides which rows there are. */
function clauses(analysis: Analysis, body: Body, scope: Scope) {
  const of = (clause: "other" | "order by", ...trees: Tree[]) => readAll({ analysis, scope, clause }, trees);
  const conditions = of("other", (body.where_clause as Body | null)?.this, body.prewhere);
  of("other", (body.having as Body | null)?.this, (body.qualify as Body | null)?.this);
  of("order by", list((body.group_by as Body | null)?.expressions), list(body.distinct_on), list(body.limit_by));
  const order = list((body.order_by as Body | null)?.expressions).filter((one) => !isAll(one));
  of("order by", order);
  return conditions;
}

/** `order by all`. */
function isAll(tree: Tree): boolean {
  const item = expression((tree as Body).this);
  return item?.kind === "column" && nameText(item.body.name)?.toLowerCase() === "all";
}

function setOperation(analysis: Analysis, kind: string, body: Body, parent: Scope | null, env: Environment): Rel {
  const left = readQuery(analysis, body.left, parent, env);
  const right = readQuery(analysis, body.right, parent, env);
  if (kind === "except") return left;
  if (body.by_name) return byName(analysis, left, right);
  const open = [...left.open, ...right.open];
  const reason = "the columns of a set operation stand by their places, and not all of them are known";
  if (left.open.length > 0) return opaque(`${reason}: ${open[0]!.reason}`);
  if (right.open.length > 0) {
    return {
      columns: left.columns.map(({ name }) => ({ name, ...unknown(`${reason}: ${open[0]!.reason}`) })),
      open: [],
    };
  }
  if (left.columns.length !== right.columns.length) {
    const counts = `${left.columns.length} and ${right.columns.length}`;
    return {
      columns: left.columns.map(({ name }) => ({ name, ...unknown(`the sides have ${counts} columns`) })),
      open: [],
    };
  }
  return { columns: left.columns.map((one, i) => ({ name: one.name, ...either([one, right.columns[i]!]) })), open: [] };
}

/** `union by name`. */
function byName({ rules }: Analysis, left: Rel, right: Rel): Rel {
  const columns = left.columns.map((one) => {
    const other = lookUp(right, one.name, rules);
    return other ? { name: one.name, ...either([one, other.value]) } : one;
  });
  const seen = new Set(columns.map((one) => rules.fold(one.name)));
  for (const one of right.columns) {
    if (seen.has(rules.fold(one.name))) continue;
    const other = lookUp(left, one.name, rules);
    columns.push(other ? { name: one.name, ...either([other.value, one]) } : one);
  }
  const known = new Set(columns.map((one) => rules.fold(one.name)));
  const open = [...left.open, ...right.open].map((one) => ({ ...one, except: new Set([...one.except, ...known]) }));
  return { columns, open };
}

function values(analysis: Analysis, body: Body, parent: Scope | null, env: Environment): Rel {
  const rows = list(body.expressions).map((row) => list((row as Body).expressions));
  const scope = newScope(parent, env);
  const columns = (rows[0] ?? []).map((_, i) => {
    const value = readAll(
      { analysis, scope, clause: "other" },
      rows.map((row) => row[i]),
    );
    return { name: analysis.rules.valuesColumn(i), ...value };
  });
  return { columns, open: [] };
}
