import type { Analysis, Scope } from "./analysis.ts";
import { type Body, bare, expression, list, named, nameText, type Tree } from "./ast.ts";
import { functionName } from "./functions.ts";
import { type Open, type Rel, unknown, type Value } from "./relation.ts";
import type { ColumnLineage } from "./types.ts";
import { readValue } from "./values.ts";

/** What an item of the select list stands for where it is not one column: `*`, `t.*`, `columns(…)`; null where it is one. */
export function starOf(analysis: Analysis, tree: Tree, scope: Scope): Rel | null {
  const found = expression(tree);
  if (!found) return null;
  const { kind, body } = found;
  if (kind === "star") return plainStar(analysis, body, scope);
  if (kind === "apply") return applied(analysis, body, scope);
  if (kind === "dot" && nameText(body.field) === "*") return opened("a star over a struct is not followed");
  if (kind === "columns") return byPattern(analysis, body.this, scope);
  if (kind === "function" && functionName(body)?.toLowerCase() === "columns" && analysis.dialect !== "trino") {
    return byPattern(analysis, list(body.args)[0], scope);
  }
  return null;
}

const opened = (reason: string): Rel => ({ columns: [], open: [{ relation: null, reason, except: new Set() }] });

function plainStar(analysis: Analysis, body: Body, scope: Scope): Rel {
  const table = named(body.table);
  const { fold } = analysis.rules;
  const key = table && fold(table.text);
  const chosen = scope.relations.filter((one) => !one.hidden && (key === null || one.qualifiers.includes(key)));
  if (key !== null && chosen.length === 0)
    return opened(`a star over ${table!.text}, which is no table here, is not followed`);
  const rels = chosen.map((one) => one.rel);
  const shown = key === null ? withoutMerged(analysis, rels, scope) : ofTable(analysis, rels, scope);
  return changed(
    analysis,
    body,
    analysis.dialect === "clickhouse" && key === null ? prefixed(shown, scope) : shown.rel,
    scope,
  );
}

interface Shown {
  rel: Rel;
  /** Of each column, which table it is of. */
  tables: number[];
}

const together = (rels: readonly Rel[]): Shown => ({
  rel: { columns: rels.flatMap((rel) => rel.columns), open: rels.flatMap((rel) => rel.open) },
  tables: rels.flatMap((rel, i) => rel.columns.map(() => i)),
});

/** `t.*`: without the columns of `using` in Trino. */
function ofTable({ dialect, rules: { fold } }: Analysis, rels: readonly Rel[], scope: Scope): Shown {
  if (dialect !== "trino" || scope.mergedOf.size === 0) return together(rels);
  const isMerged = (rel: Rel, name: string) => scope.mergedOf.get(fold(name))?.has(rel) === true;
  return together(
    rels.map((rel) => {
      const merged = [...scope.mergedOf].filter(([, of]) => of.has(rel)).map(([name]) => name);
      const open = rel.open.map((one) => ({ ...one, except: new Set([...one.except, ...merged]) }));
      return { columns: rel.columns.filter(({ name }) => !isMerged(rel, name)), open };
    }),
  );
}

/** Columns of `using` appear once, in the place of the first table that has them; in Trino before all others. */
function withoutMerged({ dialect, rules: { fold } }: Analysis, rels: readonly Rel[], scope: Scope): Shown {
  const seen = new Set<string>();
  const tables: number[] = [];
  const columns: ColumnLineage[] = [];
  const isMerged = (rel: Rel, key: string) => scope.mergedOf.get(key)?.has(rel) ?? scope.merged.has(key);
  if (dialect === "trino") {
    for (const key of scope.mergedOf.keys()) {
      seen.add(key);
      columns.push({ ...scope.merged.get(key)!, name: key });
      tables.push(0);
    }
  }
  for (const [i, rel] of rels.entries()) {
    for (const column of rel.columns) {
      const key = fold(column.name);
      const merged = isMerged(rel, key) ? scope.merged.get(key) : undefined;
      if (merged && seen.has(key)) continue;
      seen.add(key);
      columns.push(merged ? { ...merged, name: column.name } : column);
      tables.push(i);
    }
  }
  const open = rels
    .flatMap((rel) => rel.open)
    .map((one) => ({ ...one, except: new Set([...one.except, ...scope.merged.keys()]) }));
  if (open.length > 0) {
    // A merged column that no known list holds is there all the same.
    for (const [key, value] of scope.merged) {
      if (seen.has(key)) continue;
      columns.push({ ...value, name: key });
      tables.push(0);
    }
  }
  return { rel: { columns, open }, tables };
}

/** ClickHouse writes the table before a name that an earlier table has. */
function prefixed({ rel, tables }: Shown, scope: Scope): Rel {
  const seen = new Set<string>();
  const labels = scope.relations.filter((one) => !one.hidden).map((one) => one.label);
  const columns = rel.columns.map((column, i) => {
    const taken = tables[i]! > 0 && seen.has(column.name);
    seen.add(column.name);
    return taken ? { ...column, name: `${labels[tables[i]!]}.${column.name}` } : column;
  });
  return { ...rel, columns };
}

/** `except (…) replace (…) rename (…)`. */
function changed(analysis: Analysis, body: Body, rel: Rel, scope: Scope): Rel {
  const { fold } = analysis.rules;
  const except = new Set(list(body.except).map((one) => fold(named(one)?.text.split(".").at(-1) ?? "")));
  const replaced = new Map<string, Value>();
  for (const one of list(body.replace)) {
    const { this: tree, alias } = (expression(one)?.kind === "alias" ? expression(one)!.body : one) as Body;
    const name = nameText(alias);
    if (name !== null) replaced.set(fold(name), readValue({ analysis, scope, clause: "other" }, tree));
  }
  const others = new Map<string, string>();
  for (const pair of list(body.rename)) {
    const [from, to] = list(pair).map(nameText);
    if (from && to) others.set(fold(from), to);
  }
  const columns = rel.columns
    .filter((column) => !except.has(fold(column.name)))
    .map((column) => {
      const value = replaced.get(fold(column.name));
      const name = others.get(fold(column.name)) ?? column.name;
      return value ? { ...value, name } : { ...column, name };
    });
  if (rel.open.length === 0) return { columns, open: [] };
  const known = new Set(rel.columns.map((column) => fold(column.name)));
  for (const [name, value] of replaced) if (!known.has(name)) columns.push({ ...value, name });
  for (const [from, to] of others)
    if (!known.has(from))
      columns.push({ name: to, ...unknown(`it is renamed from a table whose columns are not known`) });
  const away = new Set([...except, ...replaced.keys(), ...others.keys()]);
  return { columns, open: rel.open.map((one): Open => ({ ...one, except: new Set([...one.except, ...away]) })) };
}

/** `columns('regex')`: those that match, where all are known. */
function byPattern(analysis: Analysis, argument: Tree, scope: Scope): Rel {
  const all = plainStar(analysis, {}, scope);
  if (all.open.length > 0) return { columns: [], open: all.open.map((one) => ({ ...one, relation: null })) };
  const found = expression(argument);
  if (found?.kind === "star") return plainStar(analysis, found.body, scope);
  if (found?.kind !== "literal") return opened("columns(…) of something else than a pattern is not followed");
  try {
    const pattern = new RegExp(String(found.body.value));
    return { columns: all.columns.filter((column) => pattern.test(column.name)), open: [] };
  } catch {
    return opened("the pattern of columns(…) could not be read");
  }
}

/** ClickHouse's `* apply (f)`. */
function applied(analysis: Analysis, body: Body, scope: Scope): Rel {
  const inner = starOf(analysis, body.this, scope);
  if (!inner || inner.open.length > 0) return opened("apply(…) over columns that are not known");
  const name = nameText(expression(bare(body.expression))?.body.name);
  if (name === null) return opened("apply(…) of something else than a function is not followed");
  const columns = inner.columns.map((column) => {
    const call = { function: { name, args: [{ column: { name: { name: column.name, quoted: true } } }] } };
    return { ...readValue({ analysis, scope, clause: "other" }, call), name: `${name}(${column.name})` };
  });
  return { columns, open: [] };
}
