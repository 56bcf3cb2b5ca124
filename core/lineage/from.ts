import { type Analysis, type Cte, type Environment, newScope, relOf, type Scope, type Scoped } from "./analysis.ts";
import { type Body, expression, isQuery, list, named, names, nameText, type Tree } from "./ast.ts";
import { functionName, GENERATORS } from "./functions.ts";
import { matched } from "./match-recognize.ts";
import { pivoted } from "./pivot.ts";
import { CONSTANT, either, type Rel, renamed, unknown, type Value } from "./relation.ts";
import type { UpstreamRelation } from "./types.ts";
import { readAll } from "./values.ts";

/**
 * The tables that one item of `from` brings into a scope; the items before it are in the scope already. `wanted` is how many
 * columns the names around it give it.
 */
export function scopedOf(analysis: Analysis, tree: Tree, scope: Scope, wanted = 0): Scoped[] {
  const found = expression(tree);
  if (!found) return [opaque("a table of a kind that is not known")];
  const { kind, body } = found;
  const alias = named(body.alias)?.text ?? null;
  const columns = names(body.column_aliases);
  if (kind === "table") return [table(analysis, body, scope.env)];
  if (kind === "column") return [table(analysis, { name: body.name, schema: body.table }, scope.env)];
  if (kind === "annotated") return scopedOf(analysis, body.this, scope, wanted);
  if (kind === "paren" && !isQuery(tree)) return scopedOf(analysis, body.this, scope);
  if (kind === "joined_table") return joinedTable(analysis, body, scope, alias);
  if (kind === "alias") {
    const inner = scopedOf(analysis, body.this, scope, columns.length);
    return inner.length === 1 ? [under(analysis, inner[0]!, alias, columns)] : inner;
  }
  const rel = relationOf(analysis, kind, body, tree, scope, columns.length || wanted);
  return [under(analysis, { rel, qualifiers: [], label: alias ?? "a subquery" }, alias, columns)];
}

function joinedTable(analysis: Analysis, body: Body, scope: Scope, alias: string | null): Scoped[] {
  const inner = newScope(scope, scope.env);
  inner.relations.push(...scopedOf(analysis, body.left, inner));
  analysis.joinAll(list(body.joins), inner);
  for (const [name, value] of inner.merged) scope.merged.set(name, value);
  for (const [name, rels] of inner.mergedOf) scope.mergedOf.set(name, rels);
  if (alias === null) return inner.relations;
  const rel: Rel = {
    columns: inner.relations.flatMap((one) => one.rel.columns),
    open: inner.relations.flatMap((one) => one.rel.open),
  };
  return [under(analysis, { rel, qualifiers: [], label: alias }, alias, [])];
}

function under(analysis: Analysis, scoped: Scoped, alias: string | null, columns: readonly string[]): Scoped {
  const rel = renamed(scoped.rel, columns);
  if (alias === null) return { ...scoped, rel };
  return { rel, label: alias, qualifiers: [analysis.rules.fold(alias)] };
}

const opaque = (reason: string): Scoped => ({ rel: opaqueRel(reason), qualifiers: [], label: reason });
const opaqueRel = (reason: string): Rel => ({
  columns: [],
  open: [{ relation: null, reason, except: new Set() }],
});

/** A table, view or CTE by its name. */
function table(analysis: Analysis, body: Body, env: Environment): Scoped {
  const parts = [body.catalog, body.schema, body.name].map(nameText).filter((part): part is string => !!part);
  const name = parts.at(-1) ?? "";
  const { fold } = analysis.rules;
  const alias = nameText(body.alias);
  const qualifiers = alias !== null ? [fold(alias)] : parts.map((_, i) => fold(parts.slice(i).join(".")));
  const rel = { ...renamed(contentOf(analysis, parts, env), names(body.column_aliases)) };
  return { rel, qualifiers, label: alias ?? name };
}

function contentOf(analysis: Analysis, parts: readonly string[], env: Environment): Rel {
  const { rules, reads } = analysis;
  if (parts.length === 1) {
    const name = rules.fold(parts[0]!);
    const ephemeral = analysis.ephemeral.get(name);
    if (ephemeral) {
      reads.relations.add(ephemeral.id);
      return relOf(ephemeral);
    }
    const cte = cteNamed(env, name);
    if (cte) {
      reads.ctes.add(cte);
      return cte.rel;
    }
  }
  const known = upstreamNamed(analysis, parts);
  if (known) {
    reads.relations.add(known.id);
    return relOf(known);
  }
  const relation = parts.join(".");
  return { columns: [], open: [{ relation, reason: `the columns of ${relation} are not known`, except: new Set() }] };
}

function cteNamed(env: Environment, name: string): Cte | null {
  for (let at: Environment | null = env; at; at = at.parent) {
    const cte = at.ctes.get(name);
    if (cte) return cte;
  }
  return null;
}

function upstreamNamed({ upstream, rules }: Analysis, parts: readonly string[]): UpstreamRelation | null {
  const [name, schema, database] = [...parts].reverse();
  const same = (wanted: string | undefined, own: string | null) =>
    wanted === undefined || own === null || rules.fold(wanted) === rules.fold(own);
  const byFile = parts.length === 1 ? fileNamed({ upstream }, name!) : null;
  if (byFile) return byFile;
  const found = (upstream.get(rules.fold(name!)) ?? []).filter(
    (one) => one.cte === undefined && same(schema, one.schema) && same(database, one.database),
  );
  return found.length === 1 ? found[0]! : null;
}

function fileNamed({ upstream }: Pick<Analysis, "upstream">, file: string): UpstreamRelation | null {
  for (const group of upstream.values()) for (const one of group) if (one.file === file) return one;
  return null;
}

/** What stands in `from` and is no table's name. */
function relationOf(analysis: Analysis, kind: string, body: Body, tree: Tree, scope: Scope, wanted: number): Rel {
  switch (kind) {
    case "subquery":
      return isQuery(body.this)
        ? analysis.query(body.this, body.lateral ? scope : around(analysis, scope), scope.env)
        : opaqueRel("a subquery of another kind");
    case "unnest":
      return unnested(analysis, body, scope, wanted);
    case "function":
      return ofFunction(analysis, body, scope, wanted);
    case "pivot":
    case "unpivot":
      return pivoted(analysis, kind, body, scope, (one) => scopedOf(analysis, one, scope));
    case "match_recognize":
      return matched(analysis, body, scope, (one) => scopedOf(analysis, one, scope));
    case "values":
      return isStructured(analysis, body) ?? analysis.query(tree, scope, scope.env);
    case "lateral":
      return isQuery(body.this)
        ? analysis.query(body.this, scope, scope.env)
        : scopedOf(analysis, body.this, scope)[0]!.rel;
    default:
      return isQuery(tree)
        ? analysis.query(tree, around(analysis, scope), scope.env)
        : opaqueRel(`${kind.replaceAll("_", " ")} in from is not followed`);
  }
}

/** What a subquery of `from` sees around it: in DuckDB the tables beside it too. */
function around({ dialect }: Analysis, scope: Scope): Scope | null {
  return dialect === "duckdb" ? scope : scope.parent;
}

/** ClickHouse's `values('a Int32, b String', …)`. */
function isStructured({ dialect }: Analysis, body: Body): Rel | null {
  if (dialect !== "clickhouse") return null;
  const first = expression(list((list(body.expressions)[0] as Body | undefined)?.expressions)[0]);
  if (first?.kind !== "literal" || first.body.literal_type !== "string") return null;
  const structure = String(first.body.value);
  if (!/^\s*[\w`]+\s+\w/.test(structure)) return null;
  const columns = splitOutside(structure).map((part) => part.trim().split(/\s+/)[0]!.replaceAll("`", ""));
  return { columns: columns.map((name) => ({ name, ...CONSTANT })), open: [] };
}

/** Splits at the commas that stand in no parentheses. */
function splitOutside(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

/** `unnest(a, b) with ordinality`: a column an array; of maps and rows several, each of which comes from all of it. */
function unnested(analysis: Analysis, body: Body, scope: Scope, wanted: number): Rel {
  const arrays = [body.this, ...list(body.expressions)].map((one) => elements(analysis, scope, [one]));
  const ordinal: Value[] = body.with_ordinality ? [{ kind: "derived", sources: [] }] : [];
  const spread = wanted > arrays.length + ordinal.length;
  const values =
    spread && arrays.length === 1
      ? [...Array<Value>(wanted - ordinal.length).fill(arrays[0]!), ...ordinal]
      : spread
        ? Array<Value>(wanted).fill(unknown("which of the arrays has which of the columns is not known"))
        : [...arrays, ...ordinal];
  if (wanted === 0 && analysis.dialect === "trino") {
    const open = { relation: null, reason: "unnest without names for its columns", except: new Set<string>() };
    return { columns: [], open: [arrays.length === 1 ? { ...open, value: arrays[0]! } : open] };
  }
  return { columns: values.map((value, i) => ({ name: i === 0 ? "unnest" : `unnest_${i}`, ...value })), open: [] };
}

function elements(analysis: Analysis, scope: Scope, trees: readonly Tree[]): Value {
  const value = readAll({ analysis, scope, clause: "other" }, trees);
  return value;
}

const FILES =
  /^(read_\w+|parquet_scan|\w*_scan|s3|s3cluster|url|file|hdfs|azureblobstorage|gcs|iceberg\w*|deltalake\w*|delta_scan|glob|mysql|postgresql|mongodb|sqlite|dictionary|merge|input)$/i;

function ofFunction(analysis: Analysis, body: Body, scope: Scope, wanted: number): Rel {
  const name = functionName(body) ?? "";
  const args = list(body.args);
  const folded = name.toLowerCase();
  if (folded === "table" && args.length === 1) return scopedOf(analysis, args[0], scope, wanted)[0]!.rel;
  if (folded === "view" && isQuery(args[0])) return analysis.query(args[0], scope, scope.env);
  if (folded === "unnest") return unnested(analysis, { this: args[0], expressions: args.slice(1) }, scope, wanted);
  if (Object.hasOwn(GENERATORS, folded)) {
    const value = elements(analysis, scope, args);
    return { columns: [{ name: GENERATORS[folded]!, ...value }], open: [] };
  }
  if (FILES.test(name)) {
    const known = fileNamed(analysis, literal(args[0]) ?? "");
    if (known) {
      analysis.reads.relations.add(known.id);
      return relOf(known);
    }
    const relation = `${name}(${args.map(literalText).filter(Boolean).slice(0, 1).join("")})`;
    return { columns: [], open: [{ relation, reason: `the columns of ${name}(…) are not known`, except: new Set() }] };
  }
  const value = either([CONSTANT, ...args.map((one) => argument(analysis, one, scope))]);
  const reason = `the columns of ${name}(…) are not known`;
  const open = { relation: null, reason, except: new Set<string>() };
  const fed = value.kind !== "unknown" && value.sources.length > 0;
  if (fed && wanted > 0)
    return { columns: Array.from({ length: wanted }, (_, i) => ({ name: `${i}`, ...value })), open: [] };
  return { columns: [], open: [fed ? { ...open, value } : open] };
}

/** What an argument brings into a table function: `table(t)` all columns of the table, `descriptor(a)` a name alone. */
function argument(analysis: Analysis, tree: Tree, scope: Scope): Value {
  const found = expression(tree);
  if (found?.kind === "named_argument") return argument(analysis, found.body.value, scope);
  const name = found?.kind === "function" ? functionName(found.body)?.toLowerCase() : null;
  if (name === "descriptor") return CONSTANT;
  if (name !== "table") return elements(analysis, scope, [tree]);
  const { columns, open } = scopedOf(analysis, list(found!.body.args)[0], scope)[0]!.rel;
  if (open.length > 0) return unknown(open[0]!.reason);
  return { ...either([CONSTANT, ...columns]), kind: "derived" };
}

function literal(tree: Tree): string | null {
  const found = expression(tree);
  return found?.kind === "literal" ? String(found.body.value) : null;
}

function literalText(tree: Tree): string {
  const text = literal(tree);
  return text === null ? "" : `'${text}'`;
}
