import { didYouMean } from "../manifest/nearest.ts";
import type { Alias, Analysis, Scope, Scoped } from "./analysis.ts";
import type { Named, Tree } from "./ast.ts";
import { isKeyword } from "./functions.ts";
import { CONSTANT, couldCome, type Found, lookUp, unknown, type Value } from "./relation.ts";

/** The clause that a name stands in: it decides whether aliases of the select list are seen. */
export type Clause = "select" | "other" | "order by";

export interface Names {
  analysis: Analysis;
  scope: Scope;
  clause: Clause;
  /** Reads the expression behind an alias. */
  ofAlias(tree: Tree): Value;
}

/** The value that `a`, `t.a`, `t.a.field`… names. Says so where it can name nothing. */
export function resolve(names: Names, parts: readonly Named[]): Value {
  const { analysis } = names;
  const whole = parts.map((part) => part.text).join(".");
  if (parts.length > 1) {
    const nested = analysis.dialect === "clickhouse" ? find(names, whole, true) : null;
    if (nested?.sure) return nested.value;
    for (let before = 1; before < Math.min(parts.length, 4); before++) {
      const scoped = qualified(names, parts.slice(0, before));
      if (!scoped) continue;
      const column = parts[before]!;
      const found = columnAmong(scoped, column.text, analysis);
      if (found) return parts.length > before + 1 ? fieldOf(found.value) : found.value;
      if (analysis.rules.isPseudo(column.text)) return { kind: "derived", sources: [] };
      const field = find(names, parts[0]!.text, true);
      if (field?.sure) return fieldOf(field.value);
      return missing(names, column, scoped[0]!.label, scoped);
    }
  }
  const [first] = parts as [Named];
  const found = find(names, first.text, false);
  if (found && !found.sure && parts.length > 1 && analysis.dialect === "clickhouse") {
    return unknown(`${whole} may be a column of that name or a part of ${first.text}`);
  }
  if (found) return parts.length > 1 ? fieldOf(found.value) : found.value;
  if (parts.length === 1) {
    if (analysis.rules.isPseudo(first.text)) return { kind: "derived", sources: [] };
    if (!first.quoted && isKeyword(first.text)) return CONSTANT;
    const row = qualified(names, parts);
    if (row) return rowOf(row);
    return missing(names, first, null, everyone(names.scope));
  }
  analysis.problems.push({
    kind: "missing-relation",
    message: `There is no table or alias '${first.text}' here`,
    name: first.text,
    start: first.start,
    end: first.end,
    ...hinted(
      first.text,
      everyone(names.scope).map((one) => one.label),
    ),
  });
  return unknown(`there is no table or alias ${first.text}`);
}

/** Whether names are those of a value, of a table's column or an alias; null where they may be. */
export function isValue(names: Names, parts: readonly Named[]): boolean | null {
  const certainty = (found: Found) => (found === null ? false : found.sure || null);
  for (let before = 1; before < Math.min(parts.length, 4); before++) {
    const scoped = qualified(names, parts.slice(0, before));
    if (scoped) return certainty(columnAmong(scoped, parts[before]!.text, names.analysis));
  }
  return certainty(find(names, parts[0]!.text, false));
}

/** The column of the tables that go by one name: of several, the one that has it. */
function columnAmong(scoped: readonly Scoped[], name: string, { rules }: Analysis): Found {
  const hits = scoped.map((one) => lookUp(one.rel, name, rules)).filter((hit) => hit !== null);
  if (hits.length < 2) return hits[0] ?? null;
  return { value: unknown(`${scoped[0]!.label} names more than one table here`), sure: false };
}

/** A field of a struct, an element of a nested column. */
function fieldOf(value: Value): Value {
  if (value.kind === "unknown") return value;
  const { type: _, ...rest } = value;
  return { ...rest, kind: value.kind === "direct" ? "derived" : value.kind };
}

/** A whole row, as `select t from t` has it. */
function rowOf(scoped: readonly Scoped[]): Value {
  const { rel } = scoped[0]!;
  if (rel.open.length > 0) return unknown(rel.open[0]!.reason);
  const lost = rel.columns.find((column) => column.kind === "unknown");
  if (lost) return unknown(lost.reason!);
  return { kind: "derived", sources: rel.columns.flatMap((column) => column.sources) };
}

/** The tables that the names before a dot mean, in the innermost query that has one. */
export function qualified(
  { analysis, scope }: Pick<Names, "analysis" | "scope">,
  parts: readonly Named[],
): Scoped[] | null {
  const key = analysis.rules.fold(parts.map((part) => part.text).join("."));
  for (let at: Scope | null = scope; at; at = at.parent) {
    const found = at.relations.filter((one) => one.qualifiers.includes(key));
    if (found.length > 0) return found;
  }
  return null;
}

function everyone(scope: Scope | null): Scoped[] {
  return scope ? [...scope.relations, ...everyone(scope.parent)] : [];
}

type Hit = { value: Value; sure: boolean } | null;

/** A name without a table before it: columns and aliases in the order of the dialect, then the queries around. */
function find(names: Names, name: string, columnsOnly: boolean): Hit {
  const { analysis, scope } = names;
  const { aliases } = analysis.rules;
  const alias = columnsOnly ? undefined : aliasNamed(names, name);
  if (alias && (aliases === "everywhere, first" || (names.clause === "order by" && scope === names.scope))) {
    return { value: readValue(names, alias), sure: true };
  }
  const scalar = scalarOf(analysis, scope, name);
  if (scalar) return { value: scalar, sure: true };
  const column = columnOf(analysis, scope, name);
  if (column?.sure) return column;
  if (alias && !column) return { value: readValue(names, alias), sure: true };
  if (alias) return { value: unknown(`${name} may be a column or the alias before it`), sure: false };
  const outer = scope.parent ? find({ ...names, scope: scope.parent, clause: "other" }, name, columnsOnly) : null;
  if (!column) return outer;
  if (outer) return { value: unknown(`${name} may be a column of the query around this one`), sure: false };
  return column;
}

function aliasNamed({ analysis, scope, clause }: Names, name: string): Alias | undefined {
  if (analysis.rules.aliases === "order by" && clause !== "order by") return undefined;
  const alias = scope.aliases.get(analysis.rules.fold(name));
  return alias?.busy ? undefined : alias;
}

function readValue(names: Names, alias: Alias): Value {
  if (alias.value) return alias.value;
  alias.busy = true;
  try {
    const value = names.ofAlias(alias.tree);
    alias.value = value;
    return value;
  } finally {
    alias.busy = false;
  }
}

function scalarOf({ rules }: Analysis, { env }: Scope, name: string): Value | null {
  for (let at: Scope["env"] | null = env; at; at = at.parent) {
    const value = at.scalars.get(rules.fold(name));
    if (value) return value;
  }
  return null;
}

/** A column of the tables in `from`. */
function columnOf({ rules }: Analysis, scope: Scope, name: string): Hit {
  const merged = scope.merged.get(rules.fold(name));
  if (merged) return { value: merged, sure: true };
  const hits = scope.relations
    .filter((one) => !one.hidden)
    .map((one) => ({ label: one.label, found: lookUp(one.rel, name, rules) }))
    .filter((hit): hit is { label: string; found: NonNullable<Hit> } => hit.found !== null);
  const sure = hits.filter((hit) => hit.found.sure);
  if (rules.leftmostWins && hits.length > 1) {
    return hits[0]!.found.sure
      ? hits[0]!.found
      : { value: unknown(couldCome(hits.map((hit) => hit.label))), sure: false };
  }
  if (sure.length === 1) return sure[0]!.found;
  if (sure.length > 1)
    return { value: unknown(`${name} is in ${sure.map((hit) => hit.label).join(" and ")}`), sure: true };
  if (hits.length === 1) return hits[0]!.found;
  if (hits.length > 1) return { value: unknown(couldCome(hits.map((hit) => hit.label))), sure: false };
  return null;
}

function missing(names: Names, { text, start, end }: Named, table: string | null, among: readonly Scoped[]): Value {
  const known = among.flatMap((one) => one.rel.columns.map((column) => column.name));
  names.analysis.problems.push({
    kind: "missing-column",
    message: table === null ? `No table here has a column '${text}'` : `${table} has no column '${text}'`,
    name: text,
    start,
    end,
    ...hinted(text, known),
  });
  return unknown(table === null ? `no table here has a column ${text}` : `${table} has no column ${text}`);
}

function hinted(name: string, known: readonly string[]): { hint?: string } {
  const hint = didYouMean(name, known);
  return hint === undefined ? {} : { hint };
}
